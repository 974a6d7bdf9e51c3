"""A sample company read back with plain DuckDB SQL: none of the product's code."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from data.sample import write_company

UNTIL = date(2026, 10, 31)
TABLES = (
    "orders", "order_items", "customers", "stores", "surveys", "interactions",
    "tickets", "campaigns", "campaign_members", "leads", "channel_spend", "points",
    "contacts", "targets",
)  # fmt: skip
READ = """
CREATE TABLE {table} AS
SELECT row_number() OVER () AS file_order, *
FROM read_csv('{file}', all_varchar = true, header = true, delim = ',', quote = '"',
    ignore_errors = true)
"""
GOOD_ORDERS = """
CREATE TABLE purchases AS
WITH typed AS (
    SELECT order_id, customer_id, status, file_order, store_id, campaign_id, category,
        TRY_CAST(ordered_at AS TIMESTAMP) AS ordered_at,
        CAST(amount AS DECIMAL(18, 2)) AS amount,
        CAST(refund AS DECIMAL(18, 2)) AS refund,
        CAST(cost AS DECIMAL(18, 2)) AS cost
    FROM orders
), last AS (
    SELECT *, row_number() OVER (PARTITION BY order_id ORDER BY file_order DESC) AS age
    FROM typed
    WHERE customer_id IS NOT NULL AND ordered_at < DATE '{until}' + 1
        AND (amount >= 0 OR status = 'returned') AND refund <= greatest(amount, 0)
)
SELECT *, CAST(ordered_at AS DATE) AS day, amount - refund AS revenue
FROM last
WHERE age = 1 AND coalesce(status, 'completed') = 'completed' AND amount > refund
"""
ANSWERS = """
CREATE TABLE answers AS
SELECT customer_id, CAST(answered_at AS DATE) AS day, CAST(score AS INTEGER) AS score,
    CAST(product_quality AS INTEGER) AS product_quality,
    CAST(service AS INTEGER) AS service, CAST(delivery AS INTEGER) AS delivery,
    CAST(communication AS INTEGER) AS communication,
    CAST(support AS INTEGER) AS support
FROM surveys
WHERE TRY_CAST(sent_at AS TIMESTAMP) IS NOT NULL AND answered_at IS NOT NULL
    AND (score IS NULL OR CAST(score AS INTEGER) <= 10)
"""


@dataclass(frozen=True)
class Readback:
    """A written company in DuckDB, and its truth."""

    folder: Path
    sql: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        text = query.replace("{until}", f"DATE '{UNTIL}'")
        return self.sql.execute(text).fetchall()

    def value(self, query: str) -> float:
        return float(self.rows(query)[0][0])

    def truth(self, name: str) -> Any:
        return json.loads((self.folder / "truth" / f"{name}.json").read_text("utf-8"))

    def truth_rows(self, name: str) -> str:
        return f"read_parquet('{self.folder / 'truth' / name}.parquet')"


def read_back(folder: Path) -> Readback:
    """Load all CSV files of a company, and its good orders and answers."""
    sql = duckdb.connect()
    for table in TABLES:
        sql.execute(READ.format(table=table, file=folder / f"{table}.csv"))
    sql.execute(GOOD_ORDERS.format(until=UNTIL))
    sql.execute(ANSWERS)
    return Readback(folder, sql)


KEPT: list[TemporaryDirectory[str]] = []  # removed when the tests end


@cache
def company(seed: int, customers: int = 20_000) -> Readback:
    """Write a company once per test process, and read it back."""
    KEPT.append(TemporaryDirectory())
    folder = Path(KEPT[-1].name)
    write_company(folder, customers=customers, seed=seed, until=UNTIL)
    return read_back(folder)
