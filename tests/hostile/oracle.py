"""Who is in, who is not and why: worked out from what cells mean, never from files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tests.hostile.contract import (
    DEFAULTS,
    MOMENTS,
    SEQUENCES,
    TABLES,
    Column,
    business_day,
    key_columns,
    sequence_rule,
)
from tests.hostile.moments import Moment
from tests.hostile.rows import Row

Stored = Mapping[str, Any]
WHOLE_ROW = {
    "short": "field_count",
    "long": "field_count",
    "open": "quote",
}
UNSPLIT = frozenset(("field_count", "quote"))


@dataclass(frozen=True)
class Rules:
    """What the settings say about which rows are in."""

    allow_anonymous: bool = False
    customers_complete: bool = False


@dataclass(frozen=True)
class Verdict:
    """Why a row is out; an empty set lets it in, as `stored`."""

    rules: frozenset[str]
    stored: Stored


def judge(table: str, row: Row, rules: Rules) -> Verdict:
    """What becomes of a row, whatever the others are."""
    if row.flaw:
        also = {"encoding", "control_char"} & {
            rule for c in row.cells.values() for rule in c.rules
        }
        return Verdict(frozenset({WHOLE_ROW[row.flaw], *also}), {})
    broken = {rule for cell in row.cells.values() for rule in cell.rules}
    broken |= _missing(table, row, rules)
    known = _known(table, row)
    return Verdict(frozenset(broken | _laws(table, known)), _stored(table, known))


def _missing(table: str, row: Row, rules: Rules) -> set[str]:
    anonymous = table == "orders" and rules.allow_anonymous
    for name, column in TABLES[table].items():
        if not column.required or (anonymous and name == "customer_id"):
            continue
        cell = row.cells[name]
        if cell.sound and cell.value is None:
            return {"missing"}
    return set()


def _known(table: str, row: Row) -> dict[str, Any]:
    """The values that can be read, with what blanks mean; the rest is not there."""
    known: dict[str, Any] = {}
    for name in TABLES[table]:
        cell = row.cells.get(name)
        if cell is None or cell.sound:
            known[name] = cell.value if cell else None
            if known[name] is None and (table, name) in DEFAULTS:
                default = DEFAULTS[table, name]
                known[name] = Decimal(0) if name == "refund" else default
    return known


def _laws(table: str, known: Mapping[str, Any]) -> set[str]:
    found = {
        sequence_rule(late, early)
        for late, early in SEQUENCES.get(table, ())
        if _before(known.get(late), known.get(early))
    }
    if table == "orders":
        found |= _order_laws(known)
    if table == "points" and known.get("points") and known.get("kind"):
        signs = {"earn": 1, "redeem": -1, "expire": -1}
        if signs.get(known["kind"], known["points"]) * known["points"] < 0:
            found.add("points_sign")
    return found


def _before(late: Moment | None, early: Moment | None) -> bool:
    """Whether one is before the other for certain: a day without time lasts all day."""
    return late is not None and early is not None and late.last < early.first


def _order_laws(known: Mapping[str, Any]) -> set[str]:
    amount = known.get("amount")
    found: set[str] = set()
    if amount is None:
        return found
    if amount < 0 and known.get("status") != "returned":
        found.add("negative_amount")
    if known.get("refund") is not None and known["refund"] > max(amount, Decimal(0)):
        found.add("refund_above_amount")
    return found


def _stored(table: str, known: Mapping[str, Any]) -> Stored:
    """The row as it has to be kept."""
    kept: dict[str, Any] = {}
    for name, column in TABLES[table].items():
        kept |= _kept(column, known.get(name))
    if table == "orders":
        when = known.get("ordered_at")
        kept["ordered_weekday"] = when.on.isoweekday() if when else None
        kept["ordered_hour"] = when.hour if when else None
    return kept


def _kept(column: Column, value: Any) -> dict[str, Any]:
    if column.kind not in MOMENTS:
        return {column.name: value}
    on: date | None = value.on if value else None
    return {column.name: value.at if value else None, business_day(column.name): on}


@dataclass
class Told:
    """What a report has to say of one file, and its rejected rows by line."""

    rows_in: int = 0
    accepted: int = 0
    duplicates: int = 0
    superseded: int = 0
    rejects: dict[int, frozenset[str]] = field(default_factory=dict)


@dataclass
class Ledger:
    """What a store holds: rows by key, table by table."""

    rules: Rules
    tables: dict[str, dict[tuple[Any, ...], Stored]] = field(default_factory=dict)
    held: dict[str, list[Stored]] = field(default_factory=dict)
    released: dict[str, int] = field(default_factory=dict)

    def deliver(self, delivery: Mapping[str, Sequence["Lines"]]) -> "Tolds":
        """Take in a delivery; the customers first: others may have to wait for them."""
        self.released = {}
        tables = sorted(delivery, key=lambda table: table != "customers")
        return {table: self._take(table, delivery[table]) for table in tables}

    def _take(self, table: str, files: Sequence["Lines"]) -> dict[str, Told]:
        """What becomes of a table's files in their order, after those that waited."""
        arrivals: list[tuple[Told, Stored]] = []
        for stored in self.held.pop(table, []):
            if not self._held(table, stored):
                arrivals.append((Told(), stored))
                self.released[table] = self.released.get(table, 0) + 1
        found = {each.file: self._file(table, each.rows, arrivals) for each in files}
        self._merge(table, arrivals)
        return found

    def _file(
        self,
        table: str,
        rows: Iterable[tuple[int, Row]],
        arrivals: list[tuple[Told, Stored]],
    ) -> Told:
        told = Told()
        for line, row in rows:
            told.rows_in += 1
            verdict = judge(table, row, self.rules)
            rules = verdict.rules or self._held(table, verdict.stored)
            if not rules:
                arrivals.append((told, verdict.stored))
                continue
            told.rejects[line] = rules
            if not verdict.rules:
                self.held.setdefault(table, []).append(verdict.stored)
        return told

    def _held(self, table: str, stored: Stored) -> frozenset[str]:
        who = stored.get("customer_id")
        if not self.rules.customers_complete or table == "customers" or who is None:
            return frozenset()
        known = (who,) in self.tables.get("customers", {})
        return frozenset() if known else frozenset({"unknown_customer"})

    def _merge(self, table: str, arrivals: Sequence[tuple[Told, Stored]]) -> None:
        """The last row of a key stays; if it was there before, nothing has come in."""
        kept = self.tables.setdefault(table, {})
        last = {_key(table, stored): stored for _, stored in arrivals}
        settled = {key for key, stored in last.items() if kept.get(key) == stored}
        for told, stored in arrivals:
            key = _key(table, stored)
            if key in settled or kept.get(key) == stored:
                told.duplicates += 1
                continue
            told.superseded += key in kept
            told.accepted += 1
            kept[key] = stored


def _key(table: str, stored: Stored) -> tuple[Any, ...]:
    return tuple(stored[name] for name in key_columns(table))


@dataclass(frozen=True)
class Lines:
    """One file as the oracle sees it: rows with the line on which each begins."""

    file: str
    rows: Sequence[tuple[int, Row]]


Deliveries = Mapping[str, Sequence[Lines]]
Tolds = Mapping[str, Mapping[str, Told]]


def counted(told: Told) -> tuple[int, int, int, int, int]:
    """The counts of a file, in the order of the report's names."""
    rejected = len(told.rejects)
    return told.rows_in, told.accepted, rejected, told.duplicates, told.superseded
