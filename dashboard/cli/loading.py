"""Commands that bring data in: sample, check, refresh, and the snapshots they made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer

from dashboard.cli.shell import (
    STORE,
    JsonOption,
    StoreOption,
    app,
    opened,
    out,
    print_json,
    progress,
)
from dashboard.refresh import Step
from dashboard.refresh import check as check_source
from dashboard.refresh import refresh as refresh_store
from dashboard.report import RefreshReport
from data.errors import DashboardError, RefusedError, UnavailableError, UsageError
from data.sample.company import write_company
from data.settings import Settings, load_settings
from data.warehouse.gate import QualityError
from data.warehouse.inventory import inventory
from data.warehouse.store import Store

SETTINGS = "customer-health.toml"
FULL = "Make every table anew, whatever has changed."
SourceArgument = Annotated[Path, typer.Argument(help="Folder of extracts.")]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", help=f"Settings; by default {SETTINGS} in the source folder."
    ),
]
snapshots = typer.Typer(no_args_is_help=True, help="The published snapshots.")
app.add_typer(snapshots, name="snapshots")


class Format(StrEnum):
    """How extracts are written."""

    csv = "csv"
    parquet = "parquet"


class Engine(StrEnum):
    """What runs the heavy pass."""

    duckdb = "duckdb"
    spark = "spark"


@app.command()
def sample(  # noqa: PLR0913 a command has the options that its users need
    folder: Annotated[Path, typer.Argument(help="Where the extracts go.")],
    *,
    customers: Annotated[int, typer.Option(min=1)] = 20_000,
    orders: Annotated[
        int | None, typer.Option(min=1, help="About so many in all; about 4 each.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    form: Annotated[Format, typer.Option("--format")] = Format.csv,
    until: Annotated[str | None, typer.Option(help="Last day; yesterday.")] = None,
) -> None:
    """Write the extracts of a made-up company; the same seed gives the same company."""
    day = parse_day(until, "--until") if until else yesterday()
    with progress() as tell:
        tell(Step(f"making up {customers:,} customers"))
        write_company(
            folder,
            customers=customers,
            seed=seed,
            until=day,
            format=form.value,
            orders=orders,
        )
    out.print(f"Wrote a company of {customers:,} customers to {folder}.")


@app.command()
def check(
    source: SourceArgument, config: ConfigOption = None, *, json: JsonOption = False
) -> None:
    """Check every row of a folder of extracts; publish nothing."""
    with _telling(as_json=json), progress(quiet=json) as tell:
        report = check_source(source, settings_of(source, config), progress=tell)
    show(report, as_json=json)


@app.command()
def refresh(  # noqa: PLR0913 a command has the options that its users need
    source: SourceArgument,
    store: StoreOption = STORE,
    config: ConfigOption = None,
    engine: Annotated[Engine, typer.Option()] = Engine.duckdb,
    *,
    full: Annotated[bool, typer.Option("--full", help=FULL)] = False,
    json: JsonOption = False,
) -> None:
    """Check a folder of extracts, merge it with the store and publish a snapshot."""
    with _telling(as_json=json), progress(quiet=json) as tell:
        if engine is Engine.spark:
            raise UnavailableError("The engine spark is not installed.")
        settings = settings_of(source, config)
        report = refresh_store(source, store, settings, progress=tell, full=full)
    show(report, as_json=json)


@snapshots.command("list")
def list_snapshots(store: StoreOption = STORE, *, json: JsonOption = False) -> None:
    """The published snapshots, newest first; `*` marks the one that serves."""
    found = inventory(Store(store.resolve()), opened(store).id)
    rows = [asdict(each) | {"whole": each.whole} for each in found]
    if json:
        return print_json(rows)
    for row in rows:
        out.print(_line(row))
    return None


def _line(row: Mapping[str, Any]) -> str:
    mark = "*" if row["serving"] else " "
    if row["rows"] is None:
        return f"{mark} {row['snapshot']}  {row['damage']}"
    return (
        f"{mark} {row['snapshot']}  as of {row['as_of']}  {row['rows']:,} rows"
        f"  published {row['created_at']}{'' if row['whole'] else '  damaged'}"
    )


def settings_of(source: Path, config: Path | None) -> Settings:
    """The settings asked for, else those that lie in the source folder, else defaults.

    Errors: RefusedError without a source folder, UsageError for wrong settings.
    """
    if not source.exists():
        raise RefusedError(f"There is no source folder {source}.")
    beside = source / SETTINGS
    return load_settings(config or (beside if beside.is_file() else None))


def show(report: RefreshReport, *, as_json: bool) -> NoReturn:
    """Print a report and leave with its exit code."""
    if as_json:
        print_json(report.as_dict())
    else:
        for line in report.lines():
            out.print(line)
    raise typer.Exit(report.exit_code)


def yesterday() -> date:
    """The last day that is over in the business time zone."""
    return datetime.now(ZoneInfo(Settings().timezone)).date() - timedelta(days=1)


def parse_day(text: str, option: str) -> date:
    """A day such as 2026-10-31.

    Errors: UsageError for anything else.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} takes a day such as 2026-10-31.") from None


@contextmanager
def _telling(*, as_json: bool) -> Iterator[None]:
    """With `--json`, what goes wrong is the document too."""
    try:
        yield
    except DashboardError as error:
        if as_json:
            print_json(_failure(error))
        raise


def _failure(error: DashboardError) -> dict[str, Any]:
    refused = isinstance(error, RefusedError)
    files = error.files if isinstance(error, QualityError) else ()
    return {
        "outcome": "refused" if refused else "failed",
        "exit_code": error.exit_code,
        "message": str(error),
        "files": [file.as_dict() for file in files],
    }
