"""What changed, and why: a rate's change in parts that sum to it."""

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import RateCells
from metrics.estimates import ratio
from metrics.frames import Effects


def rate_change(
    before: LazyFrame[RateCells], after: LazyFrame[RateCells], *, by: str
) -> DataFrame[Effects]:
    """Change of a rate: how much came from segments' rates, how much from their mix.

    Formula: rate effect = mean share x change of the segment's rate; mix effect =
        change of its share x (its mean rate less the overall mean rate); a segment
        absent in one period takes the other period's rate
    Interval: none, it is an exact split of the observed change
    Grain: one row per segment of `by`: segment, rate_effect, mix_effect, total
    Units: those of the rate; the totals sum to its change
    Source: Bennet, Journal of the Royal Statistical Society 83 (1920)
    """
    rows = _rates(before, by).join(
        _rates(after, by), on="segment", how="full", coalesce=True, suffix="_after"
    )
    rows = rows.sort("segment")  # sums of floats depend on the order
    share = (pl.col("share").fill_null(0.0), pl.col("share_after").fill_null(0.0))
    rate = (
        pl.coalesce("rate", "rate_after"),
        pl.coalesce("rate_after", "rate"),
    )
    overall = ((share[0] * rate[0]).sum() + (share[1] * rate[1]).sum()) / 2
    both = (
        pl.col("total").max().is_not_null() & pl.col("total_after").max().is_not_null()
    )
    rate_effect = (share[0] + share[1]) / 2 * (rate[1] - rate[0])
    mix_effect = (share[1] - share[0]) * ((rate[0] + rate[1]) / 2 - overall)
    effects = rows.select(
        "segment",
        pl.when(both).then(rate_effect).alias("rate_effect"),
        pl.when(both).then(mix_effect).alias("mix_effect"),
    )
    total = (pl.col("rate_effect") + pl.col("mix_effect")).alias("total")
    return Effects.validate(effects.with_columns(total).sort("segment").collect())


def _rates(cells: pl.LazyFrame, by: str) -> pl.LazyFrame:
    """Each segment's rate, and its share of the denominator; absent ones leave."""
    segment = pl.col(by).cast(pl.String).alias("segment")
    sums = cells.group_by(segment).agg(pl.col("numerator", "denominator").sum())
    present = sums.filter(pl.col("denominator") > 0).sort("segment")
    return present.select(
        "segment",
        ratio(pl.col("numerator"), pl.col("denominator")).alias("rate"),
        ratio(pl.col("denominator"), pl.col("denominator").sum()).alias("share"),
        pl.col("denominator").sum().alias("total"),
    )
