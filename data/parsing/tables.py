"""A table's cells as the source writes them, into the contract's types."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from data.errors import RefusedError
from data.parsing import moments, numbers, texts
from data.parsing.cells import Conventions, Parsed, no_rule, rules
from data.schemas import business_day, fields, metadata
from data.schemas.laws import LATEST

WRITTEN_WORDS: Final[Mapping[str, Callable[[pl.Series], Parsed]]] = {
    "identifier": texts.words,
    "text": texts.words,
    "choice": texts.choices,
    "flag": texts.flags,
}
WRITTEN_NUMBERS: Final[Mapping[str, Callable[[pl.Series, str], Parsed]]] = {
    "decimal": numbers.decimals,
    "integer": numbers.integers,
    "number": numbers.numbers,
}
NATIVE: Final[Mapping[str, Callable[[pl.Series], Parsed]]] = {
    "decimal": numbers.native_decimals,
    "integer": numbers.native_integers,
    "number": numbers.native_numbers,
    "flag": texts.words,
}
WORDS: Final = ("identifier", "text", "choice")
NUMBERS: Final = tuple(WRITTEN_NUMBERS)
MOMENTS: Final = ("instant", "day", "month")
Meanings = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Typed:
    """A table's columns in their types, and the rules that its cells break."""

    rows: pl.DataFrame
    rules: pl.DataFrame  # one column per input column, null where a cell is in order


def typed(table: str, raw: pl.DataFrame, how: Conventions, meanings: Meanings) -> Typed:
    """Read every column of a table; those that the source lacks are null.

    Errors: RefusedError when a column's type has no meaning in the contract.
    """
    columns: list[pl.Series] = []
    broken: list[pl.Series] = []
    for name in fields(table):
        about = metadata(table, name)
        if name in raw.columns:
            parsed = _parsed(raw.get_column(name), about, how, meanings)
        else:
            parsed = _absent(raw.height, about["kind"])
        columns += [_filled(table, name, parsed), *_derived(table, name, parsed)]
        broken.append(parsed.rule.alias(name))
    return Typed(pl.DataFrame(columns), pl.DataFrame(broken))


def _absent(height: int, kind: str) -> Parsed:
    """A column that the source lacks."""
    nothing = no_rule(height)
    if kind != "instant":
        return Parsed(nothing, nothing)
    never = nothing.cast(pl.Datetime("us"))
    derived = {"on": never.dt.date(), "hour": never.dt.hour(), "latest": never}
    return Parsed(never, nothing, derived)


def _filled(table: str, name: str, parsed: Parsed) -> pl.Series:
    """The values in the model's type, the contract's default where a cell is blank."""
    values = parsed.values.cast(fields(table)[name].dtype.type).alias(name)
    default = metadata(table, name).get("default")
    if default is None:
        return values
    usual = pl.Series([default]).cast(values.dtype).new_from_index(0, len(values))
    return values.zip_with(values.is_not_null() | parsed.rule.is_not_null(), usual)


def _derived(table: str, name: str, parsed: Parsed) -> Iterator[pl.Series]:
    if not parsed.derived:
        return
    on = parsed.derived["on"]
    yield on.alias(business_day(name))
    yield parsed.derived["latest"].alias(LATEST.format(name))
    if (table, name) == ("orders", "ordered_at"):
        yield on.dt.weekday().alias("ordered_weekday")
        yield parsed.derived["hour"].alias("ordered_hour")


def _parsed(
    cells: pl.Series, about: Mapping[str, Any], how: Conventions, meanings: Meanings
) -> Parsed:
    mapped = meanings.get(cells.name, {})
    if _is_native(cells, about["kind"]) and not mapped:
        return _in_range(_native(cells, about["kind"], how), about, how)
    written = _as_text(cells, about["kind"])
    tidy = texts.tidy(written.values, mapped)
    control = texts.control(tidy, about["kind"]).fill_null(value=False)
    read = _in_range(_read(tidy.set(control, None), about["kind"], how), about, how)
    if not control.any() and written.rule.null_count() == len(cells):
        return read
    first = written.rule.fill_null(rules(control_char=control))
    return Parsed(read.values, first.fill_null(read.rule), read.derived)


def _is_native(cells: pl.Series, kind: str) -> bool:
    """Whether the source's own type says what the contract asks for."""
    if kind in NUMBERS:
        return cells.dtype.is_numeric()
    if kind in MOMENTS:
        return cells.dtype == pl.Date or isinstance(cells.dtype, pl.Datetime)
    return kind == "flag" and cells.dtype == pl.Boolean


def _as_text(cells: pl.Series, kind: str) -> Parsed:
    if cells.dtype.is_float() and kind in WORDS:
        return texts.float_identifiers(cells)
    if cells.dtype.is_nested() or cells.dtype in (pl.Binary, pl.Duration, pl.Object):
        raise RefusedError(
            f"The column that {cells.name} is read from holds {cells.dtype}, which is "
            "no text, number or date."
        )
    return Parsed(cells.cast(pl.String), no_rule(len(cells)))


def _read(cells: pl.Series, kind: str, how: Conventions) -> Parsed:
    """Cells as text, by the kind of their column."""
    if kind in MOMENTS:
        return _moments(cells, kind, how)
    if kind in NUMBERS:
        return WRITTEN_NUMBERS[kind](cells, how.decimal)
    return WRITTEN_WORDS[kind](cells)


def _native(cells: pl.Series, kind: str, how: Conventions) -> Parsed:
    if kind in MOMENTS:
        return _moments(cells, kind, how)
    return NATIVE[kind](cells)


def _moments(cells: pl.Series, kind: str, how: Conventions) -> Parsed:
    if kind == "instant":
        return moments.instants(cells, how)
    return moments.days(cells, how) if kind == "day" else moments.months(cells, how)


def _in_range(parsed: Parsed, about: Mapping[str, Any], how: Conventions) -> Parsed:
    if "since" not in about:
        return parsed
    return moments.in_range(parsed, about["since"], how, planned=about["planned"])
