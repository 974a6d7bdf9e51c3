"""The churn model's track record: told on a past day, compared with what came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pandera.typing.polars import DataFrame

from metrics.churn_frames import ChurnCurve, ChurnEvaluation, ChurnPrecision
from metrics.estimates import CONFIDENCE, exact_sum, ratio, wilson
from metrics.likelihood import Array

TENTHS = 10
LENGTHS = (20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
"""How many customers may be called: what the precision is told for."""

DRAWS, MOST, SEED = 500, 10_000, 20_240_607
Labels = NDArray[np.bool_]
MODEL, RULE, FORMULA = "model", "recency", "formula"


@dataclass(frozen=True)
class Cuts:
    """The days on which rules were fitted, calibrated and tested, and the horizon."""

    trained_on: date | None
    calibrated_on: date | None
    tested_on: date | None
    horizon_days: int


@dataclass(frozen=True)
class Told:
    """Probabilities that rules gave on a past day, and who left by the horizon's end.

    `calibrations` hold intercept and slope of what came on their log odds.
    """

    chances: Mapping[str, Array]
    left: Labels
    calibrations: Mapping[str, tuple[float, float] | None]


def churn_model(
    told: Told, cuts: Cuts, *, confidence: float = CONFIDENCE
) -> DataFrame[ChurnEvaluation]:
    """Churn model: how well it and the recency rule told on a past day who would leave.

    Formula: auc = chance that one who left was rated above one who stayed (ties count
        half); brier = mean (p - y)^2; skill = 1 - brier / (mean y (1 - mean y));
        intercept and slope of a logistic regression of y on the log odds of p;
        difference = auc - auc of the rule. The model is fitted on one day, calibrated
        on a later one, tested on a third, each a horizon apart (in a shorter history
        calibrated out of fold); it is used if it beats the rule: the lower limit of
        the difference is above 0 and its Brier no larger; else the rule is used
    Interval: of the difference: paired bootstrap over customers, 95%, with a fixed
        seed; for more than 10,000 customers of so many (m out of n)
    Grain: one row per rule (model: all columns; recency: days since the last purchase
        alone, calibrated alike; formula: the purchase model, where history is too
        short): segment, used, n, churned, auc, brier, skill, slope, intercept,
        difference, difference_low, difference_high, horizon_days, trained_on,
        calibrated_on, tested_on, reason
    Units: probabilities 0 to 1; customers with a purchase in the year before the test
    Source: Brier, Monthly Weather Review 78 (1950); Cox, Biometrika 45 (1958); Bickel,
        Gotze, van Zwet, Statistica Sinica 7 (1997)
    """
    spread = difference(told, confidence=confidence)
    rows = [_row(name, told, cuts) for name in told.chances]
    better = beats(rows, spread)
    for row in rows:
        is_model = row["segment"] == MODEL
        row["used"] = better is is_model
        if is_model and spread:
            names = ("difference", "difference_low", "difference_high")
            row.update(zip(names, spread, strict=True))
    return ChurnEvaluation.validate(
        pl.DataFrame(rows, schema=ChurnEvaluation.empty().schema)
    )


def not_told(cuts: Cuts, reason: str) -> DataFrame[ChurnEvaluation]:
    """The row of a company whose history is too short for a model, with the reason."""
    row = {
        **_facts(FORMULA, cuts), "used": True, "n": 0, "churned": 0, "reason": reason
    }  # fmt: skip
    return ChurnEvaluation.validate(
        pl.DataFrame([row], schema=ChurnEvaluation.empty().schema)
    )


def beats(
    rows: list[dict[str, object]], spread: tuple[float, float, float] | None
) -> bool:
    """Whether the model beats the rule: surely in AUC, and no worse in Brier."""
    brier = {str(row["segment"]): float(str(row["brier"])) for row in rows}
    return spread is not None and spread[1] > 0 and brier[MODEL] <= brier[RULE]


def churn_calibration(
    told: Told, *, confidence: float = CONFIDENCE
) -> DataFrame[ChurnCurve]:
    """Churn calibration: the probabilities of a past day beside the share that left.

    Formula: tenths by probability, 1 + floor(10 x share of customers with a smaller
        one), so that equals share a tenth; predicted = mean probability; value = share
        without a purchase in the horizon after
    Interval: Wilson, 95%
    Grain: one row per rule and tenth, 10 the most at risk: segment, tenth, predicted,
        value, n = customers, ci_low, ci_high
    Units: share, 0 to 1
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    parts = [_tenths(name, chance, told.left) for name, chance in told.chances.items()]
    k, n = pl.col("churned"), pl.col("n")
    low, high = wilson(k, n, confidence=confidence)
    return ChurnCurve.validate(
        pl.concat(parts).select(
            "segment", "tenth", "predicted", (k / n).alias("value"), "n", low, high
        )
    )


def churn_precision(
    told: Told, *, confidence: float = CONFIDENCE
) -> DataFrame[ChurnPrecision]:
    """Precision of the list: of the k customers most at risk, the share that left.

    Formula: of the k with the largest probability on a past day, those without a
        purchase in the horizon after / k; customers alike at the edge count by their
        share; lift = precision / share that left of all
    Interval: Wilson, 95%
    Grain: one row per rule and k = `top`: segment, top, value, n = k, ci_low, ci_high,
        base = share of all that left, lift
    Units: share, 0 to 1
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    sizes = [size for size in LENGTHS if size <= told.left.size]
    rows = [
        {"segment": name, "top": top, "k": _caught(chance, told.left, top)}
        for name, chance in told.chances.items()
        for top in sizes
    ]
    schema = {"segment": pl.String, "top": pl.Int64, "k": pl.Float64}
    k, n = pl.col("k"), pl.col("top")
    low, high = wilson(k, n, confidence=confidence)
    base = pl.lit(float(told.left.mean()))
    return ChurnPrecision.validate(
        pl.DataFrame(rows, schema=schema).select(
            "segment", "top", (k / n).alias("value"), n.alias("n"), low, high,
            base.alias("base"), pl.when(base > 0).then(k / n / base).alias("lift"),
        )
    )  # fmt: skip


def auc(score: Array, left: Labels) -> float | None:
    """The chance that one who left scores above one who stayed; null if all alike."""
    order = np.argsort(score, kind="stable")
    came, ranked = left[order], score[order]
    ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), ranked.size - 1)
    gone = np.diff(np.cumsum(came)[ends], prepend=0)
    stay = np.diff(np.cumsum(~came)[ends], prepend=0)
    pairs = float(gone.sum()) * float(stay.sum())
    below = np.cumsum(stay) - stay
    return float((gone * (below + stay / 2.0)).sum() / pairs) if pairs else None


def difference(
    told: Told, *, confidence: float = CONFIDENCE
) -> tuple[float, float, float] | None:
    """AUC of the model less the rule's, and its interval.

    Rows are drawn in the order of their chances, so that any order gives the same.
    """
    model, rule = told.chances[MODEL], told.chances[RULE]
    order = np.lexsort((told.left, rule, model))
    model, rule, left = model[order], rule[order], told.left[order]
    seen = _gap(model, rule, left)
    if seen is None:
        return None
    size = min(order.size, MOST)
    rng = np.random.default_rng(SEED)
    draws = (rng.integers(0, order.size, size) for _ in range(DRAWS))
    drawn = [_gap(model[some], rule[some], left[some]) for some in draws]
    off = np.array([each for each in drawn if each is not None]) - seen
    tail = (1 - confidence) / 2
    bounds = np.quantile(off, [tail, 1 - tail]) * np.sqrt(size / order.size)
    return seen, seen + float(bounds[0]), seen + float(bounds[1])


def _gap(model: Array, rule: Array, left: Labels) -> float | None:
    one, other = auc(model, left), auc(rule, left)
    return None if one is None or other is None else one - other


def brier(chance: Array, left: Labels) -> float:
    """Mean squared distance of the probabilities from what came."""
    return float(np.mean((chance - left) ** 2))


def skill(chance: Array, left: Labels) -> float | None:
    """How much smaller the Brier score is than that of everybody's share."""
    base = float(left.mean() * (1 - left.mean()))
    return 1 - brier(chance, left) / base if base else None


def _row(name: str, told: Told, cuts: Cuts) -> dict[str, object]:
    chance, left = told.chances[name], told.left
    intercept, slope = told.calibrations[name] or (None, None)
    return {
        **_facts(name, cuts),
        "n": left.size,
        "churned": int(left.sum()),
        "auc": auc(chance, left),
        "brier": brier(chance, left),
        "skill": skill(chance, left),
        "slope": slope,
        "intercept": intercept,
    }


def _facts(name: str, cuts: Cuts) -> dict[str, object]:
    return {
        "segment": name,
        "horizon_days": cuts.horizon_days,
        "trained_on": cuts.trained_on,
        "calibrated_on": cuts.calibrated_on,
        "tested_on": cuts.tested_on,
    }


def _tenths(name: str, chance: Array, left: Labels) -> pl.DataFrame:
    rows = pl.DataFrame({"chance": chance, "left": left}).sort("chance", "left")
    smaller = pl.col("chance").rank("min").cast(pl.Int64) - 1
    tenth = (1 + TENTHS * smaller // pl.len()).cast(pl.Int64)
    summed = rows.group_by(tenth.alias("tenth")).agg(
        exact_sum(pl.col("chance"), decimals=12).alias("expected"),
        pl.col("left").sum().cast(pl.Int64).alias("churned"),
        pl.len().cast(pl.Int64).alias("n"),
    )
    predicted = ratio(pl.col("expected"), pl.col("n")).alias("predicted")
    named = pl.lit(name).alias("segment")
    return summed.sort("tenth").with_columns(predicted, named).drop("expected")


def _caught(chance: Array, left: Labels, top: int) -> float:
    """How many of the first left; of those alike at the edge, their share."""
    edge = np.partition(chance, -top)[-top]
    above, alike = chance > edge, chance == edge
    return float(left[above].sum() + (top - above.sum()) * left[alike].mean())
