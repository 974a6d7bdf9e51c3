"""Ten customers by hand: refunds, returns, free and nameless orders, blank answers."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from dashboard import periods
from dashboard.answers import answer, offered
from dashboard.catalogue import METRICS
from dashboard.cli import app
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.errors import UsageError
from data.settings import Settings
from data.warehouse import open_current
from tests.faults.company import write

LAST = date(2024, 3, 31)
ORDER = dict.fromkeys(
    ("amount", "refund", "refunded_at", "cost", "status", "store_id"), ""
)
ORDERS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("A", "2024-01-10", {"amount": 100, "store_id": "S1"}),
    ("A", "2024-02-29", {"amount": 50, "store_id": "S2"}),
    ("A", "2024-02-29", {"amount": 50, "store_id": "S2"}),
    ("B", "2024-01-15", {"amount": 80, "refund": 80, "refunded_at": "2024-03-05"}),
    ("B", "2024-03-20", {"amount": 40, "cost": 30, "store_id": "S3"}),
    ("C", "2024-02-01", {"amount": 60, "refund": 20, "store_id": "S1"}),
    ("C", "2024-03-01", {"amount": -60, "status": "returned", "store_id": "S1"}),
    ("", "2024-03-10", {"amount": 500, "store_id": "S1"}),
    ("", "2024-03-10", {"amount": 300, "store_id": "S2"}),
    ("D", "2024-03-31", {"amount": 0, "store_id": "S1"}),
    ("E", "2023-03-31", {"amount": 10, "store_id": "S1"}),
    ("E", "2024-03-31", {"amount": 10, "store_id": "S2"}),
    ("F", "2024-03-31", {"amount": 10, "status": "cancelled"}),
    ("G", "2024-04-02", {"amount": 70}),
)
SURVEYS = (
    ("A", "2024-03-01", "2024-03-02", 10),
    ("A", "2024-03-10", "2024-03-12", 3),
    ("Q", "2024-03-10", "2024-04-12", 9),
    ("Q", "2024-03-11", "2024-03-12", ""),
    ("B", "2023-12-31", "2024-03-12", 7),
)


def hand_made(folder: Path, **settings: object) -> Reader:
    orders: list[Mapping[str, object]] = [
        {
            "order_id": f"O{place}",
            "customer_id": who,
            "ordered_at": day,
            **ORDER,
            **more,
        }
        for place, (who, day, more) in enumerate(ORDERS)
    ]
    surveys = [
        dict(
            zip(("customer_id", "sent_at", "answered_at", "score"), row, strict=True),
            response_id=f"R{place}",
        )
        for place, row in enumerate(SURVEYS)
    ]
    customers = [{"customer_id": "C", "region": "South", "store_id": "S9"}]
    stores = [{"store_id": f"S{n}", "region": f"R{n}"} for n in (1, 2, 3)]
    tables: dict[str, Any] = {"surveys": surveys, "customers": customers}
    source = write(folder / "source", orders=orders, stores=stores, **tables)
    given = {"allow_anonymous": True, "data_complete_until": LAST} | settings
    refresh(source, folder / "store", Settings.model_validate(given))
    return Reader(open_current(folder / "store"))


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return hand_made(tmp_path_factory.mktemp("few"))


def rows(reader: Reader, metric: str, **view: Any) -> list[dict[str, Any]]:
    return answer(reader, LOCAL, Question(metric, **view)).to_dicts()


def by(reader: Reader, metric: str, cut: str) -> dict[str, float]:
    found = rows(reader, metric, by=cut)
    return {row["segment"]: row["value"] for row in found}


@pytest.mark.parametrize(
    ("metric", "value", "n"),
    [
        ("customers", 4, 4),  # D paid nothing, F cancelled, G came later
        ("active_customers", 4, 4),
        ("orders", 8, 8),
        ("revenue", 200 + 40 + (40 - 60) + 10 + 800, 8),
        ("margin", 200 + (40 - 30) + (40 - 60) + 10 + 800, 8),
        ("repurchase_rate", 1 / 4, 4),  # A; E's first lies 366 days back
        ("returning_share", 1 / 4, 4),  # E
        ("churn_rate", 0, 1),  # E was the only buyer of the year before, and is back
        ("concentration", 200 / 240, 4),  # all history: A 200 B 40 C -20 E 20
        ("nps", 0, 3),  # 10, 3 and 7; a blank is no answer, the 9 came in April
        ("response_rate", 2 / 4, 4),
    ],
)
def test_the_numbers_are_those_counted_by_hand(
    few: Reader, metric: str, value: float, n: int
) -> None:
    row = rows(few, metric)[0]
    assert (row["value"], row["n"]) == (pytest.approx(value), n)


def test_a_refund_is_unknown_before_its_day(few: Reader) -> None:
    february = date(2024, 2, 29)
    assert rows(few, "revenue", as_of=february)[0]["value"] == 200 + 80 + 40 + 10
    assert rows(few, "orders", as_of=february)[0]["value"] == 6


def test_buyers_within_n_days_have_had_all_n_days(few: Reader) -> None:
    found = {r["horizon_days"]: r for r in rows(few, "repurchase_within")}
    assert {days: (r["n"], r["value"]) for days, r in found.items()} == {
        30: (3, 0), 60: (2, 0.5), 90: (1, 0), 180: (1, 0), 365: (1, 0)
    }  # fmt: skip


def test_a_nameless_order_is_of_no_store_region_or_tier(few: Reader) -> None:
    stores = {"S2": 210, "S3": 40, "S9": -20, "unknown": 800}
    assert by(few, "revenue", "store") == stores
    regions = {"R2": 210, "R3": 40, "South": -20, "unknown": 800}
    assert by(few, "revenue", "region") == regions
    assert by(few, "revenue", "tier") == {"silver": 230, "unknown": 800}
    assert by(few, "revenue", "order_store") == {"S1": 580, "S2": 410, "S3": 40}


def test_free_orders_count_where_the_settings_say_so(tmp_path: Path) -> None:
    free = hand_made(tmp_path, count_free_orders=True, margin_rate=0.5)
    assert rows(free, "customers")[0]["value"] == 5
    assert rows(free, "orders")[0]["value"] == 9
    assert rows(free, "margin")[0]["value"] == 100 + 10 - 10 + 5 + 400


def test_a_count_of_none_is_an_answer_and_no_lack_of_data(few: Reader) -> None:
    nobody = (Condition("tier", ("silver",), negate=True),)
    row = rows(few, "customers", where=nobody)[0]
    assert (row["value"], row["reason"]) == (0, None)
    absent = (Condition("region", ("Atlantis",)),)
    row = rows(few, "customers", where=absent)[0]
    assert (row["value"], row["n"], row["reason"]) == (None, 0, "no data")


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
    for cut in ("as_of", "month"):
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


@pytest.mark.parametrize("metric", ["clv", "expected_purchases"])
@pytest.mark.parametrize("options", [(), (("per-customer", "yes"),)])
def test_too_few_buyers_have_no_forecast_and_a_reason(
    few: Reader, metric: str, options: tuple[tuple[str, str], ...]
) -> None:
    (row,) = rows(few, metric, options=options)
    assert (row["value"], row["n"]) == (None, 0)
    assert row["reason"] == "no forecast: fewer than 500 buyers"


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


def test_a_list_is_one_cell_of_a_csv(company_store: Path) -> None:
    asked = ["metric", "clv_model", "--store", str(company_store), "--format", "csv"]
    header, row = CliRunner().invoke(app, asked).stdout.splitlines()
    told = dict(zip(header.split(","), row.split(","), strict=True))
    assert len(list(map(float, told["covariance"].split()))) == 16


def test_the_level_of_confidence_is_the_settings(tmp_path: Path) -> None:
    wide = rows(hand_made(tmp_path / "wide"), "score_distribution")
    narrow = hand_made(tmp_path / "narrow", confidence=0.6)
    for row, other in zip(wide, rows(narrow, "score_distribution"), strict=True):
        assert row["ci_high"] > other["ci_high"]
