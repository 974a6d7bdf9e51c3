"""Excel workbooks: every cell as the text that it would be in a CSV file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from data.limits import MB, Limits
from data.mapping import TableSettings
from data.sources.confined import Confined
from data.sources.extracts import FLAWS, Broken, Extract, Notice, names
from data.sources.files import shown as printable


def read(
    path: Path, shown: str, table: TableSettings, process: Confined
) -> Iterator[Extract]:
    """The rows of one sheet in extracts of bounded size; at least one.

    A row's line is its number in the sheet. `flaws` name the cells that have no text to
    rely on: errors, formulas without value, rounded digits, days that never were.

    Errors: RefusedError when it is no plain workbook, which sheet is not clear, or it
    takes more than the limits allow.
    """
    headers: tuple[str, ...] = ()
    notices: list[Notice] = []
    waiting: Extract | None = None  # the last one carries what is known at the end
    task = _task(table, process.limits)
    for message in process.ask("workbook", path, shown, **task):
        notices += _notices(message, shown)
        headers = tuple(message.get("headers", headers))
        if "line" in message:
            if waiting:
                yield waiting
            waiting = _extract(message, headers, shown, tuple(notices))
            notices = []
    if waiting:
        yield replace(waiting, notices=(*waiting.notices, *notices))


def _task(table: TableSettings, limits: Limits) -> dict[str, Any]:
    positions = (rule.position or 1 for rule in table.columns.values())
    return {
        "sheet": table.sheet,
        "decimal": table.decimal,
        "header": table.header,
        "header_row": table.header_row,
        "width": max(positions, default=1),
        "expanded": limits.expanded_mb * MB,
        "expansion": limits.expansion,
    }


def _notices(message: dict[str, Any], shown: str) -> list[Notice]:
    if "format" in message:
        return [Notice("format", shown, printable(message["format"]))]
    if "notice" in message:
        kind, words, count = message["notice"]
        return [Notice(kind, shown, words, count)]
    return []


def _extract(
    batch: dict[str, Any],
    headers: tuple[str, ...],
    shown: str,
    notices: tuple[Notice, ...],
) -> Extract:
    columns = batch["columns"]
    schema = dict.fromkeys(names(len(columns)), pl.String)
    rows = pl.DataFrame(dict(zip(schema, columns, strict=True)), schema=schema)
    line = pl.Series("line", batch["line"], dtype=pl.Int64)
    flaws = pl.DataFrame(batch["flaws"], schema=FLAWS, orient="row")
    broken = Broken().frame()
    return Extract(shown, headers, rows, line, line, broken, notices, flaws)
