"""The command that lists the customers behind a metric's count."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from dashboard.answers.people import people
from dashboard.catalogue import find
from dashboard.cli.asking import conditions
from dashboard.cli.loading import parse_day
from dashboard.cli.shell import (
    STORE,
    JsonOption,
    StoreOption,
    app,
    opened,
    out,
    print_json,
)
from dashboard.exports import Stamp, as_csv, as_excel
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from data.errors import UsageError
from data.warehouse.disk import private_file


@app.command("customers")
def customers(  # noqa: PLR0913 a command has the options that its users need
    name: Annotated[str, typer.Argument(help="A metric that counts customers.")],
    *,
    store: StoreOption = STORE,
    as_of: Annotated[
        str | None, typer.Option(help="A month end within the data, or its last day.")
    ] = None,
    window: Annotated[str | None, typer.Option(help="Days, or `all`.")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="attribute=value or attribute!=value; may be repeated."),
    ] = None,
    part: Annotated[
        str | None, typer.Option(help="Which of the metric's counts.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="A file that ends in .csv or .xlsx.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the customers behind a metric's count, as many as the count says."""
    question = Question(
        metric=find(name).name,
        as_of=parse_day(as_of, "--as-of") if as_of else None,
        window=window,
        where=conditions(where or []),
    )
    reader = Reader(opened(store))
    rows = people(reader, LOCAL, question, part)
    if json:
        print_json(rows.to_dicts())
        return
    manifest = reader.snapshot.manifest
    command = shlex.join(("customer-health", "customers", *question.arguments()))
    stamp = Stamp(LOCAL.name, datetime.now(UTC), manifest.id, manifest.as_of, command)
    if to is None:
        sys.stdout.write(as_csv(rows, stamp).decode("utf-8-sig"))
        return
    make = {".csv": as_csv, ".xlsx": as_excel}.get(to.suffix.lower())
    if make is None:
        raise UsageError("--to names a file that ends in .csv or .xlsx.")
    with private_file(to) as file:
        file.write(make(rows, stamp))
    out.print(f"{rows.height:,} customers to {to}")
