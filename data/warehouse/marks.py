"""What is remembered of personal fields beside their ciphertext: no value, only marks.

`person_index` is equal for customers of one full name and date of birth. `unusable`
names the fields whose words say nothing: a telephone number that is none, an e-mail
address without a domain, an identity number whose check digit is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from data.vault import Place, Vault

MARKS: Final[Mapping[str, type[pl.DataType]]] = {
    "person_index": pl.String,
    "unusable": pl.String,  # names of fields, apart by blanks
}
PERSON: Final = Place("customers", "person")
DIGITS: Final = r"^\+?[0-9]{7,15}$"
CHINESE_MOBILE: Final = r"^(\+?86)?1[3-9][0-9]{9}$"
LIKE_A_MOBILE: Final = r"^(\+?86)?1[0-9]{10}$"
ADDRESS: Final = r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"
CITIZEN: Final = r"^[0-9]{17}[0-9x]$"
WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
CHECKS: Final = "10x98765432"


def marks(vault: Vault, rows: pl.DataFrame, names: list[str | None]) -> dict[str, Any]:
    """The marks of rows of personal fields; `names` are the rows' name indexes."""
    return {"person_index": _persons(vault, rows, names), "unusable": unusable(rows)}


def unusable(rows: pl.DataFrame) -> pl.Series:
    """Per row the fields that are written and say nothing; null where there is none."""
    judged = {"phone": _phone, "email": _email, "id_number": _id_number}
    names = [name for name in judged if name in rows.columns]
    if not names:
        return pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)
    plain = rows.select(map(_plain, names))  # once, however often it is looked at
    flaws = [pl.when(~judged[name](pl.col(name))).then(pl.lit(name)) for name in names]
    named = pl.concat_str(flaws, separator=" ", ignore_nulls=True)
    return plain.select(pl.when(named != "").then(named)).to_series()


def _persons(
    vault: Vault, rows: pl.DataFrame, names: list[str | None]
) -> list[str | None]:
    if "birth_date" not in rows.columns:
        return [None] * rows.height
    births = rows["birth_date"].cast(pl.String)
    return [
        vault.digest(PERSON, f"{name} {birth}") if name and birth else None
        for name, birth in zip(names, births, strict=True)
    ]


def _plain(name: str) -> pl.Expr:
    """A field without blanks, in half-width small letters; null where it is blank."""
    text = pl.col(name).str.normalize("NFKC").str.to_lowercase()
    plain = text.str.replace_all(r"\s", "")
    return pl.when(plain != "").then(plain)


def _phone(plain: pl.Expr) -> pl.Expr:
    digits = plain.str.replace_all(r"[-().·]", "")
    number = digits.str.contains(DIGITS)
    mobile = digits.str.contains(CHINESE_MOBILE)
    return number & (mobile | ~digits.str.contains(LIKE_A_MOBILE))


def _email(plain: pl.Expr) -> pl.Expr:
    return plain.str.contains(ADDRESS)


def _id_number(plain: pl.Expr) -> pl.Expr:
    """A Chinese number of 18 places has a check digit; other numbers are believed."""
    citizen = plain.str.contains(CITIZEN)
    places = (
        plain.str.slice(place, 1).cast(pl.Int64, strict=False) * weight
        for place, weight in enumerate(WEIGHTS)
    )
    rest = pl.sum_horizontal(*places) % len(CHECKS)
    wanted = pl.lit(CHECKS).str.slice(rest, 1)
    return ~citizen | (plain.str.slice(17, 1) == wanted)
