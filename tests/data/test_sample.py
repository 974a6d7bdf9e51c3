from collections import Counter
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from data import sample
from data.door import batches
from data.errors import UsageError
from data.sample.seasons import seasons
from data.schemas import INPUTS
from data.settings import Settings
from tests.data.sample_sql import TABLES, UNTIL, company


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in files
    }


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, format: str) -> None:
    for name in ("one", "two"):
        sample.write_company(
            tmp_path / name, customers=700, seed=3, until=UNTIL, format=format
        )
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    for seed in (1, 2):
        sample.write_company(
            tmp_path / str(seed), customers=300, seed=seed, until=UNTIL
        )
    one, two = hashes(tmp_path / "1"), hashes(tmp_path / "2")
    same = {name for name in one if one[name] == two[name]}
    assert same <= {"targets.csv", "truth/bad_rows.json"}


def test_a_second_company_replaces_the_first_in_its_folder(tmp_path: Path) -> None:
    sample.write_company(tmp_path, customers=200, seed=1, until=UNTIL)
    sample.write_company(tmp_path, customers=100, seed=1, until=UNTIL, format="parquet")
    found = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert found == {f"{table}.parquet" for table in TABLES}


def test_chunks_do_not_change_customers_of_other_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.sample.company.CUSTOMERS_PER_CHUNK", 300)
    for customers in (300, 800):
        folder = tmp_path / str(customers)
        sample.write_company(folder, customers=customers, seed=5, until=UNTIL)
    some, more = (
        (tmp_path / name / "orders.csv").read_text("utf-8").splitlines()
        for name in ("300", "800")
    )
    assert more[: len(some)] == some
    assert len(more) > 2 * len(some)


def test_parquet_and_csv_tell_the_same_orders(tmp_path: Path) -> None:
    for format in ("csv", "parquet"):
        folder = tmp_path / format
        sample.write_company(folder, customers=500, seed=4, until=UNTIL, format=format)
    text = pl.read_csv(
        tmp_path / "csv" / "orders.csv", infer_schema=False, truncate_ragged_lines=True
    ).filter(~pl.col("order_id").str.starts_with("OZ"))
    native = pl.read_parquet(tmp_path / "parquet" / "orders.parquet")
    assert native["amount"].cast(pl.String).to_list() == text["amount"].to_list()
    assert native["order_id"].to_list() == text["order_id"].to_list()
    stamps = native["ordered_at"].dt.strftime("%Y-%m-%d %H:%M:%S")
    assert stamps.to_list() == text["ordered_at"].to_list()


@pytest.mark.parametrize("customers", [1, 2, 7])
def test_a_handful_of_customers_is_a_company_too(
    tmp_path: Path, customers: int
) -> None:
    sample.write_company(tmp_path, customers=customers, seed=1, until=UNTIL)
    assert {path.name for path in tmp_path.glob("*.csv")} == {
        f"{table}.csv" for table in TABLES
    }


def test_no_customers_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        sample.write_company(tmp_path, customers=0, seed=1, until=UNTIL)


def test_there_is_a_file_for_every_input_table() -> None:
    assert set(TABLES) == set(INPUTS)


def test_every_planted_bad_row_is_found_by_the_door_and_no_other() -> None:
    folder = company(1, 4_000).folder
    found: Counter[tuple[str, str, str]] = Counter()
    for table in TABLES:
        for batch in batches(table, folder, Settings()):
            for column, rule in batch.rejected.select("column", "rule").rows():
                found[table, column or "", rule] += 1
    planted = {
        (each["table"], each["column"], each["rule"]): each["rows"]
        for each in company(1, 4_000).truth("bad_rows")
        if each["fate"] == "quarantined"
    }
    assert dict(found) == planted


def test_bad_rows_are_a_few_in_a_thousand() -> None:
    readback = company(1)
    rows = sum(readback.value(f"SELECT count(*) FROM {table}") for table in TABLES)
    bad = sum(
        each["rows"]
        for each in readback.truth("bad_rows")
        if each["fate"] in ("quarantined", "duplicate")
    )
    assert 0.0025 < bad / rows < 0.005


def test_duplicates_and_corrections_are_as_counted() -> None:
    readback = company(1)
    counted = {
        (each["table"], each["fate"]): each["rows"]
        for each in readback.truth("bad_rows")
        if each["fate"] in ("duplicate", "superseded")
    }
    orders = """
        SELECT count(*) FILTER (versions = 1), count(*) FILTER (versions = 2) FROM (
            SELECT count(DISTINCT amount) AS versions FROM orders
            GROUP BY order_id HAVING count(*) = 2)"""
    assert readback.rows(orders) == [
        (counted["orders", "duplicate"], counted["orders", "superseded"])
    ]


def test_the_history_is_four_and_a_half_years_long() -> None:
    readback = company(1)
    first, last = readback.rows("SELECT min(day), max(day) FROM purchases")[0]
    assert last == UNTIL
    assert 4 * 365 < (last - first).days < 5 * 365


def test_business_time_is_calendar_time_on_average() -> None:
    calendar = seasons(date(2026, 10, 31))
    assert calendar.elapsed[-1] == pytest.approx(len(calendar.elapsed) - 1)


def test_shops_are_busy_before_the_spring_festival_and_on_11_november() -> None:
    readback = company(1)
    pace = """
        SELECT count(*) FILTER (day BETWEEN DATE '{a}' AND DATE '{b}')
            / (DATE '{b}' - DATE '{a}' + 1)
        FROM purchases"""

    def daily(first: str, last: str) -> float:
        return readback.value(pace.format(a=first, b=last))

    assert daily("2026-01-27", "2026-02-14") > 1.15 * daily("2026-03-01", "2026-03-31")
    assert daily("2026-02-16", "2026-02-20") < 0.75 * daily("2026-03-01", "2026-03-31")
    assert daily("2025-11-10", "2025-11-11") > 1.3 * daily("2025-10-09", "2025-10-31")
