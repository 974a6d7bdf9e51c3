"""Everything that happened with one customer, in one frame, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

import polars as pl

from dashboard.reader import Reader
from data.warehouse.by_customer import Ranges, ranges, rows_of

TABLES: Final = (
    "orders",
    "surveys",
    "tickets",
    "contacts",
    "campaign_members",
    "points",
    "interactions",
)
STEPS: Final = ("assigned", "reached", "opened", "clicked", "redeemed")
SCHEMA: Final = {
    "day": pl.Date, "time": pl.String, "event": pl.String, "kind": pl.String,
    "id": pl.String, "about": pl.String, "channel": pl.String, "state": pl.String,
    "number": pl.Float64, "unit": pl.String,
}  # fmt: skip
Rows = Mapping[str, pl.DataFrame]


def rows(reader: Reader, customer: str, as_of: date) -> Rows:
    """The accepted rows of one customer up to a day, by table."""
    key = ("customer rows", customer, as_of)
    return reader.remember(key, lambda: _read(reader, customer, as_of))


def declared(reader: Reader, customer: str) -> pl.DataFrame:
    """The customer's row in the customers table; none if it is not there."""
    key = ("declared", customer)
    return reader.remember(key, lambda: _table(reader, "customers", customer))


def timeline(
    found: Rows, campaigns: Mapping[str, str], as_of: date, zone: str
) -> pl.DataFrame:
    """One row per event up to a day, the newest first.

    Grain: event (order, refund, survey, answer, ticket, solved, contact, campaign,
        points, interaction): day, time on the business's clock where it is known, kind
        (status, step or kind of the row), id, about (category, type, purpose or the
        campaign's name), channel, state (what came of a contact), number with its unit
    """
    events = [made(found[name]) for name, made in _EVENTS.items()]
    events.append(_campaigns(found["campaign_members"], campaigns))
    whole = pl.concat([_timed(each, zone) for each in events], how="diagonal_relaxed")
    past = whole.filter(pl.col("day") <= as_of)
    newest = [pl.col(name) for name in ("day", "time", "event", "kind", "id")]
    return past.sort(newest, descending=[True, True, False, False, False]).select(
        pl.col(name).cast(kind) for name, kind in SCHEMA.items()
    )


def _read(reader: Reader, customer: str, as_of: date) -> Rows:
    found = {name: _table(reader, name, customer) for name in TABLES}
    first = {
        "orders": "ordered_on", "tickets": "opened_on", "contacts": "contacted_on",
        "campaign_members": "assigned_on", "points": "occurred_on",
        "interactions": "occurred_on",
    }  # fmt: skip
    return {
        name: each.filter(pl.col(first[name]) <= as_of) if name in first else each
        for name, each in found.items()
    }


def _table(reader: Reader, name: str, customer: str) -> pl.DataFrame:
    found: Ranges = reader.remember(
        ("ranges", name), lambda: ranges(reader.snapshot, name)
    )
    return rows_of(reader.snapshot, found, customer)


def _timed(events: pl.DataFrame, zone: str) -> pl.DataFrame:
    """The time of day; midnight sharp is a date without one."""
    local = pl.col("at").dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    text = local.dt.strftime("%H:%M")
    known = pl.when(text != "00:00").then(text)
    return events.with_columns(known.alias("time")).drop_nulls("day")


def _event(
    name: str, at: str, kind: str | None, key: str, **others: pl.Expr
) -> list[pl.Expr]:
    """The columns of one kind of event: `at` names its moment without `_at`."""
    told = [
        pl.col(f"{at}_at").alias("at"),
        pl.col(f"{at}_on").alias("day"),
        pl.lit(name).alias("event"),
        pl.col(key).alias("id"),
        *(expression.alias(column) for column, expression in others.items()),
    ]
    return told if kind is None else [*told, pl.col(kind).alias("kind")]


def _money(expression: pl.Expr) -> dict[str, pl.Expr]:
    return {"number": expression.cast(pl.Float64), "unit": pl.lit("money")}


def _orders(rows: pl.DataFrame) -> pl.DataFrame:
    about = {"about": pl.col("category"), "channel": pl.col("channel")}
    paid = _money(pl.col("amount"))
    bought = rows.select(
        _event("order", "ordered", "status", "order_id", **about, **paid)
    )
    later = rows.filter(pl.col("refund") > 0).with_columns(
        pl.coalesce("refunded_on", "ordered_on").alias("refunded_on")
    )
    back = _money(-pl.col("refund"))
    returned = later.select(
        _event("refund", "refunded", None, "order_id", **about, **back)
    )
    return pl.concat([bought, returned], how="diagonal_relaxed")


def _surveys(rows: pl.DataFrame) -> pl.DataFrame:
    channel = {"channel": pl.col("mode")}
    score = {"number": pl.col("score").cast(pl.Float64), "unit": pl.lit("score")}
    sent = rows.select(_event("survey", "sent", None, "response_id", **channel))
    given = rows.select(
        _event("answer", "answered", None, "response_id", **channel, **score)
    )
    return pl.concat([sent, given], how="diagonal_relaxed")


def _tickets(rows: pl.DataFrame) -> pl.DataFrame:
    about = {"about": pl.col("type"), "channel": pl.col("channel")}
    opened = rows.select(_event("ticket", "opened", "kind", "ticket_id", **about))
    solved = rows.select(_event("solved", "resolved", "kind", "ticket_id", **about))
    return pl.concat([opened, solved], how="diagonal_relaxed")


def _contacts(rows: pl.DataFrame) -> pl.DataFrame:
    about = {"about": pl.col("purpose"), "state": pl.col("outcome")}
    return rows.select(_event("contact", "contacted", "kind", "contact_id", **about))


def _points(rows: pl.DataFrame) -> pl.DataFrame:
    number = {"number": pl.col("points").cast(pl.Float64), "unit": pl.lit("count")}
    return rows.select(_event("points", "occurred", "kind", "entry_id", **number))


def _interactions(rows: pl.DataFrame) -> pl.DataFrame:
    """Touches of one kind on one day are one event, with how many there were."""
    first = rows.sort("occurred_at").group_by(
        "occurred_on", "kind", "channel", maintain_order=True
    )
    days = first.agg(
        pl.col("occurred_at", "interaction_id").first(), pl.len().alias("times")
    )
    number = {"number": pl.col("times").cast(pl.Float64), "unit": pl.lit("count")}
    channel = {"channel": pl.col("channel")}
    return days.select(
        _event("interaction", "occurred", "kind", "interaction_id", **channel, **number)
    )


def _campaigns(rows: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    about = pl.col("campaign_id").replace(dict(names))
    return pl.concat(
        rows.select(
            _event("campaign", step, None, "campaign_id", about=about)
        ).with_columns(pl.lit(step).alias("kind"))
        for step in STEPS
    )


_EVENTS: Final[Mapping[str, Callable[[pl.DataFrame], pl.DataFrame]]] = {
    "orders": _orders,
    "surveys": _surveys,
    "tickets": _tickets,
    "contacts": _contacts,
    "points": _points,
    "interactions": _interactions,
}
