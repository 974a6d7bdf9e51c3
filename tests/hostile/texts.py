"""Words, identifiers and flags: what a spreadsheet, a shell or a parser trips over."""

from random import Random
from typing import Final

from tests.hostile.cells import Cell, Pen, broken

MISSING: Final = ("", "", "", "NULL", "null", "N/A", "NA", "#N/A")
BAD_BYTES: Final = "\ue000"  # stands for bytes that are no text, until it is written
PLAIN: Final = ("North", "门店", "线上商城", "李小龙", "VIP-1", "x", "Café", "東京")
HOSTILE: Final = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+86 138 0013 8000",
    "-1",
    "@SUM(A1)",
    'say "hi"',
    '"',
    "a,b;c|d",
    "a\tb",
    "two\nlines",
    "two\r\nlines",
    "\u202egnp.exe",
    "zero\u200bwidth",
    "\ufeffmark",
    "😀👩\u200d👩\u200d👧",
    "𠮷野家",
    "e\u0301",
    "001",
    "1E5",
    "2026-01-02",
    "true",
    "nan",
    "None",
    "-",
    "<script>alert(1)</script>",
    "'; DROP TABLE orders; --",
    "../../etc/passwd",
    "%s%n{0}${x}",
    "\\N",
    "'",
    "x" * 5_000,
)
CONTROL: Final = ("a\x00b", "\x00", "bell\x07", "esc\x1b[31m", "unit\x1fseparator")
YES, NO = ("true", "yes", "1", "是"), ("false", "no", "0", "否")


def spelled_text(pen: Pen) -> Cell:
    text = pen.pick(HOSTILE) if pen.odds(0.25) else pen.pick(PLAIN)
    return Cell(text, text)


def spoiled_text(pen: Pen) -> Cell:
    """A cell of a row that cannot be read as text, or that holds a control character.

    What else is wrong with such a row may be told or not.
    """
    if pen.odds(0.4):
        return broken(f"ab{BAD_BYTES}cd", "encoding")
    return broken(pen.pick(CONTROL), "control_char")


def identifier(rng: Random, prefix: str, number: int) -> str:
    """An identifier that a careless reader changes or takes for another one."""
    return rng.choice(
        (
            f"{prefix}{number}",
            f"{number:06d}",
            f"1101011990030{number:05d}",
            f"{prefix.lower()}{number}",
            f"{prefix}{number}".translate(_FULL_WIDTH),
            f"{prefix}-{number}/+86 138",
        )
    )


_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x30, 0x5B)}


def spelled_flag(pen: Pen) -> Cell:
    value = pen.odds(0.5)
    return Cell(pen.pick(YES if value else NO), value)


def missing(pen: Pen) -> Cell:
    return Cell(pen.pick(MISSING))
