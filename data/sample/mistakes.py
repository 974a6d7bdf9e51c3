"""Rows that are wrong on purpose, as in life; what is right stays as it was.

Wrong rows are added: spoilt copies of right ones under names of their own. Only what
is odd but acceptable (a gender code that nobody knows) is changed in place.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.sample.dice import Dice

Spoil = Callable[[pl.DataFrame], pl.DataFrame]
QUARANTINED, DUPLICATE = "quarantined", "duplicate"
SUPERSEDED, NOTICE, ACCEPTED = "superseded", "notice", "accepted"


@dataclass(frozen=True)
class Mistake:
    """One way to go wrong, and how many of a table's rows do."""

    table: str
    rule: str
    share: float
    fate: str
    spoil: Spoil
    renamed: bool = True  # the copy gets a key of its own
    in_place: bool = False


def _set(**values: pl.Expr | str | int | None) -> Spoil:
    """Put other values into columns, keeping their types."""

    def spoil(rows: pl.DataFrame) -> pl.DataFrame:
        """Replace the cells."""
        cells = (
            (value if isinstance(value, pl.Expr) else pl.lit(value))
            .cast(rows.schema[name])
            .alias(name)
            for name, value in values.items()
        )
        return rows.with_columns(*cells)

    return spoil


def _same(rows: pl.DataFrame) -> pl.DataFrame:
    return rows


def _again(table: str, share: float) -> Mistake:
    return Mistake(table, "duplicate", share, DUPLICATE, _same, renamed=False)


def _wrong(table: str, rule: str, share: float, spoil: Spoil) -> Mistake:
    return Mistake(table, rule, share, QUARANTINED, spoil)


def _keyless(table: str, rule: str, share: float, spoil: Spoil) -> Mistake:
    return Mistake(table, rule, share, QUARANTINED, spoil, renamed=False)


AMOUNT, ORDERED = pl.col("amount"), pl.col("ordered_at")
STRANGER = pl.col("customer_id").str.replace("C", "X")
LESS = (pl.max_horizontal(AMOUNT * 0.9, "refund")).round(2)
MISTAKES = (
    _again("orders", 0.0008),
    Mistake(
        "orders", "corrected", 0.0008, SUPERSEDED, _set(amount=LESS), renamed=False
    ),
    Mistake(
        "orders", "unknown customer", 0.0004, NOTICE, _set(customer_id=STRANGER)
    ),
    _wrong("orders", "missing customer", 0.0006, _set(customer_id=None)),
    _wrong(
        "orders", "negative amount", 0.0003,
        _set(amount=-AMOUNT, status="completed", refund=0, refunded_at=None),
    ),
    _wrong(
        "orders", "refund above amount", 0.0003,
        _set(refund=AMOUNT * 1.5, refunded_at=ORDERED, status="completed"),
    ),
    _wrong(
        "orders", "future date", 0.0002,
        _set(ordered_at=ORDERED.dt.offset_by("70y"), refunded_at=None),
    ),
    _keyless("order_items", "missing product", 0.0005, _set(product_id=None)),
    _again("order_items", 0.0008),
    Mistake(
        "customers", "unknown gender", 0.0010, ACCEPTED, _set(gender="X9"),
        in_place=True,
    ),
    _again("customers", 0.0010),
    _wrong("surveys", "score 11", 0.0015, _set(score=11)),
    _again("surveys", 0.0010),
    _wrong("interactions", "missing customer", 0.0012, _set(customer_id=None)),
    _wrong("interactions", "unknown kind", 0.0010, _set(kind="scan")),
    _wrong("tickets", "unknown kind", 0.0015, _set(kind="praise")),
    _again("tickets", 0.0015),
    _keyless("campaign_members", "missing arm", 0.0010, _set(arm=None)),
    _again("campaign_members", 0.0015),
    _wrong("leads", "missing channel", 0.0020, _set(channel=None)),
    _wrong("points", "wrong sign", 0.0010, _set(kind="redeem", points=100)),
    _again("points", 0.0010),
    _again("contacts", 0.0020),
    _wrong(
        "contacts", "future date", 0.0010,
        _set(
            contacted_at=pl.col("contacted_at").dt.offset_by("70y"),
            follow_up_done_at=None,
        ),
    ),
)  # fmt: skip
UNREADABLE = (  # table, column, text that is no value, share; in CSV only
    ("orders", "ordered_at", "2026-13-45 10:00:00", 0.0003),
    ("customers", "birth_date", "1987-02-30", 0.0005),
    ("surveys", "sent_at", "昨天", 0.0010),
    ("interactions", "occurred_at", "31/31/2025", 0.0008),
    ("tickets", "opened_at", "待补", 0.0010),
    ("points", "points", "12x", 0.0008),
    ("contacts", "contacted_at", "24:61", 0.0010),
)
RAGGED = 0.0002  # of the orders' lines in CSV have cells too many


@dataclass(frozen=True)
class Count:
    """How many rows of a table are wrong in one way, and what becomes of them."""

    table: str
    rule: str
    fate: str
    rows: int


def _sample(
    rows: int, share: float, rng: Dice
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    count = min(rows, max(1, round(rows * share)))
    return np.sort(rng.choice(rows, count, replace=False)).astype(np.int64)


def _renamed(rows: pl.DataFrame, letter: str) -> pl.DataFrame:
    """Give copies names of their own: O00000017 becomes OA00000017."""
    key = pl.nth(0)
    return rows.with_columns(key.str.replace("^(.)", "${1}" + letter))


def _changed(frame: pl.DataFrame, mistake: Mistake, rng: Dice) -> pl.DataFrame:
    at = _sample(len(frame), mistake.share, rng)
    hit = pl.Series(np.isin(np.arange(len(frame)), at))
    spoilt = mistake.spoil(frame)
    return frame.with_columns(
        spoilt[name].zip_with(hit, frame[name])
        for name in frame.columns
        if not spoilt[name].equals(frame[name])
    )


def spoil(
    table: str, frame: pl.DataFrame, rng: Dice
) -> tuple[pl.DataFrame, list[Count]]:
    """Add the table's wrong rows, each somewhere after the row it was copied from."""
    counts, copies = [], [frame]
    places = [np.arange(len(frame), dtype=np.float64)]
    mine = [mistake for mistake in MISTAKES if mistake.table == table and len(frame)]
    for letter, mistake in zip("ABCDEFGH", mine, strict=False):
        at = _sample(len(frame), mistake.share, rng)
        counts.append(Count(table, mistake.rule, mistake.fate, len(at)))
        if mistake.in_place:
            frame = copies[0] = _changed(frame, mistake, rng)
            continue
        rows = _renamed(frame[at], letter) if mistake.renamed else frame[at]
        copies.append(mistake.spoil(rows))
        places.append(at + 0.5 + rng.random(len(at)) * (len(frame) - at))
    order = np.argsort(np.concatenate(places), kind="stable")
    return pl.concat(copies)[order], counts


def unreadable(
    table: str, frame: pl.DataFrame, rng: Dice
) -> tuple[tuple[str, ...], list[Count]]:
    """Write the raw lines of a CSV whose cells are no values, or too many."""
    lines: list[str] = []
    counts = []
    for name, column, text, share in UNREADABLE:
        if name == table and len(frame):
            made = _lines(frame[_sample(len(frame), share, rng)], column, text)
            counts.append(Count(table, f"unreadable {column}", QUARANTINED, len(made)))
            lines += made
    if table == "orders" and len(frame):
        made = _lines(
            frame[_sample(len(frame), RAGGED, rng)], "status", "completed,1,2"
        )
        counts.append(Count(table, "ragged", QUARANTINED, len(made)))
        lines += made
    return tuple(lines), counts


def _lines(rows: pl.DataFrame, column: str, text: str) -> list[str]:
    """Write rows as CSV lines with one cell replaced."""
    written = _renamed(rows, "Z").write_csv(
        include_header=False, datetime_format="%Y-%m-%d %H:%M:%S", float_precision=2
    )
    place = rows.columns.index(column)
    lines = []
    for line in written.splitlines():
        cells = line.split(",")
        cells[place] = text
        lines.append(",".join(cells))
    return lines
