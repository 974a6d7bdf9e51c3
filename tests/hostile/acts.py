"""What comes after a delivery: the same again, otherwise cut, put right, completed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from tests.hostile.case import Case
from tests.hostile.cells import Cell
from tests.hostile.contract import key_columns
from tests.hostile.oracle import (
    Deliveries,
    Ledger,
    Rules,
    Told,
    Tolds,
    judge,
)
from tests.hostile.printing import Printer, Sketch
from tests.hostile.rows import Row

Key = tuple[Any, ...]
Places = frozenset[tuple[str, str, int]]  # table, file, line
Better = Mapping[str, Mapping[Key, Row]]  # sound rows by table and key


def cut(made: Case, seed: int, *, stirred: bool) -> Case:
    """The same rows in other files, and in another order if that says the same."""
    rng = Random(seed)
    sketches = [_stirred(rng, each) if stirred else each for each in made.sketches]
    return _printed(made, sketches, rng)


def first_half(made: Case, seed: int) -> Case:
    """A delivery of the first rows of each table."""
    rng = Random(seed)
    sketches = [
        replace(each, rows=each.rows[: rng.randint(1, len(each.rows))])
        for each in made.sketches
    ]
    return _printed(made, sketches, rng)


def _printed(made: Case, sketches: Sequence[Sketch], rng: Random) -> Case:
    printer = Printer(rng)
    extracts = [each for sketch in sketches for each in printer.extracts(sketch)]
    return replace(made, sketches=sketches, extracts=extracts)


def _stirred(rng: Random, sketch: Sketch) -> Sketch:
    if any(row.flaw == "open" for row in sketch.rows):
        return sketch  # it would swallow what comes below it
    return replace(sketch, rows=rng.sample(list(sketch.rows), len(sketch.rows)))


def mended(made: Case, ledger: Ledger) -> Better:
    """By table and key, a sound row for each that is out and known by its key alone."""
    return {
        sketch.table: dict(_mended(sketch, made.rules, ledger))
        for sketch in made.sketches
    }


def _mended(sketch: Sketch, rules: Rules, ledger: Ledger) -> Iterator[tuple[Key, Row]]:
    known = ledger.tables.get(sketch.table, {})
    out = [row for row in sketch.rows if judge(sketch.table, row, rules).rules]
    keys = [readable_key(sketch.table, row, rules) for row in out]
    for row, key in zip(out, keys, strict=True):
        if key is not None and key not in known and keys.count(key) == 1:
            better = _sound(sketch, row, rules)
            if better:
                yield key, better


def readable_key(table: str, row: Row, rules: Rules) -> Key | None:
    """The key of a row that is out, if it can be read."""
    broken, names = judge(table, row, rules).rules, key_columns(table)
    if row.flaw or not broken or "encoding" in broken:
        return None
    cells = [row.cells.get(name, Cell("")) for name in names]
    if not all(cell.sound for cell in cells) or cells[0].value is None:
        return None
    return tuple(cell.value for cell in cells)


def _sound(sketch: Sketch, row: Row, rules: Rules) -> Row | None:
    """Another row with the same key, that is in; rarely there is none at hand."""
    names = [name for name in key_columns(sketch.table) if name in row.cells]
    for _ in range(5):
        other = sketch.author.row(1)
        cells = {
            **row.cells,
            **other.cells,
            **{name: row.cells[name] for name in names},
        }
        better = Row(cells)
        if not judge(sketch.table, better, rules).rules:
            return better
    return None


def newcomers(made: Case, ledger: Ledger) -> Better:
    """The customers for whom rows wait."""
    sketch = next(each for each in made.sketches if each.table == "customers")
    waiting = {row["customer_id"] for rows in ledger.held.values() for row in rows}
    found: dict[Key, Row] = {}
    for customer in sorted(waiting):
        cells = {**sketch.rows[0].cells, **sketch.author.row(1).cells}
        row = Row({**cells, "customer_id": Cell(customer, customer)})
        if not judge("customers", row, made.rules).rules:
            found[(customer,)] = row
    return {"customers": found}


def with_further(made: Case, further: Better, seed: int) -> Case:
    """The delivery with further files, read after the others."""
    printer = Printer(Random(seed))
    extracts = [
        each
        for sketch in made.sketches
        if further.get(sketch.table)
        for each in printer.extracts(
            replace(sketch, rows=list(further[sketch.table].values())), joint="_z"
        )
    ]
    return replace(made, extracts=[*made.extracts, *extracts])


def places(delivery: Deliveries, further: Better, rules: Rules) -> Places:
    """Where the rows stand that the further ones put right."""
    return frozenset(
        (table, lines.file, line)
        for table, better in further.items()
        for lines in delivery[table]
        for line, row in lines.rows
        if readable_key(table, row, rules) in better
    )


def without(told: Tolds, gone: Places) -> Tolds:
    """What is told without the rejects that were put right."""
    return {
        table: {file: _without(table, file, each, gone) for file, each in files.items()}
        for table, files in told.items()
    }


def settled(told: Tolds, gone: Places) -> Tolds:
    """What is told where rejects that were put right come again: duplicates."""
    left = without(told, gone)
    for table, files in told.items():
        for file, each in files.items():
            less = len(each.rejects) - len(left[table][file].rejects)
            left[table][file].duplicates += less
    return left


def _without(table: str, file: str, told: Told, gone: Places) -> Told:
    left = {n: r for n, r in told.rejects.items() if (table, file, n) not in gone}
    return replace(told, rejects=left)
