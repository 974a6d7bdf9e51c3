"""What tiers were owed and what was done, against plain SQL over the accepted rows."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from dashboard.answers import answer, offered
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL, Rights, Viewer
from tests.oracle.raw import MEMBERS

DUTIES = {
    "diamond": {"call": 3, "visit": 3},
    "gold": {"call": 6},
    "silver": {"email": 12},
}
TABLES = ("orders", "customers", "stores", "contacts")
FIRST = date(2024, 10, 1)  # eight quarters before the running one
Owed = set[tuple[str, str, date]]


@pytest.fixture(scope="module")
def raw(company: Reader) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for table in TABLES:
        paths = company.snapshot.parts(table)
        connection.read_parquet(paths, union_by_name=True).create(table)
    return connection


def later(day: date, months: int) -> date:
    number = 12 * day.year + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def periods(months: int, last: date) -> list[tuple[date, date]]:
    starts = [later(date(2024, 1, 1), months * n) for n in range(40)]
    return [(s, later(s, months)) for s in starts if FIRST <= s <= last]


def owed(raw: duckdb.DuckDBPyConnection, start: date, tier: str) -> set[str]:
    """The customers of a tier on the day before a period, by raw orders."""
    before = raw.execute("SELECT $d::DATE - 1", {"d": start}).fetchall()[0][0]
    text = (
        MEMBERS.format(where="TRUE")
        + "SELECT customer_id FROM members WHERE tier = $tier"
    )
    given = {"as_of": before, "tier": tier, "start": before, "before": before}
    return {row[0] for row in raw.execute(text, given).fetchall()}


@pytest.fixture(scope="module")
def by_hand(company: Reader, raw: duckdb.DuckDBPyConnection) -> dict[str, Owed]:
    """Who was owed what in which period, and what was not done."""
    last = offered(company)[-1]
    found: dict[str, Owed] = {"ended": set(), "missed": set(), "left": set()}
    for tier, kinds in DUTIES.items():
        for kind, months in kinds.items():
            for start, end in periods(months, last):
                who = owed(raw, start, tier)
                done = raw.execute(
                    "SELECT DISTINCT customer_id FROM contacts WHERE kind = $kind"
                    " AND COALESCE(purpose, 'visit') = 'visit'"
                    " AND contacted_on >= $start AND contacted_on < $end",
                    {"kind": kind, "start": start, "end": end},
                ).fetchall()
                open_ = who - {row[0] for row in done}
                over = (end - last).days <= 1
                name = "missed" if over else "left"
                found[name] |= {(each, kind, start) for each in open_}
                if over:
                    found["ended"] |= {(each, kind, start) for each in who}
    return found


def asked(company: Reader, metric: str, **more: Any) -> pl.DataFrame:
    options = tuple(sorted(more.pop("options", {}).items()))
    return answer(company, LOCAL, Question(metric, options=options, **more))


def listed(company: Reader, show: str) -> Owed:
    found = asked(company, "visit_list", window="all", options={"show": show})
    rows = found.select("customer_id", "kind", "starts_on").rows()
    assert len(set(rows)) == len(rows)
    return set(rows)


def test_compliance_is_what_plain_sql_counts(
    company: Reader, by_hand: dict[str, Owed]
) -> None:
    row = asked(company, "visit_compliance", window="all").row(0, named=True)
    due, missed = len(by_hand["ended"]), len(by_hand["missed"])
    assert (row["n"], row["missed"]) == (due, missed)
    assert row["value"] == pytest.approx(1 - missed / due)
    assert due > 500


def test_the_overdue_and_the_coming_are_exactly_those_of_plain_sql(
    company: Reader, by_hand: dict[str, Owed]
) -> None:
    assert listed(company, "overdue") == by_hand["missed"]
    assert listed(company, "coming") == by_hand["left"]


def test_planted_missed_visits_are_all_found_and_none_is_invented(
    company: Reader, company_source: Path, by_hand: dict[str, Owed]
) -> None:
    """The sample owes by spend before refunds; a refund may move a customer's tier."""
    truth = pl.read_parquet(company_source / "truth" / "missed_contacts.parquet")
    planted = set(truth.select("customer_id", "kind", "period_start").rows())
    found, ended = listed(company, "overdue"), by_hand["ended"]
    assert planted & ended <= found
    assert len(planted & ended) > 0.85 * len(planted) > 100
    moved = found - planted
    assert len(moved) < 0.03 * len(found)


@pytest.mark.parametrize(
    "by", ["duty_tier", "kind", "period", "owner", "region", "store"]
)
def test_segments_of_visits_add_up(company: Reader, by: str) -> None:
    for metric, names in (
        ("visit_compliance", ("n", "met", "missed", "listed")),
        ("visit_progress", ("due", "met", "left", "listed")),
    ):
        whole, parts = asked(company, metric), asked(company, metric, by=by)
        for name in names:
            assert parts[name].sum() == whole[name][0]


def test_lists_of_visits_have_as_many_rows_as_the_counts(company: Reader) -> None:
    row = asked(company, "visit_compliance").row(0, named=True)
    overdue = asked(company, "visit_list", options={"show": "overdue"})
    assert overdue.height == row["listed"]
    assert (overdue["due"] - overdue["done"]).sum() == row["missed"]
    coming = asked(company, "visit_list", options={"show": "coming"})
    left = asked(company, "visit_progress")["left"][0]
    assert (coming["due"] - coming["done"]).sum() == left


def test_birthdays_are_those_of_the_source_and_personal(
    company: Reader, company_source: Path
) -> None:
    """Months and days of birth are in no accepted row; the extract has them."""
    last = offered(company)[-1]
    given = duckdb.connect().execute(
        "SELECT customer_id, strftime(TRY_CAST(birth_date AS DATE), '%m-%d')"
        " FROM read_csv($path, all_varchar = true)",
        {"path": str(company_source / "customers.csv")},
    )
    born = dict(given.fetchall())
    listed = asked(company, "care_list", options={"show": "birthday"})
    buyers = set(
        company.rows(
            "SELECT customer_id FROM current_customers WHERE first_day IS NOT NULL"
        )["customer_id"]
    )
    days = {f"{last + timedelta(days=n):%m-%d}" for n in range(1, 15)}
    right = {who for who, day in born.items() if day in days and who in buyers}
    assert len(right) > 20
    assert set(listed["customer_id"]) == right
    assert listed["days_left"].is_between(1, 14).all()
    assert all(
        f"{d:%m-%d}" == born[c]
        for c, d in listed.select("customer_id", "birthday_on").iter_rows()
    )
    stranger = Viewer("x", "marketing", Rights())
    told = answer(company, stranger, Question("care_list"))
    assert "personal" in told["reason"][0]
    assert "customer_id" not in told.columns


def test_who_was_greeted_lately_is_not_on_the_list_of_greetings(
    company: Reader, raw: duckdb.DuckDBPyConnection
) -> None:
    last = offered(company)[-1]
    listed = asked(company, "care_list", options={"show": "greeting"})
    lately = raw.execute(
        "SELECT DISTINCT customer_id FROM contacts WHERE purpose = 'care'"
        " AND contacted_on > $day",
        {"day": last - timedelta(days=90)},
    ).fetchall()
    good = company.rows(
        "SELECT customer_id FROM current_customers WHERE tier IN ('diamond', 'gold')"
    )
    right = set(good["customer_id"]) - {row[0] for row in lately}
    assert set(listed["customer_id"]) == right
    assert len(right) > 100
