"""A table's cells as the source writes them, into the contract's types.

Most cells are written plainly. They are read in one pass over their column; what that
leaves open is read with care, cell by cell, and put into its place. Both readings
agree wherever both have one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from data.errors import RefusedError
from data.parsing import moments, numbers, texts
from data.parsing.cells import (
    Conventions,
    Parsed,
    first_rule,
    no_rule,
    placed,
    rules,
)
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
PLAIN_NUMBERS: Final[Mapping[str, Callable[[pl.Series], Parsed]]] = {
    "decimal": numbers.plain_decimals,
    "integer": numbers.plain_integers,
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
BROKEN: Final = pl.Schema({"index": pl.Int64, "column": pl.String, "rule": pl.String})
Meanings = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Typed:
    """A table's columns in their types, and the cells that break a rule."""

    rows: pl.DataFrame
    broken: pl.DataFrame  # by the row's position: the column and the rule


def typed(table: str, raw: pl.DataFrame, how: Conventions, meanings: Meanings) -> Typed:
    """Read every column of a table; those that the source lacks are null.

    Errors: RefusedError when a column's type has no meaning in the contract.
    """
    read: list[pl.Series] = []
    columns: list[str | pl.Expr] = []
    broken = [BROKEN.to_frame()]
    for name in fields(table):
        if name not in raw.columns:
            columns += _absent(table, name)
            continue
        parsed = _parsed(raw.get_column(name), metadata(table, name), how, meanings)
        found = [_filled(table, name, parsed), *_derived(table, name, parsed)]
        read += found
        columns += [column.name for column in found]
        if parsed.rule.null_count() < len(parsed.rule):
            broken.append(_broken(name, parsed.rule))
    return Typed(pl.DataFrame(read).select(columns), pl.concat(broken))


def _absent(table: str, name: str) -> Iterator[pl.Expr]:
    """A column that the source lacks: the contract's default, or unknown."""
    about, never = metadata(table, name), pl.lit(None)
    yield pl.lit(about.get("default")).cast(fields(table)[name].dtype.type).alias(name)
    if about["kind"] == "instant":
        yield never.cast(pl.Date).alias(business_day(name))
        yield never.cast(moments.STAMP_TYPE).alias(LATEST.format(name))


def _filled(table: str, name: str, parsed: Parsed) -> pl.Series:
    """The values in the model's type, the contract's default where a cell is blank."""
    values = parsed.values.cast(fields(table)[name].dtype.type).alias(name)
    default = metadata(table, name).get("default")
    if default is None or not values.null_count():
        return values
    filled = values.fill_null(pl.lit(default).cast(values.dtype))
    return filled.set(parsed.rule.is_not_null(), None)


def _derived(table: str, name: str, parsed: Parsed) -> Iterator[pl.Series]:
    if not parsed.derived:
        return
    on = parsed.derived["on"]
    yield on.alias(business_day(name))
    yield parsed.derived["latest"].alias(LATEST.format(name))
    if (table, name) == ("orders", "ordered_at"):
        yield on.dt.weekday().alias("ordered_weekday")
        yield parsed.derived["clock"].dt.hour().alias("ordered_hour")


def _broken(name: str, rule: pl.Series) -> pl.DataFrame:
    index = rule.is_not_null().arg_true()
    cells = pl.DataFrame({"index": index.cast(pl.Int64), "rule": rule.gather(index)})
    return cells.select("index", pl.lit(name).alias("column"), "rule")


def _parsed(
    cells: pl.Series, about: Mapping[str, Any], how: Conventions, meanings: Meanings
) -> Parsed:
    mapped = meanings.get(cells.name, {})
    if _is_native(cells, about["kind"]) and not mapped:
        return _in_range(_native(cells, about["kind"], how), about, how)
    written = _as_text(cells, about["kind"])
    read = _in_range(_read(written.values, about, how, mapped), about, how)
    return Parsed(read.values, first_rule(written.rule, read.rule), read.derived)


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


def _read(
    cells: pl.Series,
    about: Mapping[str, Any],
    how: Conventions,
    mapped: Mapping[str, str],
) -> Parsed:
    """Text by the kind of its column: plain cells at once, the others with care."""
    known = texts.present(cells)
    plain = None if mapped else plainly(known, about, how)
    if plain is None:
        return carefully(cells, about["kind"], how, mapped)
    left = (known.is_not_null() & plain.values.is_null()).arg_true()
    if left.is_empty():
        return plain
    rest = carefully(cells.gather(left), about["kind"], how, mapped)
    return placed(plain, rest, left)


def plainly(
    cells: pl.Series, about: Mapping[str, Any], how: Conventions
) -> Parsed | None:
    """What needs no care; the rest is null. None when nothing in the column is so."""
    kind = about["kind"]
    if kind == "choice":
        return texts.known_words(cells, about["choices"])
    if kind == "flag":
        return texts.usual_flags(cells)
    if kind in WORDS:
        return texts.plain_words(cells, kind)
    if kind in PLAIN_NUMBERS and how.decimal == ".":
        return PLAIN_NUMBERS[kind](cells)
    if kind in moments.PLAIN and not how.date_format:
        return moments.PLAIN[kind](cells, how)
    return None


def carefully(
    cells: pl.Series, kind: str, how: Conventions, mapped: Mapping[str, str]
) -> Parsed:
    """What cells say in any of their usual spellings, or the rule that they break."""
    tidy = texts.tidy(cells, mapped)
    control = texts.control(tidy, kind).fill_null(value=False)
    read = _spelt(tidy.set(control, None), kind, how)
    rule = first_rule(rules(control_char=control), read.rule)
    return Parsed(read.values, rule, read.derived)


def _spelt(cells: pl.Series, kind: str, how: Conventions) -> Parsed:
    """Tidy cells, by the kind of their column."""
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
