"""Ten customers by hand give the numbers that were counted by hand."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.cli import app
from dashboard.question import Condition
from dashboard.reader import Reader
from tests.dashboard.by_hand import by, hand_made, rows


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


@pytest.mark.parametrize("metric", ["clv", "expected_purchases"])
@pytest.mark.parametrize("options", [(), (("per-customer", "yes"),)])
def test_too_few_buyers_have_no_forecast_and_a_reason(
    few: Reader, metric: str, options: tuple[tuple[str, str], ...]
) -> None:
    (row,) = rows(few, metric, options=options)
    assert (row["value"], row["n"]) == (None, 0)
    assert row["reason"] == "no forecast: fewer than 500 buyers"


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
