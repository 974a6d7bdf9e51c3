"""Words, identifiers, choices and flags."""

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import polars as pl

from data.parsing.cells import MISSING, Parsed, no_rule, rules

CONTROL: Final = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]"  # tab and line ends are words' own
ANY_CONTROL: Final = r"[\x00-\x1F\x7F]"
AROUND: Final = r"^\s|\s$"
LETTERS: Final = (0x21, 0x7E)  # ASCII that is seen: no blank, no control character
FEW: Final = 1_000  # cells that tell whether a column repeats a few words
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


def present(cells: pl.Series) -> pl.Series:
    """Cells as they are; null if missing."""
    return cells.set(cells.is_in(MISSING), None)


def tidy(cells: pl.Series, meanings: Mapping[str, str]) -> pl.Series:
    """Cells without surrounding blanks, in the contract's words; null if missing."""
    trimmed = cells.str.strip_chars()
    if meanings:
        trimmed = trimmed.replace(dict(meanings))
    return present(trimmed)


def half_width(cells: pl.Series) -> pl.Series:
    """Digits and signs as they are typed on a Latin keyboard."""
    full = list(FULL_WIDTH)
    half = list(FULL_WIDTH.values())
    frame = cells.to_frame("cell")
    return frame.select(pl.col("cell").str.replace_many(full, half)).to_series()


def control(cells: pl.Series, kind: str) -> pl.Series:
    """Which cells hold control characters."""
    return cells.str.contains(_controls(kind))


def plain_words(cells: pl.Series, kind: str) -> Parsed | None:
    """Present cells as they are, if nothing in the column has to be put right.

    A column of few words is told by its words, one of codes by all its bytes at once,
    any other by a look at each cell.
    """
    head = cells.head(FEW)
    if head.n_unique() * 2 < len(head):
        plain = _is_tidy(cells.unique(), kind)
    else:
        plain = _is_code(cells) or _is_tidy(cells, kind)
    return words(cells) if plain else None


def words(cells: pl.Series) -> Parsed:
    """Text as it is."""
    return Parsed(cells, no_rule(len(cells)))


def known_words(cells: pl.Series, choices: Collection[str]) -> Parsed:
    """The cells that are one of the contract's words to the letter."""
    return words(cells.set(~cells.is_in(choices), None))


def choices(cells: pl.Series) -> Parsed:
    """A known word in any case; whether it is known, the model checks."""
    return words(cells.str.to_lowercase())


def usual_flags(cells: pl.Series) -> Parsed:
    """The cells that say yes or no in lower case."""
    yes = cells.is_in(TRUE)
    return words(yes.set(~(yes | cells.is_in(FALSE)), None))


def flags(cells: pl.Series) -> Parsed:
    """Yes or no, in the usual spellings."""
    values = usual_flags(cells.str.to_lowercase()).values
    return Parsed(values, rules(flag=cells.is_not_null() & values.is_null()))


def float_identifiers(cells: pl.Series) -> Parsed:
    """Identifiers that a system stored as floats: exact below 2^53, else lost."""
    whole = (cells.abs() < EXACT) & (cells.floor() == cells)
    values = cells.set(~whole, None).cast(pl.Int64).cast(pl.String)
    return Parsed(values, rules(precision_lost=cells.is_not_null() & ~whole))


def _controls(kind: str) -> str:
    return CONTROL if kind == "text" else ANY_CONTROL


def _is_tidy(cells: pl.Series, kind: str) -> bool:
    return not cells.str.contains(f"{AROUND}|{_controls(kind)}").any()


def _is_code(cells: pl.Series) -> bool:
    """Whether all cells are made of visible ASCII."""
    joined = cells.str.join("").cast(pl.Binary).item()
    letters = np.frombuffer(joined, np.uint8)
    first, last = LETTERS
    return not len(letters) or bool(first <= letters.min() and letters.max() <= last)
