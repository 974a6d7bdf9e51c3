"""The churn model on public data, out of time; horizons were fixed beforehand.

CDNOW 90 days, Complete Journey 30 days. Who left is told by plain code over the files;
the model's figures are told again by a store that ends on the day of the test.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from filelock import FileLock
from sklearn.metrics import brier_score_loss, roc_auc_score

pytestmark = pytest.mark.published

MAPPINGS = Path(__file__).parent / "mappings"
CASES = {"cdnow": (date(1998, 6, 30), 90), "complete_journey": (date(2017, 12, 31), 30)}
FIGURES = {
    "cdnow": {"n": 933, "churned": 675, "auc": 0.7301, "rule": 0.7059},
    "complete_journey": {"n": 2463, "churned": 419, "auc": 0.8786, "rule": 0.8281},
}
"""As they came out at the first evaluation."""

JOURNEY = """
SELECT household_id AS customer, CAST(
    transaction_timestamp AT TIME ZONE 'UTC' AT TIME ZONE 'America/New_York' AS DATE
) AS day
FROM read_parquet('{0}/transactions.parquet') GROUP BY ALL
"""
Days = dict[str, list[date]]


def run(*arguments: str) -> str:
    command = [str(Path(sys.executable).parent / "customer-health"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 10), done.stdout + done.stderr
    return done.stdout


def metric(store: Path, name: str, *arguments: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(
        run("metric", name, "--store", str(store), "--format", "json", *arguments)
    )
    return rows


@pytest.fixture(scope="module", params=list(CASES))
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="module")
def store_until(
    public_data: Path, shared_folder: Path
) -> Callable[[str, date | None], Path]:
    """The store of one data set, whole or up to a day."""

    def refreshed(name: str, until: date | None) -> Path:
        store = shared_folder / f"published-{name}{f'-{until}' if until else ''}"
        with FileLock(f"{store}.lock"):
            if not (store / "CURRENT").exists():
                config = MAPPINGS / f"{name}.toml"
                source = public_data / name
                if until:
                    source = cut_off(name, source, shared_folder / f"cut-{name}", until)
                run(
                    "refresh",
                    str(source),
                    "--store",
                    str(store),
                    "--config",
                    str(config),
                )
        return store

    return refreshed


def cut_off(name: str, source: Path, folder: Path, until: date) -> Path:
    """The files with the orders up to a day alone."""
    folder.mkdir(exist_ok=True)
    if name == "cdnow":
        lines = (source / "CDNOW_sample.txt").read_text().splitlines()
        kept = [line for line in lines if line.split()[2] <= f"{until:%Y%m%d}"]
        (folder / "CDNOW_sample.txt").write_text("\n".join(kept) + "\n")
        return folder
    for path in source.glob("*.parquet"):
        target = folder / path.name
        rows = f"SELECT * FROM read_parquet('{path}')"
        if path.stem == "transactions":
            end = f"TIMESTAMP '{until + timedelta(1)}' AT TIME ZONE 'America/New_York'"
            rows += f" WHERE transaction_timestamp AT TIME ZONE 'UTC' < {end}"
        duckdb.sql(f"COPY ({rows}) TO '{target}' (FORMAT parquet)")
    return folder


@pytest.fixture(scope="module")
def days(name: str, public_data: Path) -> Days:
    """Every customer's purchase days, by plain code over the files."""
    found: Days = {}
    if name == "cdnow":
        text = (public_data / name / "CDNOW_sample.txt").read_text()
        rows = [line.split() for line in text.splitlines()]
        pairs = {
            (row[1], date(int(row[2][:4]), int(row[2][4:6]), int(row[2][6:])))
            for row in rows
        }
    else:
        told = duckdb.sql(JOURNEY.format(public_data / name)).fetchall()
        pairs = {(str(customer), day) for customer, day in told}
    for customer, day in sorted(pairs):
        found.setdefault(customer, []).append(day)
    return found


def labelled(days: Days, cut: date, until: date) -> dict[str, tuple[int, bool]]:
    """Who bought in the year to a cut: days since, and whether nothing came after."""
    known = {c: [day for day in each if day <= cut] for c, each in days.items()}
    return {
        customer: (
            (cut - seen[-1]).days,
            not any(cut < day <= until for day in days[customer]),
        )
        for customer, seen in known.items()
        if seen and (cut - seen[-1]).days < 365
    }


def test_the_figures_are_those_of_plain_code(
    name: str, days: Days, store_until: Callable[[str, date | None], Path]
) -> None:
    last, horizon = CASES[name]
    model, rule = metric(store_until(name, None), "churn_model")
    cut = last - timedelta(horizon)
    assert (model["tested_on"], model["horizon_days"]) == (cut.isoformat(), horizon)
    told = labelled(days, cut, last)
    left = np.array([gone for _, gone in told.values()])
    since = np.array([days for days, _ in told.values()])
    assert (model["n"], model["churned"]) == (len(left), left.sum())
    assert (model["n"], model["churned"]) == (
        FIGURES[name]["n"],
        FIGURES[name]["churned"],
    )
    assert rule["auc"] == pytest.approx(roc_auc_score(left, since))
    assert rule["auc"] == pytest.approx(FIGURES[name]["rule"], abs=1e-4)
    assert model["auc"] == pytest.approx(FIGURES[name]["auc"], abs=2e-3)


def test_the_better_rule_is_used(
    name: str, store_until: Callable[[str, date | None], Path]
) -> None:
    """Which one it is, the interval of the difference and the Brier scores say."""
    store = store_until(name, None)
    model, rule = metric(store, "churn_model")
    assert model["difference"] == pytest.approx(model["auc"] - rule["auc"])
    assert model["difference_low"] < model["difference"] < model["difference_high"]
    better = model["difference_low"] > 0 and model["brier"] <= rule["brier"]
    assert (model["used"], rule["used"]) == (better, not better)
    listed = metric(store, "watchlist", "--top", "5")
    assert {row["method"] for row in listed} == {"model" if better else "recency"}


def test_a_store_that_ends_on_the_day_of_the_test_tells_the_same(
    name: str, days: Days, store_until: Callable[[str, date | None], Path]
) -> None:
    """Reliability 94: what came later has no part in what was told before."""
    last, horizon = CASES[name]
    cut = last - timedelta(horizon)
    model, _ = metric(store_until(name, None), "churn_model")
    each = metric(store_until(name, cut), "churn_probability", "--per-customer")
    told = labelled(days, cut, last)
    assert {row["customer_id"] for row in each} == told.keys()
    left = np.array([told[row["customer_id"]][1] for row in each])
    chance = np.array([row["by_model"] for row in each])
    assert roc_auc_score(left, chance) == pytest.approx(model["auc"], abs=1e-9)
    assert brier_score_loss(left, chance) == pytest.approx(model["brier"], abs=1e-9)
