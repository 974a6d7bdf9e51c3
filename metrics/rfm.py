"""How recent, frequent and valuable are customers, and in which segment?"""

from collections.abc import Sequence
from itertools import product

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import RfmCustomers
from data.tiers import SCORES, TierRule
from metrics.tier_frames import RfmCells, RfmScores
from metrics.tier_rules import MEASURES, UNIT


def rfm_scores(customers: LazyFrame[RfmCustomers]) -> DataFrame[RfmScores]:
    """RFM scores: recency, frequency and monetary value of each customer, 1 to 5.

    Formula: 1 + floor(5 * customers with a strictly smaller value / customers), of the
        purchase orders and of the net revenue to date; recency is 6 minus that of the
        days since the last purchase; or by the cut-offs of the settings. The segment is
        the first of the scheme `rfm` whose ranges hold the three scores
    Interval: none, every customer is counted
    Grain: one row per customer: customer_id, recency, frequency, monetary, segment,
        days_since_last, orders, revenue
    Units: scores, 1 to 5; days; orders; currency
    Source: Hughes, "Strategic Database Marketing", 1994
    """
    money = (pl.col("revenue") / UNIT).alias("revenue")
    shown = customers.with_columns(money).sort("customer_id")
    return RfmScores.validate(shown.select(*RfmScores.to_schema().columns).collect())


def rfm_grid(
    customers: LazyFrame[RfmCustomers], *, rules: Sequence[TierRule]
) -> DataFrame[RfmCells]:
    """RFM grid: customers in each of the 125 cells of scores, with its segment.

    Formula: count, purchase orders and net revenue to date by the three scores of
        `rfm_scores`; a cell has exactly one segment, the first that holds it
    Interval: none, every customer is counted
    Grain: one row per cell, empty ones too: recency, frequency, monetary, segment,
        customers, orders, revenue
    Units: scores, 1 to 5; customers; orders; currency
    Source: Hughes, "Strategic Database Marketing", 1994
    """
    sums = customers.group_by(MEASURES).agg(
        pl.len().cast(pl.Int64).alias("customers"),
        pl.col("orders").sum(),
        (pl.col("revenue").sum() / UNIT).alias("revenue"),
    )
    grid = cells_of(rules).lazy().join(sums, on=MEASURES, how="left")
    filled = grid.with_columns(pl.col("customers", "orders", "revenue").fill_null(0))
    rows = filled.sort(*MEASURES, descending=True)
    return RfmCells.validate(rows.select(*RfmCells.to_schema().columns).collect())


def cells_of(rules: Sequence[TierRule]) -> pl.DataFrame:
    """The 125 cells, each with the first segment that holds it."""
    scores = range(1, SCORES + 1)
    rows = [(*cell, _segment(cell, rules)) for cell in product(scores, repeat=3)]
    schema = {**dict.fromkeys(MEASURES, pl.Int64), "segment": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _segment(cell: tuple[int, ...], rules: Sequence[TierRule]) -> str:
    return next(rule.name for rule in rules if _holds(rule, cell))


def _holds(rule: TierRule, cell: tuple[int, ...]) -> bool:
    ranges = (rule.recency_score, rule.frequency_score, rule.monetary_score)
    return all(
        limits is None or limits[0] <= score <= limits[1]
        for limits, score in zip(ranges, cell, strict=True)
    )
