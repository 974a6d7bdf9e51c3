"""Personal fields on their way into the store: sealed before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from data.schemas import key_columns, personal_columns
from data.vault import Salts, Vault, month_day
from data.warehouse import sums
from data.warehouse.marks import MARKS, marks
from data.warehouse.rows import DIGEST, write_frame
from data.warehouse.store import Store

INDEXED = ("name", "phone", "email", "id_number")
SCHEMA: Mapping[str, type[pl.DataType]] = {
    "key": pl.String,
    "customer_id": pl.String,
    DIGEST: pl.String,
    "sealed": pl.Binary,
    **{f"{name}_index": pl.String for name in INDEXED},
    "birth_month_day": pl.String,
    **MARKS,
}


class Fields:
    """The personal fields of one table's rows on their way in.

    `known` are the digests of the fields that the store holds already.
    """

    def __init__(self, table: str, folder: Path, vault: Vault, salts: Salts) -> None:
        self.table = table
        self.known = pl.Series(DIGEST, [], dtype=pl.String)
        self._folder = folder
        self._vault = vault
        self._salts = salts

    def take(self, rows: pl.DataFrame, first: int) -> pl.Series:
        """Per row a digest of its personal fields; those that are new are sealed.

        `first` is the place of the first row in the order in which rows came in.
        """
        found = digests(self._vault, self.table, rows)
        if found.null_count() == rows.height:
            return found
        places = pl.int_range(first, first + rows.height, dtype=pl.Int64)
        named = rows.with_columns(found, _seq=places).filter(
            pl.col(DIGEST).is_not_null() & ~pl.col(DIGEST).is_in(self.known.implode())
        )
        if named.height:
            sealed = seal(self._vault, self._salts, self.table, named)
            path = self._folder / f"personal-{first:012d}.parquet"
            write_frame(sealed.with_columns(named["_seq"]), path)
        return found

    def sealed(self) -> list[Path]:
        """The files of the fields that came in, with `_seq` of their rows."""
        return sorted(self._folder.glob("personal-*.parquet"))


def digests(vault: Vault, table: str, rows: pl.DataFrame) -> pl.Series:
    """Per row a digest of its personal fields; null where it has none."""
    if not personal_columns(table):
        return pl.Series(DIGEST, [None], dtype=pl.String).new_from_index(0, rows.height)
    told = pl.DataFrame(
        {"key": rows[key_columns(table)[0]], "text": _texts(table, rows)}
    )
    some = told.select(pl.col("text").is_not_null().arg_true()).to_series()
    found = vault.digest_all(table, told[some].iter_rows())
    nothing = pl.Series(DIGEST, [None], dtype=pl.String).new_from_index(0, rows.height)
    return nothing.scatter(some, found)


def seal(vault: Vault, salts: Salts, table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The personal fields of rows that have a digest, encrypted and indexed."""
    keys = rows[key_columns(table)[0]].to_list()
    owners = salts.owners(rows["customer_id"].to_list())
    texts = _texts(table, rows).to_list()
    sealed = vault.seal_all(table, list(zip(keys, owners, texts, strict=True)))
    indexes = {f"{name}_index": _index(vault, rows, name) for name in INDEXED}
    made: dict[str, Any] = {
        "key": keys,
        "customer_id": rows["customer_id"],
        DIGEST: rows[DIGEST],
        "sealed": sealed,
        **indexes,
        "birth_month_day": _birthdays(rows),
        **marks(vault, rows, indexes["name_index"]),
    }
    return pl.DataFrame(made, schema=SCHEMA)


def read_salts(store: Store) -> Salts:
    """The salts of the customers that the store knows, read as they are asked for."""
    return Salts({}, partial(_known_salts, store))


def _known_salts(store: Store, customers: Sequence[str]) -> dict[str, bytes]:
    path = _salts(store)
    if not path.exists():
        return {}
    asked = pl.Series("customer_id", customers, dtype=pl.String).to_frame().lazy()
    rows = pl.scan_parquet(path).join(asked, on="customer_id", how="semi").collect()
    return dict(zip(rows["customer_id"], rows["salt"], strict=True))


def keep_salts(store: Store, salts: Salts) -> None:
    """Add the new customers' salts to the store, before any row that needs them."""
    if not salts.made:
        return
    frame = pl.DataFrame(
        {"customer_id": list(salts.made), "salt": list(salts.made.values())},
        schema={"customer_id": pl.String, "salt": pl.Binary},
    )
    if _salts(store).exists():
        frame = pl.concat([pl.read_parquet(_salts(store)), frame])
    buffer = BytesIO()
    frame.sort("customer_id").write_parquet(buffer)
    sums.keep(store, sums.SALTS, buffer.getvalue())


def _salts(store: Store) -> Path:
    return store.personal / sums.SALTS


def _texts(table: str, rows: pl.DataFrame) -> pl.Series:
    """The personal fields of each row as JSON; null where all are empty."""
    names = personal_columns(table)
    texts = pl.struct(pl.col(names).cast(pl.String)).struct.json_encode()
    filled = pl.any_horizontal(pl.col(names).is_not_null())
    return rows.select(pl.when(filled).then(texts)).to_series()


def _index(vault: Vault, rows: pl.DataFrame, name: str) -> list[str | None]:
    if name not in rows.columns:
        return [None] * rows.height
    return [vault.index(name, value) for value in rows[name].to_list()]


def _birthdays(rows: pl.DataFrame) -> list[str | None]:
    if "birth_date" not in rows.columns:
        return [None] * rows.height
    return month_day(rows["birth_date"].cast(pl.String))
