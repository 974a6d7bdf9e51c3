"""Faults that hostile extracts have found: each is here once, as small as it gets."""

import pytest

from data.errors import RefusedError
from tests.data.conftest import Source, at

HEADER = "order_id,customer_id,ordered_at,amount,refund,status"


def test_the_laws_of_orders_hold_where_an_order_may_have_no_customer(
    source: Source,
) -> None:
    source.orders(
        "1,,2025-01-02,10,10.01,",
        "2,C,2025-01-02,-10,,",
        "3,C,2025-01-02,10,10,",
        header=HEADER,
    )
    assert source.admit(allow_anonymous=True).rules == [
        (2, "refund", "refund_above_amount"),
        (3, "amount", "negative_amount"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_byte_that_is_no_text_costs_its_row_whatever_ends_the_lines(
    source: Source, end: str, encoding: str
) -> None:
    lines = [f"{n},顾客,2025-01-02,1".encode(encoding) for n in range(20)]
    lines[7] = b"7,\xff,2025-01-02,1"
    header = b"order_id,customer_id,ordered_at,amount"
    source.write("orders.csv", end.encode().join([header, *lines]))
    found = source.admit()
    assert found.rules == [(9, None, "encoding")]
    assert set(found.column("customer_id")) == {"顾客"}


@pytest.mark.parametrize("before", ["", "cells,too,few\n"])
def test_a_mark_inside_the_first_row_stays_where_it_is(
    source: Source, before: str
) -> None:
    rows = "\ufeff1,\ufeffC,2025-01-02,1\n\ufeff2,C,2025-01-02 10:00,1\n"
    source.write(
        "orders.csv", f"order_id,customer_id,ordered_at,amount\n{before}{rows}"
    )
    found = source.admit()
    assert found.column("order_id") == ["\ufeff1", "\ufeff2"]
    assert found.column("customer_id") == ["\ufeffC", "C"]
    assert found.column("ordered_at")[1] == at(2025, 1, 2, 2)


@pytest.mark.parametrize("after", ["", '9,a "quote" inside,2025-01-02,1\n'])
def test_what_a_stray_quote_swallowed_does_not_depend_on_other_rows(
    source: Source, after: str
) -> None:
    rows = '1,"C,2025-01-02,1\n2,D,2025-01-02,1\n3",E\n4,F,2025-01-02,1\n'
    source.write("orders.csv", f"order_id,customer_id,ordered_at,amount\n{rows}{after}")
    found = source.admit()
    assert found.rules == [(2, None, "quote"), (4, None, "field_count")]
    assert found.column("order_id")[:2] == ["2", "4"]


@pytest.mark.parametrize("after", ["", '9,a "quote" inside,2025-01-02,1\n'])
def test_the_end_of_a_quoted_cell_is_no_row_of_its_own(
    source: Source, after: str
) -> None:
    rows = '1,"C\nC",2025-01-02,2025-01-02,1\n3,E,2025-01-02,1\n'
    source.write("orders.csv", f"order_id,customer_id,ordered_at,amount\n{rows}{after}")
    found = source.admit()
    assert found.rules == [(2, None, "field_count")]
    assert found.rejected["line_end"].to_list() == [3]


def test_a_file_that_is_gbk_but_for_one_line_of_utf8_is_refused_with_that_line(
    source: Source,
) -> None:
    """Read as GBK, the line would be other Chinese words, and nobody would know."""
    lines = [f"{n},面膜,2025-01-02,1\n".encode("gb18030") for n in range(300)]
    lines[7] = "7,面膜,2025-01-02,1\n".encode()
    header = b"order_id,customer_id,ordered_at,amount\n"
    source.write("orders.csv", b"".join([header, *lines]))
    with pytest.raises(RefusedError, match=r"orders.csv, line 9: .*UTF-8"):
        source.admit()
