"""Tier schemes: ordered lists of rules, proved to cover every customer exactly once."""

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from data.mapping import Setting

CENTURY: Final = 36_500  # days
SCORES: Final = 5
WORTH: Final = ("clv_min", "loyalty_min")

Score = Annotated[int, Field(ge=1, le=SCORES)]
Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)]
Points = Annotated[Decimal, Field(ge=0, le=100, decimal_places=4)]


def _ordered(scores: tuple[Score, Score]) -> tuple[Score, Score]:
    if scores[0] > scores[1]:
        raise ValueError("names the larger score first; write [lowest, highest]")
    return scores


Scores = Annotated[tuple[Score, Score], AfterValidator(_ordered)]


class TierRule(Setting):
    """A tier and the bounds that a customer has to reach; without bounds, everyone.

    `days_since_last_min = 365`: no purchase in the last 365 days. `recency_score`,
    `frequency_score` and `monetary_score` are the least and the largest RFM score.
    `clv_min` and `loyalty_min` ask for a lifetime value and a loyalty index.
    `care` is not a bound: how often a year a customer of the tier is to be contacted.
    """

    name: str = Field(min_length=1)
    days_since_last_min: int | None = Field(default=None, ge=1, le=CENTURY)
    annual_spend_min: Money | None = None
    recency_score: Scores | None = None
    frequency_score: Scores | None = None
    monetary_score: Scores | None = None
    clv_min: Money | None = None
    loyalty_min: Points | None = None
    care: dict[str, Annotated[int, Field(ge=0, le=366)]] = Field(default_factory=dict)

    @property
    def bounded(self) -> bool:
        """Whether some customer may miss it."""
        return bool(self.model_dump(exclude={"name", "care"}, exclude_none=True))

    @property
    def scored(self) -> bool:
        """Whether it asks for a score, which depends on the other customers."""
        scores = (self.recency_score, self.frequency_score, self.monetary_score)
        return any(each is not None for each in scores)

    @property
    def scored_alone(self) -> bool:
        """Whether it asks for scores and for nothing else."""
        bounds = (self.days_since_last_min, self.annual_spend_min)
        return self.scored and not self.worth and all(b is None for b in bounds)

    @property
    def worth(self) -> bool:
        """Whether it asks for a lifetime value or a loyalty index."""
        return any(each is not None for each in (self.clv_min, self.loyalty_min))


def _cover_everyone(scheme: tuple[TierRule, ...]) -> tuple[TierRule, ...]:
    names = [rule.name for rule in scheme]
    if len(set(names)) < len(names):
        raise ValueError("has two rules with the same name")
    if not scheme or scheme[-1].bounded:
        raise ValueError("does not cover everyone; its last rule must have no bound")
    if not all(rule.bounded for rule in scheme[:-1]):
        raise ValueError("has a rule without bound before the last: it hides the rest")
    return scheme


Scheme = Annotated[tuple[TierRule, ...], AfterValidator(_cover_everyone)]


def _rising(cuts: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    if sorted(cuts) != list(cuts):
        raise ValueError("has cut-offs that do not rise")
    return cuts


Cuts = Annotated[
    tuple[Decimal, Decimal, Decimal, Decimal],
    AfterValidator(_rising),
    Field(strict=False),
]


class RfmSettings(Setting):
    """How recency, frequency and monetary value are scored from 1 to 5.

    Without cut-offs by rank among the customers. With them, a customer reaches a score
    where its value is at least the cut-off: four rising values each.
    """

    recency_days: Cuts | None = None
    orders: Cuts | None = None
    revenue: Cuts | None = None


def version(scheme: Sequence[TierRule], rfm: RfmSettings) -> str:
    """What stands for the rules of a scheme: another text as soon as one changes."""
    rules = [_bounds(rule) for rule in scheme]
    scored = any(rule.scored for rule in scheme)
    text = repr((rules, rfm.model_dump(mode="json") if scored else None))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def of_worth(scheme: Sequence[TierRule]) -> bool:
    """Whether a scheme asks for what is known of the dates with a model alone."""
    return any(rule.worth for rule in scheme)


def _bounds(rule: TierRule) -> dict[str, object]:
    """The bounds of a rule as a version knows them; those of worth if there are any."""
    told = rule.model_dump(mode="json", exclude={"care"})
    return {k: v for k, v in told.items() if k not in WORTH or v is not None}


def _segment(
    name: str, recency: tuple[int, int], frequency: tuple[int, int]
) -> TierRule:
    return TierRule(name=name, recency_score=recency, frequency_score=frequency)


SPEND: Final[tuple[TierRule, ...]] = (
    TierRule(name="dormant", days_since_last_min=365),
    TierRule(
        name="diamond", annual_spend_min=Decimal(50_000), care={"call": 4, "visit": 4}
    ),
    TierRule(name="gold", annual_spend_min=Decimal(10_000), care={"call": 2}),
    TierRule(name="silver", care={"email": 1}),
)
VALUE: Final[tuple[TierRule, ...]] = (
    TierRule(name="dormant", days_since_last_min=365),
    TierRule(
        name="strategic",
        clv_min=Decimal(50_000),
        loyalty_min=Decimal(50),
        care={"call": 4, "visit": 4},
    ),
    TierRule(
        name="growth",
        clv_min=Decimal(10_000),
        loyalty_min=Decimal(30),
        care={"call": 2},
    ),
    TierRule(name="basic", care={"email": 1}),
)
HML: Final[tuple[TierRule, ...]] = (
    TierRule(
        name="high", annual_spend_min=Decimal(20_000), care={"call": 4, "visit": 4}
    ),
    TierRule(name="medium", annual_spend_min=Decimal(5_000), care={"call": 2}),
    TierRule(name="low", care={"email": 1}),
)
RFM: Final[tuple[TierRule, ...]] = (
    TierRule(
        name="champions",
        recency_score=(4, 5),
        frequency_score=(4, 5),
        monetary_score=(4, 5),
    ),
    _segment("loyal", (3, 5), (4, 5)),
    _segment("potential_loyalist", (4, 5), (2, 3)),
    _segment("new_customers", (4, 5), (1, 1)),
    _segment("cant_lose", (1, 2), (5, 5)),
    _segment("at_risk", (1, 2), (3, 4)),
    _segment("need_attention", (3, 3), (2, 3)),
    _segment("about_to_sleep", (3, 3), (1, 1)),
    _segment("lost", (1, 1), (1, 2)),
    TierRule(name="other"),
)


def default_tiers() -> dict[str, Scheme]:
    """The schemes that are there when nothing is said."""
    return {"spend": SPEND, "value": VALUE, "hml": HML, "rfm": RFM}


def names(tiers: Mapping[str, Sequence[TierRule]]) -> tuple[str, ...]:
    """Every tier of every scheme, once."""
    return tuple(sorted({rule.name for rules in tiers.values() for rule in rules}))
