"""Words, identifiers, choices and flags."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from data.parsing.cells import MISSING, Parsed, no_rule, rules

CONTROL: Final = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]"  # tab and line ends are words' own
ANY_CONTROL: Final = r"[\x00-\x1F\x7F]"
EXACT: Final = 2**53  # above it, a float no longer tells neighbours apart
TRUE: Final = ("true", "t", "yes", "y", "1", "1.0", "是")
FALSE: Final = ("false", "f", "no", "n", "0", "0.0", "否")
FULL_WIDTH: Final[Mapping[str, str]] = {
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    "．": ".",
    "，": ",",
    "：": ":",
    "／": "/",
    "＋": "+",
    "－": "-",
    "−": "-",
    "　": " ",
}


def tidy(cells: pl.Series, meanings: Mapping[str, str]) -> pl.Series:
    """Cells without surrounding blanks, in the contract's words; null if missing."""
    trimmed = cells.str.strip_chars()
    if meanings:
        trimmed = trimmed.replace(dict(meanings))
    return trimmed.set(trimmed.is_in(MISSING), None)


def half_width(cells: pl.Series) -> pl.Series:
    """Digits and signs as they are typed on a Latin keyboard."""
    full = list(FULL_WIDTH)
    half = list(FULL_WIDTH.values())
    frame = cells.to_frame("cell")
    return frame.select(pl.col("cell").str.replace_many(full, half)).to_series()


def control(cells: pl.Series, kind: str) -> pl.Series:
    """Which cells hold control characters."""
    return cells.str.contains(CONTROL if kind == "text" else ANY_CONTROL)


def words(cells: pl.Series) -> Parsed:
    """Text as it is."""
    return Parsed(cells, no_rule(len(cells)))


def choices(cells: pl.Series) -> Parsed:
    """A known word in any case; whether it is known, the model checks."""
    return words(cells.str.to_lowercase())


def flags(cells: pl.Series) -> Parsed:
    """Yes or no, in the usual spellings."""
    lower = cells.str.to_lowercase()
    yes, no = lower.is_in(TRUE), lower.is_in(FALSE)
    values = yes.set(~(yes | no).fill_null(value=False), None)
    return Parsed(values, rules(flag=cells.is_not_null() & values.is_null()))


def float_identifiers(cells: pl.Series) -> Parsed:
    """Identifiers that a system stored as floats: exact below 2^53, else lost."""
    whole = (cells.abs() < EXACT) & (cells.floor() == cells)
    values = cells.set(~whole, None).cast(pl.Int64).cast(pl.String)
    return Parsed(values, rules(precision_lost=cells.is_not_null() & ~whole))
