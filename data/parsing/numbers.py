"""Numbers, exact: what cannot be read without a guess is not read.

Thousands separators count only in groups of three, a currency sign only at an end.
`1.234,56` needs the decimal comma to be declared, and `1.2万` is refused.
"""

from typing import Final

import polars as pl

from data.parsing.cells import Parsed, no_rule, rules
from data.parsing.texts import EXACT, half_width

MONEY: Final = pl.Decimal(18, 4)
LIMIT: Final = 10**14  # fourteen digits before the point
NUMERIC: Final = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$"
PLAIN: Final = r"^[+-]?[0-9]{1,14}(?:\.[0-9]{0,4})?$"  # fits MONEY
FOUR_DECIMALS: Final = r"^[^.]*(?:\.[0-9]{0,4}0*)?$"
WHOLE: Final = r"^[^.]*(?:\.0*)?$"
GROUPED: Final = r"^[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?$"
SIGN: Final = r"^([+-]?)\s*[¥￥$€£]\s*"
UNIT: Final = r"\s*元$"
NOISE: Final = 1e-9  # sums of floats differ from their decimals by less


def plain_decimals(cells: pl.Series) -> Parsed:
    """The amounts and quantities that need no care: digits around a point."""
    plain = cells.set(~cells.str.contains(PLAIN), None)
    return Parsed(plain.cast(MONEY, strict=False), no_rule(len(cells)))


def plain_integers(cells: pl.Series) -> Parsed:
    """The whole numbers that need no care: Polars reads digits and a sign, no more."""
    return Parsed(cells.cast(pl.Int64, strict=False), no_rule(len(cells)))


def decimals(cells: pl.Series, point: str) -> Parsed:
    """Amounts and quantities with at most four decimals, from text."""
    plain = _plain(cells, point)
    numeric = plain.str.contains(NUMERIC)
    fits = plain.str.contains(FOUR_DECIMALS)
    values = plain.set(~(numeric & fits), None).cast(MONEY, strict=False)
    large = values.is_null() & cells.is_not_null()
    return Parsed(values, rules(number=~numeric, decimals=~fits, number_range=large))


def integers(cells: pl.Series, point: str) -> Parsed:
    """Whole numbers, from text; `7.0` is one."""
    plain = _plain(cells, point)
    numeric, whole = plain.str.contains(NUMERIC), plain.str.contains(WHOLE)
    digits = plain.set(~(numeric & whole), None).str.replace(r"\.0*$", "")
    values = digits.cast(pl.Int64, strict=False)
    large = values.is_null() & cells.is_not_null()
    return Parsed(values, rules(number=~numeric, integer=~whole, number_range=large))


def numbers(cells: pl.Series, point: str) -> Parsed:
    """Ratios and levels, from text."""
    plain = _plain(cells, point)
    numeric = plain.str.contains(NUMERIC)
    values = plain.set(~numeric, None).cast(pl.Float64, strict=False)
    large = values.is_infinite() | (values.is_null() & cells.is_not_null())
    return Parsed(values.set(large, None), rules(number=~numeric, number_range=large))


def native_decimals(cells: pl.Series) -> Parsed:
    """Amounts and quantities that the source keeps as numbers."""
    if cells.dtype.is_float():
        return _float_decimals(cells)
    values = cells.cast(MONEY, strict=False)
    large = values.is_null() & cells.is_not_null()
    if cells.dtype.is_integer() or _scale(cells) <= _scale(values):
        return Parsed(values, rules(number_range=large))
    inexact = values.is_not_null() & (values != cells)
    return Parsed(
        values.set(inexact, None), rules(decimals=inexact, number_range=large)
    )


def native_integers(cells: pl.Series) -> Parsed:
    """Whole numbers that the source keeps as numbers."""
    if cells.dtype.is_integer():
        values = cells.cast(pl.Int64, strict=False)
        large = values.is_null() & cells.is_not_null()
        return Parsed(values, rules(number_range=large))
    finite = _finite(cells)
    whole = finite.cast(pl.Float64) == finite.cast(pl.Float64).floor()
    values = finite.set(~whole, None).cast(pl.Int64, strict=False)
    lost = cells.cast(pl.Float64).abs() >= EXACT if cells.dtype.is_float() else ~whole
    large = (values.is_null() & whole) | (lost & whole)
    return Parsed(
        values.set(large, None),
        rules(number=_no_number(cells), integer=~whole, number_range=large),
    )


def native_numbers(cells: pl.Series) -> Parsed:
    """Ratios and levels that the source keeps as numbers."""
    return Parsed(_finite(cells).cast(pl.Float64), rules(number=_no_number(cells)))


def _scale(cells: pl.Series) -> int:
    return int(getattr(cells.dtype, "scale", 0))


def _float_decimals(cells: pl.Series) -> Parsed:
    finite = _finite(cells)
    large = finite.abs() >= LIMIT
    rounded = finite.round(4)
    noise = (finite - rounded).abs() > NOISE * finite.abs().clip(lower_bound=1)
    values = rounded.set(large | noise, None).cast(MONEY, strict=False)
    return Parsed(
        values, rules(number=_no_number(cells), number_range=large, decimals=noise)
    )


def _no_number(cells: pl.Series) -> pl.Series:
    """Which cells are NaN or infinite: floats' ways to say that there is no number."""
    return cells.is_not_null() & _finite(cells).is_null()


def _finite(cells: pl.Series) -> pl.Series:
    if not cells.dtype.is_float():
        return cells
    return cells.set(~cells.is_finite(), None)


def _plain(cells: pl.Series, point: str) -> pl.Series:
    """Digits, a sign and a decimal point, where the cell has one plain meaning."""
    if point == "." and (cells.str.contains(NUMERIC) | cells.is_null()).all():
        return cells
    bare = half_width(cells).str.replace(SIGN, "$1").str.replace(UNIT, "")
    if point == ",":
        bare = _swap(bare)
    ungrouped = bare.str.replace_all(",", "", literal=True)
    return ungrouped.zip_with(bare.str.contains(GROUPED).fill_null(value=False), bare)


def _swap(cells: pl.Series) -> pl.Series:
    """Decimal commas as points, and the other way round."""
    frame = cells.to_frame("cell")
    swapped = pl.col("cell").str.replace_many([",", "."], [".", ","])
    return frame.select(swapped).to_series()
