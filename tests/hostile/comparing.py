"""Where the product and the oracle disagree, in words that help to tell who errs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from data.warehouse import Snapshot
from tests.hostile.contract import TABLES, business_day
from tests.hostile.oracle import Deliveries, Ledger, Lines, Told, Tolds, counted
from tests.hostile.reading import Rejects, kept, rejects
from tests.hostile.rows import Row

COUNTS = ("rows_in", "accepted", "quarantined", "duplicates", "superseded")


def reports(
    found: Mapping[tuple[str, str], Mapping[str, Any]], told: Tolds
) -> Iterator[str]:
    """Files of which the report counts something else."""
    expected = {(table, file) for table, files in told.items() for file in files}
    if found.keys() != expected:
        yield f"files: {sorted(found)} are not {sorted(expected)}"
        return
    for (table, file), each in found.items():
        yield from _report(f"{table} {file}", each, told[table][file])


def _report(name: str, found: Mapping[str, Any], told: Told) -> Iterator[str]:
    counts = tuple(found[each] for each in COUNTS)
    if counts != counted(told):
        yield f"{name}: {COUNTS} {counts} are not {counted(told)}"
    if found["rows_in"] != sum(found[each] for each in COUNTS[1:4]):
        yield f"{name}: the equation does not hold: {counts}"
    if sum(found["rules"].values()) != found["quarantined"]:
        yield f"{name}: rules {found['rules']} are not {found['quarantined']} rows"


def quarantine(snapshot: Snapshot, delivery: Deliveries, told: Tolds) -> Iterator[str]:
    """Rows that are out and should be in, or in and should be out, or the reason."""
    for table, files in delivery.items():
        found = rejects(snapshot, table)
        for each in files:
            yield from _rejected(each, found, told[table][each.file])


def _rejected(lines: Lines, found: Rejects, told: Told) -> Iterator[str]:
    for line, row in lines.rows:
        rule, rules = found.get((lines.file, line)), told.rejects.get(line)
        if (rule is None) != (rules is None) or (rules and rule not in rules):
            names = sorted(rules) if rules else "in"
            yield f"{lines.file}:{line} is {rule or 'in'}, not {names}: {shown(row)}"
    places = {(lines.file, line) for line, _ in lines.rows}
    strange = [place for place in found if place[0] == lines.file]
    for place in sorted(set(strange) - places):
        yield f"{place} is {found[place]}, and no row begins there"


def values(snapshot: Snapshot, ledger: Ledger) -> Iterator[str]:
    """Accepted rows that are kept as something else."""
    for table in TABLES:
        expected, found = ledger.tables.get(table, {}), kept(snapshot, table)
        for key in expected.keys() ^ found.keys():
            where = "only expected" if key in expected else "only kept"
            yield f"{table} {key!r} is {where}"
        for key in expected.keys() & found.keys():
            yield from _values(f"{table} {key!r}", expected[key], found[key])


def _values(
    name: str, expected: Mapping[str, Any], found: Mapping[str, Any]
) -> Iterator[str]:
    for column, value in expected.items():
        known = found[column]
        if isinstance(value, date) and isinstance(known, str):
            known = date.fromisoformat(known)
        if value is None and expected.get(business_day(column)) is not None:
            continue  # the day has no midnight: which moment stands for it is open
        if known != value or (value is not None and type(known) is not type(value)):
            yield f"{name}.{column} is {known!r}, not {value!r}"


def shown(row: Row) -> str:
    """The cells of a row, as they were written."""
    cells = ", ".join(f"{n}={c.text[:60]!r}" for n, c in row.cells.items() if c.text)
    return f"[{row.flaw}] {cells}" if row.flaw else cells
