"""What is known at each date: histories, comparisons, and windows not yet covered."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from dashboard import periods
from dashboard.answers import answer, offered
from dashboard.catalogue import METRICS, find
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from data.errors import UsageError
from tests.dashboard.by_hand import hand_made, rows


@pytest.mark.parametrize("cut", ["region", "tier", "as_of", "month"])
def test_repurchase_within_can_be_cut(few: Reader, cut: str) -> None:
    whole = {r["horizon_days"]: r["n"] for r in rows(few, "repurchase_within")}
    found = answer(few, LOCAL, Question("repurchase_within", by=cut))
    if cut in ("as_of", "month"):
        found = found.filter(pl.col("segment") == found["segment"].max())
    sums = found.group_by("horizon_days").agg(pl.col("n").sum())
    assert {d: n for d, n in whole.items() if n} == dict(sums.iter_rows())


def test_what_is_unknown_stands_nowhere(company: Reader) -> None:
    """No verdict on a window that the history does not cover."""
    history = answer(company, LOCAL, Question("repurchase_rate", by="as_of"))
    unknown = history.filter(pl.col("value").is_null())
    assert unknown.height > 10
    assert unknown["state"].unique().to_list() == ["undecided"]
    assert unknown["verdict"].unique().to_list() == ["undecided"]


def test_a_history_has_a_row_for_every_date(few: Reader, company: Reader) -> None:
    for reader in (few, company):
        days = [day.isoformat() for day in offered(reader)]
        for metric in METRICS:
            if metric.history and metric.needs == ("orders",):
                found = rows(reader, metric.name, by="as_of")
                name = "as_of" if "as_of" in found[0] else "segment"
                told = dict.fromkeys(str(row[name]) for row in found)
                assert list(told) == days, metric.name
        nps = rows(reader, "nps", by="as_of")
        assert [row["segment"] for row in nps] == days
    blank = rows(few, "nps", by="as_of", as_of=date(2023, 7, 31))[-1]
    assert (blank["value"], blank["n"], blank["reason"]) == (None, 0, "no data")


@pytest.mark.parametrize(
    "metric", [metric.name for metric in METRICS if not metric.history]
)
def test_what_has_no_history_says_so(few: Reader, metric: str) -> None:
    for cut in {"as_of", "month"} - set(find(metric).cuts):
        with pytest.raises(UsageError, match="does not cut"):
            answer(few, LOCAL, Question(metric, by=cut))


@pytest.mark.parametrize(
    ("metric", "options"),
    [
        ("satisfaction_drivers", ()),
        ("tier_distribution", ()),
        ("clv_model", ()),
        ("clv", (("per-customer", "yes"),)),
    ],
)
def test_what_is_not_one_value_cannot_be_compared(
    company: Reader, metric: str, options: tuple[tuple[str, str], ...]
) -> None:
    asked = Question(metric, options=(*options, ("compare", "previous")))
    with pytest.raises(UsageError, match="--compare"):
        answer(company, LOCAL, asked)


def test_tiers_have_a_history(company: Reader) -> None:
    history = answer(company, LOCAL, Question("tier_distribution", by="as_of"))
    now = answer(company, LOCAL, Question("tier_distribution"))
    last = history.filter(pl.col("as_of") == offered(company)[-1]).drop("as_of")
    assert_frame_equal(last, now)
    people = history.group_by("as_of").agg(pl.col("customers").sum()).sort("as_of")
    customers = answer(company, LOCAL, Question("customers", by="as_of"))
    assert people["customers"].to_list() == customers["n"].to_list()


def test_the_value_of_an_early_date_has_a_reason(company: Reader) -> None:
    early = offered(company)[2]
    row = rows(company, "clv", by="as_of", as_of=early)[-1]
    assert (row["value"], row["segment"]) == (None, early.isoformat())
    assert row["reason"].startswith("no forecast: ")
    now = rows(company, "clv", by="as_of")
    assert now[0]["reason"].startswith("no model is kept of this date")


def test_a_window_that_starts_before_the_history_is_marked(tmp_path: Path) -> None:
    any_n = hand_made(tmp_path, min_n=1)
    uncovered = "window not covered by the history"
    assert rows(any_n, "churn_rate")[0]["reason"] == uncovered
    assert rows(any_n, "churn_rate", window="30")[0]["reason"] is None
    assert rows(any_n, "revenue")[0]["reason"] is None
    assert rows(any_n, "revenue", window="400")[0]["reason"] == uncovered


def test_a_month_follows_the_whole_month_before() -> None:
    march = periods.span(date(2024, 3, 31), "month")
    assert march.starts_after == date(2024, 2, 29)
    assert march.previous_after == date(2024, 1, 31)
    running = periods.span(date(2024, 3, 10), "month")
    assert running.previous_after == date(2024, 1, 31)


def test_the_split_of_a_change_has_the_window_of_its_rate(company: Reader) -> None:
    options = (("of", "nps"), ("compare", "previous"))
    parts = answer(company, LOCAL, Question("rate_change", by="tier", options=options))
    whole = answer(company, LOCAL, Question("nps", options=options[1:]))
    assert parts["total"].sum() == pytest.approx(whole["change"][0])


def test_no_split_is_claimed_where_the_earlier_window_is_not_covered(
    company: Reader,
) -> None:
    first = offered(company)[0]
    early = next(d for d in offered(company) if (d - first).days > 2 * 365)
    options = (("of", "churn_rate"), ("compare", "previous"))
    asked = Question("rate_change", as_of=early, options=options)
    row = answer(company, LOCAL, asked).row(0, named=True)
    assert row["total"] is None
    assert row["reason"] == "window not covered by the history"


def test_new_customers_near_the_start_of_the_history_are_marked(
    few: Reader, tmp_path: Path
) -> None:
    reason = "new customers may have bought before the history starts"
    month = {"window": "30", "by": "as_of"}
    told = {r["segment"]: r["reason"] for r in rows(few, "returning_share", **month)}
    assert told["2024-02-29"] == "n too small"  # more than 90 days after the first
    near = hand_made(tmp_path / "near", burn_in_days=365, min_n=1)
    told = {r["segment"]: r["reason"] for r in rows(near, "returning_share", **month)}
    assert told["2024-02-29"] == reason
    full = hand_made(tmp_path / "full", full_history=True, min_n=1)
    assert rows(full, "returning_share")[0]["reason"] is None
