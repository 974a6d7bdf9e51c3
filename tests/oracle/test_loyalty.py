"""The loyalty programme against plain SQL over the accepted rows; what was planted."""

from pathlib import Path

import polars as pl
import pytest

from dashboard.answers import answer
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from tests.oracle.raw import Oracle

EAST = (Condition("region", ("华东",)),)
CROSSED = (
    *EAST,
    Condition("tier", ("gold", "silver")),
    Condition("store", ("S001",), negate=True),
)
VIEWS = [(), EAST, CROSSED]


def ask(company: Reader, metric: str, **view: object) -> pl.DataFrame:
    return answer(company, LOCAL, Question(metric, **view))  # type: ignore[arg-type] # by name


def test_every_account_that_was_made_wrong_is_listed_and_no_other(
    company: Reader, company_source: Path
) -> None:
    planted = pl.read_parquet(company_source / "truth" / "planted.parquet")
    wrong = planted.filter(kind="points_mismatch")["id"]
    listed = ask(company, "member_accounts", options=(("list", "mismatched"),))
    assert sorted(listed["customer_id"]) == sorted(wrong)
    assert set(listed["gap"]) == {-50}
    row = ask(company, "points_reconciliation").to_dicts()[0]
    assert row["value"] == listed.height == 5
    assert row["matched"] + row["value"] + row["unchecked"] == row["accounts"]


def test_every_account_is_opening_plus_entries(company: Reader, oracle: Oracle) -> None:
    listed = ask(company, "member_accounts").drop_nulls("closing")
    sums = oracle.connection.execute(
        "SELECT customer_id, SUM(points), arg_max(balance, entry_id) FROM points"
        " WHERE occurred_on <= $as_of GROUP BY 1 ORDER BY 1",
        {"as_of": oracle.last},
    ).fetchall()
    found = listed.sort("customer_id").select("customer_id", "closing", "balance")
    assert found.rows() == sums
    parts = pl.col("opening") + pl.col("earned") - pl.col("redeemed")
    closing = parts - pl.col("expired") + pl.col("adjusted")
    assert listed.select((closing == pl.col("closing")).all()).item()


def test_the_ledger_of_months_is_that_of_the_entries(
    company: Reader, oracle: Oracle
) -> None:
    rows = oracle.connection.execute(
        "SELECT strftime(occurred_on, '%Y-%m') AS month,"
        " SUM(points) FILTER (kind = 'earn'), -SUM(points) FILTER (kind = 'redeem'),"
        " -SUM(points) FILTER (kind = 'expire'), SUM(points) FILTER (kind = 'adjust')"
        " FROM points WHERE occurred_on <= $as_of GROUP BY 1 ORDER BY 1",
        {"as_of": oracle.last},
    ).fetchall()
    moves = ("month", "earned", "redeemed", "expired", "adjusted")
    ledger = ask(company, "points_ledger")
    found = {row[0]: row for row in ledger.select(*moves).rows()}
    for row in rows:
        assert found[row[0]] == tuple(each or 0 for each in row)
    assert ledger["opening"][1:].equals(ledger["closing"][:-1])
    assert ledger["closing"][-1] == ask(company, "points_liability")["n"][0]


@pytest.mark.parametrize("where", VIEWS)
def test_breakage_is_expired_over_lots_past_their_date(
    company: Reader, oracle: Oracle, where: tuple[Condition, ...]
) -> None:
    members = ask(company, "member_accounts", where=where)["customer_id"].to_list()
    gone, lots = oracle.one(
        "SELECT -SUM(points) FILTER (kind = 'expire'),"
        " SUM(points) FILTER (points > 0 AND expires_on <= $as_of) FROM points"
        " WHERE occurred_on <= $as_of AND list_contains($members, customer_id)",
        as_of=oracle.last,
        members=members,
    )
    row = ask(company, "breakage", where=where).to_dicts()[0]
    assert (row["part"], row["whole"]) == (gone, lots)
    assert row["value"] == pytest.approx(int(str(gone)) / int(str(lots)))


@pytest.mark.parametrize("where", VIEWS)
def test_counts_of_members_are_as_long_as_their_lists(
    company: Reader, where: tuple[Condition, ...]
) -> None:
    levels = ask(company, "loyalty_members", where=where)
    for row in levels.filter(pl.col("segment") != "none").to_dicts():
        given = () if row["segment"] == "all" else (("level", row["segment"]),)
        listed = ask(company, "member_accounts", where=where, options=given)
        assert listed.height == row["members"]
        assert listed["closing"].sum() == row["points"]


def test_points_to_expire_are_those_held_and_open_their_list(company: Reader) -> None:
    calendar = ask(company, "points_expiry")
    held = ask(company, "points_liability")["n"][0]
    assert calendar["points"].sum() == held
    for row in calendar.to_dicts():
        listed = ask(company, "member_accounts", options=(("due", row["month"]),))
        assert (listed.height, listed["due"].sum()) == (row["accounts"], row["points"])


def test_points_used_first_are_those_that_expire_first(
    company: Reader, oracle: Oracle
) -> None:
    """First in, first out, lot by lot in plain Python."""
    entries = oracle.connection.execute(
        "SELECT customer_id, points, expires_on FROM points"
        " WHERE occurred_on <= $as_of ORDER BY expires_on NULLS LAST",
        {"as_of": oracle.last},
    ).fetchall()
    used: dict[str, int] = {}
    for customer, points, _ in entries:
        used[customer] = used.get(customer, 0) - min(points, 0)
    left: dict[str, int] = {}
    for customer, points, expires in entries:
        if points > 0:
            taken = min(points, used[customer])
            used[customer] -= taken
            month = f"{expires:%Y-%m}"
            left[month] = left.get(month, 0) + points - taken
    found = ask(company, "points_expiry")
    known = {month: points for month, points in left.items() if points}
    assert dict(zip(found["month"], found["points"], strict=True)) == known


def test_a_year_s_redemption_is_that_of_twelve_months(
    company: Reader, oracle: Oracle
) -> None:
    spent, earned = oracle.one(
        "SELECT -SUM(points) FILTER (kind = 'redeem'),"
        " SUM(points) FILTER (kind = 'earn') FROM points WHERE occurred_on <= $as_of"
        " AND occurred_on >= date_trunc('month', $as_of) - INTERVAL 11 MONTH",
        as_of=oracle.last,
    )
    row = ask(company, "redemption_rate").to_dicts()[0]
    assert (row["part"], row["whole"]) == (spent, earned)
    levels = ask(company, "redemption_rate", by="level")
    assert (levels["part"].sum(), levels["whole"].sum()) == (spent, earned)
