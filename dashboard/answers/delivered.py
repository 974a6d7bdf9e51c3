"""Answers about the data themselves: what came in, how good and how recent it is."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import polars as pl

from dashboard.answers.view import HISTORY, View
from data.errors import UsageError
from data.quality import TIMED
from data.schemas import INPUTS
from data.warehouse.look_alikes import groups_of, listed
from data.warehouse.manifest import Inspected, Manifest
from data.warehouse.scores import last_due, newest_days
from metrics.estimates import EVERYONE
from metrics.quality import (
    Alike,
    Deliveries,
    Holdings,
    Inspections,
    NewestDays,
    RowReports,
    accepted_share,
    data_quality,
    days_behind,
    look_alikes,
    row_counts,
    rows_held,
)

UNITS = {
    "as_of": pl.String,
    "table": pl.String,
    "dimension": pl.String,
    "tested": pl.Int64,
    "passed": pl.Int64,
}
ALIKE = {"finding": pl.Int64, "reason": pl.String, "customer_id": pl.String}


def accepted(view: View) -> pl.DataFrame:
    """The accepted share of the last refresh, of all files or by table."""
    schema = {"table": pl.String, "rows_in": pl.Int64, "quarantined": pl.Int64}
    files = _manifest(view).files
    rows = [{name: each[name] for name in schema} for each in files]
    frame = pl.DataFrame(rows, schema=schema)
    return accepted_share(Deliveries.validate(frame.lazy()), by=_by(view))


def held(view: View) -> pl.DataFrame:
    """The accepted rows of the snapshot, of all tables or by table."""
    tables = _manifest(view).tables
    rows = {"table": list(tables), "rows": list(tables.values())}
    frame = pl.DataFrame(rows, schema={"table": pl.String, "rows": pl.Int64})
    return rows_held(Holdings.validate(frame.lazy()), by=_by(view))


def quality(view: View) -> pl.DataFrame:
    """How good the data are in five dimensions; a history has the snapshots' days."""
    by, size = _by(view), 7 if view.by == "month" else 10
    table = view.options.get("table")
    if table is not None and table not in INPUTS:
        raise UsageError(f"--table {table}: it is one of {', '.join(INPUTS)}")
    entries = [e for e in _manifest(view).quality if e.as_of <= str(view.as_of)]
    rows = [
        (each.as_of[:size], *row)
        for each in _asked(entries, size, history=view.by in HISTORY)
        for row in _units(each)
        if table in (None, row[0])
    ]
    frame = pl.DataFrame(rows, schema=UNITS, orient="row")
    by = "as_of" if view.by == "month" else by
    return _ordered(data_quality(Inspections.validate(frame.lazy()), by=by), by)


def counts(view: View) -> pl.DataFrame:
    """What became of the rows of the last refresh, of all tables or by table."""
    found = _manifest(view)
    names = list(RowReports.to_schema().columns)
    files = [{name: each.get(name, 0) for name in names} for each in found.files]
    tables = [
        dict.fromkeys(names, 0)
        | {
            "table": table,
            "released": found.released.get(table, 0),
            "waiting": found.quarantined.get(table, 0),
            "held": found.tables.get(table, 0),
        }
        for table in INPUTS
        if table in {*found.tables, *found.quarantined, *found.released}
    ]
    kinds = {name: pl.String if name == "table" else pl.Int64 for name in names}
    frame = pl.DataFrame([*files, *tables], schema=kinds)
    by = _by(view)
    return _ordered(row_counts(RowReports.validate(frame.lazy()), by=by), by)


def alike(view: View) -> pl.DataFrame:
    """Customers who look alike: how many findings, of all or by reason."""
    found = listed(groups_of(view.reader.snapshot))
    rows = [
        (number, reason, customer)
        for number, (*_, reasons, _, ids) in enumerate(found.iter_rows())
        for reason in reasons
        for customer in ids
    ]
    frame = pl.DataFrame(rows, schema=ALIKE, orient="row")
    return look_alikes(Alike.validate(frame.lazy()), by=_by(view))


def behind(view: View) -> pl.DataFrame:
    """How many days the tables' newest events are behind the last complete day."""
    found, by = _manifest(view), _by(view)
    newest = newest_days(found.parts)
    rows = [(table, rows, newest.get(table)) for table, rows in found.tables.items()]
    if by == EVERYONE:
        rows = [row for row in rows if row[0] in TIMED]
    schema = {"table": pl.String, "rows": pl.Int64, "newest": pl.Date}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    due = last_due(view.reader.settings, datetime.now(UTC))
    tables = NewestDays.validate(frame.lazy())
    return _ordered(days_behind(tables, due=due, by=by), by)


def _manifest(view: View) -> Manifest:
    return view.reader.snapshot.manifest


def _asked(
    entries: Sequence[Inspected], size: int, *, history: bool
) -> Sequence[Inspected]:
    """The last refresh of each day or month, or the last of all."""
    if not history:
        return entries[-1:]
    return list({each.as_of[:size]: each for each in entries}.values())


def _units(each: Inspected) -> Iterator[tuple[str, str, int, int]]:
    for table, dimensions in each.scores.items():
        for dimension, (tested, passed) in dimensions.items():
            yield table, dimension, tested, passed


def _ordered(frame: pl.DataFrame, by: str) -> pl.DataFrame:
    """Tables in the contract's order."""
    if by != "table":
        return frame
    order = pl.col("segment").cast(pl.Enum(list(INPUTS)))
    return frame.sort(order, maintain_order=True)


def _by(view: View) -> str:
    if view.question.where:
        raise UsageError(f"--where chooses customers; {view.metric.name} counts rows")
    return view.by or EVERYONE
