"""In which tier is each customer, by the rules of a scheme?

Vectors have one entry per customer. Money is in whole ten-thousandths, so that a bound
is met exactly where the decimal amount meets it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from data.tiers import SCORES, RfmSettings, TierRule

Whole = NDArray[np.int64]
Small = NDArray[np.uint8]
UNIT = 10_000
MEASURES = ("recency", "frequency", "monetary")


@dataclass(frozen=True)
class Standing:
    """What the rules look at, of customers with a purchase up to an as-of date.

    Days since the last purchase; net revenue of the trailing 365 days; purchase orders
    and net revenue to date; lifetime value and loyalty index, in whole ten-thousandths,
    where a scheme asks for them.
    """

    days_since_last: Whole
    annual_spend: Whole
    orders: Whole
    revenue: Whole
    clv: Whole | None = None
    loyalty: Whole | None = None

    @property
    def size(self) -> int:
        """How many customers there are."""
        return len(self.days_since_last)


def rank_scores(values: Whole) -> Small:
    """Scores 1 to 5 by rank: ties share the lower score, groups may be unequal.

    Formula: 1 + floor(5 * customers with a strictly smaller value / customers)
    Grain: one score per customer
    Units: 1 to 5
    """
    size = len(values)
    if not size:
        return np.zeros(0, np.uint8)
    places = [-(-step * size // SCORES) - 1 for step in range(1, SCORES)]
    limits = np.partition(values, sorted(set(places)))[places]
    return _steps([values > limit for limit in limits])


def cut_scores(values: Whole, cuts: Sequence[int]) -> Small:
    """Scores 1 to 5 by cut-offs, each the least value of the next score."""
    return _steps([values >= cut for cut in cuts])


def rfm_scores(standing: Standing, rfm: RfmSettings) -> Mapping[str, Small]:
    """Recency, frequency and monetary scores of customers, 1 to 5; 5 is best.

    Formula: 1 + floor(5 * share with a strictly smaller value), of orders and of
        revenue to date; recency 6 minus that of the days since the last purchase
    Grain: per measure, one score per customer
    Units: 1 to 5
    Source: Hughes, "Strategic Database Marketing", 1994
    """
    given = (
        (standing.days_since_last, rfm.recency_days, 1),
        (standing.orders, rfm.orders, 1),
        (standing.revenue, rfm.revenue, UNIT),
    )
    r, f, m = (_scored(values, cuts, unit) for values, cuts, unit in given)
    return dict(zip(MEASURES, (SCORES + 1 - r, f, m), strict=True))


def tier_codes(
    standing: Standing, rules: Sequence[TierRule], rfm: RfmSettings
) -> Small:
    """The place of the first rule that holds, per customer; the last holds for all."""
    scored = any(rule.scored for rule in rules)
    scores = rfm_scores(standing, rfm) if scored else {}
    codes = np.full(standing.size, len(rules) - 1, np.uint8)
    for place in reversed(range(len(rules) - 1)):
        codes[_holds(rules[place], standing, scores)] = place
    return codes


def _holds(
    rule: TierRule, standing: Standing, scores: Mapping[str, Small]
) -> NDArray[np.bool_]:
    held = np.ones(standing.size, np.bool_)
    if rule.days_since_last_min is not None:
        held &= standing.days_since_last >= rule.days_since_last_min
    if rule.annual_spend_min is not None:
        held &= standing.annual_spend >= _whole(rule.annual_spend_min, UNIT)
    for values, least in (
        (standing.clv, rule.clv_min),
        (standing.loyalty, rule.loyalty_min),
    ):
        if least is not None and values is not None:
            held &= values >= _whole(least, UNIT)
    for name in MEASURES:
        limits = getattr(rule, f"{name}_score")
        if limits is not None:
            held &= (scores[name] >= limits[0]) & (scores[name] <= limits[1])
    return held


def _scored(values: Whole, cuts: Sequence[Decimal] | None, unit: int) -> Small:
    if cuts is None:
        return rank_scores(values)
    return cut_scores(values, [_whole(cut, unit) for cut in cuts])


def _whole(bound: Decimal, unit: int) -> int:
    """The least whole number that reaches a bound."""
    scaled = bound * unit
    return int(scaled.to_integral_value(rounding="ROUND_CEILING"))


def _steps(reached: Sequence[NDArray[np.bool_]]) -> Small:
    scores = np.ones(len(reached[0]), np.uint8)
    for each in reached:
        scores += each
    return scores
