"""Small extracts written by hand, and a refresh that computes next to nothing."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

from duckdb import DuckDBPyConnection

from dashboard.refresh import refresh
from dashboard.report import RefreshReport
from data.settings import Settings

Row = Mapping[str, object]
START = date(2026, 1, 1)


def orders(count: int, *, first: int = 0, amount: int = 100) -> list[dict[str, object]]:
    """Orders of 40 customers, three a day from the start of 2026."""
    return [
        {
            "order_id": f"O{number:05d}",
            "customer_id": f"C{number % 40:03d}",
            "ordered_at": f"{START + timedelta(days=number // 3)} 10:{number % 60:02d}",
            "amount": f"{amount + number % 7}.{number % 100:02d}",
        }
        for number in range(first, first + count)
    ]


def customers(count: int = 40) -> list[dict[str, object]]:
    """Customers with personal fields that are unlike anything else in the store."""
    return [
        {
            "customer_id": f"C{number:03d}",
            "name": f"Canary Name{number:03d}",
            "birth_date": f"19{60 + number % 40}-03-{1 + number % 28:02d}",
            "phone": f"1390{number:03d}7531",
            "email": f"canary{number:03d}@example.org",
            "region": ("North", "South")[number % 2],
        }
        for number in range(count)
    ]


def write(folder: Path, **tables: Iterable[Row]) -> Path:
    """Write one CSV file per table; `orders_2` is a second file named so."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        write_csv(folder / f"{name}.csv", list(rows))
    return folder


def write_csv(path: Path, rows: list[Row]) -> None:
    """Write one file with the columns of its first row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def load(source: Path, store: Path, settings: Settings | None = None) -> RefreshReport:
    """Refresh with marts that only count."""
    return refresh(source, store, settings or Settings(), build=count_orders)


def count_orders(connection: DuckDBPyConnection, _: Settings, day: date) -> None:
    """Two marts that have to agree: all orders, and the same by customer."""
    connection.execute(
        "CREATE TABLE whole AS SELECT count(*) AS orders, sum(amount) AS amount"
        " FROM orders"
    )
    connection.execute(
        "CREATE TABLE by_customer AS SELECT customer_id, count(*) AS orders,"
        " sum(amount) AS amount FROM orders GROUP BY customer_id"
    )


def settings_for_files(*patterns: str) -> Settings:
    """Settings that read orders from several files, in this order."""
    return Settings.model_validate({"tables": {"orders": {"files": patterns}}})
