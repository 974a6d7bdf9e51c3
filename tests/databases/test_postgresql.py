"""A PostgreSQL as source: exact cells, one moment, and nothing but reading."""

from decimal import Decimal
from pathlib import Path

import pytest

from data.door import batches, tables_found
from data.errors import RefusedError, UsageError
from data.settings import Settings
from data.sources import opened
from tests.data.conftest import at
from tests.databases.conftest import admit, ask, settings
from tests.databases.servers import Server

pytestmark = pytest.mark.database
ORDER = "'O1' AS order_id, 'C1' AS customer_id, DATE '2026-01-02' AS ordered_at"
COLUMNS = "order_id text, customer_id text, ordered_at {}, amount {}"


@pytest.fixture
def shop(postgresql: Server) -> Server:
    postgresql.clear()
    return postgresql


def create(server: Server, when: str, amount: str, *rows: str) -> None:
    server.run(
        f"CREATE TABLE orders ({COLUMNS.format(when, amount)})",
        f"INSERT INTO orders VALUES {', '.join(rows)}",
    )


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


def test_all_tables_are_read_as_of_one_moment(shop: Server, tmp_path: Path) -> None:
    create(shop, "date", "int", "('1', 'C1', '2026-01-02', 1)")
    shop.run("CREATE TABLE customers AS SELECT 'C1' AS customer_id")
    both = {name: {"database_table": name} for name in ("orders", "customers")}
    chosen = settings(shop, both)
    with opened(tmp_path, chosen) as source:
        assert tables_found(source, chosen) == ("orders", "customers")
        (orders,) = batches("orders", source, chosen)
        shop.run(
            "INSERT INTO customers VALUES ('C2')",
            "INSERT INTO orders VALUES ('2', 'C2', '2026-01-02', 1)",
        )
        (customers,) = batches("customers", source, chosen)
        (again,) = batches("orders", source, chosen)
    assert (orders.rows_in, customers.rows_in, again.rows_in) == (1, 1, 1)


def test_files_of_the_folder_are_read_beside_the_database(
    shop: Server, tmp_path: Path
) -> None:
    create(shop, "date", "int", "('1', 'C1', '2026-01-02', 1)")
    (tmp_path / "orders.csv").write_text("this is not read")
    (tmp_path / "stores.csv").write_text("store_id\nS1\n")
    chosen = settings(shop, {"orders": {"database_table": "orders"}})
    with opened(tmp_path, chosen) as source:
        assert tables_found(source, chosen) == ("orders", "stores")
        files = [
            batch.file
            for table in tables_found(source, chosen)
            for batch in batches(table, source, chosen)
        ]
    assert files == ["postgresql:orders", "stores.csv"]


def test_rows_that_come_and_go_between_counting_and_reading_refuse_all(
    shop: Server, tmp_path: Path
) -> None:
    fickle = f"""
        SELECT {ORDER}, i AS amount FROM generate_series(1, 1) i
        WHERE current_setting('my.seen', true)
            IS DISTINCT FROM set_config('my.seen', i::text, true)
    """
    with pytest.raises(RefusedError, match="counted 1 rows and gave 0"):
        ask(shop, tmp_path, fickle)


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM orders RETURNING *",
        "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone",
        "INSERT INTO orders SELECT * FROM orders RETURNING *",
        "DROP TABLE orders",
        "SELECT * FROM orders; DROP TABLE orders",
        "SELECT * FROM orders; COMMIT; DROP TABLE orders",
        "SELECT * INTO copied FROM orders",
        "COPY orders TO STDOUT",
        "TRUNCATE orders",
        "EXPLAIN ANALYZE DELETE FROM orders",
        "DO $$ BEGIN DELETE FROM orders; END $$",
        "SELECT 1) TO PROGRAM 'touch {here}/made' --",
        "SELECT 1) AS a; DROP TABLE orders; SELECT * FROM (SELECT 1",
        "SELECT 1) TO STDOUT; DROP TABLE orders; COPY (SELECT 1",
        "SELECT 1 /*",
        "SELECT 'open",
        "SELECT $1",
        "SELECT * FROM orders FOR UPDATE",
        "SELECT set_config('transaction_read_only', 'off', true)",
        "SELECT setval('numbers', 7)",
        "",
        ";",
    ],
)
def test_a_query_can_do_nothing_but_read(
    shop: Server, tmp_path: Path, query: str
) -> None:
    """Even for a user who may write, and run programs on the server."""
    create(shop, "date", "int", "('1', 'C', '2026-01-02', 1)")
    shop.run("CREATE SEQUENCE numbers")
    asked = query.format(here=tmp_path)
    everything = {"user": shop.owner, "password_env": None}
    with pytest.raises((UsageError, ValueError)) as caught:
        ask(shop, tmp_path, asked, **everything)
    tables = shop.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    assert tables == [(1,)]
    assert shop.run("SELECT count(*), sum(amount) FROM orders") == [(1, 1)]
    assert shop.run("SELECT last_value FROM numbers") == [(1,)]
    assert not (tmp_path / "made").exists()
    assert "exists" not in str(caught.value)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT 'geheim-138'::int AS order_id", "a value does not fit"),
        ("SELECT 1 / (amount - amount) AS order_id FROM orders", "a value does not"),
        ("SELECT geheim138 FROM orders", "names a column that is not there"),
        ("SELECT * FROM geheim138", "no such table"),
        ("SELECT * FROM nowhere.geheim138", "no such table"),
        ("SELECT * FROM pg_authid", "does not let this user read all of it"),
        ("SELECT no_such_function('geheim138')", "not one SELECT that the database"),
        ("SELECT pg_read_file('/geheim138')", "does not let this user"),
    ],
)
def test_errors_are_told_in_our_words_and_the_servers_code(
    shop: Server, tmp_path: Path, query: str, words: str
) -> None:
    create(shop, "date", "int", "('1', 'geheim138', '2026-01-02', 1)")
    with pytest.raises((RefusedError, UsageError), match=words) as caught:
        ask(shop, tmp_path, query)
    assert "geheim" not in str(caught.value)
    assert str(caught.value).startswith("postgresql:orders: ")
    assert "code: " in str(caught.value)


def test_type_drift_is_refused_or_quarantined_by_what_it_hits(
    shop: Server, tmp_path: Path
) -> None:
    """Reliability 31: type drift."""
    create(shop, "date", "int", "('1', 'C', '2026-01-02', 1)")
    shop.run("ALTER TABLE orders ALTER amount TYPE text USING 'twelve'")
    assert admit(shop, tmp_path).rules == [(1, "amount", "number")]
    shop.run("ALTER TABLE orders RENAME amount TO paid")
    with pytest.raises(RefusedError, match="lacks the required columns amount of ord"):
        admit(shop, tmp_path)
    shop.run("DROP TABLE orders")
    with pytest.raises(RefusedError, match="there is no such table"):
        admit(shop, tmp_path)


def test_rows_that_a_policy_hides_are_an_error_and_not_missing(
    shop: Server, tmp_path: Path
) -> None:
    """Reliability 31: row security."""
    create(shop, "date", "int", *(f"('{n}', 'C', '2026-01-02', 1)" for n in (1, 2)))
    shop.run(
        "ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY own ON orders USING (order_id = '1')",
        "CREATE VIEW visible AS SELECT * FROM orders WHERE order_id = '1'",
        "GRANT SELECT ON visible TO PUBLIC",
    )
    with pytest.raises(RefusedError, match=r"row security would.*code: 42501"):
        admit(shop, tmp_path)
    assert admit(shop, tmp_path, given={"database_table": "visible"}).rows_in == 1
    shop.run("ALTER ROLE reader BYPASSRLS")
    assert admit(shop, tmp_path).rows_in == 2
    shop.run("ALTER ROLE reader NOBYPASSRLS")


def test_only_what_is_granted_is_read(shop: Server, tmp_path: Path) -> None:
    create(shop, "date", "int", "('1', 'C', '2026-01-02', 1)")
    shop.run(
        "ALTER TABLE orders ADD secret text",
        "REVOKE ALL ON orders FROM reader",
        "GRANT SELECT (order_id, customer_id, ordered_at, amount) ON orders TO reader",
    )
    with pytest.raises(RefusedError, match="does not let this user read"):
        admit(shop, tmp_path)
    some = "SELECT order_id, customer_id, ordered_at, amount FROM orders"
    assert ask(shop, tmp_path, some).rows_in == 1


def test_bytes_that_are_no_text_refuse_the_table(
    postgresql: Server, tmp_path: Path
) -> None:
    postgresql.run(
        "CREATE DATABASE old ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"
    )
    postgresql.run(
        "CREATE TABLE orders AS SELECT convert_from('\\xd5c5', 'SQL_ASCII') AS"
        f" order_id, 'C' AS customer_id, {DAY}, 1 AS amount",
        "GRANT SELECT ON orders TO reader",
        database="old",
    )
    with pytest.raises(RefusedError, match="bytes that are no text"):
        admit(postgresql, tmp_path, name="old")
    postgresql.run("DROP DATABASE old")


def test_settings_of_a_snapshot_say_nothing_of_the_database(shop: Server) -> None:
    query = {"database_query": "SELECT 'secret'", "timezone": "UTC"}
    chosen = settings(shop, {"orders": query}, host="secret.example.com")
    told = chosen.model_dump(mode="json")
    assert "secret" not in str(told)
    assert Settings.model_validate(told).table("orders").timezone == "UTC"
