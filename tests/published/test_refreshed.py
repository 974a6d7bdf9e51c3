"""Public data through the whole product: a mapping file, `refresh`, then `metric`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

pytestmark = pytest.mark.published

MAPPINGS = Path(__file__).parent / "mappings"
PARAMETERS = 0.005  # relative: model parameters, expected transactions
LIKELIHOOD = 0.01
RATE = 1e-6
FOLDERS = {
    name: name for name in ("cdnow", "rfm", "complete_journey", "hillstrom_quarter")
}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    command = [Path(sys.executable).parent / "customer-health", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=dict(os.environ)
    )


@pytest.fixture(scope="session")
def expected(public_data: Path) -> dict[str, Any]:
    """Figures computed by an independent script."""
    text = (public_data / "expected.json").read_text(encoding="utf-8")
    figures: dict[str, Any] = json.loads(text)
    return figures


@pytest.fixture(scope="session")
def store_of(public_data: Path, shared_folder: Path) -> Callable[[str], Path]:
    """The store of one public data set, refreshed once."""

    def refreshed(name: str) -> Path:
        store = shared_folder / f"published-{name}"
        with FileLock(f"{store}.lock"):
            if not (store / "CURRENT").exists():
                config = MAPPINGS / f"{name}.toml"
                source = public_data / FOLDERS[name]
                done = run(
                    "refresh", str(source), "--store", str(store),
                    "--config", str(config), "--json",
                )  # fmt: skip
                assert done.returncode == 0, done.stdout + done.stderr
                total = json.loads(done.stdout)["total"]
                assert total["rows_in"] == total["accepted"] + total["duplicates"]
        return store

    return refreshed


def metric(store: Path, name: str, *arguments: str) -> list[dict[str, Any]]:
    done = run("metric", name, "--store", str(store), "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def value(store: Path, name: str, *arguments: str) -> float:
    found = metric(store, name, *arguments)[0]["value"]
    assert found is not None
    return float(found)


@pytest.fixture
def cdnow(store_of: Callable[[str], Path]) -> Path:
    return store_of("cdnow")


CALIBRATION = ("--as-of", "1997-09-30", "--window", "all")


def test_cdnow_customers_and_revenue(cdnow: Path, expected: dict[str, Any]) -> None:
    behaviour = expected["cdnow_sample"]["sample_behaviour"]
    assert value(cdnow, "customers") == behaviour["customers"]
    revenue = value(cdnow, "revenue", "--window", "all")
    assert revenue == pytest.approx(behaviour["revenue"], abs=0.01)
    assert value(cdnow, "orders", "--window", "all") == behaviour["rows"]


def test_cdnow_repurchase_over_distinct_days(
    cdnow: Path, expected: dict[str, Any]
) -> None:
    right = expected["cdnow_sample"]["sample_behaviour"]
    found = value(cdnow, "repurchase_rate", "--window", "all")
    assert found == pytest.approx(right["repurchase_rate_distinct_days"], abs=RATE)


def test_cdnow_cohorts_by_month(cdnow: Path, expected: dict[str, Any]) -> None:
    right = expected["cdnow_sample"]["sample_behaviour"]["cohort_months"]
    found: dict[str, list[int]] = {}
    for row in metric(cdnow, "cohort_retention"):
        assert row["complete"], row
        if row["cohort"] != "all":
            found.setdefault(row["cohort"], []).append(int(row["count"]))
    assert found == right


def test_cdnow_share_of_the_top_five_percent(
    cdnow: Path, expected: dict[str, Any]
) -> None:
    right = expected["cdnow_sample"]["sample_behaviour"]["top5pct"]
    row = metric(cdnow, "concentration", "--top", "5")[0]
    assert row["n"] == right["n"]
    assert row["top_customers"] == right["k"]
    assert row["top_revenue"] == pytest.approx(right["top_sum"], abs=0.01)
    assert row["value"] == pytest.approx(right["share"], abs=RATE)


def test_cdnow_models_equal_the_published_ones(
    cdnow: Path, expected: dict[str, Any]
) -> None:
    row = metric(cdnow, "clv_model", "--model", "bgnbd", *CALIBRATION)[0]
    fitted = expected["cdnow_sample"]["fitted_here"]
    published = expected["cdnow_sample"]["published"]
    for name in ("r", "alpha", "a", "b"):
        assert row[name] == pytest.approx(fitted["bgnbd"][name], rel=PARAMETERS), name
        assert round(row[name], 3) == published["bgnbd"][name], name
    assert row["log_likelihood"] == pytest.approx(fitted["bgnbd"]["LL"], abs=LIKELIHOOD)
    assert round(row["log_likelihood"], 1) == published["bgnbd"]["LL"]
    for name in ("p", "q", "gamma"):
        right = fitted["gammagamma"][name]
        assert row[name] == pytest.approx(right, rel=PARAMETERS), name
        assert round(row[name], 2) == published["gammagamma"][name], name
    assert row["spend_log_likelihood"] == pytest.approx(
        fitted["gammagamma"]["LL"], abs=LIKELIHOOD
    )
    assert row["spend_customers"] == fitted["gammagamma"]["n"]
    assert row["customers"] == expected["cdnow_sample"]["calibration"]["customers"]


def test_cdnow_next_39_weeks(cdnow: Path, expected: dict[str, Any]) -> None:
    holdout = expected["cdnow_sample"]["holdout_39_weeks"]
    weeks = ("--horizon", "273", "--model", "bgnbd")
    total = value(cdnow, "expected_purchases", *weeks, *CALIBRATION)
    assert total == pytest.approx(holdout["bgnbd_total"], rel=PARAMETERS)


def test_cdnow_next_39_weeks_of_one_customer(
    cdnow: Path, expected: dict[str, Any]
) -> None:
    """The customer with two repeat days, 213 days apart, of an age of 272 days."""
    right = expected["cdnow_sample"]["customer_1"]
    rows = metric(
        cdnow, "expected_purchases", "--horizon", "273", "--model", "bgnbd",
        "--per-customer", *CALIBRATION,
    )  # fmt: skip
    alike = [
        row for row in rows
        if (row["frequency"], row["recency"], row["T"]) == (2, 213, 272)
    ]  # fmt: skip
    assert alike
    for row in alike:
        found = row["expected_purchases"]
        assert found == pytest.approx(right["bgnbd_next_39_weeks"], rel=PARAMETERS)
        assert row["p_alive"] == pytest.approx(right["bgnbd_p_alive"], rel=PARAMETERS)


def test_cdnow_expected_revenue_of_39_weeks(
    cdnow: Path, expected: dict[str, Any]
) -> None:
    right = expected["cdnow_sample"]["expected_39_week_revenue_bgnbd_x_gammagamma"]
    options = ("--horizon", "273", "--model", "bgnbd", "--discount-rate", "0")
    row = metric(cdnow, "clv", *options, *CALIBRATION)[0]
    assert row["expected_value"] == pytest.approx(right, rel=PARAMETERS)


def test_cdnow_expected_spend_of_a_purchase(
    cdnow: Path, expected: dict[str, Any]
) -> None:
    right = expected["cdnow_sample"]["gammagamma_expected_mean_first_10"]
    rows = metric(cdnow, "clv", "--model", "bgnbd", "--per-customer", *CALIBRATION)
    first = sorted(rows, key=lambda row: int(row["customer_id"]))[:10]
    found = [row["expected_spend"] for row in first]
    assert found == pytest.approx(right, rel=PARAMETERS)


def test_rfm_orders(store_of: Callable[[str], Path], expected: dict[str, Any]) -> None:
    store, right = store_of("rfm"), expected["rfm"]
    assert value(store, "customers") == right["customers"]
    assert value(store, "orders", "--window", "all") == right["orders"]
    revenue = value(store, "revenue", "--window", "all")
    assert revenue == pytest.approx(right["revenue"], abs=0.01)
    repurchase = value(store, "repurchase_rate", "--window", "all")
    assert repurchase == pytest.approx(right["repurchase_rate"], abs=RATE)
    top = value(store, "concentration")
    assert top == pytest.approx(right["top5pct"]["share"], abs=RATE)


def test_complete_journey(
    store_of: Callable[[str], Path], expected: dict[str, Any]
) -> None:
    store, right = store_of("complete_journey"), expected["complete_journey"]
    assert value(store, "customers") == right["households"]
    assert value(store, "orders", "--window", "all") == right["baskets"]
    revenue = value(store, "revenue", "--window", "all")
    assert revenue == pytest.approx(right["sales_value"], abs=0.01)
    repurchase = value(store, "repurchase_rate", "--window", "all")
    distinct = right["repurchase_rate_distinct_local_days"]
    assert repurchase == pytest.approx(distinct, abs=RATE)
    top = value(store, "concentration")
    assert top == pytest.approx(right["top5pct"]["share"], abs=RATE)


def test_complete_journey_households_by_local_month(
    store_of: Callable[[str], Path], expected: dict[str, Any]
) -> None:
    """The shop's clock decides the month: 28,571 baskets change their day."""
    right = expected["complete_journey"]["active_households_by_month_local"]
    rows = metric(store_of("complete_journey"), "active_customers", "--by", "month")
    assert {row["segment"]: row["value"] for row in rows} == right


def test_segments_of_real_data_add_up(store_of: Callable[[str], Path]) -> None:
    store = store_of("complete_journey")
    for name in ("customers", "active_customers", "orders", "revenue"):
        total = value(store, name)
        for by in ("store", "region", "tier"):
            parts = metric(store, name, "--by", by)
            assert sum(row["value"] for row in parts) == pytest.approx(total), (
                name,
                by,
            )


def test_days_are_the_shops_own(store_of: Callable[[str], Path]) -> None:
    manifest = next(
        (store_of("complete_journey") / "snapshots").glob("*/manifest.json")
    )
    known = json.loads(manifest.read_text(encoding="utf-8"))
    assert date.fromisoformat(known["first_day"]) == date(2017, 1, 1)
    assert date.fromisoformat(known["as_of"]) == date(2017, 12, 31)
