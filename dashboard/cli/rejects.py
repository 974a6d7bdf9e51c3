"""Commands for rejected rows: count them by reason, and export them to correct them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.cli.shell import (
    STORE,
    JsonOption,
    StoreOption,
    app,
    opened,
    out,
    print_json,
)
from data.warehouse import rejects

quarantine = typer.Typer(no_args_is_help=True, help="The rejected rows.")
app.add_typer(quarantine, name="quarantine")


@quarantine.command("list")
def list_rejects(
    store: StoreOption = STORE,
    table: Annotated[str | None, typer.Option(help="Of this table only.")] = None,
    rule: Annotated[str | None, typer.Option(help="By this rule only.")] = None,
    *,
    json: JsonOption = False,
) -> None:
    """How many rows wait, by table, file and rule, and what to do about them."""
    found = rejects.waiting(opened(store), table, rule).to_dicts()
    if json:
        return print_json(found)
    for row in found:
        out.print(f"{row['table']}: {row['file']}: {row['rows']:,} {row['rule']}")
        out.print(f"    {row['remedy']}")
    if not found:
        out.print("No row is in quarantine.")
    return None


@quarantine.command("export")
def export_rejects(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")],
    store: StoreOption = STORE,
) -> None:
    """Write the rejected rows in clear, a CSV file per table, to be corrected."""
    for table, rows in rejects.export(opened(store), folder).items():
        out.print(f"{table}: {rows:,} rows to {folder / f'{table}_rejected.csv'}")
