"""The kinds of column that an input table may have, as pandera fields.

A field's metadata says how the text of a cell is read (`kind`), whether it names a
person (`personal`), and what a blank means (`default`). pandera checks the result.
"""

from datetime import date
from typing import Annotated, Any

import pandera.polars as pa
import polars as pl

Text = pl.String
Integer = pl.Int64
Number = pl.Float64
Flag = pl.Boolean
Day = pl.Date
Money = Annotated[pl.Decimal, 18, 4]
Instant = Annotated[pl.Datetime, "us", None]

EPOCH = date(1970, 1, 1)
LONG_AGO = date(1800, 1, 1)
OLDEST_BIRTH = date(1900, 1, 1)


def _field(kind: str, *, required: bool = False, **rest: Any) -> Any:
    checks = {name: rest.pop(name) for name in ("ge", "le") if name in rest}
    return pa.Field(nullable=not required, metadata={"kind": kind, **rest}, **checks)


def identifier(*, required: bool = False) -> Any:
    """A name in another system, kept character for character."""
    return _field("identifier", required=required)


def text(*, required: bool = False, personal: bool = False) -> Any:
    """Words, as they are."""
    return _field("text", required=required, personal=personal)


def choice(*choices: str, required: bool = False, default: str | None = None) -> Any:
    """One of a few known words, in any case."""
    return pa.Field(
        nullable=not required,
        metadata={"kind": "choice", "choices": choices, "default": default},
        isin=list(choices),
    )


def money(**rest: Any) -> Any:
    """An amount in the settings' currency, exact to four decimals."""
    return _field("decimal", **rest)


def quantity(**rest: Any) -> Any:
    """How many or how much, exact to four decimals."""
    return _field("decimal", **rest)


def integer(**rest: Any) -> Any:
    """A whole number."""
    return _field("integer", **rest)


def number(**rest: Any) -> Any:
    """A ratio or a level, where a rounding in the sixteenth digit does not matter."""
    return _field("number", **rest)


def flag() -> Any:
    """Yes or no."""
    return _field("flag")


def instant(
    *, planned: bool = False, since: date = EPOCH, required: bool = False
) -> Any:
    """A moment, or a business day when the source gives no time.

    `planned` moments may lie in the future; the rest may not.
    """
    return _field("instant", required=required, planned=planned, since=since)


def day(
    *,
    planned: bool = False,
    since: date = EPOCH,
    required: bool = False,
    personal: bool = False,
) -> Any:
    """A calendar day, never shifted."""
    return _field(
        "day", required=required, planned=planned, since=since, personal=personal
    )


def month(*, required: bool = False) -> Any:
    """A calendar month, kept as its first day."""
    return _field("month", required=required, planned=True, since=EPOCH)
