"""The quality of the sample company, counted in plain SQL over its extracts."""

import json
from pathlib import Path

import duckdb
import polars as pl
import pytest

from dashboard.answers import answer
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from data.schemas import INPUTS

# What a person would call a cell that should be filled, table by table.
DESCRIBING = {
    "orders": "order_id customer_id ordered_at amount cost channel category",
    "stores": "store_id name region city opened_at",
    "surveys": "response_id customer_id sent_at mode",
    "points": "entry_id customer_id occurred_at kind points balance",
}
# The rows that were spoilt on purpose, by the dimension in which a person sees it.
BLANK, TORN, UNLAWFUL = "completeness", "accuracy", "consistency"
SEEN_IN = {
    "missing": BLANK,
    "negative_amount": UNLAWFUL,
    "refund_above_amount": UNLAWFUL,
    "points_sign": UNLAWFUL,
    **dict.fromkeys(("date_range", "range", "choice", "date"), TORN),
    **dict.fromkeys(("number", "field_count"), TORN),
}


@pytest.fixture(scope="session")
def accepted(company: Reader) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for table in INPUTS:
        paths = company.snapshot.parts(table)
        connection.read_parquet(paths, union_by_name=True).create_view(table)
    return connection


@pytest.fixture(scope="session")
def spoilt(company_source: Path) -> pl.DataFrame:
    rows = json.loads((company_source / "truth/bad_rows.json").read_text())
    return pl.DataFrame(rows)


def scored(company: Reader, dimension: str) -> dict[str, tuple[int, int]]:
    frame = answer(company, LOCAL, Question("data_quality", by="table"))
    rows = frame.filter(pl.col("dimension") == dimension)
    return {t: (n, f) for t, n, f in rows.select("segment", "n", "failed").iter_rows()}


def bad(spoilt: pl.DataFrame, table: str, dimension: str) -> int:
    rules = [rule for rule, seen in SEEN_IN.items() if seen == dimension]
    rows = spoilt.filter(
        pl.col("table") == table,
        pl.col("fate") == "quarantined",
        pl.col("rule").is_in(rules),
    )
    return int(rows["rows"].sum())


@pytest.mark.parametrize("table", DESCRIBING)
def test_completeness_counts_the_cells_that_should_be_filled(
    company: Reader, accepted, spoilt: pl.DataFrame, table: str
) -> None:
    names = DESCRIBING[table].split()
    blanks = " + ".join(f"({name} IS NULL)::INT" for name in names)
    rows, blank = accepted.execute(
        f"SELECT count(*), sum({blanks}) FROM {table}"
    ).fetchone()
    rejected = bad(spoilt, table, BLANK)
    expected = (rows * len(names) + rejected, blank + rejected)
    assert scored(company, BLANK)[table] == expected


def test_genders_that_nobody_knows_are_missing(
    company: Reader, accepted, spoilt: pl.DataFrame
) -> None:
    odd = spoilt.filter(pl.col("rule") == "unknown_code")["rows"].sum()
    told = accepted.execute(
        "SELECT count(*) FROM customers WHERE gender NOT IN ('male', 'female')"
    ).fetchone()
    blank = accepted.execute(
        "SELECT sum((region IS NULL)::INT + (city IS NULL)::INT"
        " + (acquisition_channel IS NULL)::INT + (store_id IS NULL)::INT)"
        " FROM customers"
    ).fetchone()
    assert told == (odd,)
    assert scored(company, BLANK)["customers"][1] == blank[0] + odd


@pytest.mark.parametrize("table", INPUTS)
def test_accuracy_fails_for_the_rows_that_were_torn_on_purpose(
    company: Reader, accepted, spoilt: pl.DataFrame, table: str
) -> None:
    held = accepted.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    away = spoilt.filter(pl.col("table") == table, pl.col("fate") == "quarantined")
    expected = (held + int(away["rows"].sum()), bad(spoilt, table, TORN))
    assert scored(company, TORN)[table] == expected


def test_consistency_fails_for_strangers_and_broken_laws(
    company: Reader, accepted, spoilt: pl.DataFrame
) -> None:
    rows, stores, campaigns, strange = accepted.execute(
        "SELECT count(*), count(o.store_id), count(o.campaign_id), count(*) FILTER"
        " (o.customer_id NOT IN (SELECT customer_id FROM customers)) FROM orders AS o"
    ).fetchone()
    planted = spoilt.filter(pl.col("rule") == "unknown_customer")["rows"].sum()
    broken = bad(spoilt, "orders", UNLAWFUL)
    assert strange == planted
    tested = 2 * rows + stores + campaigns + broken
    assert scored(company, UNLAWFUL)["orders"] == (tested, broken + planted)


@pytest.mark.parametrize("table", ["orders", "order_items", "surveys", "points"])
def test_uniqueness_fails_for_the_rows_that_were_written_twice(
    company: Reader, accepted, spoilt: pl.DataFrame, table: str
) -> None:
    held = accepted.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    twice = spoilt.filter(
        pl.col("table") == table, pl.col("fate").is_in(["duplicate", "superseded"])
    )["rows"].sum()
    assert scored(company, "uniqueness")[table] == (held + twice, twice)


def test_the_newest_days_are_those_of_the_rows(company: Reader, accepted) -> None:
    frame = answer(company, LOCAL, Question("days_behind", by="table"))
    newest = dict(frame.select("segment", "newest").iter_rows())
    days = {
        "orders": "ordered_on",
        "surveys": "greatest(sent_on, answered_on)",
        "tickets": "opened_on",
        "points": "occurred_on",
        "contacts": "contacted_on",
        "interactions": "occurred_on",
        "leads": "reached_on",
    }
    for table, day in days.items():
        found = accepted.execute(f"SELECT max({day}) FROM {table}").fetchone()
        assert found == (newest[table],), table
    assert newest["stores"] is None
