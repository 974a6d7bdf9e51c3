"""Whether customers were contacted as often as their tier is owed."""

import polars as pl
from pandera.polars import Field
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.visits import DutySums
from metrics.estimates import CONFIDENCE, EVERYONE, ratio, segments, wilson
from metrics.frames import Estimate, Result

SUMS = ("due", "met", "listed")


class Compliance(Estimate):
    """One row per segment: the share of the contacts due that were made."""

    met: pl.Int64 = Field(ge=0)
    missed: pl.Int64 = Field(ge=0)
    listed: pl.Int64 = Field(ge=0)


class Progress(Result):
    """One row per segment of the running periods: due, made so far, and left."""

    segment: pl.String = Field()
    due: pl.Int64 = Field(ge=0)
    met: pl.Int64 = Field(ge=0)
    left: pl.Int64 = Field(ge=0)
    share: pl.Float64 = Field(nullable=True)
    listed: pl.Int64 = Field(ge=0)


class Duty(Result):
    """One row per customer, kind and period: what is still owed."""

    customer_id: pl.String = Field()
    kind: pl.String = Field()
    duty_tier: pl.String = Field()
    starts_on: pl.Date = Field()
    due_on: pl.Date = Field()
    state: pl.String = Field()
    days_left: pl.Int64 = Field()
    due: pl.Int64 = Field(ge=0)
    done: pl.Int64 = Field(ge=0)
    owner: pl.String = Field()
    store: pl.String = Field()
    region: pl.String = Field()
    tier: pl.String = Field()
    last_on: pl.Date = Field(nullable=True)


def visit_compliance(
    sums: LazyFrame[DutySums], *, by: str = EVERYONE, confidence: float = CONFIDENCE
) -> DataFrame[Compliance]:
    """Visit compliance: contacts that were made, of those that tiers were owed.

    Formula: sum of min(done, due) / sum of due, over customers, kinds of contact and
        periods that ended in the window; what is due depends on the tier at the start
        of the period; contacts of the kind with the purpose visit, or none, count, also
        those recorded here. missed: due and not made; listed: rows of the list
    Interval: Wilson, 95%
    Grain: one row per segment of `by`: segment, value, n = contacts due, ci_low,
        ci_high, met, missed, listed
    Units: share, 0 to 1; contacts
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    met, due = pl.col("met"), pl.col("due")
    rows = segments(sums, by, *(pl.col(name).sum() for name in SUMS))
    shown = rows.with_columns(
        ratio(met, due).alias("value"),
        due.alias("n"),
        *wilson(met, due, confidence=confidence),
        (due - met).alias("missed"),
    )
    return Compliance.validate(shown.select(*Compliance.to_schema().columns).collect())


def visit_progress(
    sums: LazyFrame[DutySums], *, by: str = EVERYONE
) -> DataFrame[Progress]:
    """Visits in progress: what the running periods owe, and what has been done so far.

    Formula: as visit_compliance, over the periods that have begun and not ended; left:
        due and not yet made; share: met / due; listed: rows of the list
    Grain: one row per segment of `by`: segment, due, met, left, share, listed
    Units: contacts; share, 0 to 1
    Source: the rows of contacts themselves
    """
    met, due = pl.col("met"), pl.col("due")
    rows = segments(sums, by, *(pl.col(name).sum() for name in SUMS))
    shown = rows.with_columns((due - met).alias("left"), ratio(met, due).alias("share"))
    return Progress.validate(shown.select(*Progress.to_schema().columns).collect())


def visit_list(listed: pl.DataFrame) -> DataFrame[Duty]:
    """The contacts that are owed and not made: overdue, or still to be made in time.

    Formula: overdue: the period ended in the window and fewer were made than due;
        coming: the running period owes more than was made so far, due by its last day
    Grain: one row per customer, kind of contact and period with something left
    Units: contacts; days from the as-of date to the due date, negative once passed
    Source: the rows of contacts themselves
    """
    return Duty.validate(listed)
