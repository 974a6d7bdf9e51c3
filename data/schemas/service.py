"""What the metrics of service read: tickets by how long they took, and sums of them."""

import pandera.polars as pa
import polars as pl

from data.schemas.cells import Cells


class Waits(Cells):
    """One row per segment, clock, whole minutes and whether the wait has ended.

    Clock: `calendar`, or `business` while the desk was open.
    """

    segment: pl.String = pa.Field()
    clock: pl.String = pa.Field(isin=["calendar", "business"])
    minutes: pl.Int64 = pa.Field(ge=0)
    ended: pl.Boolean = pa.Field()
    tickets: pl.Int64 = pa.Field(ge=0)


class TicketSums(Cells):
    """One row per segment: tickets opened in a window, and what became of them.

    `to_respond` and `to_resolve` count those whose promise is kept or past its limit.
    Of satisfaction the sums over tickets, and over customers for the interval.
    """

    segment: pl.String = pa.Field()
    tickets: pl.Int64 = pa.Field(ge=0)
    complaints: pl.Int64 = pa.Field(ge=0)
    resolved: pl.Int64 = pa.Field(ge=0)
    reopened: pl.Int64 = pa.Field(ge=0)
    known: pl.Int64 = pa.Field(ge=0)
    responded_in_time: pl.Int64 = pa.Field(ge=0)
    to_respond: pl.Int64 = pa.Field(ge=0)
    resolved_in_time: pl.Int64 = pa.Field(ge=0)
    to_resolve: pl.Int64 = pa.Field(ge=0)
    rated: pl.Int64 = pa.Field(ge=0)
    total: pl.Int64 = pa.Field(ge=0)
    squares: pl.Int64 = pa.Field(ge=0)
    cluster_squares: pl.Int64 = pa.Field(ge=0)
    cluster_product: pl.Int64 = pa.Field(ge=0)
    cluster_counts: pl.Int64 = pa.Field(ge=0)


class OpenSums(Cells):
    """One row per segment: tickets open as of a date, by the promise that is broken."""

    segment: pl.String = pa.Field()
    open: pl.Int64 = pa.Field(ge=0)
    breached: pl.Int64 = pa.Field(ge=0)
    fresh: pl.Int64 = pa.Field(ge=0)
    response: pl.Int64 = pa.Field(ge=0)
    resolution: pl.Int64 = pa.Field(ge=0)
    step: pl.Int64 = pa.Field(ge=0)
    oldest: pl.Int64 = pa.Field(ge=0, nullable=True)


class ComplaintSums(Cells):
    """One row per segment: complaints of a window, of that before, recurring."""

    segment: pl.String = pa.Field()
    complaints: pl.Int64 = pa.Field(ge=0)
    before: pl.Int64 = pa.Field(ge=0)
    typed: pl.Int64 = pa.Field(ge=0)
    recurring: pl.Int64 = pa.Field(ge=0)


class LoopSums(Cells):
    """One row per step of the closed loop: complaints that came so far, and stay there.

    `waiting`: as of the date they wait for the next step; `breached` of them wait for
    longer than its limit. Ages are in seconds; `taken` is the median from the step
    before.
    """

    step: pl.String = pa.Field()
    reached: pl.Int64 = pa.Field(ge=0, nullable=True)
    waiting: pl.Int64 = pa.Field(ge=0, nullable=True)
    breached: pl.Int64 = pa.Field(ge=0, nullable=True)
    median_age: pl.Float64 = pa.Field(ge=0, nullable=True)
    oldest_age: pl.Int64 = pa.Field(ge=0, nullable=True)
    taken: pl.Float64 = pa.Field(nullable=True)
    limit_hours: pl.Float64 = pa.Field(nullable=True)
