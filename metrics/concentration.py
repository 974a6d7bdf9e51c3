"""On how few customers does the revenue rest?"""

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import CustomerRevenue
from metrics.estimates import EVERYONE, exact_sum, ratio, segments
from metrics.frames import Concentration, Lorenz

POINTS = 100


def concentration(
    customers: LazyFrame[CustomerRevenue], *, top: int = 5, by: str = EVERYONE
) -> DataFrame[Concentration]:
    """Concentration: the share of revenue that comes from the largest customers.

    Formula: revenue of the ceil(k n / 100) largest of the n customers with a purchase /
        revenue of all; k = 5 unless said.
        gini: 2 sum(i v) / (n sum(v)) - (n + 1) / n, v ascending
    Interval: none, every customer is counted
    Grain: one row per segment of `by`: segment, value, n = customers, ci_low, ci_high,
        top_customers, top_revenue, revenue, gini, negatives, negative_revenue
    Units: share, 0 to 1; currency. gini is unknown where a customer is below zero
    Source: Gini, Variabilita e mutabilita (1912); Lorenz, Publications of the American
        Statistical Association 9 (1905)
    """
    spend, people = pl.col("revenue"), pl.len().cast(pl.Int64)
    ranked = customers.sort("revenue", descending=True)
    size = -(-people * top // 100)
    sums = segments(
        ranked,
        by,
        people.alias("n"),
        size.alias("top_customers"),
        spend.head(size).sum().cast(pl.Float64).alias("top_revenue"),
        spend.sum().cast(pl.Float64).alias("total"),
        (spend < 0).sum().cast(pl.Int64).alias("negatives"),
        spend.filter(spend < 0).sum().cast(pl.Float64).alias("negative_revenue"),
        _weighted().alias("weighted"),
    )
    return Concentration.validate(_shares(sums).collect())


def lorenz(customers: LazyFrame[CustomerRevenue]) -> DataFrame[Lorenz]:
    """Lorenz curve: the share of revenue of the smallest share of customers.

    Formula: running revenue, smallest customer first, at every hundredth of customers
    Interval: none, every customer is counted
    Grain: one row per point, at most 101: percent, customer_share, revenue_share
    Units: shares, 0 to 1; below zero where customers cost more than they paid
    Source: Lorenz, Publications of the American Statistical Association 9 (1905)
    """
    value = pl.col("revenue").cast(pl.Float64)
    position, size = pl.int_range(1, pl.len() + 1), pl.len()
    running = customers.sort("revenue").select(
        ratio(position, size).alias("customer_share"),
        ratio(value.cum_sum(), value.sum()).alias("revenue_share"),
        (position * POINTS // size).cast(pl.Int64).alias("percent"),
        value.sum().alias("total"),
    )
    curve = running.filter(pl.col("total") > 0).group_by("percent", maintain_order=True)
    points = curve.last().filter(pl.col("percent") > 0).drop("total")
    start = {"percent": [0], "customer_share": [0.0], "revenue_share": [0.0]}
    rows = points.collect()
    return Lorenz.validate(
        pl.concat([pl.DataFrame(start), rows]) if rows.height else rows
    )


def _weighted() -> pl.Expr:
    """Sum of i v over v ascending; the rows come in descending order."""
    rank = pl.int_range(pl.len(), 0, -1)
    return exact_sum(rank * pl.col("revenue").cast(pl.Float64))


def _shares(sums: pl.LazyFrame) -> pl.LazyFrame:
    n, total = pl.col("n"), pl.col("total")
    gini = 2 * pl.col("weighted") / (n * total) - (n + 1) / n
    proper = (total > 0) & (pl.col("negatives") == 0)
    unknown = pl.lit(None, pl.Float64)
    return sums.select(
        "segment",
        pl.when(total > 0).then(pl.col("top_revenue") / total).alias("value"),
        "n",
        unknown.alias("ci_low"),
        unknown.alias("ci_high"),
        "top_customers",
        "top_revenue",
        total.alias("revenue"),
        pl.when(proper).then(gini).alias("gini"),
        "negatives",
        "negative_revenue",
    )
