"""The command that lists the customers behind a metric's count."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from dashboard.answers.people import command, people
from dashboard.cli.asking import (
    AsOfOption,
    WhereOption,
    WindowOption,
    print_rows,
    question,
)
from dashboard.cli.shell import STORE, JsonOption, StoreOption, app, opened, out
from dashboard.exports import Stamp, as_csv, as_excel, stamped
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from data.errors import UsageError
from data.warehouse.disk import private_file


@app.command("customers")
def customers(  # noqa: PLR0913 a command has the options that its users need
    name: Annotated[str, typer.Argument(help="A metric that counts customers.")],
    *,
    store: StoreOption = STORE,
    as_of: AsOfOption = None,
    window: WindowOption = None,
    where: WhereOption = None,
    part: Annotated[
        str | None, typer.Option(help="Which of the metric's counts.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="A file that ends in .csv or .xlsx.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the customers behind a metric's count, as many as the count says."""
    make = _maker(to)
    asked = question(name, as_of, window, where)
    reader = Reader(opened(store))
    rows = people(reader, LOCAL, asked, part)
    if json:
        print_rows(rows)
        return
    stamp = stamped(reader.snapshot.manifest, LOCAL, asked.as_of, command(asked, part))
    if to is None:
        sys.stdout.write(make(rows, stamp).decode("utf-8-sig"))
        return
    with private_file(to) as file:
        file.write(make(rows, stamp))
    out.print(f"{rows.height:,} customers to {to}")


def _maker(to: Path | None) -> Callable[[pl.DataFrame, Stamp], bytes]:
    """What writes a file of this name; without one, what is printed."""
    makers = {".csv": as_csv, ".xlsx": as_excel}
    suffix = to.suffix.lower() if to else ".csv"
    if suffix not in makers:
        raise UsageError("--to names a file that ends in .csv or .xlsx.")
    return makers[suffix]
