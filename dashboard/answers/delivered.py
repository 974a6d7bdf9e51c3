"""Answers about the data themselves: how much of the last delivery could be used."""

import polars as pl

from dashboard.answers.view import View
from data.errors import UsageError
from metrics.estimates import EVERYONE
from metrics.quality import Deliveries, Holdings, accepted_share, rows_held


def accepted(view: View) -> pl.DataFrame:
    """The accepted share of the last refresh, of all files or by table."""
    schema = {"table": pl.String, "rows_in": pl.Int64, "quarantined": pl.Int64}
    files = view.reader.snapshot.manifest.files
    rows = [{name: each[name] for name in schema} for each in files]
    frame = pl.DataFrame(rows, schema=schema)
    return accepted_share(Deliveries.validate(frame.lazy()), by=_by(view))


def held(view: View) -> pl.DataFrame:
    """The accepted rows of the snapshot, of all tables or by table."""
    tables = view.reader.snapshot.manifest.tables
    rows = {"table": list(tables), "rows": list(tables.values())}
    frame = pl.DataFrame(rows, schema={"table": pl.String, "rows": pl.Int64})
    return rows_held(Holdings.validate(frame.lazy()), by=_by(view))


def _by(view: View) -> str:
    if view.question.where:
        raise UsageError(f"--where chooses customers; {view.metric.name} counts rows")
    return view.by or EVERYONE
