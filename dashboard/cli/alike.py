"""The command for customers who look alike: who may be whom, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.alike import as_csv, rows_of
from dashboard.cli.shell import (
    STORE,
    JsonOption,
    StoreOption,
    app,
    opened,
    out,
    print_json,
)
from data.warehouse.disk import private_file

alike = typer.Typer(no_args_is_help=True, help="Customers who look alike.")
app.add_typer(alike, name="look-alikes")


@alike.command("list")
def list_alike(store: StoreOption = STORE, *, json: JsonOption = False) -> None:
    """Pairs of customers who may be one, by id, and crowds on one value."""
    rows = rows_of(opened(store))
    if json:
        return print_json(rows)
    for row in rows:
        others = row["other_id"] or f"and {row['members'] - 1:,} more"
        out.print(f"{row['customer_id']}  {others}  {', '.join(row['reasons'])}")
    if not rows:
        out.print("No customer looks like another.")
    return None


@alike.command("export")
def export_alike(
    path: Annotated[Path, typer.Argument(help="The CSV file to write.")],
    store: StoreOption = STORE,
) -> None:
    """Write them to a CSV file, readable by you only; no personal field is in it."""
    rows = rows_of(opened(store))
    with private_file(path) as file:
        file.write(as_csv(rows))
    out.print(f"{len(rows):,} findings to {path}")
