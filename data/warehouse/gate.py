"""The quality gate: a delivery that looks wrong is not published.

It compares orders with the last published delivery. A delivery that is newer than the
last one may be small: it is a day's extract. Corrections may be small and old: they
have no more rows than the quarantine, or than a fifth of the orders kept, and mostly
say something new. An old or cut extract of the history says next to nothing new. A
correction that was loaded can be loaded again.

In every table it compares how far the columns are filled that every row should fill. A
correction of old orders may leave columns out, and so may a delivery of another table
with no more rows than its quarantine, or than a fifth of its rows kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from data import quality
from data.errors import RefusedError
from data.schemas import key_columns
from data.warehouse.manifest import Delivery, Manifest
from data.warehouse.staging import FileReport

ROWS_LEFT = 0.2
MEAN_FACTOR = 20
ENOUGH_ROWS = 10
NEWS = 0.5


DIMENSIONS: Final[Mapping[str, str]] = {
    "no_rows": quality.COMPLETENESS,
    "row_count": quality.COMPLETENESS,
    "null_share": quality.COMPLETENESS,
    "newest_day": quality.TIMELINESS,
    "mean_amount": quality.ACCURACY,
    "max_reject_share": quality.ACCURACY,
}
Fact = int | float | str | None


@dataclass(frozen=True)
class Objection:
    """Why a delivery is refused: a rule, the table, and words without cell values.

    `facts` are the figures of the message, for words in another language.
    """

    rule: str
    table: str
    message: str
    facts: dict[str, Fact] = field(default_factory=dict)

    @property
    def dimension(self) -> str:
        """The dimension of quality in which the delivery fails."""
        return DIMENSIONS[self.rule]


class QualityError(RefusedError):
    """The input is readable, but looks wrong; the last snapshot goes on serving."""

    def __init__(
        self, found: tuple[Objection, ...], files: Iterable[FileReport] = ()
    ) -> None:
        super().__init__(" ".join(each.message for each in found))
        self.objections = found
        self.files = tuple(files)


@dataclass(frozen=True)
class Past:
    """What the last published snapshot says about the orders."""

    delivery: Delivery
    waiting: int  # rows in quarantine
    orders: int  # rows kept


def past(previous: Manifest | None) -> Past | None:
    """What the gate remembers of a snapshot."""
    if previous is None or "orders" not in previous.deliveries:
        return None
    waiting = previous.quarantined.get("orders", 0)
    orders = previous.tables.get("orders", 0)
    return Past(previous.deliveries["orders"], waiting, orders)


def baseline(now: Delivery, before: Past | None) -> Delivery:
    """What the next delivery is compared with: this one, unless it only corrects."""
    if before is None or not (_corrects(now, before) and _older(now, before.delivery)):
        return now
    return replace(before.delivery, correction=now.content)


def remembered(
    now: Mapping[str, Delivery], before: Manifest | None
) -> dict[str, Delivery]:
    """What the next deliveries are compared with, table by table."""
    old = before.deliveries if before else {}
    kept = {
        table: each
        if _is_judged(table, each, before)
        else replace(each, filled=old[table].filled)
        for table, each in now.items()
    }
    orders = (
        {"orders": baseline(kept["orders"], past(before))} if "orders" in kept else {}
    )
    return {**old, **kept, **orders}


def shares(table: str, filled: Mapping[str, int]) -> dict[str, float]:
    """How far the columns are filled that every row should fill, from 0 to 1."""
    rows = filled.get(key_columns(table)[0], 0)
    if not rows:
        return {}
    return {name: filled.get(name, 0) / rows for name in quality.expected(table)}


def emptier(
    table: str, now: Delivery, before: Manifest | None, most: float
) -> tuple[Objection, ...]:
    """Refuse a delivery with columns far emptier than the last time.

    `most` is the largest fall of the filled share that passes.
    """
    if before is None or table not in before.deliveries or now.rows < ENOUGH_ROWS:
        return ()
    if not _is_judged(table, now, before):
        return ()
    return tuple(_emptier(table, now, before.deliveries[table], most))


def _emptier(
    table: str, now: Delivery, before: Delivery, most: float
) -> Iterator[Objection]:
    for column, share in before.filled.items():
        found = now.filled.get(column, 0.0)
        if share - found > most:
            yield Objection(
                "null_share",
                table,
                f"{table}: {column} is filled in {found:.1%} of the rows, in"
                f" {share:.1%} the last time; max_fill_drop allows {most:.0%} less.",
                {"column": column, "share": found, "before": share},
            )


def _is_judged(table: str, now: Delivery, before: Manifest | None) -> bool:
    """Whether columns may not be emptier: a correction may leave some out."""
    if before is None or table not in before.deliveries:
        return True
    last = past(before)
    if table == "orders" and last is not None:
        newer = (now.newest or "") > (last.delivery.newest or "")
        return newer or not _corrects(now, last)
    waiting, kept = before.quarantined.get(table, 0), before.tables.get(table, 0)
    return now.rows > max(waiting, ROWS_LEFT * kept)


def too_many_rejects(
    reports: Iterable[FileReport], most: float | None
) -> tuple[Objection, ...]:
    """Refuse tables whose share of rejected rows is above the setting."""
    if most is None:
        return ()
    counts: dict[str, tuple[int, int]] = {}
    for each in reports:
        rows, rejected = counts.get(each.table, (0, 0))
        counts[each.table] = rows + each.rows_in, rejected + each.quarantined
    return tuple(
        Objection(
            "max_reject_share",
            table,
            f"{table}: {rejected:,} of {rows:,} rows were rejected, more than the"
            f" {most:.1%} that max_reject_share allows.",
            {"rejected": rejected, "rows": rows, "most": most},
        )
        for table, (rows, rejected) in counts.items()
        if rejected > most * rows
    )


def objections(now: Delivery, past: Past | None) -> tuple[Objection, ...]:
    """What is wrong with the orders that came in, against the last time."""
    if now.rows == 0:
        text = "orders: not one row was accepted."
        return (Objection("no_rows", "orders", text),)
    if past is None:
        return ()
    corrects = _corrects(now, past)
    found = (
        None if corrects else _fewer(now, past.delivery),
        None if corrects else _older(now, past.delivery),
        _other_amounts(now, past.delivery),
    )
    return tuple(each for each in found if each is not None)


def _corrects(now: Delivery, before: Past) -> bool:
    if now.content == before.delivery.correction:
        return True
    says_news = now.changed >= NEWS * now.rows
    return says_news and now.rows <= max(before.waiting, ROWS_LEFT * before.orders)


def _fewer(now: Delivery, before: Delivery) -> Objection | None:
    newer = (now.newest or "") > (before.newest or "")
    if newer or now.rows > ROWS_LEFT * before.rows:
        return None
    text = f"orders: {now.rows:,} rows came in, {before.rows:,} the last time."
    facts: dict[str, Fact] = {"rows": now.rows, "before": before.rows}
    return Objection("row_count", "orders", text, facts)


def _older(now: Delivery, before: Delivery) -> Objection | None:
    if (now.newest or "") >= (before.newest or ""):
        return None
    text = f"orders: the newest day is {now.newest}, {before.newest} the last time."
    facts: dict[str, Fact] = {"newest": now.newest, "before": before.newest}
    return Objection("newest_day", "orders", text, facts)


def _other_amounts(now: Delivery, before: Delivery) -> Objection | None:
    if not now.mean or not before.mean or now.rows < ENOUGH_ROWS:
        return None
    factor = now.mean / before.mean
    if 1 / MEAN_FACTOR < factor < MEAN_FACTOR:
        return None
    text = f"orders: the mean amount is {factor:.3g} times that of the last time."
    return Objection("mean_amount", "orders", text, {"factor": factor})
