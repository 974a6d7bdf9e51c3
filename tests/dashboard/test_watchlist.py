"""The list as the command line and the page tell it, and what the book does to it."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest

from dashboard.answers import answer, offered
from dashboard.answers.churn import candidates
from dashboard.answers.view import look
from dashboard.book import Book, Pen, book_of, control, follow_ups
from dashboard.book.follow_ups import Task
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL, Rights, Viewer
from dashboard.watchlist import held
from data.errors import UsageError
from data.warehouse import open_current

TOP = (("top", "40"),)


@pytest.fixture(scope="module")
def mine(company_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the company's store, to write a book in."""
    return shutil.copytree(company_store, tmp_path_factory.mktemp("mine") / "store")


@pytest.fixture
def reader(mine: Path) -> Reader:
    return Reader(open_current(mine))


@pytest.fixture
def book(mine: Path) -> Book:
    return book_of(mine)


def pen() -> Pen:
    return Pen("Li", uuid4().hex, "1-abc")


def asked(reader: Reader, metric: str, **options: Any) -> pl.DataFrame:
    given = tuple((name.replace("_", "-"), str(v)) for name, v in options.items())
    return answer(reader, LOCAL, Question(metric, options=given))


def test_probabilities_are_between_nothing_and_certainty(reader: Reader) -> None:
    each = asked(reader, "churn_probability", per_customer="true")
    total = asked(reader, "churn_probability").row(0, named=True)
    assert each["churn_probability"].is_between(0, 1).all()
    assert total["n"] == each.height
    assert total["value"] == pytest.approx(each["churn_probability"].mean())
    assert total["expected_lost"] == pytest.approx(each["churn_probability"].sum())
    assert total["horizon_days"] == 180


@pytest.mark.parametrize("by", ["region", "tier", "store"])
def test_segments_add_up_to_the_total(reader: Reader, by: str) -> None:
    total = asked(reader, "churn_probability").row(0, named=True)
    parts = answer(reader, LOCAL, Question("churn_probability", by=by))
    assert parts["n"].sum() == total["n"]
    for name in ("expected_lost", "value_at_risk"):
        assert parts[name].sum() == pytest.approx(total[name])


def test_the_list_goes_by_money_at_risk(reader: Reader) -> None:
    rows = asked(reader, "watchlist", top=40)
    risk = rows["value_at_risk"]
    assert risk.is_sorted(descending=True)
    product = rows["churn_probability"] * rows["value_if_kept"]
    assert ((product - risk).abs() < 1e-6 * risk).all()
    saved = asked(reader, "watchlist", top=40, rank="saved_margin")["saved_margin"]
    assert saved.is_sorted(descending=True)


def test_a_reason_is_a_fact_about_the_customer(reader: Reader) -> None:
    rows = asked(reader, "watchlist", top="all").to_dicts()
    told = [row for row in rows if row["reasons"]]
    assert len(told) > 50
    for row in told:
        named = row["reasons"].split()
        assert len(named) <= 3
        if "fewer_touches" in named:
            assert row["touched_before"] > row["touched"]
        if "complaint" in named:
            assert row["complaints"] > 0
        if "expiring_points" in named:
            assert row["expiring"] > 0


def test_a_filter_and_a_viewer_narrow_the_list(reader: Reader) -> None:
    only = Condition("region", ("华东",))
    question = Question("watchlist", where=(only,), options=TOP)
    assert set(answer(reader, LOCAL, question)["region"]) == {"华东"}
    east = Viewer("x", "clerk", Rights(rows=(only,)))
    seen = answer(reader, east, Question("watchlist", options=(("top", "all"),)))
    assert set(seen["region"]) == {"华东"}


@pytest.mark.parametrize("options", [{"rank": "luck"}, {"top": "0"}, {"top": "-3"}])
def test_what_is_no_option_is_refused(reader: Reader, options: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        asked(reader, "watchlist", **options)


def test_the_past_is_refused(reader: Reader) -> None:
    with pytest.raises(UsageError, match="last day"):
        answer(reader, LOCAL, Question("watchlist", offered(reader)[-2]))


def test_who_is_held_out_is_never_listed_and_always_counted(
    reader: Reader, book: Book
) -> None:
    """The lot is the same before listing, at listing, and after the next reader."""
    question = Question("watchlist", options=TOP)
    before = candidates(look(reader, LOCAL, question))
    shown = answer(reader, LOCAL, question)["customer_id"]
    out = before.filter("held_out")["customer_id"]
    assert 0 < out.len() < 15
    assert not set(out) & set(shown)
    assert out.len() + shown.len() == 40
    rules = held.terms(reader.settings, offered(reader)[-1])
    listed = before.select("customer_id", last_purchased_on="last_day")
    groups = control.enrol(book, pen(), listed, rules)
    assert set(groups.filter("control")["customer_id"]) == set(out)
    after = Reader(reader.snapshot)
    assert answer(after, LOCAL, question)["customer_id"].equals(shown)
    for programme in ("churn", "care", "visit"):
        got = follow_ups.assign(book, pen(), out.to_list(), Task(programme, "Wang"))
        assert set(got.held_out) == set(out)


def test_an_owner_has_what_the_data_and_the_book_give(
    reader: Reader, book: Book
) -> None:
    shown = asked(reader, "watchlist", top=40)
    customer = shown["customer_id"][3]
    follow_ups.assign(book, pen(), [customer], Task("churn", "Zhao"))
    assert asked(reader, "watchlist", owner="Zhao")["customer_id"].to_list() == [
        customer
    ]
    named = shown["owner"].drop_nulls()[0]
    assert set(asked(reader, "watchlist", owner=named)["owner"]) == {named}
    assert "Zhao" in held.owners(reader)


def test_a_snoozed_or_closed_follow_up_rests(reader: Reader, book: Book) -> None:
    last = offered(reader)[-1]
    first, second = asked(reader, "watchlist", top=40)["customer_id"][:2]
    made = follow_ups.assign(book, pen(), [first, second], Task("churn", "Qian"))
    one, two = sorted(made.records, key=lambda each: each.customer_id != first)
    follow_ups.snooze(book, pen(), one.seen, last + timedelta(60))
    listed = asked(reader, "watchlist", top=40)["customer_id"].to_list()
    assert first not in listed
    assert second in listed
    follow_ups.close(book, pen(), two.seen, "kept")
    assert second not in asked(reader, "watchlist", top=40)["customer_id"].to_list()


def test_saved_customers_are_told_by_the_control_group(
    reader: Reader, book: Book
) -> None:
    """Everybody is listed a horizon and a day ago; plain SQL says who came back."""
    start = offered(reader)[-1] - timedelta(181)
    bought = reader.rows(
        "SELECT p.customer_id, MAX(o.day) > 0 AS one FROM ("
        " SELECT customer_key, day - DATE '1970-01-01' AS day FROM occasions"
        f" WHERE days > 0 AND day <= DATE '{start}' AND day > DATE '{start}' - 90) AS o"
        " JOIN profiles AS p USING (customer_key) GROUP BY 1 ORDER BY 1"
    ).filter(pl.col("customer_id") != "")
    listed = bought.select("customer_id", pl.lit(start).alias("last_purchased_on"))
    rules = held.terms(reader.settings, start)
    groups = control.enrol(book, pen(), listed, rules)
    groups = control.episodes(book, "churn").filter(pl.col("started_on") == start)
    later = reader.rows(
        "SELECT DISTINCT customer_id FROM purchases WHERE orders > 0"
        f" AND day > DATE '{start}' AND day <= DATE '{start}' + 180"
        " AND valid_to > (SELECT MAX(day) FROM purchases)"
    )
    came = groups.with_columns(
        came=pl.col("customer_id").is_in(later["customer_id"].to_list())
    )
    row = asked(reader, "saved_customers").row(0, named=True)
    for name, side in (("treated", False), ("control", True)):
        some = came.filter(control=side)
        assert (row[name], row[f"{name}_bought"]) == (some.height, some["came"].sum())
    share = (
        row["treated_bought"] / row["treated"] - row["control_bought"] / row["control"]
    )
    assert row["value"] == pytest.approx(row["treated"] * share)
    assert row["ci_low"] < row["value"] < row["ci_high"]
    stop = asked(reader, "stop_loss").row(0, named=True)
    assert stop["measured"]
    assert min(0.05, share) <= stop["effect"] <= max(0.05, share)


def test_the_count_is_the_length_of_its_list(reader: Reader) -> None:
    only = (Condition("region", ("华东",)),)
    each = Question("churn_probability", where=only, options=(("per-customer", "1"),))
    count = answer(reader, LOCAL, Question("churn_probability", where=only))["n"][0]
    assert answer(reader, LOCAL, each).height == count


def test_nobody_who_refused_to_be_contacted_is_listed(reader: Reader) -> None:
    paths = reader.snapshot.parts("customers")
    with reader.snapshot.cursor() as cursor:
        refused = cursor.execute(
            "SELECT customer_id FROM read_parquet($paths) WHERE consent = FALSE",
            {"paths": paths},
        ).fetchall()
    scored = set(reader.rows("SELECT customer_id FROM churn_scores")["customer_id"])
    listed = set(asked(reader, "watchlist", top="all")["customer_id"])
    unwilling = {row[0] for row in refused} & scored
    assert unwilling
    assert not unwilling & listed
    assert len(listed) > 100
