"""Rows as a company might deliver them: sound ones, and ones with something wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Final

from tests.hostile import moments, numbers, texts
from tests.hostile.cells import Cell, Pen, broken
from tests.hostile.contract import (
    MOMENTS,
    SEQUENCES,
    TABLES,
    WORDS,
    Column,
    key_columns,
)

PERIODS: Final = ("2026", "2026-Q3", "2026-10", "2025-Q1", "2025-01")
NO_PERIODS: Final = ("2026-Q5", "Oct", "2026-13", "Q3", "2026-Q3-1")
SHARES: Final = ("control=0.1, treatment=0.9", "control=0.5,treatment=0.5")
NO_SHARES: Final = ("half", "control:0.5", "0.1, 0.9")
ODD_WORDS: Final = ("lost", "完成", "x", "completedd", "-1")
MAYBE: Final = ("maybe", "2", "y?", "是的吧")
IN_TIME: Final = (*MOMENTS, "due", "birth", "month")
PREFIX: Final = {"order_id": "O", "customer_id": "C", "store_id": "S"}


@dataclass(frozen=True)
class Row:
    """Cells by column; `flaw` is what is wrong with the row as a whole."""

    cells: Mapping[str, Cell]
    flaw: str | None = None

    def but(self, **cells: Cell) -> "Row":
        return replace(self, cells={**self.cells, **cells})


@dataclass(frozen=True)
class Author:
    """Writes the rows of one table."""

    table: str
    pen: Pen
    columns: Sequence[str]  # those that the extract has
    ids: Mapping[str, Sequence[str]]  # who may be named, by column

    def row(self, number: int) -> Row:
        """A row that breaks no rule, except by a chance that the oracle sees too."""
        when = self._when()
        cells = {name: self._cell(TABLES[self.table][name], when) for name in self._own}
        for part in key_columns(self.table):
            if part in self._own and TABLES[self.table][part].kind == "id":
                cells[part] = self._identifier(part, number)
        return Row(_consistent(self.table, self.pen, cells))

    @property
    def _own(self) -> list[str]:
        return [name for name in TABLES[self.table] if name in self.columns]

    def _when(self) -> datetime:
        """Few months, for each month of a table is a file of the store."""
        if self.pen.odds(0.1):
            return self.pen.manners.now - self._seconds(40, 2_000)
        return self.pen.rng.choice(self.pen.seasons) + self._seconds(0, 20)

    def _seconds(self, first: int, after: int) -> timedelta:
        """Some time between two numbers of days."""
        seconds = self.pen.rng.randrange(first * 86_400, after * 86_400)
        return timedelta(seconds=seconds)

    def _identifier(self, column: str, number: int) -> Cell:
        known = self.ids.get(column, ())
        if known and column != next(iter(TABLES[self.table])):
            return _named(self.pen, known)
        if number <= len(known):
            return Cell(known[number - 1], known[number - 1])
        prefix = column[0].upper()
        text = texts.identifier(self.pen.rng, prefix, number)
        return Cell(text, text)

    def _cell(self, column: Column, when: datetime) -> Cell:
        if not column.required and self.pen.odds(0.3):
            return texts.missing(self.pen)
        if column.name in self.ids:
            return _named(self.pen, self.ids[column.name])
        if column.kind in IN_TIME:
            return self.moment(column, self._near(column, when))
        return SPELLED[column.kind](self.pen, column)

    def moment(self, column: Column, around: datetime) -> Cell:
        """A cell of a kind that lies in time."""
        if column.kind in MOMENTS:
            shape = self.pen.habits.get(f"{self.table}.{column.name}", "")
            return moments.spelled_moment(self.pen, around, column.kind, shape)
        if column.kind == "month":
            return moments.spelled_month(self.pen, around.date())
        return moments.spelled_day(self.pen, around.date(), column.kind)

    def _near(self, column: Column, when: datetime) -> datetime:
        """What comes later does so by hours or weeks; plans may lie far ahead."""
        later = {late for late, _ in SEQUENCES.get(self.table, ())}
        early = {first for _, first in SEQUENCES.get(self.table, ())}
        if column.kind in ("plan", "due") and column.name not in later | early:
            return when + timedelta(days=self.pen.rng.randrange(3_000))
        if column.kind in moments.FIRST:
            days = timedelta(self.pen.rng.randrange(2, 40_000))
            return datetime.combine(moments.FIRST[column.kind], time()) + days
        hours = self.pen.rng.randrange(1, 30 * 24) if column.name in later else 0
        return when + timedelta(hours=hours)


def _named(pen: Pen, known: Sequence[str]) -> Cell:
    text = pen.pick(known)
    return Cell(text, text)


def _consistent(table: str, pen: Pen, cells: dict[str, Cell]) -> dict[str, Cell]:
    """Refunds within their orders, and points of the sign of their kind."""
    if table == "orders" and isinstance(cells["amount"].value, Decimal):
        amount = cells["amount"].value
        if pen.odds(0.06) and "status" in cells:
            cells["amount"] = numbers.spelled_amount(pen, -amount - 1)
            cells["status"] = Cell("returned", "returned")
            amount = Decimal(0)
        if "refund" in cells and cells["refund"].value is not None:
            share = Decimal(pen.rng.randrange(101)) / 100
            refund = (amount * share).quantize(Decimal("0.01"), "ROUND_DOWN")
            cells["refund"] = numbers.spelled_amount(pen, refund)
    if table == "points" and isinstance(cells["points"].value, int):
        sign = {"earn": 1, "adjust": pen.rng.choice((1, -1))}
        points = sign.get(str(cells["kind"].value), -1) * abs(cells["points"].value)
        cells["points"] = numbers.spelled_whole(pen, points)
    return cells


def _amount(pen: Pen, _: Column) -> Cell:
    places = pen.rng.choice((0, 2, 2, 4))
    size = pen.rng.choice((100, 10_000, 1_000_000, 99_999_999_999_999))
    whole = pen.rng.randrange(size) + 1
    value = Decimal(whole) + Decimal(pen.rng.randrange(10**places)).scaleb(-places)
    return numbers.spelled_amount(pen, value)


def _whole(pen: Pen, _: Column) -> Cell:
    return numbers.spelled_whole(pen, pen.rng.randrange(1, 2_000))


def _mark(pen: Pen, column: Column) -> Cell:
    return numbers.spelled_whole(pen, pen.rng.randint(*column.scale))


def _word(pen: Pen, column: Column) -> Cell:
    word = pen.pick(WORDS[column.table, column.name])
    text = pen.manners.words.get((column.name, word), word)
    return Cell(pen.pick((text, word, word.upper(), word.title())), word)


def _number(pen: Pen, _: Column) -> Cell:
    value = Decimal(pen.rng.randrange(1, 100_000)) / 1_000
    text = f"{value:f}"
    return Cell(text.replace(".", ",") if pen.manners.comma else text, float(value))


def _one_of(*choices: str) -> Callable[[Pen, Column], Cell]:
    def cell(pen: Pen, _: Column) -> Cell:
        text = pen.pick(choices)
        return Cell(text, text)

    return cell


def _identity(pen: Pen, column: Column) -> Cell:
    prefix = PREFIX.get(column.name, column.name[0].upper())
    text = texts.identifier(pen.rng, prefix, pen.rng.randrange(1, 60))
    return Cell(text, text)


SPELLED: Final[Mapping[str, Callable[[Pen, Column], Cell]]] = {
    "text": lambda pen, _: texts.spelled_text(pen),
    "id": _identity,
    "money": _amount,
    "refund": _amount,
    "positive": _amount,
    **dict.fromkeys(("whole", "count", "length", "points"), _whole),
    "scale": _mark,
    "word": _word,
    "flag": lambda pen, _: texts.spelled_flag(pen),
    "number": _number,
    "period": _one_of(*PERIODS),
    "share": _one_of(*SHARES),
}


def _off_scale(pen: Pen, column: Column) -> Cell:
    low, high = column.scale
    if pen.odds(0.4):
        return numbers.spoiled_whole(pen)
    return broken(f"{pen.rng.choice((low - 1, high + 1, 99))}", "range")


def _off_count(pen: Pen, column: Column) -> Cell:
    if pen.odds(0.6):
        return numbers.spoiled_whole(pen)
    return broken("0" if column.kind == "length" else "-1", "range")


def _spoiled_amount(pen: Pen, column: Column) -> Cell:
    if column.kind in ("refund", "positive") and pen.odds(0.3):
        return broken("-5", "range")
    return numbers.spoiled_amount(pen)


def _spoiled_number(pen: Pen, _: Column) -> Cell:
    return broken(pen.pick(("abc", "NaN", "Inf", "1.2万", "-")), "number")


def _bad(rule: str, *choices: str) -> Callable[[Pen, Column], Cell]:
    return lambda pen, _: broken(pen.pick(choices), rule)


def _spoiled_day(pen: Pen, column: Column) -> Cell:
    return moments.spoiled_moment(pen, column.kind)


SPOILED: Final[Mapping[str, Callable[[Pen, Column], Cell]]] = {
    "text": lambda pen, _: texts.spoiled_text(pen),
    "id": lambda pen, _: texts.spoiled_text(pen),
    "money": _spoiled_amount,
    "refund": _spoiled_amount,
    "positive": _spoiled_amount,
    "whole": lambda pen, _: numbers.spoiled_whole(pen),
    "count": _off_count,
    "length": _off_count,
    "points": lambda pen, _: numbers.spoiled_whole(pen),
    "scale": _off_scale,
    "word": _bad("choice", *ODD_WORDS),
    "flag": _bad("flag", *MAYBE),
    "number": _spoiled_number,
    "period": _bad("period", *NO_PERIODS),
    "share": _bad("planned_share", *NO_SHARES),
    "month": lambda pen, _: moments.spoiled_month(pen),
    **dict.fromkeys((*MOMENTS, "due", "birth"), _spoiled_day),
}
