"""Personal fields on their way into the store: sealed before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from data.schemas import key_columns, personal_columns
from data.vault import Place, Salts, Vault, month_day
from data.warehouse import sums
from data.warehouse.marks import MARKS, marks
from data.warehouse.rows import DIGEST
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


def digests(vault: Vault, table: str, rows: pl.DataFrame) -> pl.Series:
    """Per row a digest of its personal fields; null where it has none."""
    if not personal_columns(table):
        return pl.Series(DIGEST, [None] * rows.height, dtype=pl.String)
    keys, texts = rows[key_columns(table)[0]], _texts(table, rows)
    found = [
        None if text is None else vault.digest(Place(table, key), text)
        for key, text in zip(keys, texts, strict=True)
    ]
    return pl.Series(DIGEST, found, dtype=pl.String)


def seal(vault: Vault, salts: Salts, table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The personal fields of rows that have a digest, encrypted and indexed."""
    named = rows.filter(pl.col(DIGEST).is_not_null())
    keys = named[key_columns(table)[0]].to_list()
    owners = [salts.owner(customer) for customer in named["customer_id"]]
    sealed = [
        vault.seal(Place(table, key), owner, text or "")
        for key, owner, text in zip(keys, owners, _texts(table, named), strict=True)
    ]
    indexes = {f"{name}_index": _index(vault, named, name) for name in INDEXED}
    made: dict[str, Any] = {
        "key": keys,
        "customer_id": named["customer_id"],
        DIGEST: named[DIGEST],
        "sealed": sealed,
        **indexes,
        "birth_month_day": _birthdays(named),
        **marks(vault, named, indexes["name_index"]),
    }
    return pl.DataFrame(made, schema=SCHEMA)


def read_salts(store: Store, customers: pl.Series | None = None) -> Salts:
    """The salts of the customers that the store knows: of all, or of some."""
    path = _salts(store)
    if not path.exists():
        return Salts({})
    rows = pl.scan_parquet(path)
    if customers is not None:
        rows = rows.filter(pl.col("customer_id").is_in(customers.implode()))
    frame = rows.collect()
    return Salts(dict(zip(frame["customer_id"], frame["salt"], strict=True)))


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


def _texts(table: str, rows: pl.DataFrame) -> list[str | None]:
    """The personal fields of each row as JSON; None where all are empty."""
    names = personal_columns(table)
    texts = pl.struct(pl.col(names).cast(pl.String)).struct.json_encode()
    filled = pl.any_horizontal(pl.col(names).is_not_null())
    return rows.select(pl.when(filled).then(texts)).to_series().to_list()


def _index(vault: Vault, rows: pl.DataFrame, name: str) -> list[str | None]:
    if name not in rows.columns:
        return [None] * rows.height
    return [vault.index(name, value) for value in rows[name]]


def _birthdays(rows: pl.DataFrame) -> list[str | None]:
    if "birth_date" not in rows.columns:
        return [None] * rows.height
    return month_day(rows["birth_date"].cast(pl.String))
