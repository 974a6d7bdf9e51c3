"""Commands that answer: one metric, and the catalogue of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from dashboard.answers import answer
from dashboard.catalogue import METRICS, Metric, find
from dashboard.cli.loading import parse_day
from dashboard.cli.shell import STORE, JsonOption, StoreOption, app, opened, print_json
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from data.errors import UsageError

AsOfOption = Annotated[
    str | None, typer.Option(help="A month end within the data, or its last day.")
]
WindowOption = Annotated[str | None, typer.Option(help="Days, or `all`.")]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(help="attribute=value or attribute!=value; may be repeated."),
]
SWITCHES = ("per-customer",)  # options that take no value


class Form(StrEnum):
    """How an answer is printed."""

    table = "table"
    csv = "csv"
    json = "json"


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="A metric's own options, such as --model or --top, go here too.",
)
def metric(  # noqa: PLR0913 a command has the options that its users need
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="See `customer-health metrics`.")],
    *,
    store: StoreOption = STORE,
    as_of: AsOfOption = None,
    window: WindowOption = None,
    where: WhereOption = None,
    by: Annotated[str | None, typer.Option(help="Cut by tier, month ...")] = None,
    form: Annotated[Form, typer.Option("--format")] = Form.table,
) -> None:
    """Print a metric's numbers, the same that the pages show."""
    asked = question(name, as_of, window, where)
    given = tuple(options(context.args))
    asked = replace(asked, by=by, options=given)
    _print(answer(Reader(opened(store)), LOCAL, asked), form)


@app.command()
def metrics(*, json: JsonOption = False) -> None:
    """The catalogue: every metric's name, unit, window and definition."""
    rows = [_entry(each) for each in METRICS]
    if json:
        print_json(rows)
    else:
        shown = ("metric", "label", "unit", "window", "options", "definition")
        cells = [[_first_line(row[name]) for name in shown] for row in rows]
        _table(shown, cells)


def question(
    name: str, as_of: str | None, window: str | None, where: list[str] | None
) -> Question:
    """What the options of a command ask for, without a cut.

    Errors: UsageError for a metric, date or condition that is none.
    """
    return Question(
        metric=find(name).name,
        as_of=parse_day(as_of, "--as-of") if as_of else None,
        window=window,
        where=conditions(where or []),
    )


def conditions(texts: Sequence[str]) -> tuple[Condition, ...]:
    """`region=East`, `tier!=gold`: values of one attribute and sign are alternatives.

    Errors: UsageError for a text that is no condition.
    """
    found: dict[tuple[str, bool], list[str]] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        negate = name.endswith("!")
        attribute = name.removesuffix("!").strip()
        if not (sign and attribute and value):
            raise UsageError("--where takes attribute=value or attribute!=value.")
        found.setdefault((attribute, negate), []).append(value)
    return tuple(
        Condition(attribute, tuple(values), negate)
        for (attribute, negate), values in found.items()
    )


def options(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A metric's own options: `--top 5`, `--top=5`, `--per-customer`.

    Errors: UsageError for what is no option, or lacks its value.
    """
    rest = iter(arguments)
    for text in rest:
        name, sign, value = text.removeprefix("--").partition("=")
        if not text.startswith("--") or not name:
            raise UsageError(f"{text!r} is not an option; see --help.")
        if not sign and name not in SWITCHES:
            value = next(rest, "")
        if not value and name not in SWITCHES:
            raise UsageError(f"--{name} needs a value.")
        yield name, value or "true"


def _print(frame: pl.DataFrame, form: Form) -> None:
    if form is Form.json:
        print_rows(frame)
    elif form is Form.csv:
        typer.echo(_flat(frame).write_csv(), nl=False)
    else:
        _table(frame.columns, [[_shown(cell) for cell in row] for row in _plain(frame)])


def print_rows(frame: pl.DataFrame) -> None:
    """Print rows as one JSON document: numbers, texts, truth values, nothing."""
    print_json([dict(zip(frame.columns, r, strict=True)) for r in _plain(frame)])


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as texts, their items apart by blanks: a CSV cell holds no list."""
    items = pl.selectors.list().list.eval(pl.element().cast(pl.String))
    return frame.with_columns(items.list.join(" ", ignore_nulls=True))


def _plain(frame: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Rows whose cells JSON knows: numbers, texts, truth values, nothing."""
    for row in frame.iter_rows():
        yield tuple(map(_cell, row))


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in names:
        table.add_column(name, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = 10_000  # whoever reads a pipe wants whole lines
    console.print(table)


def _entry(each: Metric) -> dict[str, Any]:
    return {
        "metric": each.name,
        "label": each.en,
        "label_zh": each.zh,
        "unit": each.unit,
        "good": each.good,
        "window": each.window,
        "needs": list(each.needs),
        "cuts": list(each.cuts),
        "options": list(each.options),
        "definition": each.definition,
        "definition_zh": each.definition_zh,
    }


def _first_line(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(f"--{each}" for each in value)
    return "–" if value is None else str(value).splitlines()[0]
