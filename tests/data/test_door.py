"""Every row goes one of two ways, and what it means does not depend on the others."""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.door import REJECTED, batches, tables_found
from data.errors import RefusedError
from data.remedies import REMEDIES
from data.schemas import accepted_columns
from data.settings import Settings
from tests.data.conftest import NOW, Source, at

HEADER = "order_id,customer_id,ordered_at,amount"


def test_an_accepted_row_has_the_contracts_columns_and_where_it_stood(
    source: Source,
) -> None:
    found = source.orders("001,C1,2025-01-02 09:30:00,10.5").admit()
    schema = {**accepted_columns("orders"), "_file": pl.String(), "_line": pl.Int64()}
    assert dict(found.accepted.schema) == schema
    assert found.accepted.row(0, named=True) == {
        **dict.fromkeys(schema),
        "order_id": "001",
        "customer_id": "C1",
        "ordered_at": at(2025, 1, 2, 1, 30),
        "ordered_on": date(2025, 1, 2),
        "ordered_weekday": 4,
        "ordered_hour": 9,
        "amount": Decimal("10.5000"),
        "refund": Decimal("0.0000"),
        "status": "completed",
        "_file": "orders.csv",
        "_line": 2,
    }
    assert found.rejected.schema == REJECTED


def test_refunds_and_returns_follow_their_laws(source: Source) -> None:
    """Reliability 17: each wrong refund by its own rule."""
    header = f"{HEADER},refund,status,refunded_at"
    source.orders(
        "1,C,2025-01-02,10,10,completed,2025-01-02",
        "2,C,2025-01-02,10,10.01,completed,",
        "3,C,2025-01-02,10,-1,completed,",
        "4,C,2025-01-02,-10,,returned,",
        "5,C,2025-01-02,-10,,completed,",
        "6,C,2025-01-02 10:00:00,10,1,Completed,2025-01-02",
        "7,C,2025-01-02 10:00:00,10,1,completed,2025-01-01",
        "8,C,2025-01-02,10,,lost,",
        header=header,
    )
    found = source.admit()
    assert found.rules == [
        (3, "refund", "refund_above_amount"),
        (4, "refund", "range"),
        (6, "amount", "negative_amount"),
        (8, "refunded_at", "refunded_before_ordered"),
        (9, "status", "choice"),
    ]
    assert found.column("order_id") == ["1", "4", "6"]


def test_a_row_that_breaks_several_rules_is_one_rejected_row(source: Source) -> None:
    found = source.orders("1,,yesterday,x").admit()
    assert found.rules == [(2, "customer_id", "missing")]
    assert found.rejected["rules"].to_list() == [["missing", "date", "number"]]


def test_an_order_without_customer_needs_leave(source: Source) -> None:
    source.orders("1,,2025-01-02,1")
    assert source.admit().rules == [(2, "customer_id", "missing")]
    assert source.admit(allow_anonymous=True).column("customer_id") == [None]


def test_a_rejected_row_says_where_why_and_what_to_do(source: Source) -> None:
    source.orders('1,"C\nD",2025-01-02,abc')
    row = source.admit().rejected.row(0, named=True)
    assert row == {
        "file": "orders.csv",
        "line": 2,
        "line_end": 3,
        "column": "customer_id",
        "rule": "control_char",
        "remedy": REMEDIES["control_char"],
        "row": '{"order_id":"1","customer_id":"C\\nD",'
        '"ordered_at":"2025-01-02","amount":"abc"}',
        "rules": ["control_char", "number"],
        "key": "1",
        "corrects": None,
        "held": None,
    }


def test_one_bad_byte_costs_its_row_and_no_other(source: Source) -> None:
    """Reliability 4: row 500 of 1,000."""
    rows = [f"{number},C,2025-01-02,1" for number in range(1, 1001)]
    lines = [HEADER, *rows]
    content = "\n".join(lines).encode().replace(b"\n500,C", b"\n500,\xffC")
    found = source.write("orders.csv", content).admit()
    assert found.rules == [(501, None, "encoding")]
    assert found.accepted.height == 999
    assert found.rejected["row"].to_list() == ['{"_raw": "500,\\\\xffC,2025-01-02,1"}']


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("1,C,2025-01-02,1\n", "header line missing"),
        (
            "order_id,customer_id,amount\n1,C,1\n",
            "lacks the required columns ordered_at",
        ),
        (f"{HEADER},amount\n1,C,2025-01-02,1,1\n", "has 2 columns amount"),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_by_name(
    source: Source, content: str, words: str
) -> None:
    """Reliability 8: empty, without header, without a column, a column twice."""
    with pytest.raises(RefusedError, match=rf"orders\.csv.*{words}"):
        source.write("orders.csv", content).admit()


def test_a_file_with_a_header_only_has_no_rows(source: Source) -> None:
    """Reliability 8: a header alone."""
    found = source.orders().admit()
    assert (found.rows_in, found.accepted.height) == (0, 0)


def test_no_folder_no_orders_and_a_broken_file_are_refused(source: Source) -> None:
    with pytest.raises(RefusedError, match="no orders"):
        source.admit()
    with pytest.raises(RefusedError, match="no source folder"):
        tables_found(source.folder / "none", Settings())
    source.write("orders.parquet", b"PAR1 not really PAR1")
    with pytest.raises(RefusedError, match="not a readable Parquet file"):
        source.admit()
    assert tables_found(source.folder, Settings()) == ("orders",)


def test_a_link_out_of_the_folder_and_a_pipe_are_refused(
    source: Source, tmp_path: Path
) -> None:
    """Reliability 29: links and pipes."""
    (tmp_path / "secret.csv").write_text(HEADER)
    link = source.folder / "orders.csv"
    link.symlink_to(tmp_path / "secret.csv")
    with pytest.raises(RefusedError, match="not a plain file"):
        source.admit()
    link.unlink()
    os.mkfifo(link)
    with pytest.raises(RefusedError, match="not a plain file"):
        source.admit()


def test_a_file_that_changes_while_it_is_read_is_refused(source: Source) -> None:
    """Reliability 30: a file that grows."""
    source.orders("1,C,2025-01-02,1")
    found = batches("orders", source.folder, Settings(), now=NOW)
    next(found)
    source.orders("1,C,2025-01-02,1", "2,C,2025-01-02,1")
    with pytest.raises(RefusedError, match="changed while it was read"):
        list(found)


CELL = st.sampled_from(
    [
        "1",
        "C",
        "2025-01-02",
        "x",
        "",
        "-5",
        '"',
        '"a,b"',
        "é",
        "1.00001",
        "\x00",
        "a\nb",
    ]
)


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.lists(CELL, min_size=3, max_size=5), max_size=20))
def test_nothing_is_lost_in_a_messy_file_and_a_row_decides_for_itself(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    source = Source(tmp_path_factory.mktemp("mess"))
    source.orders(*(",".join(row) for row in rows))
    found = source.admit()
    lines = (source.folder / "orders.csv").read_text().split("\n")
    for line, order in found.accepted.select("_line", "order_id").rows():
        alone = Source(tmp_path_factory.mktemp("alone"))
        alone.orders(lines[line - 1])
        assert alone.admit().column("order_id") == [order]
