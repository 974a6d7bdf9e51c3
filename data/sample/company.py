"""The whole company, chunk by chunk, in bounded memory."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from data.errors import UsageError
from data.sample.base import Base, Chunk, customer_ids, draw_base
from data.sample.extracts import Extracts, extracts
from data.sample.orders import draw_orders, orders_table
from data.sample.purchases import live
from data.sample.seasons import seasons
from data.sample.stores import open_stores, store_ids, stores_table

CUSTOMERS_PER_CHUNK = 50_000


def _chunks(customers: int, seed: int, until: date) -> Iterator[Chunk]:
    calendar, stores = seasons(until), open_stores(seed)
    for first in range(0, customers, CUSTOMERS_PER_CHUNK):
        size = min(CUSTOMERS_PER_CHUNK, customers - first)
        number = first // CUSTOMERS_PER_CHUNK + 1
        yield Chunk(seed, number, first, size, calendar, stores)


def _customers_table(base: Base) -> pl.DataFrame:
    stores = base.chunk.stores
    return pl.DataFrame(
        {
            "customer_id": customer_ids(base.number),
            "region": stores.region[base.store],
            "city": stores.city[base.store],
            "store_id": store_ids(base.store),
        }
    )


def _write_chunk(chunk: Chunk, files: Extracts, first_order: int) -> int:
    base = draw_base(chunk)
    occasions, _ = live(base)
    orders = draw_orders(base, occasions)
    files.add("orders", orders_table(base, orders, first_order))
    files.add("customers", _customers_table(base))
    return first_order + len(orders)


def write_company(
    folder: Path,
    *,
    customers: int,
    seed: int,
    until: date,
    format: Literal["csv", "parquet"] = "csv",
) -> None:
    """Write the company's fourteen extracts and, in `truth/`, what is true of them.

    Grain: one file per input table, `<table>.csv` or `<table>.parquet`
    Units: CNY, local business time (Asia/Shanghai); history of 4.5 years to `until`
    Errors: UsageError without customers
    The same customers, seed, `until` and format give identical bytes.
    """
    if customers < 1:
        raise UsageError("A sample company needs at least one customer.")
    with extracts(folder, format) as files:
        orders = 0
        for chunk in _chunks(customers, seed, until):
            if chunk.number == 1:
                files.add("stores", stores_table(chunk.stores, chunk.seasons))
            orders = _write_chunk(chunk, files, orders)
