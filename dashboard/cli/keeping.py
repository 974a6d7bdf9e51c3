"""Commands that keep the snapshots: which one serves, which stay, which are whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.cli.loading import snapshots
from dashboard.cli.shell import STORE, JsonOption, StoreOption, err, out, print_json
from dashboard.rolling import roll_back
from dashboard.viewer import LOCAL
from data.errors import UNAVAILABLE
from data.warehouse import retention
from data.warehouse.keys import check_key
from data.warehouse.publish import KEPT
from data.warehouse.store import Store

WantedArgument = Annotated[
    str,
    typer.Argument(metavar="ID|previous", help="An id of `snapshots list`."),
]


@snapshots.command()
def rollback(wanted: WantedArgument, store: StoreOption = STORE) -> None:
    """Let another snapshot serve: an older one, or a newer one again."""
    made, lacking = roll_back(_of(store), wanted, LOCAL)
    out.print(f"Snapshot {made.id}, as of {made.as_of}, serves now.")
    if lacking:
        err.print(f"Warning: {lacking}")


@snapshots.command()
def prune(
    keep: Annotated[int, typer.Option(min=1, help="How many of the newest.")] = KEPT,
    store: StoreOption = STORE,
) -> None:
    """Remove old snapshots; never the one that serves, nor one that is being read."""
    gone = retention.prune(_of(store), keep)
    for each in gone:
        out.print(f"Removed snapshot {each}.")
    if not gone:
        out.print("Nothing to remove.")


@snapshots.command()
def verify(store: StoreOption = STORE, *, json: JsonOption = False) -> None:
    """Read every file of every snapshot again and compare it with its checksum."""
    found = retention.verify(_of(store))
    if json:
        print_json([_row(each) for each in found])
    else:
        for each in found:
            mark = "*" if each.serving else " "
            out.print(f"{mark} {each.id}  {each.damage or 'whole'}")
    if any(each.damage for each in found):
        raise typer.Exit(UNAVAILABLE)


def _row(each: retention.Verdict) -> dict[str, str | bool | None]:
    return {
        "snapshot": each.id,
        "serving": each.serving,
        "whole": each.damage is None,
        "damage": each.damage,
    }


def _of(store: Path) -> Store:
    here = Store(store.resolve())
    check_key(here)
    return here
