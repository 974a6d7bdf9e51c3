"""Servers for the run, and what comes in from them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.door import batches
from data.settings import Settings
from data.sources import opened
from tests.data.conftest import NOW, Admitted, together
from tests.databases import servers
from tests.databases.servers import PASSWORD, Server

COLUMNS = "order_id text, customer_id text, ordered_at {}, amount {}"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    with servers.postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    with servers.mariadb() as server:
        yield server


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)


def settings(server: Server, tables: dict[str, Any], **database: Any) -> Settings:
    given = {"database": server.settings(**database), "tables": tables}
    return Settings.model_validate(given)


def admit(
    server: Server,
    folder: Path,
    table: str = "orders",
    *,
    given: dict[str, Any] | None = None,
    **database: Any,
) -> Admitted:
    """What the door makes of a table; by default, of the database's of that name."""
    chosen = settings(server, {table: given or {"database_table": table}}, **database)
    with opened(folder, chosen) as source:
        return together(list(batches(table, source, chosen, now=NOW)))


def ask(server: Server, folder: Path, query: str, **database: Any) -> Admitted:
    """What the door makes of orders that are a query."""
    return admit(server, folder, given={"database_query": query}, **database)


def create(server: Server, when: str, amount: str, *rows: str) -> None:
    """Make a table of orders, with columns of these types."""
    server.run(
        f"CREATE TABLE orders ({COLUMNS.format(when, amount)})",
        f"INSERT INTO orders VALUES {', '.join(rows)}",
    )
