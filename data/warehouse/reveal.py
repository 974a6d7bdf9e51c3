"""Read personal fields again. Whoever calls this checks the viewer's rights first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import polars as pl

from data.vault import Place, Vault
from data.warehouse.keys import open_vault
from data.warehouse.personal import SCHEMA, read_salts
from data.warehouse.snapshot import Snapshot

Fields = Mapping[str, str | None]


def personal_fields(
    snapshot: Snapshot, table: str, keys: Sequence[str]
) -> dict[str, Fields]:
    """The personal fields of rows, by the rows' keys; rows without any are left out.

    Errors: UnavailableError without the store's key, or for a changed ciphertext.
    """
    rows = _rows(snapshot, table).filter(pl.col("key").is_in(list(keys)))
    found = rows.select("key", "customer_id", "sealed").collect()
    vault = open_vault(snapshot.store)
    owners = read_salts(snapshot.store).owners(found["customer_id"].to_list())
    return {
        key: _opened(vault, Place(table, key), owner, sealed)
        for (key, _, sealed), owner in zip(found.iter_rows(), owners, strict=True)
    }


def find_customers(snapshot: Snapshot, field: str, value: str) -> list[str]:
    """Customers whose name, phone, e-mail or identity number is exactly this.

    Usual spellings of one value are the same value.
    """
    index = open_vault(snapshot.store).index(field, value)
    if index is None:  # no value of this kind can be spelt like that
        return []
    rows = _rows(snapshot, "customers")
    same = rows.filter(pl.col(f"{field}_index") == index)
    return sorted(same.select("key").collect()["key"])


def birthdays(snapshot: Snapshot, month_days: Sequence[str]) -> pl.DataFrame:
    """Customers born on one of these days, such as 02-28: id and `birth_month_day`."""
    born = _rows(snapshot, "customers").filter(
        pl.col("birth_month_day").is_in(list(month_days))
    )
    return born.select("customer_id", "birth_month_day").collect()


def _rows(snapshot: Snapshot, table: str) -> pl.LazyFrame:
    parts = snapshot.manifest.of("personal", table)
    paths = [snapshot.store.root / part.path for part in parts]
    if not paths:
        return pl.LazyFrame(schema=dict(SCHEMA))
    return pl.scan_parquet(paths, schema=dict(SCHEMA), missing_columns="insert")


def _opened(
    vault: Vault, place: Place, owner: tuple[str, bytes], sealed: bytes
) -> Fields:
    fields: Fields = json.loads(vault.open(place, owner, sealed))
    return fields
