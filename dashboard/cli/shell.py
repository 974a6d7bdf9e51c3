"""What every command shares: exit codes, error messages, progress, the store."""

from __future__ import annotations

import json
import logging
import os
import secrets
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from polars.exceptions import PanicException
from rich.console import Console
from typer.core import TyperGroup
from typer.exceptions import TyperException

from dashboard.refresh import Progress, Step
from data.errors import UNAVAILABLE, DashboardError
from data.warehouse import Snapshot, open_current
from data.warehouse.keys import check_key
from data.warehouse.store import Store

out = Console(highlight=False, soft_wrap=True, markup=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)

StoreOption = Annotated[
    Path,
    typer.Option(
        "--store",
        envvar="CUSTOMER_HEALTH_STORE",
        help="Folder of accepted data and published snapshots.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
STORE = Path(".customer-health/store")


class Careful(TyperGroup):
    """A group of commands that never shows a traceback or a cell's value."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; turn what goes wrong into a message and an exit code."""
        try:
            return super().invoke(ctx)
        except DashboardError as error:
            err.print(f"Error: {error}")
            code = error.exit_code
        except KeyboardInterrupt:
            err.print("Interrupted; nothing was published.")
            code = UNAVAILABLE
        except BrokenPipeError:
            code = _reader_left()
        except (typer.Exit, typer.Abort, TyperException):
            raise
        except (Exception, PanicException) as error:  # noqa: BLE001 the last place
            code = _incident(error)
        raise typer.Exit(code)


app = typer.Typer(
    name="customer-health",
    cls=Careful,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Is the customer base healthy, and why? A dashboard from plain extracts.",
)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Progress]:
    """Tell how far long work is: a moving line on a terminal, plain lines elsewhere.

    What has to be read is printed to stay, even where the rest is kept quiet.
    """
    if quiet:
        yield _lasting(lambda _: None)
    elif err.is_terminal:
        with err.status("starting") as status:
            yield _lasting(lambda step: status.update(_told(step)))
    else:
        yield _lasting(_plain_lines())


def print_json(document: Any) -> None:
    """Print one JSON document."""
    text = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write(f"{text}\n")


def opened(store: Path) -> Snapshot:
    """The serving snapshot of a store whose key is at hand.

    Errors: UnavailableError without a store, or with a missing or wrong key.
    """
    check_key(Store(store.resolve()))
    snapshot = open_current(store)
    if snapshot.fallback:
        err.print(f"Warning: {snapshot.fallback}")
    return snapshot


def log_folder() -> Path:
    """Where incidents are written: places in the program, never values."""
    given = os.environ.get("XDG_STATE_HOME")
    return (Path(given) if given else Path.home() / ".local/state") / "customer-health"


def _told(step: Step) -> str:
    return step.text if step.rows is None else f"{step.text}: {step.rows:,} rows"


def _lasting(others: Progress) -> Progress:
    def tell(step: Step) -> None:
        if step.lasting:
            err.print(step.text)
        else:
            others(step)

    return tell


def _plain_lines() -> Progress:
    """A line when a step begins that is another than the last one."""
    last = ""

    def tell(step: Step) -> None:
        nonlocal last
        if step.text != last:
            err.print(_told(step) if step.text.startswith("merging") else step.text)
            last = step.text

    return tell


def _reader_left() -> int:
    """Whoever read the output has gone: say nothing more to it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return UNAVAILABLE


def _incident(error: BaseException) -> int:
    """Write where the program failed, not the error's words: they may quote cells."""
    number = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    places = "".join(f"  {f.filename}:{f.lineno} {f.name}\n" for f in frames)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    text = f"{at} {number} {type(error).__name__}\n{places}"
    where = _logged(text)
    err.print(f"Error: something went wrong inside (incident {number}).{where}")
    return UNAVAILABLE


def _logged(text: str) -> str:
    path = log_folder() / "incidents.log"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return " It could not be logged."
    return f" Where in the program stands in {path}."


logging.getLogger("streamlit").setLevel(logging.WARNING)
