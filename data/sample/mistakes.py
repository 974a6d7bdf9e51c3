"""Rows that are wrong on purpose, as in life; what is right stays as it was.

Wrong rows are added: spoilt copies of right ones under names of their own. Only what
is odd but acceptable (a gender code that nobody knows) is changed in place.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.sample.arrays import Days
from data.sample.dice import Dice

JOINING = ("order_items", "campaign_members")  # their keys are others' names
Spoil = Callable[[pl.DataFrame], pl.DataFrame]
QUARANTINED, DUPLICATE = "quarantined", "duplicate"
SUPERSEDED, NOTICE, ACCEPTED = "superseded", "notice", "accepted"


@dataclass(frozen=True)
class Mistake:
    """One way to go wrong, and how many of a table's rows do."""

    table: str
    column: str
    rule: str  # that the check names
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
    return Mistake(table, "", "duplicate", share, DUPLICATE, _same, renamed=False)


def _wrong(table: str, what: str, share: float, spoil: Spoil) -> Mistake:
    column, rule = what.split(": ")
    named = table not in JOINING
    return Mistake(table, column, rule, share, QUARANTINED, spoil, named)


AMOUNT, ORDERED = pl.col("amount"), pl.col("ordered_at")
STRANGER = pl.col("customer_id").str.replace("C", "X")
LATER = "70y"  # after today, whenever that is
MISTAKES = (
    _again("orders", 0.0008),
    Mistake(
        "orders", "amount", "corrected", 0.0008, SUPERSEDED, _set(amount=AMOUNT + 10),
        renamed=False,
    ),
    Mistake(
        "orders", "customer_id", "unknown_customer", 0.0004, NOTICE,
        _set(customer_id=STRANGER),
    ),
    _wrong("orders", "customer_id: missing", 0.0006, _set(customer_id=None)),
    _wrong(
        "orders", "amount: negative_amount", 0.0003,
        _set(amount=-AMOUNT.abs(), status="completed", refund=0, refunded_at=None),
    ),
    _wrong(
        "orders", "refund: refund_above_amount", 0.0003,
        _set(refund=AMOUNT.abs() * 1.5, refunded_at=ORDERED, status="completed"),
    ),
    _wrong(
        "orders", "ordered_at: date_range", 0.0002,
        _set(ordered_at=ORDERED.dt.offset_by(LATER), refunded_at=None),
    ),
    _wrong("order_items", "product_id: missing", 0.0010, _set(product_id=None)),
    _again("order_items", 0.0012),
    Mistake(
        "customers", "gender", "unknown_code", 0.0010, ACCEPTED, _set(gender="X9"),
        in_place=True,
    ),
    _again("customers", 0.0010),
    _wrong("surveys", "score: range", 0.0020, _set(score=11)),
    _again("surveys", 0.0010),
    _wrong("interactions", "customer_id: missing", 0.0020, _set(customer_id=None)),
    _wrong("interactions", "kind: choice", 0.0015, _set(kind="scan")),
    _wrong("tickets", "kind: choice", 0.0015, _set(kind="praise")),
    _again("tickets", 0.0015),
    _wrong("campaign_members", "arm: missing", 0.0010, _set(arm=None)),
    _again("campaign_members", 0.0015),
    _wrong("leads", "channel: missing", 0.0030, _set(channel=None)),
    _wrong("points", "points: points_sign", 0.0010, _set(kind="redeem", points=100)),
    _again("points", 0.0010),
    _again("contacts", 0.0020),
    _wrong(
        "contacts", "contacted_at: date_range", 0.0010,
        _set(
            contacted_at=pl.col("contacted_at").dt.offset_by(LATER),
            follow_up_done_at=None,
        ),
    ),
)  # fmt: skip
UNREADABLE = (  # table, column, rule, text that is no value, share; in CSV only
    ("orders", "ordered_at", "date", "2026-13-45 10:00:00", 0.0003),
    ("orders", "status", "field_count", "completed,1,2", 0.0002),
    ("customers", "birth_date", "date", "1987-02-30", 0.0005),
    ("surveys", "sent_at", "date", "昨天", 0.0010),
    ("interactions", "occurred_at", "date", "2025-31-31", 0.0008),
    ("tickets", "opened_at", "date", "待补", 0.0010),
    ("points", "points", "number", "12x", 0.0008),
    ("contacts", "contacted_at", "date", "24:61", 0.0010),
)
LETTERS = "ABCDEFGH"  # each mistake renames its copies with a letter of its own


@dataclass(frozen=True)
class Count:
    """How many rows of a table are wrong in one way, and what becomes of them."""

    table: str
    column: str  # none: the whole row
    rule: str
    fate: str
    rows: int


def _count(mistake: Mistake, rows: int) -> Count:
    return Count(mistake.table, mistake.column, mistake.rule, mistake.fate, rows)


def _apart(rows: int, shares: list[float], rng: Dice) -> list[Days]:
    """Choose rows for each mistake, no row for two of them."""
    counts = [max(1, round(rows * share)) for share in shares]
    drawn = rng.permutation(rows)[: sum(counts)]
    return [np.sort(part) for part in np.split(drawn, np.cumsum(counts)[:-1])]


def _renamed(rows: pl.DataFrame, letter: str) -> pl.DataFrame:
    """Give copies names of their own: O00000017 becomes OA00000017."""
    key = pl.nth(0)
    return rows.with_columns(key.str.replace("^(.)", "${1}" + letter))


def _changed(frame: pl.DataFrame, at: Days, spoil: Spoil) -> pl.DataFrame:
    """Spoil some rows where they stand."""
    hit = pl.Series(np.isin(np.arange(len(frame)), at))
    spoilt = spoil(frame)
    return frame.with_columns(
        spoilt[name].zip_with(hit, frame[name]) for name in frame.columns
    )


def spoil(
    table: str, frame: pl.DataFrame, rng: Dice
) -> tuple[pl.DataFrame, list[Count]]:
    """Add the table's wrong rows, each somewhere after the row it was copied from."""
    mine = [mistake for mistake in MISTAKES if mistake.table == table]
    chosen = _apart(len(frame), [mistake.share for mistake in mine], rng)
    copies, places = [frame], [np.arange(len(frame), dtype=np.float64)]
    counts = []
    for letter, mistake, at in zip(LETTERS, mine, chosen, strict=False):
        counts.append(_count(mistake, len(at)))
        if mistake.in_place:
            copies[0] = _changed(frame, at, mistake.spoil)
            continue
        rows = _renamed(frame[at], letter) if mistake.renamed else frame[at]
        copies.append(mistake.spoil(rows))
        places.append(at + 0.5 + rng.random(len(at)) * (len(frame) - at))
    order = np.argsort(np.concatenate(places), kind="stable")
    return pl.concat(copies, rechunk=True)[order], counts


def unreadable(
    table: str, frame: pl.DataFrame, rng: Dice
) -> tuple[tuple[str, ...], list[Count]]:
    """Write the raw lines of a CSV whose cells are no values, or too many."""
    mine = [each for each in UNREADABLE if each[0] == table]
    lines: list[str] = []
    counts = []
    chosen = _apart(len(frame), [each[-1] for each in mine], rng)
    for (_, column, rule, text, _), at in zip(mine, chosen, strict=False):
        blamed = column if rule != "field_count" else ""
        counts.append(Count(table, blamed, rule, QUARANTINED, len(at)))
        lines += _lines(frame[at], column, text)
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
