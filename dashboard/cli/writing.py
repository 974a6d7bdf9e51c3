"""Commands about what people write: the follow-ups, and whether the audit holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from dashboard.book import Book, book_of, chain, follow_ups, history, verify
from dashboard.cli.asking import print_rows
from dashboard.cli.shell import (
    STORE,
    JsonOption,
    StoreOption,
    app,
    err,
    opened,
    out,
    print_json,
)
from dashboard.exports import as_csv, as_excel, stamped
from dashboard.viewer import LOCAL
from data.errors import UNAVAILABLE, UsageError
from data.warehouse.disk import private_file

audit = typer.Typer(no_args_is_help=True, help="Who wrote what, and whether it holds.")
app.add_typer(audit, name="audit")
following = typer.Typer(no_args_is_help=True, help="The follow-ups that people write.")
app.add_typer(following, name="follow-ups")

HeadOption = Annotated[
    str | None,
    typer.Option(
        "--head",
        metavar="NUMBER:HASH",
        help="A last entry that was printed before: it has to be there still.",
    ),
]
ProgrammeOption = Annotated[
    str | None, typer.Option(help=f"One of {', '.join(follow_ups.PROGRAMMES)}.")
]
AllOption = Annotated[bool, typer.Option("--all", help="Those that ended, too.")]


@audit.command("verify")
def verify_audit(
    store: StoreOption = STORE, head: HeadOption = None, *, json: JsonOption = False
) -> None:
    """Check every entry and every row: nothing altered, removed, added, reordered."""
    found = verify.verify(_book(store), _noted(head))
    if json:
        print_json(_verdict(found))
    else:
        out.print(f"{found.entries:,} entries on {found.records:,} records.")
        out.print(f"Last entry: {found.head}")
        for each in found.findings:
            err.print(f"Found: {each}")
    if found.findings:
        raise typer.Exit(UNAVAILABLE)


@audit.command("list")
def list_audit(
    store: StoreOption = STORE,
    most: Annotated[int, typer.Option(min=1, help="How many.")] = history.MOST,
    record: Annotated[str | None, typer.Option(help="Of this record only.")] = None,
    *,
    json: JsonOption = False,
) -> None:
    """The newest entries: who, when (UTC), what, before and after, which snapshot."""
    found = history.audit(_book(store), most, record)
    if json:
        return print_json(found)
    for entry in found:
        out.print(_line(entry))
        for change in entry["changes"]:
            before, after = (_shown(change[name]) for name in ("before", "after"))
            out.print(f"    {change['name']}: {before} -> {after}")
    if not found:
        out.print("Nothing was written yet.")
    return None


@following.command("list")
def list_follow_ups(
    store: StoreOption = STORE,
    programme: ProgrammeOption = None,
    owner: Annotated[str | None, typer.Option(help="Of this owner only.")] = None,
    *,
    ended: AllOption = False,
    json: JsonOption = False,
) -> None:
    """The follow-ups as they stand, the soonest due first."""
    rows = _listed(_book(store), programme, owner, ended=ended)
    if json:
        return print_rows(rows)
    for row in rows.to_dicts():
        due = row["due_on"] or "no day"
        out.print(
            f"{row['customer_id']}  {row['programme']}  {row['status']}"
            f"  {row['owner'] or '–'}  due {due}"
        )
    if rows.is_empty():
        out.print("There is no follow-up.")
    return None


@following.command("export")
def export_follow_ups(
    path: Annotated[Path, typer.Argument(help="A file that ends in .csv or .xlsx.")],
    store: StoreOption = STORE,
    programme: ProgrammeOption = None,
    *,
    ended: AllOption = False,
) -> None:
    """Write them to a file, stamped with who and when; readable by you only."""
    makers = {".csv": as_csv, ".xlsx": as_excel}
    if path.suffix.lower() not in makers:
        raise UsageError("The file's name ends in .csv or .xlsx.")
    manifest = opened(store).manifest
    rows = _listed(_book(store), programme, None, ended=ended)
    stamp = stamped(manifest, LOCAL, None, "customer-health follow-ups export")
    with private_file(path) as file:
        file.write(makers[path.suffix.lower()](rows, stamp))
    out.print(f"{rows.height:,} follow-ups to {path}")


def _book(store: Path) -> Book:
    opened(store)
    return book_of(store)


def _listed(
    book: Book, programme: str | None, owner: str | None, *, ended: bool
) -> pl.DataFrame:
    if programme is not None and programme not in follow_ups.PROGRAMMES:
        known = ", ".join(follow_ups.PROGRAMMES)
        raise UsageError(f"--programme is one of {known}.")
    return follow_ups.listed(
        book, programme=programme, owner=owner, open_only=not ended
    )


def _noted(head: str | None) -> chain.Head | None:
    if head is None:
        return None
    number, sign, said = head.partition(":")
    if not (sign and number.isdecimal() and said):
        raise UsageError("--head takes what `audit verify` printed: NUMBER:HASH.")
    return chain.Head(int(number), said)


def _verdict(found: verify.Verdict) -> dict[str, Any]:
    return {
        "whole": not found.findings,
        "entries": found.entries,
        "records": found.records,
        "head": str(found.head),
        "findings": [{"rule": f.rule, "at": f.at} for f in found.findings],
    }


def _line(entry: dict[str, Any]) -> str:
    return (
        f"{entry['seq']}  {entry['at']}  {entry['who']}  {entry['action']}"
        f"  {entry['kind']} {entry['record_id']} version {entry['version']}"
        f"  snapshot {entry['snapshot']}"
    )


def _shown(value: object) -> str:
    return "–" if value is None else str(value)
