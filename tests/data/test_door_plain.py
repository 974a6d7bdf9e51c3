"""What is read plainly, a column at a time, is what reading with care says."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.parsing import zones
from data.parsing.cells import MISSING, Conventions
from data.parsing.tables import carefully, plainly
from data.schemas import metadata
from tests.data.conftest import Source

NOW = datetime(2026, 11, 27, tzinfo=UTC).replace(tzinfo=None)
ZONES = ["Asia/Shanghai", "America/New_York", "Pacific/Apia", "UTC"]
COLUMNS = {
    "identifier": ("orders", "order_id"),
    "text": ("orders", "channel"),
    "choice": ("orders", "status"),
    "decimal": ("orders", "amount"),
    "integer": ("surveys", "score"),
    "flag": ("tickets", "reopened"),
    "instant": ("orders", "ordered_at"),
    "day": ("customers", "birth_date"),
}
DIGITS = st.text("0123456789+-.eE, _", max_size=12)
STAMPS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))  # noqa: DTZ001 (no zone is meant)
SPELLINGS = st.sampled_from(
    ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y"]
)
DATES = st.builds(datetime.strftime, STAMPS, SPELLINGS)
NEARLY = st.builds(  # a date with one character changed
    lambda text, at, other: text[:at] + other + text[at + 1 :],
    DATES,
    st.integers(0, 18),
    st.text("0123456789-: +T ", max_size=2),
)
WORDS = st.sampled_from(
    ["completed", "Completed", " completed", "true", "TRUE", "是", "0", "1.0", "a b"]
)
CELLS = st.lists(
    st.one_of(DIGITS, DATES, NEARLY, WORDS, st.text(max_size=6)), min_size=1
)


def about(kind: str) -> Mapping[str, Any]:
    return metadata(*COLUMNS[kind])


def how(zone: str = "Asia/Shanghai") -> Conventions:
    return Conventions(NOW, business_zone=zone, naive_zone=zone)


@pytest.mark.parametrize("kind", COLUMNS)
@settings(deadline=None)
@given(cells=CELLS, zone=st.sampled_from(ZONES))
@example(cells=["1e3", "1.23456", "+5", "5.", "-.5", "1.2340"], zone="UTC")
@example(cells=["2024-01-02", "+2023-1-02", "2023- 1-02"], zone="UTC")
@example(cells=["2024-01-02 03:04:05", "+2023-1-02 03:04:05"], zone="UTC")
@example(cells=["2024-03-10 02:30:00", "2011-12-30 10:00:00"], zone="Pacific/Apia")
def test_plain_cells_mean_what_care_would_find(
    kind: str, cells: list[str], zone: str
) -> None:
    known = pl.Series([cell for cell in cells if cell not in MISSING], dtype=pl.String)
    plain = plainly(known, about(kind), how(zone))
    if plain is None or known.is_empty():
        return
    care = carefully(known, kind, how(zone), {})
    told = plain.values.is_not_null()
    assert plain.values.filter(told).equals(care.values.filter(told))
    assert care.rule.filter(told).null_count() == told.sum()
    for name, column in plain.derived.items():
        assert column.filter(told).equals(care.derived[name].filter(told))


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("identifier", ["C0001", "C0002"]),
        ("text", ["华东", "华东", "线上"] * 400),
        ("text", ["two words", "一 二"]),
        ("choice", ["completed", "returned"]),
        ("decimal", ["12.50", "-3", "+0.1234", "99999999999999.9999"]),
        ("integer", ["7", "-1", "+0"]),
        ("flag", ["true", "0", "否"]),
        ("instant", ["2026-01-02 09:30:00", "1999-12-31 23:59:59"]),
        ("instant", ["2026-01-02T09:30:00"]),
        ("instant", ["2026-01-02", "1999-12-31"]),
        ("day", ["2026-01-02", "1999-12-31"]),
    ],
)
def test_what_systems_usually_write_needs_no_care(kind: str, cells: list[str]) -> None:
    plain = plainly(pl.Series(cells), about(kind), how())
    assert plain is not None
    assert plain.values.null_count() == 0


@settings(deadline=None)
@given(
    stamps=st.lists(
        st.datetimes(datetime(1890, 1, 1), datetime(2110, 1, 1)),  # noqa: DTZ001 (any zone's)
        min_size=2,
        max_size=4,
    ),
    zone=st.sampled_from([*ZONES, "Africa/Casablanca", "Australia/Lord_Howe"]),
)
def test_a_stamp_means_the_same_whatever_stands_beside_it(
    stamps: list[datetime], zone: str
) -> None:
    for read in (zones.to_utc, zones.from_utc, zones.day_start):
        alone = [
            read(pl.Series([stamp], dtype=pl.Datetime), zone)[0] for stamp in stamps
        ]
        assert read(pl.Series(stamps, dtype=pl.Datetime), zone).to_list() == alone


def test_a_declared_date_means_the_same_whatever_stands_in_other_rows(
    source: Source,
) -> None:
    declared = {"orders": {"date_format": "%Y-%d-%m"}}
    source.orders("1,C,2025-03-04,10", "2,C,2025-05-06,10")
    alike = source.admit(tables=declared).column("ordered_on")
    source.orders("1,C,2025-03-04,10", "2,C,2025-05-06,10", "3,C,2025/7/8,10")
    mixed = source.admit(tables=declared).column("ordered_on")
    assert [day.isoformat() for day in alike] == ["2025-04-03", "2025-06-05"]
    assert [day.isoformat() for day in mixed] == [
        "2025-04-03",
        "2025-06-05",
        "2025-07-08",
    ]


def test_a_cell_that_needs_care_leaves_the_others_in_their_places(
    source: Source,
) -> None:
    source.orders(
        "1,C,2025-01-02 09:30:00,1.5",
        "2,C,2025年1月3日,￥2",
        "3,C,2025-01-04 09:30:00,x",
        "4,C,2025-01-05 09:30:00, 4 ",
    )
    found = source.admit()
    assert found.column("order_id") == ["1", "2", "4"]
    assert [str(amount) for amount in found.column("amount")] == [
        "1.5000",
        "2.0000",
        "4.0000",
    ]
    assert [day.day for day in found.column("ordered_on")] == [2, 3, 5]
    assert found.column("ordered_hour") == [9, None, 9]
    assert found.rules == [(4, "amount", "number")]
