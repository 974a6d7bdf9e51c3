"""The accepted rows of the sample company, as they lie in the store."""

import duckdb
import pytest

from dashboard.answers import offered
from dashboard.reader import Reader
from tests.oracle.raw import Oracle

TABLES = (
    *("orders", "customers", "stores", "surveys"),
    *("tickets", "points", "interactions"),
)


@pytest.fixture(scope="session")
def oracle(company: Reader) -> Oracle:
    connection = duckdb.connect()
    for table in TABLES:
        paths = company.snapshot.parts(table)
        relation = connection.read_parquet(paths, union_by_name=True)
        relation.create(table)
    return Oracle(connection, offered(company)[-1])
