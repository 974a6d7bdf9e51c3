"""How healthy is the relation with a customer? Scores of 0 to 100 and their parts."""

from collections.abc import Mapping
from typing import Final

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.health import HEALTH, LOYALTY, HealthSettings, LoyaltySettings
from data.schemas.health import Factors, HealthCells, HealthInputs
from metrics.estimates import CONFIDENCE, EVERYONE, ratio, segments, t_interval
from metrics.frames import Estimate

FULL: Final = 100.0
MILLION: Final = 1_000_000
MEMBERS: Final = {"health": HEALTH, "loyalty": LOYALTY}
SUMS: Final = ("n", "total", "part")


class HealthEstimate(Estimate):
    """One row per segment: the mean score, and per factor its mean, base and part."""

    class Config:
        strict = False


def loyalty_index(
    cells: LazyFrame[HealthCells], *, by: str = EVERYONE, confidence: float = CONFIDENCE
) -> DataFrame[HealthEstimate]:
    """Loyalty index: the mean of customers' weighted means of five scaled inputs.

    Formula: sum(weight x input) / sum(weight), over the inputs that a customer has:
        recency 100 x (1 - days since the last purchase / 365); frequency 100 x
        purchase days of the trailing year / 6; tenure 100 x days since the first
        purchase / 1095; nps 10 x mean recommendation of the year; programme 100 x days
        of the year with points earned or redeemed / 12, of members; each from 0 to
        100; 365, 6, 1095, 12 and the weights unless the settings say otherwise
    Interval: Student's t for the mean over customers, 95%
    Grain: one row per segment of `by`: segment, value, n = customers, ci_low, ci_high;
        per input its mean, its base and what it adds to the value (mean, n, part)
    Units: points, 0 to 100
    Source: customers' purchases, answers and points; weights and full marks are the
        settings [loyalty]
    """
    names = ("loyalty_total", "loyalty_n", "loyalty_squares")
    return _score(cells, names, LOYALTY, by=by, confidence=confidence)


def health_score(
    cells: LazyFrame[HealthCells], *, by: str = EVERYONE, confidence: float = CONFIDENCE
) -> DataFrame[HealthEstimate]:
    """Health score: the mean of customers' weighted means of five scaled factors.

    Formula: sum(weight x factor) / sum(weight), over the factors that a customer has:
        value 100 x net revenue of the trailing year / the spend that counts full;
        loyalty the loyalty index; satisfaction 25 x (mean answer of the year on the
        five dimensions - 1); service 100 x tickets of the year resolved within 3 days /
        those whose 3 days have passed; engagement 100 x days of the year with a login,
        visit or other touch / 12, of those who ever had one; each from 0 to 100; 3, 12
        and the weights unless the settings say otherwise
    Interval: Student's t for the mean over customers, 95%
    Grain: one row per segment of `by`: segment, value, n = customers, ci_low, ci_high;
        per factor its mean, its base and what it adds to the value (mean, n, part)
    Units: points, 0 to 100
    Source: customers' purchases, answers, tickets and interactions; weights and full
        marks are the settings [health]
    """
    names = ("health", "customers", "health_squares")
    return _score(cells, names, HEALTH, by=by, confidence=confidence)


def scored(
    inputs: LazyFrame[HealthInputs],
    loyalty: LoyaltySettings,
    health: HealthSettings,
    *,
    full_spend: float | None,
) -> DataFrame[Factors]:
    """Each customer's parts, loyalty index and health score; other columns stay."""
    parts = inputs.with_columns(**_inputs(loyalty))
    index = weighted(loyalty.weights).alias("loyalty")
    factors = parts.with_columns(index, **_factors(health, full_spend))
    score = weighted(health.weights).alias("health")
    return Factors.validate(factors.with_columns(score).collect())


def weighted(weights: Mapping[str, float]) -> pl.Expr:
    """The weighted mean of the columns that are known; null where none has a weight."""
    return pl.sum_horizontal(*shares(weights).values()) + ratio(
        pl.lit(0.0), _known(weights)
    )


def shares(weights: Mapping[str, float]) -> dict[str, pl.Expr]:
    """What each column adds to the weighted mean: nothing where it is unknown."""
    known = _known(weights)
    return {
        name: (ratio(pl.lit(weight), known) * pl.col(name)).fill_null(0.0)
        for name, weight in weights.items()
    }


def health_sums(
    customers: DataFrame[Factors],
    loyalty: LoyaltySettings,
    health: HealthSettings,
    *,
    cells: tuple[str, ...],
) -> pl.DataFrame:
    """The sums of health cells over customers, by the number of the cell they are in.

    Several columns may tell a cell, one of each set of cells; without a number a
    customer is in none. Scores are whole millionths: sums are the same in any order.
    """
    told = customers.select(
        *cells,
        pl.col("health").is_not_null().cast(pl.Int64).alias("customers"),
        millionths(pl.col("health")).alias("health"),
        *(_square(name) for name in MEMBERS),
        *_parts(health.weights),
        *_parts(loyalty.weights),
    )
    return pl.concat([_by(told, cell, cells) for cell in cells])


def millionths(points: pl.Expr) -> pl.Expr:
    """Points as whole millionths; unknown ones count nothing."""
    return (points * MILLION).round().fill_null(0.0).cast(pl.Int64)


def _inputs(loyalty: LoyaltySettings) -> dict[str, pl.Expr]:
    silent = pl.col("days_since_last") / loyalty.recency_days
    return {
        "recency": _scaled(1.0 - silent),
        "frequency": _scaled(pl.col("purchase_days") / loyalty.full_purchase_days),
        "tenure": _scaled(pl.col("days_since_first") / loyalty.full_tenure_days),
        "nps": _scaled(ratio(pl.col("nps_total"), 10 * pl.col("nps_n"))),
        "programme": _scaled(pl.col("programme_days") / loyalty.full_programme_days),
    }


def _factors(health: HealthSettings, full_spend: float | None) -> dict[str, pl.Expr]:
    answer = ratio(pl.col("satisfaction_total"), pl.col("satisfaction_n"))
    spend = pl.col("annual_spend") / pl.lit(full_spend, pl.Float64)
    return {
        "value": _scaled(spend),
        "satisfaction": _scaled((answer - 1) / 4),
        "service": _scaled(ratio(pl.col("service_total"), pl.col("service_n"))),
        "engagement": _scaled(pl.col("engagement_days") / health.full_touch_days),
    }


def _scaled(share: pl.Expr) -> pl.Expr:
    return (FULL * share).clip(0.0, FULL)


def _known(weights: Mapping[str, float]) -> pl.Expr:
    """The sum of the weights of the columns that are known."""
    return pl.sum_horizontal(
        pl.when(pl.col(name).is_not_null()).then(weight).otherwise(0.0)
        for name, weight in weights.items()
    )


def _square(name: str) -> pl.Expr:
    """The square of a score's whole thousandths."""
    thousandths = (pl.col(name) * 1000).round().fill_null(0.0).cast(pl.Int64)
    return (thousandths * thousandths).alias(f"{name}_squares")


def _parts(weights: Mapping[str, float]) -> list[pl.Expr]:
    found = []
    for name, share in shares(weights).items():
        found += [
            pl.col(name).is_not_null().cast(pl.Int64).alias(f"{name}_n"),
            millionths(pl.col(name)).alias(f"{name}_total"),
            millionths(share).alias(f"{name}_part"),
        ]
    return found


def _by(told: pl.DataFrame, cell: str, cells: tuple[str, ...]) -> pl.DataFrame:
    rows = told.lazy().filter(pl.col(cell).is_not_null())
    sums = rows.group_by(pl.col(cell).alias("cell")).agg(pl.exclude(*cells).sum())
    return sums.filter(pl.col("loyalty_n") + pl.col("customers") > 0).collect()


def _score(
    cells: pl.LazyFrame,
    names: tuple[str, str, str],
    parts: tuple[str, ...],
    *,
    by: str,
    confidence: float,
) -> DataFrame[HealthEstimate]:
    """The mean of a score: names of its sum, its base and its squares."""
    kinds = [f"{part}_{kind}" for part in parts for kind in SUMS]
    sums = segments(cells, by, pl.col(sorted({*names, *kinds})).sum()).collect()
    total, n = (pl.col(name) for name in names[:2])
    mean = ratio(total, n * MILLION)
    squares = ratio(pl.col(names[2]), pl.lit(float(MILLION)))
    variance = ratio(squares - n * mean**2, n - 1).clip(0.0)
    low, high = t_interval(mean, variance, n, confidence=confidence)
    shown = [each for part in parts for each in _told(part, n)]
    return HealthEstimate.validate(
        sums.select(
            "segment", mean.alias("value"), n.alias("n"),
            low.clip(0.0, FULL), high.clip(0.0, FULL), *shown,
        )
    )  # fmt: skip


def _told(part: str, n: pl.Expr) -> list[pl.Expr]:
    """The mean of a part over those who have it, how many, and what it adds."""
    base = pl.col(f"{part}_n")
    return [
        ratio(pl.col(f"{part}_total"), base * MILLION).alias(f"{part}_mean"),
        base.alias(f"{part}_n"),
        ratio(pl.col(f"{part}_part"), n * MILLION).alias(f"{part}_part"),
    ]
