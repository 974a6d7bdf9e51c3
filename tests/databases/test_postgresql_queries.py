"""What may be asked of a PostgreSQL, and what it says to a user who may not."""

from pathlib import Path

import pytest

from data.door import batches, tables_found
from data.errors import RefusedError, UsageError
from data.settings import Settings
from data.sources import opened
from tests.databases.conftest import admit, ask, create, settings
from tests.databases.servers import Server

pytestmark = pytest.mark.database
ORDER = "'O1' AS order_id, 'C1' AS customer_id, DATE '2026-01-02' AS ordered_at"
DAY = "DATE '2026-01-02' AS ordered_at"


@pytest.fixture
def shop(postgresql: Server) -> Server:
    postgresql.clear()
    return postgresql


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


def test_a_result_without_a_known_column_says_where_to_map_them(
    shop: Server, tmp_path: Path
) -> None:
    words = "lacks the required columns order_id, customer_id, ordered_at, amount of"
    with pytest.raises(RefusedError, match=rf"{words} orders; map them in \[tables"):
        ask(shop, tmp_path, "SELECT 1 AS a")


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
