"""A PostgreSQL as source: its cells come in as they are."""

from decimal import Decimal
from pathlib import Path

import pytest

from data.door import batches
from data.errors import RefusedError
from data.sources import opened
from tests.data.conftest import at
from tests.databases.conftest import COLUMNS, admit, create, settings
from tests.databases.servers import Server

pytestmark = pytest.mark.database
ORDER = "'O1' AS order_id, 'C1' AS customer_id, DATE '2026-01-02' AS ordered_at"


@pytest.fixture
def shop(postgresql: Server) -> Server:
    postgresql.clear()
    return postgresql


def test_cells_come_in_character_for_character(shop: Server, tmp_path: Path) -> None:
    shop.run(
        "CREATE TABLE customers (customer_id text, name text, region text, city text)",
        r"""INSERT INTO customers VALUES ('001', E'Ā\t\\N\n\\n''";,张', '', NULL),
            (E'\uFEFF0010', 'NaN', '\N', '\\')""",
    )
    found = admit(shop, tmp_path, "customers")
    assert found.column("customer_id") == ["001", "\ufeff0010"]
    assert found.column("name") == ["Ā\t\\N\n\\n'\";,张", "NaN"]
    assert found.column("region") == [None, "\\N"]
    assert found.column("city") == [None, "\\\\"]
    assert found.accepted["_file"].unique().to_list() == ["postgresql:customers"]
    assert found.column("_line") == [1, 2]


def test_numbers_are_exact_and_floats_are_what_parquet_would_say(
    shop: Server, tmp_path: Path
) -> None:
    shop.run(
        "CREATE TABLE orders (order_id bigint, customer_id double precision,"
        " ordered_at date, amount numeric, cost double precision, refund money)",
        "INSERT INTO orders VALUES"
        " (900719925474099301, 7, '2026-01-02', 12345678901234.5600, 0.1 + 0.2, 1.25),"
        " (2, 9007199254740993, '2026-01-02', 0.10, 1, NULL)",
    )
    found = admit(shop, tmp_path)
    assert found.column("order_id") == ["900719925474099301"]
    assert found.column("customer_id") == ["7"]
    assert found.column("amount") == [Decimal("12345678901234.56")]
    assert found.column("cost") == [Decimal("0.3")]
    assert found.column("refund") == [Decimal("1.25")]
    assert found.rules == [(2, "customer_id", "precision_lost")]


def test_what_is_no_number_and_no_day_is_quarantined(
    shop: Server, tmp_path: Path
) -> None:
    """Reliability 31: `numeric 'NaN'` and `infinity` timestamps."""
    rows = (
        "('1', 'C', '2026-01-02', 'NaN')",
        "('2', 'C', '2026-01-02', 'Infinity')",
        "('3', 'C', 'infinity', 1)",
        "('4', 'C', '-infinity', 1)",
        "('5', 'C', '0044-03-15 BC', 1)",
        "('6', 'C', '2026-01-02', 1)",
    )
    create(shop, "timestamp", "numeric", *rows)
    found = admit(shop, tmp_path)
    assert found.rules == [
        (1, "amount", "number"),
        (2, "amount", "number"),
        (3, "ordered_at", "date"),
        (4, "ordered_at", "date"),
        (5, "ordered_at", "date"),
    ]
    assert found.column("_line") == [6]


def test_floats_that_are_no_number_are_quarantined(
    shop: Server, tmp_path: Path
) -> None:
    rows = [f"('{n}', 'C', '2026-01-02', {value})" for n, value in enumerate(FLOATS)]
    create(shop, "date", "double precision", *rows)
    found = admit(shop, tmp_path)
    assert found.column("amount") == [Decimal("1.5")]
    assert {rule for *_, rule in found.rules} == {"number"}
    assert len(found.rules) == 3


FLOATS = ("1.5", "'NaN'", "'Infinity'", "'-Infinity'")


def test_moments_are_read_by_their_zone_or_the_settings(
    shop: Server, tmp_path: Path
) -> None:
    shop.run("ALTER DATABASE shop SET timezone = 'America/New_York'")
    create(shop, "timestamptz", "int", "('1', 'C', '2026-01-02 00:30+08', 1)")
    zoned = admit(shop, tmp_path)
    shop.run("ALTER TABLE orders ALTER ordered_at TYPE timestamp USING '2026-01-02'")
    naive = admit(shop, tmp_path)
    shop.run("ALTER TABLE orders ALTER ordered_at TYPE date")
    dated = admit(shop, tmp_path)
    shop.run("ALTER DATABASE shop RESET timezone")
    assert zoned.column("ordered_at") == [at(2026, 1, 1, 16, 30)]
    assert naive.column("ordered_at") == [at(2026, 1, 1, 16)]
    assert naive.column("ordered_hour") == [0]
    assert dated.column("ordered_at") == [at(2026, 1, 1, 16)]
    assert dated.column("ordered_hour") == [None]


def test_the_raw_row_tells_null_from_empty_text(shop: Server, tmp_path: Path) -> None:
    create(shop, "date", "int", "('', 'C', '2026-01-02', 1)", "(NULL, NULL, NULL, 1)")
    found = admit(shop, tmp_path)
    assert found.rejected["row"].to_list() == [
        '{"order_id":"","customer_id":"C","ordered_at":"2026-01-02","amount":"1"}',
        '{"order_id":null,"customer_id":null,"ordered_at":null,"amount":"1"}',
    ]


def test_flags_and_choices_are_what_the_server_says(
    shop: Server, tmp_path: Path
) -> None:
    shop.run(
        "CREATE TYPE word AS ENUM ('complaint', 'other')",
        "CREATE TABLE tickets (ticket_id uuid, customer_id char(9), opened_at date,"
        " kind word, reopened boolean)",
        "INSERT INTO tickets VALUES (gen_random_uuid(), 'C1', '2026-01-02',"
        " 'complaint', true), (gen_random_uuid(), 'C2', '2026-01-02', 'complaint',"
        " NULL), (gen_random_uuid(), 'C3', '2026-01-02', 'other', false)",
    )
    found = admit(shop, tmp_path, "tickets")
    shop.run("DROP TYPE word CASCADE")
    assert found.column("customer_id") == ["C1", "C2"]
    assert found.column("reopened") == [True, None]
    assert found.rules == [(3, "kind", "choice")]


@pytest.mark.parametrize("kind", ["bytea", "text[]"])
def test_bytes_and_lists_are_no_cells(shop: Server, tmp_path: Path, kind: str) -> None:
    shop.run(
        f"CREATE TABLE orders (order_id text, customer_id {kind}, ordered_at date,"
        f" amount int, photo {kind})",
        "INSERT INTO orders VALUES ('1', '{}', '2026-01-02', 1, '{}')",
    )
    named = {"customer_id": {"constant": "C"}}
    usable = {"database_table": "orders", "columns": named}
    assert admit(shop, tmp_path, given=usable).column("customer_id") == ["C"]
    with pytest.raises(RefusedError, match="customer_id is read from holds"):
        admit(shop, tmp_path)


def test_a_table_is_found_by_its_own_name_whatever_it_is(
    shop: Server, tmp_path: Path
) -> None:
    name = 'Or"ders; DROP TABLE x --'
    quoted = '"Or""ders; DROP TABLE x --"'
    shop.run(
        'CREATE SCHEMA "S h"',
        f'CREATE TABLE "S h".{quoted} AS SELECT {ORDER}, 1 AS amount',
        'GRANT USAGE ON SCHEMA "S h" TO PUBLIC',
    )
    found = admit(shop, tmp_path, given={"database_table": f"S h.{name}"})
    shop.run('DROP SCHEMA "S h" CASCADE')
    assert found.column("order_id") == ["O1"]


def test_columns_and_words_are_mapped_as_in_a_file(
    shop: Server, tmp_path: Path
) -> None:
    create(shop, "date", "int", "('7', 'C', '2026-01-02', 5)")
    shop.run("ALTER TABLE orders RENAME customer_id TO 会员")
    given = {
        "database_query": "SELECT *, 'done %s' AS state FROM orders -- all of them",
        "columns": {
            "order_id": {"join": ["order_id", "state"], "separator": "-"},
            "customer_id": "会员",
            "status": "state",
        },
        "values": {"status": {"done %s": "completed"}},
    }
    found = admit(shop, tmp_path, given=given)
    assert found.column("order_id") == ["7-done %s"]
    assert found.column("customer_id") == ["C"]
    assert found.column("status") == ["completed"]


def test_an_empty_table_is_reported_with_no_rows(shop: Server, tmp_path: Path) -> None:
    shop.run(f"CREATE TABLE orders ({COLUMNS.format('date', 'int')})")
    found = admit(shop, tmp_path)
    assert found.rows_in == 0
    assert [notice.words for notice in found.notices] == ["0 rows in the database."]


def test_large_tables_come_in_parts_of_bounded_size(
    shop: Server, tmp_path: Path
) -> None:
    many = f"SELECT i AS order_id, 'C' AS customer_id, {DAY}, 1 AS amount FROM"
    wide = "SELECT i::text, repeat('x', 900000) AS customer_id"
    chosen = settings(
        shop,
        {
            "orders": {"database_query": f"{many} generate_series(1, 250000) i"},
            "customers": {"database_query": f"{wide} FROM generate_series(1, 60) i"},
        },
    )
    with opened(tmp_path, chosen) as source:
        rows = [each.rows_in for each in batches("orders", source, chosen)]
        heavy = [each.rows_in for each in batches("customers", source, chosen)]
    assert rows == [100_000, 100_000, 50_000]
    assert heavy == [19, 19, 19, 3]


DAY = "DATE '2026-01-02' AS ordered_at"
