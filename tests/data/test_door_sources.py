"""Columns are found where the settings say, in text, Parquet and queries alike."""

import json
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from data.errors import RefusedError
from tests.data.conftest import Source, at

HEADER = "order_id,customer_id,ordered_at,amount"


def test_headers_may_be_reordered_spaced_full_width_and_in_any_case(
    source: Source,
) -> None:
    """Reliability 8: order, blanks and width of headers do not matter."""
    header = "\ufeffAMOUNT, ordered_at\u3000,\u3000Customer_ID,ｏｒｄｅｒ_id,note"
    found = source.orders("1.5,2025-01-02,C,7,x", header=header).admit()
    assert found.column("order_id") == ["7"]
    assert [notice.kind for notice in found.notices] == ["format", "extra_columns"]
    assert found.notices[1].words == "Columns kept out: note."


def test_chinese_headers_and_values_are_mapped(source: Source) -> None:
    text = (
        "订单号,客户,下单时间,金额,状态\n"
        "1,张三,2025-01-02,￥1,已完成\n2,李,2025-01-02,2,退款\n"
    )
    source.write("销售_2025.csv", text.encode("gb18030"))
    orders = {
        "files": ["销售_*.csv"],
        "columns": {
            "order_id": "订单号",
            "customer_id": "客户",
            "ordered_at": "下单时间",
            "amount": "金额",
            "status": "状态",
        },
        "values": {"status": {"已完成": "completed", "退款": "cancelled"}},
    }
    found = source.admit(tables={"orders": orders})
    assert found.column("status") == ["completed", "cancelled"]
    assert found.column("customer_id") == ["张三", "李"]


def test_columns_are_made_of_constants_positions_joins_and_row_numbers(
    source: Source,
) -> None:
    source.write("a.csv", "S1,7,2025-01-02,10\nS2,7,2025-01-03,20\n")
    source.write("b.csv", "S3,8,2025-01-04,30\n")
    orders = {
        "files": ["b.csv", "a.csv"],
        "header": False,
        "columns": {
            "order_id": {"row_number": True},
            "customer_id": {"position": 2},
            "ordered_at": {"position": 3},
            "amount": {"position": 4},
            "channel": {"constant": "store"},
        },
    }
    found = source.admit(tables={"orders": orders})
    assert found.column("order_id") == ["1", "2", "3"]
    assert found.column("customer_id") == ["8", "7", "7"]
    assert found.column("channel") == ["store"] * 3
    source.write(
        "till.csv", "till,no,customer_id,ordered_at,amount\nA,1,C,2025-01-02,1\n"
    )
    joined = {"join": ["till", "no"], "separator": "-"}
    found = source.admit(
        tables={"orders": {"file": "till.csv", "columns": {"order_id": joined}}}
    )
    assert found.column("order_id") == ["A-1"]


def test_parquet_keeps_its_types_and_identifiers_their_digits(source: Source) -> None:
    rows = pl.DataFrame(
        {
            "order_id": [123456789012345678, 2, 3],
            "customer_id": [1.0, 2.0**60, 3.0],
            "ordered_at": [at(2025, 1, 2, 9), at(2025, 1, 2), None],
            "amount": [29.490000000000002, 1.0, float("nan")],
            "extra": [b"x", b"y", b"z"],
        }
    )
    found = source.write("orders.parquet", rows).admit()
    assert found.column("order_id") == ["123456789012345678"]
    assert found.column("customer_id") == ["1"]
    assert found.column("amount") == [Decimal("29.49")]
    assert found.rules == [
        (2, "customer_id", "precision_lost"),
        (3, "ordered_at", "missing"),
    ]
    assert found.rejected["rules"].to_list()[1] == ["missing", "number"]


def test_parquet_dates_are_days_and_zoned_stamps_are_moments(source: Source) -> None:
    zoned = pl.Series([at(2025, 1, 1, 18)]).dt.replace_time_zone("UTC")
    rows = pl.DataFrame(
        {"order_id": ["1"], "customer_id": ["C"], "ordered_at": zoned, "amount": [1]}
    )
    assert source.write("orders.parquet", rows).admit().column("ordered_on") == [
        date(2025, 1, 2)
    ]
    plain = rows.with_columns(ordered_at=date(2025, 1, 1))
    found = source.write("orders.parquet", plain).admit()
    assert found.column("ordered_on") == [date(2025, 1, 1)]
    assert found.column("ordered_hour") == [None]


def test_the_same_rows_in_csv_and_parquet_are_the_same(source: Source) -> None:
    rows = [
        (f"{n:04}", f"C{n % 7}", f"2025-01-{n % 28 + 1:02}", f"{n}.25")
        for n in range(99)
    ]
    source.orders(*(",".join(row) for row in rows))
    text = source.admit().accepted
    (source.folder / "orders.csv").unlink()
    source.write(
        "orders.parquet", pl.DataFrame(rows, schema=HEADER.split(","), orient="row")
    )
    native = source.admit().accepted
    assert text.drop("_file", "_line").equals(native.drop("_file", "_line"))


def test_a_table_may_be_a_query_over_the_folders_files(source: Source) -> None:
    lines = pl.DataFrame(
        {"basket": [1, 1, 2], "who": ["a", "a", "b"], "price": [1.5, 2.5, 3.0]}
    )
    source.write("lines.parquet", lines).write(
        "days.csv", "basket,day\n1,2025-01-02\n2,2025-01-03\n"
    )
    query = """
        SELECT basket AS order_id, min(who) AS customer_id, min(day) AS ordered_at,
               sum(price) AS amount
        FROM 'lines.parquet' JOIN read_csv('days.csv') USING (basket)
        GROUP BY basket ORDER BY basket; -- one row per basket
    """
    found = source.admit(tables={"orders": {"query": query}})
    assert found.column("amount") == [4, 3]
    assert found.accepted["_file"].unique().to_list() == ["query orders"]
    counts = {n.file: n.count for n in found.notices if n.kind == "source_rows"}
    assert counts == {"lines.parquet": 3, "days.csv": 2}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd.csv')",
        "SELECT * FROM read_csv('../outside.csv')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT nothing FROM 'orders.csv'",
    ],
)
def test_a_query_cannot_leave_the_folder(source: Source, query: str) -> None:
    source.orders("1,C,2025-01-02,1")
    (source.folder.parent / "outside.csv").write_text("a\n1\n")
    with pytest.raises(RefusedError, match=r"tables\.orders\.query failed"):
        source.admit(tables={"orders": {"query": query}})


@pytest.mark.parametrize(
    "query", ["COPY (SELECT 1) TO 'x.csv'", "SELECT 1; SELECT 2", "DROP TABLE x", ""]
)
def test_a_query_must_be_one_select(source: Source, query: str) -> None:
    with pytest.raises(Exception, match=r"SELECT|at least 1 character"):
        source.admit(tables={"orders": {"query": query}})
    assert not list(source.folder.iterdir())


def test_a_failing_query_does_not_show_a_cell(source: Source) -> None:
    source.write("people.csv", "phone\n13800001111x\n")
    query = (
        "SELECT CAST(phone AS BIGINT) FROM read_csv('people.csv', all_varchar = true)"
    )
    with pytest.raises(RefusedError) as caught:
        source.admit(tables={"orders": {"query": query}})
    assert "13800001111" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_several_files_of_a_table_are_read_by_name(source: Source) -> None:
    for month in ("02", "01"):
        row = f"{month},C,2025-{month}-02,1"
        source.write(f"orders_2025-{month}.csv", f"{HEADER}\n{row}\n")
    assert source.admit().column("order_id") == ["01", "02"]


def test_a_first_line_that_names_nothing_known_is_not_shown(source: Source) -> None:
    source.write("people.csv", "13800001111,Zhang,7\n1,C,2\n")
    columns = {
        "order_id": {"position": 1},
        "customer_id": {"position": 2},
        "ordered_at": {"constant": "2025-01-02"},
        "amount": {"position": 3},
    }
    orders = {"file": "people.csv", "columns": columns}
    words = [n.words for n in source.admit(tables={"orders": orders}).notices]
    assert words[1] == "3 columns kept out."
    columns.pop("amount")
    with pytest.raises(RefusedError, match="required columns amount") as caught:
        source.admit(tables={"orders": orders})
    assert "13800001111" not in str(caught.value)


def test_parquet_columns_of_any_type_may_stand_beside(source: Source) -> None:
    rows = pl.DataFrame(
        {
            "order_id": ["1"],
            "customer_id": ["C"],
            "ordered_at": ["2025-01-02"],
            "amount": pl.Series([Decimal("1.00001")], dtype=pl.Decimal(38, 18)),
            "tags": [["a"]],
            "picture": [b"\xff"],
            "amount_5": ["x"],
        }
    )
    found = source.write("orders.parquet", rows).admit()
    assert found.rules == [(1, "amount", "decimals")]
    exact = rows.with_columns(amount=pl.col("amount") - Decimal("0.00001"))
    assert source.write("orders.parquet", exact).admit().column("amount") == [1]
    with pytest.raises(RefusedError, match="customer_id is read from holds List"):
        source.write(
            "orders.parquet", rows.with_columns(customer_id=pl.col("tags"))
        ).admit()


def test_a_file_name_is_shown_without_its_control_characters(source: Source) -> None:
    source.write("orders_$(id)\n.csv", f"{HEADER}\n1,C,2025-01-02,x\n")
    assert source.admit().rejected["file"].to_list() == ["orders_$(id)\\n.csv"]


@pytest.mark.parametrize("column", ["customer_id", "ordered_at", "amount"])
def test_a_column_in_a_file_twice_is_refused(source: Source, column: str) -> None:
    header = f"{HEADER},{column.upper()}"
    with pytest.raises(RefusedError, match=f"has 2 columns {column}"):
        source.orders("1,C,2025-01-02,1,1", header=header).admit()


def test_rejected_rows_with_repeated_headers_keep_every_cell(source: Source) -> None:
    header = f"{HEADER},note,note,note_6,"
    found = source.orders("1,C,2025-01-02,x,a,b,c,d", header=header).admit()
    kept = json.loads(found.rejected["row"][0])
    assert list(kept.values())[4:] == ["a", "b", "c", "d"]
