"""Files that are broken or meant to do harm are refused in words, and stay harmless."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from data.errors import RefusedError, UsageError
from data.settings import load_settings
from tests.data.conftest import Source

ORDERS = {
    "order_id": ["1", "2"],
    "customer_id": ["C", "C"],
    "ordered_at": ["2026-01-01", "2026-01-02"],
    "amount": ["10", "20"],
}
HEADER = "order_id,customer_id,ordered_at,amount"


@pytest.mark.parametrize("target", ["nowhere.csv", "orders.csv", "/etc/passwd", "."])
def test_a_link_that_leads_to_no_file_of_the_folder_is_refused(
    source: Source, target: str
) -> None:
    (source.folder / "orders.csv").symlink_to(target)
    with pytest.raises(RefusedError, match=r"orders\.csv is not a plain file inside"):
        source.admit()


def test_a_folder_that_may_not_be_read_is_refused(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(RefusedError, match="may not be read; check its permissions"):
        source.admit()


@pytest.mark.parametrize("unit", ["ms", "us"])
@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_a_moment_beyond_the_calendar_is_out_of_range(
    source: Source, unit: str, zone: str | None
) -> None:
    kind = pl.Datetime(unit, zone)  # type: ignore[arg-type] # both are units
    ends = pl.Series([2**62, -(2**62)]).cast(kind)
    rows = pl.DataFrame(ORDERS).with_columns(ordered_at=ends, note=ends)
    found = source.write("orders.parquet", rows).admit()
    assert [rule for _, _, rule in found.rules] == ["date_range"] * 2


def test_a_day_beyond_the_calendar_is_out_of_range(source: Source) -> None:
    ends = pl.Series([2**31 - 1, -(2**31)], dtype=pl.Int32).cast(pl.Date)
    rows = pl.DataFrame(ORDERS).with_columns(ordered_at=ends)
    found = source.write("orders.parquet", rows).admit()
    assert [rule for _, _, rule in found.rules] == ["date_range"] * 2


@pytest.mark.parametrize("value", ["'infinity'::DATE", "'-infinity'::TIMESTAMP"])
def test_infinity_in_a_query_is_out_of_range(source: Source, value: str) -> None:
    query = (
        f"SELECT '1' AS order_id, 'C' AS customer_id, {value} AS ordered_at,"
        " 1 AS amount"
    )
    found = source.admit(tables={"orders": {"query": query}})
    assert found.rules == [(1, "ordered_at", "date_range")]


def test_a_type_that_polars_does_not_know_is_refused(source: Source) -> None:
    query = "SELECT INTERVAL 1 MONTH AS order_id"
    with pytest.raises(RefusedError, match="not a readable Parquet file"):
        source.admit(tables={"orders": {"query": query}})


@pytest.mark.parametrize("column", list(ORDERS))
def test_a_duration_is_no_text_number_or_date(source: Source, column: str) -> None:
    spans = pl.Series(column, [timedelta(1), timedelta(2)])
    source.write("orders.parquet", pl.DataFrame(ORDERS).with_columns(spans))
    with pytest.raises(RefusedError, match=f"column that {column} is read from"):
        source.admit()


def test_a_rejected_row_beside_a_duration_is_kept(source: Source) -> None:
    rows = pl.DataFrame(ORDERS).with_columns(
        ordered_at=pl.lit(date(1900, 1, 1)), took=pl.lit(timedelta(1))
    )
    found = source.write("orders.parquet", rows).admit()
    assert found.rejected.height == 2


def test_headers_in_messages_are_few_and_send_nothing_to_the_terminal(
    source: Source,
) -> None:
    extra = ",".join(f"\x1b[3{number}m{number}" for number in range(25))
    found = source.orders("1,C,2026-01-01,1" + "," * 25, header=f"{HEADER},{extra}")
    words = found.admit().notices[1].words
    assert words.isprintable()
    assert words.endswith("\\x1b[319m19 and 5 more.")


@pytest.mark.parametrize(
    "name", ["hex", "base64", "rot13", "idna", "punycode", "undefined", "zlib", "uu"]
)
def test_what_writes_no_text_is_no_encoding(tmp_path: Path, name: str) -> None:
    settings = tmp_path / "customer-health.toml"
    settings.write_text(f'[tables.orders]\nencoding = "{name}"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="is not an encoding"):
        load_settings(settings)


def test_utf16_declared_and_not_there_is_refused(source: Source) -> None:
    source.orders("1,C,2026-01-01,1")
    with pytest.raises(RefusedError, match="declare another encoding"):
        source.admit(tables={"orders": {"encoding": "utf-16"}})
