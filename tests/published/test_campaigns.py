"""Public campaigns through the whole product: a mapping file, `refresh`, `metric`."""

from collections.abc import Callable
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import chisquare, norm

from tests.published.test_refreshed import expected, metric, store_of

__all__ = ["expected", "store_of"]
pytestmark = pytest.mark.published

CLOSE = 1e-5
NAMES = {"visit": "interaction", "conversion": "conversion", "spend": "revenue"}


@pytest.fixture
def hillstrom(store_of: Callable[[str], Path]) -> Path:
    return store_of("hillstrom_quarter")


def lifts(store: Path) -> dict[tuple[str, str], dict[str, Any]]:
    rows = metric(store, "campaign_effect", "--campaign", "email")
    return {(row["arm"], row["outcome"]): row for row in rows}


def test_the_e_mail_test_s_lifts_are_the_published_ones(
    hillstrom: Path, expected: dict[str, Any]
) -> None:
    found = lifts(hillstrom)
    *counts, rest = expected["hillstrom_quarter"]["arm_sizes"].values()
    sizes = dict(zip(("mens", "womens"), counts, strict=True))
    for arm, outcomes in expected["hillstrom_quarter"]["lift"].items():
        for name, right in outcomes.items():
            row = found[arm, NAMES[name]]
            assert row["mean"] == pytest.approx(right["treated_mean"], rel=CLOSE)
            assert row["control_mean"] == pytest.approx(
                right["control_mean"], rel=CLOSE
            )
            assert row["value"] == pytest.approx(right["diff"], rel=CLOSE)
            bounds = [row["ci_low"], row["ci_high"]]
            assert bounds == pytest.approx(right["ci95"], abs=CLOSE), name
            assert row["relative"] == pytest.approx(right["relative_lift"], rel=CLOSE)
            assert (row["p_value"] < 0.05) == (bounds[0] > 0)
            told = row["p_value"] if name == "spend" else pooled(row, sizes[arm], rest)
            assert told == pytest.approx(right["p_value"], rel=5e-3)


def pooled(row: dict[str, Any], treated: int, control: int) -> float:
    """The p-value of the published table: of shares, with one variance for both arms.

    Ours is that of the interval, in which each arm has its own.
    """
    bought = row["mean"] * treated + row["control_mean"] * control
    share = bought / (treated + control)
    spread = sqrt(share * (1 - share) * (1 / treated + 1 / control))
    return float(2 * norm.sf(abs(row["value"]) / spread))


def test_one_interval_just_includes_zero_and_fieller_agrees(hillstrom: Path) -> None:
    row = lifts(hillstrom)["womens", "conversion"]
    assert row["ci_low"] < 0 < row["ci_high"]
    assert row["relative_low"] < 0 < row["relative_high"]


def test_the_relative_interval_of_skewed_spend(hillstrom: Path) -> None:
    row = lifts(hillstrom)["mens", "revenue"]
    bounds = row["relative_low"], row["relative_high"]
    assert bounds == pytest.approx((0.11279, 2.49718), rel=1e-4)


def test_the_split_is_scipy_s(hillstrom: Path, expected: dict[str, Any]) -> None:
    rows = {r["segment"]: r for r in metric(hillstrom, "srm", "--campaign", "email")}
    sizes = list(expected["hillstrom_quarter"]["arm_sizes"].values())
    assert [rows[arm]["members"] for arm in ("mens", "womens", "control")] == sizes
    right = chisquare(sizes).pvalue
    assert rows["control"]["p_value"] == pytest.approx(right, rel=1e-6)
    assert rows["control"]["alarm"] is False


def test_both_e_mails_are_rolled_out_by_their_visits(hillstrom: Path) -> None:
    rows = metric(hillstrom, "pilot_gate", "--campaign", "email")
    assert {row["arm"]: row["gate"] for row in rows} == {
        "mens": "roll_out",
        "womens": "roll_out",
    }


def test_targeted_campaigns_are_graded_as_no_experiment(
    store_of: Callable[[str], Path],
) -> None:
    """The Complete Journey chose households by what they had bought: no hold-out."""
    rows = metric(store_of("complete_journey"), "campaigns")
    assert len(rows) == 27
    assert {row["design"] for row in rows} == {"none"}
    assert {row["gate"] for row in rows} == {"not_decidable"}
    for name in ("value", "absolute", "incremental_margin", "roi"):
        assert {row[name] for row in rows} == {None}
    assert all("no control group" in row["reason"] for row in rows)
    assert sum(row["members"] for row in rows) == 6589
