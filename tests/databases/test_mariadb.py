"""A MariaDB as source, which is read as MySQL is."""

from decimal import Decimal
from pathlib import Path

import pytest

from data.door import batches
from data.errors import RefusedError, UsageError
from data.sources import opened
from tests.data.conftest import at
from tests.databases.conftest import admit, ask, settings
from tests.databases.servers import Server

pytestmark = pytest.mark.database
PLAIN = "'O1' AS order_id, 'C1' AS customer_id, '2026-01-02' AS ordered_at"


@pytest.fixture
def shop(mariadb: Server) -> Server:
    mariadb.clear()
    return mariadb


def test_cells_come_in_character_for_character(shop: Server, tmp_path: Path) -> None:
    shop.run(
        "CREATE TABLE customers (customer_id varchar(9), name text, region text, city"
        " text CHARACTER SET latin1)",
        r"INSERT INTO customers VALUES ('001', '張\t\\N\n''\";,😀', '', NULL),"
        r" ('0010', 'NaN', '\\N', 'Ärger')",
    )
    found = admit(shop, tmp_path, "customers")
    assert found.column("customer_id") == ["001", "0010"]
    assert found.column("name") == ["張\t\\N\n'\";,😀", "NaN"]
    assert found.column("region") == [None, "\\N"]
    assert found.column("city") == [None, "Ärger"]
    assert found.accepted["_file"].unique().to_list() == ["mysql:customers"]
    assert found.column("_line") == [1, 2]


def test_numbers_are_exact_or_said_to_be_rounded(shop: Server, tmp_path: Path) -> None:
    shop.run(
        "CREATE TABLE orders (order_id bigint unsigned, customer_id int, ordered_at"
        " date, amount decimal(30, 6), cost double, discount float)",
        "INSERT INTO orders VALUES"
        " (18446744073709551615, 7, '2026-01-02', 12345678901234.5600, 0.1e0 + 0.2e0,"
        " 12.5), (2, 7, '2026-01-02', 0.1, 1e20, -0.00125),"
        " (3, 7, '2026-01-02', 0.1, 1, 1234567.8), (4, 7, '2026-01-02', 1.00001, 1, 1)",
    )
    found = admit(shop, tmp_path)
    assert found.column("order_id") == ["18446744073709551615"]
    assert found.column("amount") == [Decimal("12345678901234.56")]
    assert found.column("cost") == [Decimal("0.3")]
    assert found.column("discount") == [Decimal("12.5")]
    assert found.rules == [
        (2, "cost", "number_range"),
        (3, "discount", "precision_lost"),
        (4, "amount", "decimals"),
    ]


def test_zero_dates_are_quarantined_and_moments_keep_their_zone(
    shop: Server, tmp_path: Path
) -> None:
    shop.run(
        "SET SESSION sql_mode = '', time_zone = '+08:00'",
        "CREATE TABLE orders (order_id int, customer_id int, ordered_at timestamp NULL,"
        " refunded_at datetime, refund int, amount int)",
        "INSERT INTO orders VALUES"
        " (1, 1, '2026-01-02 00:30', '2026-01-03 09:30', 1, 1),"
        " (2, 1, '0000-00-00', NULL, 0, 1), (3, 1, '2026-01-02', '2026-00-10', 1, 1)",
    )
    found = admit(shop, tmp_path)
    assert found.column("ordered_at") == [at(2026, 1, 1, 16, 30)]
    assert found.column("refunded_at") == [at(2026, 1, 3, 1, 30)]
    assert found.rules == [(2, "ordered_at", "date"), (3, "refunded_at", "date")]


def test_flags_are_small_numbers_and_bits(shop: Server, tmp_path: Path) -> None:
    shop.run(
        "CREATE TABLE customers (customer_id int, consent tinyint(1))",
        "INSERT INTO customers VALUES (1, 1), (2, 0), (3, NULL), (4, 2)",
        "CREATE TABLE tickets (ticket_id int, customer_id int, opened_at date, kind"
        " enum('request'), reopened bit(1))",
        "INSERT INTO tickets VALUES (1, 1, '2026-01-02', 'request', b'1'),"
        " (2, 1, '2026-01-02', 'request', b'0'), (3, 1, '2026-01-02', 'request', NULL)",
    )
    customers = admit(shop, tmp_path, "customers")
    assert customers.column("consent") == [True, False, None]
    assert customers.rules == [(4, "consent", "flag")]
    assert admit(shop, tmp_path, "tickets").column("reopened") == [True, False, None]


def test_bytes_are_no_cells(shop: Server, tmp_path: Path) -> None:
    shop.run(
        "CREATE TABLE orders (order_id blob, customer_id int, ordered_at date, amount"
        " int)",
        "INSERT INTO orders VALUES ('1', 1, '2026-01-02', 1)",
    )
    with pytest.raises(RefusedError, match="order_id is read from holds Binary"):
        admit(shop, tmp_path)


def test_a_table_is_found_by_its_own_name_whatever_it_is(
    shop: Server, tmp_path: Path
) -> None:
    name = "or`ders; DROP TABLE x -- "[:-1]
    quoted = name.replace("`", "``")
    shop.run(f"CREATE TABLE `{quoted}` AS SELECT {PLAIN}, 1 AS amount")
    found = admit(shop, tmp_path, given={"database_table": f"shop.{name}"})
    assert found.column("order_id") == ["O1"]


def test_a_query_keeps_its_order_and_its_percent_signs(
    shop: Server, tmp_path: Path
) -> None:
    many = (
        "SELECT concat(seq, '%s') AS order_id, 'C' AS customer_id, '2026-01-02' AS"
        " ordered_at, 1 AS amount FROM seq_1_to_3 ORDER BY seq DESC; -- from the last"
    )
    found = ask(shop, tmp_path, many.replace("; --", " --"))
    assert found.column("order_id") == ["3%s", "2%s", "1%s"]


def test_all_tables_are_read_as_of_one_moment(shop: Server, tmp_path: Path) -> None:
    shop.run(
        f"CREATE TABLE orders AS SELECT {PLAIN}, 1 AS amount",
        "CREATE TABLE customers AS SELECT 'C1' AS customer_id",
    )
    both = {name: {"database_table": name} for name in ("orders", "customers")}
    chosen = settings(shop, both)
    with opened(tmp_path, chosen) as source:
        shop.run("INSERT INTO customers VALUES ('C2')")
        (orders,) = batches("orders", source, chosen)
        shop.run("INSERT INTO orders VALUES ('O2', 'C2', '2026-01-02', 1)")
        (customers,) = batches("customers", source, chosen)
        (again,) = batches("orders", source, chosen)
    assert (orders.rows_in, customers.rows_in, again.rows_in) == (1, 1, 1)


def test_rows_that_come_and_go_between_counting_and_reading_refuse_all(
    shop: Server, tmp_path: Path
) -> None:
    fickle = f"SELECT {PLAIN}, 1 AS amount WHERE (@seen := coalesce(@seen, 0) + 1) = 1"
    with pytest.raises(RefusedError, match="counted 1 rows and gave 0"):
        ask(shop, tmp_path, fickle)


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM orders",
        "SELECT * FROM orders; DROP TABLE orders",
        "SELECT * FROM orders INTO OUTFILE '{here}/made'",
        "SELECT * INTO DUMPFILE '{here}/made' FROM orders",
        "SELECT 1) AS a UNION SELECT 2 INTO OUTFILE '{here}/made' FROM (SELECT 3",
        "SELECT 1) AS a; DROP TABLE orders; SELECT * FROM (SELECT 1",
        "SELECT 1 /* open",
        "SELECT 1 /*! INTO OUTFILE '{here}/made' */",
        "SELECT 1 INTO @seen",
        "SELECT * FROM orders FOR UPDATE",
        "SHOW TABLES",
        "CALL clean()",
        "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE orders",
        "SELECT ?",
    ],
)
def test_a_query_can_do_nothing_but_read(
    shop: Server, tmp_path: Path, query: str
) -> None:
    """Even for a user who may write, and make files on the server."""
    shop.run(f"CREATE TABLE orders AS SELECT {PLAIN}, 1 AS amount")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o777)
    asked = query.format(here=tmp_path)
    everything = {"user": shop.owner, "password_env": None}
    with pytest.raises((UsageError, RefusedError)) as caught:
        ask(shop, tmp_path, asked, **everything)
    assert shop.run("SELECT count(*) FROM orders") == [(1,)]
    assert not (tmp_path / "made").exists()
    assert "row security" not in str(caught.value)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT geheim138 FROM orders", "names a column that is not there"),
        ("SELECT * FROM geheim138", "no such table"),
        ("SELECT * FROM mysql.user", "does not let this user read all of it"),
        ("SELECT 'geheim138' AS a, 1 AS a", "two columns of one name"),
        ("SELECT exp(1000 + amount) FROM orders", "a value does not fit"),
        ("SELECT geheim138('x')", "does not let this user"),
    ],
)
def test_errors_are_told_in_our_words_and_the_servers_code(
    shop: Server, tmp_path: Path, query: str, words: str
) -> None:
    shop.run(f"CREATE TABLE orders AS SELECT {PLAIN}, 1 AS amount")
    with pytest.raises((RefusedError, UsageError), match=words) as caught:
        ask(shop, tmp_path, query)
    assert "geheim" not in str(caught.value)
    assert str(caught.value).startswith("mysql:orders: ")
