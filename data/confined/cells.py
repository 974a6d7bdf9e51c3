"""A workbook's cell as text, as it would stand in a CSV file, or the rule it breaks."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from data.confined.formats import DAY, MOMENT, PLAIN
from data.confined.refusal import Refusal

EXACT_DIGITS: Final = 15  # beyond, a workbook has rounded already
EXACT: Final = 10**EXACT_DIGITS
ESCAPED: Final = re.compile(r"_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")
NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
MIDNIGHT: Final = re.compile(r"T00:00(?::00(?:\.0+)?)?Z?\Z")
LEAP_1900: Final = 60  # the serial of 29 February 1900, a day that never was
DAY_MS: Final = 24 * 60 * 60 * 1000

Read = tuple[str, str | None]


@dataclass
class Cell:
    """A cell as the sheet writes it."""

    position: int
    kind: str
    style: int
    text: str
    computed: bool


@dataclass(frozen=True)
class Meanings:
    """What a workbook's cells refer to."""

    strings: list[str]
    looks: list[int]
    from_1904: bool
    decimal: str  # as the table writes it, so that numbers are read back right

    def read(self, cell: Cell) -> Read:
        """A cell's text and, where it has none to rely on, the rule that it breaks.

        Rules: error_value, formula_uncached, precision_lost, excel_date, number.
        """
        if cell.kind == "s":
            return self._shared(cell.text), None
        if cell.kind in ("inlineStr", "str"):
            return unescaped(cell.text), None
        if cell.kind == "e":
            return cell.text, "error_value"
        if not cell.text:
            return "", "formula_uncached" if cell.computed else None
        if cell.kind == "b":
            return ("FALSE" if cell.text == "0" else "TRUE"), None
        return self._value(cell)

    def _shared(self, text: str) -> str:
        place = int(text) if text.isdecimal() and len(text) < 10 else len(self.strings)
        if not text:
            return ""
        if place >= len(self.strings):
            raise Refusal("is damaged: a cell's text is missing; save it again")
        return self.strings[place]

    def _value(self, cell: Cell) -> Read:
        look = self.looks[cell.style] if cell.style < len(self.looks) else PLAIN
        if cell.kind == "d":
            day = MIDNIGHT.sub("", cell.text) if look != MOMENT else cell.text
            return day, None
        if look in (DAY, MOMENT):
            return moment(cell.text, look, from_1904=self.from_1904)
        text, rule = number(cell.text)
        if look > 0 and text.isdigit():
            return text.zfill(look), rule
        return text.replace(".", self.decimal), rule


def number(text: str) -> Read:
    """A number in plain digits, as many as a workbook keeps."""
    if text.isascii() and text.isdigit() and len(text) <= EXACT_DIGITS:
        return str(int(text)), None
    if not NUMBER.match(text):
        return text, "number"
    value = float(text)
    if abs(value) >= EXACT:
        return text, "precision_lost"
    short = f"{value:.{EXACT_DIGITS}g}"
    plain = f"{Decimal(short):f}" if "e" in short else short
    return ("0" if plain == "-0" else plain), None


def moment(text: str, look: int, *, from_1904: bool) -> Read:
    """A serial number as a day, or as a moment to the millisecond.

    Days are counted from 1900, with a 29 February 1900 that never was, or from 1904.
    """
    value = float(text) if NUMBER.match(text) else -1.0
    if not 0 <= value < 3_000_000:
        return text, "excel_date"
    days, milliseconds = divmod(round(value * DAY_MS), DAY_MS)
    if not days and look == MOMENT:
        return _clock(milliseconds), None
    on = _day(days, from_1904=from_1904)
    if on is None:
        return text, "excel_date"
    if look == DAY and not milliseconds:
        return on.isoformat(), None
    return f"{on.isoformat()} {_clock(milliseconds)}", None


def unescaped(text: str) -> str:
    """Text in which characters that XML cannot hold are themselves again."""
    if "_x" not in text:
        return text
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _day(days: int, *, from_1904: bool) -> date | None:
    if not from_1904 and days in (0, LEAP_1900):
        return None
    first = date(1904, 1, 1) if from_1904 else date(1899, 12, 31)
    after = not from_1904 and days > LEAP_1900
    try:
        return first + timedelta(days=days - after)
    except OverflowError:
        return None


def _clock(milliseconds: int) -> str:
    midnight = datetime.combine(date.min, time.min)
    at = (midnight + timedelta(milliseconds=milliseconds)).time()
    return at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")
