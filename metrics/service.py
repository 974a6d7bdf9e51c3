"""Whether customers who ask or complain are served, in time, and for good."""

import polars as pl
from pandera.polars import Field
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.service import OpenSums, TicketSums
from metrics.estimates import (
    CONFIDENCE,
    EVERYONE,
    design_effect,
    estimates,
    ratio,
    segments,
    t_interval,
    wilson,
)
from metrics.frames import Estimate, Result

CLUSTERS = ("cluster_squares", "cluster_product", "cluster_counts")


class Volume(Result):
    """One row per segment: tickets opened, and its share of all."""

    segment: pl.String = Field()
    value: pl.Int64 = Field(ge=0)
    share: pl.Float64 = Field(ge=0, le=1, nullable=True)
    complaints: pl.Int64 = Field(ge=0)
    resolved: pl.Int64 = Field(ge=0)


class OpenTickets(Result):
    """One row per segment: tickets open now, and the broken promises among them."""

    segment: pl.String = Field()
    value: pl.Int64 = Field(ge=0)
    breached: pl.Int64 = Field(ge=0)
    fresh: pl.Int64 = Field(ge=0)
    response: pl.Int64 = Field(ge=0)
    resolution: pl.Int64 = Field(ge=0)
    step: pl.Int64 = Field(ge=0)
    oldest_hours: pl.Float64 = Field(ge=0, nullable=True)


class OpenTicket(Result):
    """One row per open ticket: what it waits for, since when, and what it breaks."""

    ticket_id: pl.String = Field()
    customer_id: pl.String = Field()
    kind: pl.String = Field()
    type: pl.String = Field()
    cause: pl.String = Field()
    channel: pl.String = Field()
    team: pl.String = Field()
    agent: pl.String = Field()
    store: pl.String = Field()
    region: pl.String = Field()
    tier: pl.String = Field()
    opened_on: pl.Date = Field()
    age_hours: pl.Float64 = Field(ge=0)
    waits_for: pl.String = Field()
    waiting_hours: pl.Float64 = Field(ge=0)
    breach: pl.String = Field(nullable=True)
    over_hours: pl.Float64 = Field(nullable=True)


def resolution_rate(
    sums: LazyFrame[TicketSums], *, by: str = EVERYONE, confidence: float = CONFIDENCE
) -> DataFrame[Estimate]:
    """Resolution rate: tickets opened in the window that have been resolved since.

    Formula: tickets resolved or closed by the as-of date / tickets opened in the window
    Interval: Wilson, 95%
    Grain: one row per segment of `by`: segment, value, n = tickets, ci_low, ci_high
    Units: share, 0 to 1
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    return _share(sums, ("resolved", "tickets"), by, confidence)


def response_sla(
    sums: LazyFrame[TicketSums], *, by: str = EVERYONE, confidence: float = CONFIDENCE
) -> DataFrame[Estimate]:
    """Answered in time: first responses within the promised hours of the ticket's kind.

    Formula: tickets answered within the hours / tickets that were, or whose hours have
        passed; opened in the window; on the clock of the settings
    Interval: Wilson, 95%
    Grain: one row per segment of `by`: segment, value, n = tickets, ci_low, ci_high
    Units: share, 0 to 1
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    return _share(sums, ("responded_in_time", "to_respond"), by, confidence)


def resolution_sla(
    sums: LazyFrame[TicketSums], *, by: str = EVERYONE, confidence: float = CONFIDENCE
) -> DataFrame[Estimate]:
    """Resolved in time: resolutions within the promised hours of the ticket's kind.

    Formula: tickets resolved within the hours / tickets that were, or whose hours have
        passed; opened in the window; on the clock of the settings
    Interval: Wilson, 95%
    Grain: one row per segment of `by`: segment, value, n = tickets, ci_low, ci_high
    Units: share, 0 to 1
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    return _share(sums, ("resolved_in_time", "to_resolve"), by, confidence)


def reopen_rate(
    sums: LazyFrame[TicketSums], *, by: str = EVERYONE, confidence: float = CONFIDENCE
) -> DataFrame[Estimate]:
    """Reopened: resolved tickets that were opened again.

    Formula: resolved tickets marked as reopened / resolved tickets with such a mark;
        opened in the window; the mark as last delivered
    Interval: Wilson, 95%
    Grain: one row per segment of `by`: segment, value, n = tickets, ci_low, ci_high
    Units: share, 0 to 1
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    return _share(sums, ("reopened", "known"), by, confidence)


def ticket_satisfaction(
    sums: LazyFrame[TicketSums], *, by: str = EVERYONE, confidence: float = CONFIDENCE
) -> DataFrame[Estimate]:
    """Service rating: the mean rating of resolved tickets.

    Formula: mean of the ratings 1-5 of tickets resolved by the as-of date and opened in
        the window
    Interval: Student's t, 95%, over customers where one rates several times
    Grain: one row per segment of `by`: segment, value, n = ratings, ci_low, ci_high
    Units: points, 1 to 5
    Source: Student, Biometrika 6 (1908)
    """
    names = ("rated", "total", "squares", *CLUSTERS)
    rows = segments(sums, by, *(pl.col(name).sum() for name in names))
    n = pl.col("rated")
    total, squares = pl.col("total").cast(pl.Int128), pl.col("squares").cast(pl.Int128)
    mean, variance = (
        ratio(pl.col("total"), n),
        ratio(n * squares - total * total, n * (n - 1)),
    )
    deff = design_effect(n="rated")
    low, high = t_interval(mean, variance, n, confidence=confidence, deff=deff)
    bounds = (low.clip(1.0, 5.0), high.clip(1.0, 5.0))
    return estimates(rows.with_columns(mean.alias("value"), n.alias("n"), *bounds))


def tickets(sums: LazyFrame[TicketSums], *, by: str = EVERYONE) -> DataFrame[Volume]:
    """Tickets: how many were opened in the window, and by which share of them.

    Formula: tickets opened in the window; share = a segment's / all of them
    Grain: one row per segment of `by`: segment, value, share, complaints, resolved
    Units: tickets
    Source: the rows of tickets themselves
    """
    names = ("tickets", "complaints", "resolved")
    rows = segments(sums, by, *(pl.col(name).sum() for name in names))
    value = pl.col("tickets")
    shown = rows.with_columns(
        value.alias("value"), ratio(value, value.sum()).alias("share")
    )
    return Volume.validate(shown.select(*Volume.to_schema().columns).collect())


def open_tickets(
    sums: LazyFrame[OpenSums], *, by: str = EVERYONE
) -> DataFrame[OpenTickets]:
    """Open tickets: those that wait for something, and those past a promise.

    Formula: tickets without resolution, and complaints whose loop is not closed;
        breached: past the hours promised for a response or a resolution, or waiting
        for the loop's next step for longer than its limit; a ticket may break several;
        fresh: one of them in the last 24 hours of its clock. As of the end of the as-of
        date, whenever it was opened
    Grain: one row per segment of `by`: segment, value, breached, fresh, response,
        resolution, step, oldest_hours
    Units: tickets; hours on the calendar
    Source: the rows of tickets themselves
    """
    counts = ("open", "breached", "fresh", "response", "resolution", "step")
    oldest = (pl.col("oldest").max() / 3600).alias("oldest_hours")
    rows = segments(sums, by, *(pl.col(name).sum() for name in counts), oldest)
    shown = rows.rename({"open": "value"})
    names = OpenTickets.to_schema().columns
    return OpenTickets.validate(shown.select(*names).collect())


def ticket_list(listed: pl.DataFrame) -> DataFrame[OpenTicket]:
    """The tickets that are open: those that missed a promise last come first.

    Formula: as open_tickets; over_hours: by how much the promise that is missed most
        is missed, on its clock, the least first; waiting_hours: since the last step
        that was taken
    Grain: one row per open ticket
    Units: hours on the calendar, exact to the second, as of the end of the as-of date
    Source: the rows of tickets themselves
    """
    return OpenTicket.validate(listed)


def _share(
    sums: pl.LazyFrame, counts: tuple[str, str], by: str, confidence: float
) -> DataFrame[Estimate]:
    k, n = pl.col(counts[0]), pl.col(counts[1])
    rows = segments(sums, by, k.sum(), n.sum())
    bounds = wilson(k, n, confidence=confidence)
    return estimates(
        rows.with_columns(ratio(k, n).alias("value"), n.alias("n"), *bounds)
    )
