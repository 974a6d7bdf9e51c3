"""How good the data are: how much could be used, in five dimensions, how recent."""

from datetime import date

import pandera.polars as pa
import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.quality import DIMENSIONS
from metrics.customers import NO_INTERVAL
from metrics.estimates import EVERYONE, estimates, exact_sum, ratio, segments
from metrics.frames import DaysBehind, Estimate, Findings, QualityShare, RowCounts

TOTAL = "total"
UNTESTED = {
    TOTAL: "nothing was tested",
    "completeness": "there is no row to test",
    "accuracy": "there is no row to test",
    "consistency": "no law between its columns, and no table to compare it with",
    "uniqueness": "its key is the row number",
    "timeliness": "no column says when it happened",
}
NO_DAY = UNTESTED["timeliness"]


class Deliveries(pa.DataFrameModel):
    """One row per file of the last refresh: its rows, and those in quarantine."""

    table: pl.String = pa.Field()
    rows_in: pl.Int64 = pa.Field(ge=0)
    quarantined: pl.Int64 = pa.Field(ge=0)


def accepted_share(
    files: LazyFrame[Deliveries], *, by: str = EVERYONE
) -> DataFrame[Estimate]:
    """Accepted share: rows of the last refresh that went in, or were in already.

    Formula: (rows in less rows quarantined) / rows in
    Interval: none, every row is counted
    Grain: one row per segment of `by`: segment, value, n = rows in, ci_low, ci_high
    Units: share, 0 to 1
    Source: the report of the last refresh
    """
    n, out = pl.col("rows_in"), pl.col("quarantined")
    rows = segments(files, by, n.sum(), out.sum())
    value = ratio(n - out, n).alias("value")
    return estimates(rows.with_columns(value, n.alias("n"), *NO_INTERVAL))


class Holdings(pa.DataFrameModel):
    """One row per input table: the rows that the snapshot holds."""

    table: pl.String = pa.Field()
    rows: pl.Int64 = pa.Field(ge=0)


def rows_held(
    tables: LazyFrame[Holdings], *, by: str = EVERYONE
) -> DataFrame[Estimate]:
    """Rows held: accepted rows that the data stand on, the latest of each key.

    Formula: count of accepted rows
    Interval: none, it is a count
    Grain: one row per segment of `by`: segment, value, n = rows, ci_low, ci_high
    Units: rows
    Source: the accepted rows of every refresh
    """
    n = pl.col("rows")
    rows = segments(tables, by, n.sum())
    value = n.cast(pl.Float64).alias("value")
    return estimates(rows.with_columns(value, n.alias("n"), *NO_INTERVAL))


def _mean(shares: pl.Expr) -> pl.Expr:
    return ratio(exact_sum(shares, decimals=18), shares.count()).alias("value")


class Inspections(pa.DataFrameModel):
    """One row per table and dimension that was tested: units tested and passed."""

    table: pl.String = pa.Field()
    dimension: pl.String = pa.Field(isin=list(DIMENSIONS))
    tested: pl.Int64 = pa.Field(ge=0)
    passed: pl.Int64 = pa.Field(ge=0)


def data_quality(
    units: LazyFrame[Inspections], *, by: str = EVERYONE
) -> DataFrame[QualityShare]:
    """Data quality: share of tested units that pass, by dimension, and their mean.

    Completeness tests each cell that should hold a value: of required columns, of
    describing ones that the company fills at all, and what is written as gender or
    identity number. It passes with a value that says something: not blank, a telephone
    number of 7 to 15 digits, an e-mail address with a domain, an identity number with
    the right check digit, a known gender. A row rejected for a blank fails once.
    Accuracy tests each row kept or rejected: every cell could be read and lies within
    its column's form, range and words. Consistency tests each row kept against the laws
    between its columns (a refund within its order), and each customer, store or
    campaign that it names against their table; a row rejected by a law fails.
    Uniqueness tests each row kept, and each that came again under one key in its own
    delivery, which fails; so does each customer too many among those who look alike.
    Timeliness tests the last 30 days before the refresh, for each table of events: a
    day passes when the table's newest event is not older.

    Formula: passed / tested per dimension; the total is the mean of the dimensions
        that were tested
    Interval: none, every unit is counted
    Grain: one row per segment of `by` and dimension, the total first: segment,
        dimension, value, n = units tested, passed, failed, reason
    Units: share, 0 to 1; null with a reason where nothing was tested
    Source: the counts of the refresh
    """
    sums = _by_dimension(units, by)
    if by == "dimension":
        return QualityShare.validate(sums.collect())
    mean = (
        sums.group_by("segment", maintain_order=True)
        .agg(_mean(pl.col("value")), pl.col("n", "passed", "failed").sum())
        .with_columns(dimension=pl.lit(TOTAL), reason=_untested(pl.lit(TOTAL)))
    )
    order = pl.col("dimension").cast(pl.Enum([TOTAL, *DIMENSIONS]))
    rows = pl.concat([mean.select(NAMES), sums]).sort("segment", order)
    return QualityShare.validate(rows.collect())


NAMES = list(QualityShare.to_schema().columns)


def _by_dimension(units: pl.LazyFrame, by: str) -> pl.LazyFrame:
    """Every dimension of every segment, tested or not."""
    segment = pl.lit(EVERYONE) if by == EVERYONE else pl.col(by).cast(pl.String)
    named = units.with_columns(segment=segment)
    dimensions = pl.LazyFrame({"dimension": list(DIMENSIONS)})
    if by == "dimension":
        every = dimensions.with_columns(segment="dimension")
    elif by == EVERYONE:
        every = dimensions.with_columns(segment=pl.lit(EVERYONE))
    else:
        every = named.select("segment").unique().join(dimensions, how="cross")
    keys = ["segment", "dimension"]
    sums = named.group_by(keys).agg(
        n=pl.col("tested").sum(), passed=pl.col("passed").sum()
    )
    rows = every.join(sums, on=keys, how="left")
    order = pl.col("dimension").cast(pl.Enum(list(DIMENSIONS)))
    return (
        rows.with_columns(pl.col("n", "passed").fill_null(0))
        .with_columns(
            value=ratio(pl.col("passed"), pl.col("n")),
            failed=pl.col("n") - pl.col("passed"),
        )
        .with_columns(reason=_untested(pl.col("dimension")))
        .select(NAMES)
        .sort(*(["segment"] if by != "dimension" else []), order)
    )


def _untested(dimension: pl.Expr) -> pl.Expr:
    reason = dimension.replace_strict(UNTESTED, return_dtype=pl.String)
    return pl.when(pl.col("value").is_null()).then(reason)


class RowReports(pa.DataFrameModel):
    """One row per file of the last refresh, or per table: what became of rows."""

    table: pl.String = pa.Field()
    rows_in: pl.Int64 = pa.Field(ge=0)
    accepted: pl.Int64 = pa.Field(ge=0)
    quarantined: pl.Int64 = pa.Field(ge=0)
    duplicates: pl.Int64 = pa.Field(ge=0)
    superseded: pl.Int64 = pa.Field(ge=0)
    released: pl.Int64 = pa.Field(ge=0)
    waiting: pl.Int64 = pa.Field(ge=0)
    held: pl.Int64 = pa.Field(ge=0)


COUNTS = tuple(name for name in RowCounts.to_schema().columns if name != "segment")


def row_counts(
    reports: LazyFrame[RowReports], *, by: str = EVERYONE
) -> DataFrame[RowCounts]:
    """Row counts: what became of the rows of the last refresh, and what is kept.

    Formula: rows in = accepted + quarantined + duplicates; superseded counts accepted
        rows that replaced another one; released rows had waited for their customer;
        waiting is the quarantine now, held the accepted rows now
    Interval: none, every row is counted
    Grain: one row per segment of `by`: segment, rows_in, accepted, quarantined,
        duplicates, superseded, released, waiting, held
    Units: rows
    Source: the report of the last refresh
    """
    sums = (pl.col(name).sum() for name in COUNTS)
    rows = segments(reports, by, *sums).select("segment", *COUNTS)
    return RowCounts.validate(rows.collect())


class Alike(pa.DataFrameModel):
    """One row per finding, reason and customer: customers who look alike."""

    finding: pl.Int64 = pa.Field()
    reason: pl.String = pa.Field()
    customer_id: pl.String = pa.Field()


def look_alikes(
    customers: LazyFrame[Alike], *, by: str = EVERYONE
) -> DataFrame[Findings]:
    """Look-alikes: pairs of customers who may be one, and crowds on one value.

    Two customers look alike with the same telephone number, e-mail address or identity
    number in any spelling, the same full name and date of birth, or ids that differ in
    case, blanks or width only. More than ten on one value are one crowd.

    Formula: count of pairs and crowds; one with two reasons counts once
    Interval: none, it is a count
    Grain: one row per segment of `by` (a reason): segment, value, n = customers named
    Units: findings
    Source: the blind indexes of personal fields, and the ids
    """
    value = pl.col("finding").n_unique().cast(pl.Float64).alias("value")
    n = pl.col("customer_id").n_unique().cast(pl.Int64).alias("n")
    rows = segments(customers, by, value, n).select("segment", "value", "n")
    return Findings.validate(rows.collect())


class NewestDays(pa.DataFrameModel):
    """One row per table with rows: the newest business day of its events, if any."""

    table: pl.String = pa.Field()
    rows: pl.Int64 = pa.Field(ge=0)
    newest: pl.Date = pa.Field(nullable=True)


def days_behind(
    tables: LazyFrame[NewestDays], *, due: date, by: str = EVERYONE
) -> DataFrame[DaysBehind]:
    """Days behind: from the newest event of a table to the last complete day.

    Formula: last complete day less the newest business day of the events, at least 0
    Interval: none, it is a fact
    Grain: one row per segment of `by`: segment, value, n = rows held, newest, reason
    Units: days; null with a reason for a table without events
    Source: the accepted rows
    """
    newest = pl.col("newest").max()
    behind = (pl.lit(due) - newest).dt.total_days().clip(0)
    rows = segments(
        tables, by, newest, behind.cast(pl.Float64).alias("value"),
        pl.col("rows").sum().alias("n"),
    ).with_columns(
        reason=pl.when(pl.col("value").is_null()).then(pl.lit(NO_DAY))
    )  # fmt: skip
    names = DaysBehind.to_schema().columns
    return DaysBehind.validate(rows.select(*names).collect())
