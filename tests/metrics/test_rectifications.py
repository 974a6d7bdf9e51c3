"""One rectification per fall; its effect is told with an honest interval."""

from datetime import date
from itertools import pairwise
from math import sqrt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.rectifications import (
    Judged,
    Opened,
    alerts,
    fallen,
    recovered,
    rectifications,
)

OPENED = date(2026, 3, 31)
VERDICTS = st.lists(st.sampled_from(["bad", "good", "undecided"]), max_size=30)


def judged(verdict: str = "bad", **more: object) -> pl.DataFrame:
    row = {
        "metric": "nps",
        "part": "all",
        "value": 30.0,
        "n": 200,
        "ci_low": 25.0,
        "ci_high": 35.0,
        "threshold": 40.0,
        "state": {"bad": "below", "good": "above"}.get(verdict, "undecided"),
        "verdict": verdict,
        "window_days": 90,
    }
    return Judged.validate(
        pl.DataFrame([row | more], schema_overrides={"window_days": pl.Int64})
    )


def opened(**more: object) -> pl.DataFrame:
    row = {
        "rectification": "r1",
        "metric": "nps",
        "part": "all",
        "status": "open",
        "opened_on": OPENED,
        "owner": None,
        "due_on": None,
        "outcome": None,
        "recovered_on": None,
        "threshold": 40.0,
        "then": 20.0,
        "then_n": 150,
        "then_low": 12.0,
        "then_high": 28.0,
        "version": 1,
    }
    nulls = dict.fromkeys(("owner", "outcome"), pl.String)
    nulls |= dict.fromkeys(("due_on", "recovered_on"), pl.Date)
    frame = pl.DataFrame([row | more], schema_overrides=nulls)
    return Opened.validate(frame)


def watched(status: str | None) -> pl.DataFrame:
    rows = [] if status is None else [("nps", "all", status)]
    names = ("metric", "part", "status")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


@given(VERDICTS)
def test_one_is_opened_per_fall_and_none_before_recovery(verdicts: list[str]) -> None:
    status, opened_at = None, []
    for place, verdict in enumerate(verdicts):
        now = judged(verdict)
        if fallen(now, watched(status)).height:
            status = "fallen"
            opened_at.append(place)
        elif recovered(now, watched(status)).height:
            status = "armed"
    falls = [v for v in verdicts if v != "undecided"]
    expected = sum(b == "bad" and a != "bad" for a, b in pairwise(["good", *falls]))
    assert len(opened_at) == expected


def test_the_change_has_the_interval_of_two_independent_values() -> None:
    row = rectifications(judged(), opened(), as_of=date(2026, 6, 29)).row(0, named=True)
    assert row["change"] == pytest.approx(10.0)
    assert row["change_low"] == pytest.approx(10 - sqrt(5**2 + 8**2))
    assert row["change_high"] == pytest.approx(10 + sqrt(5**2 + 8**2))
    assert row["reason"] is None


def test_while_the_windows_overlap_there_is_no_interval() -> None:
    row = rectifications(judged(), opened(), as_of=date(2026, 6, 28)).row(0, named=True)
    assert row["change"] == pytest.approx(10.0)
    assert row["change_low"] is None
    assert "2026-06-29" in row["reason"]


def test_a_figure_over_all_history_never_gets_one() -> None:
    now = judged(window_days=None)
    row = rectifications(now, opened(), as_of=date(2036, 1, 1)).row(0, named=True)
    assert (row["change_low"], row["change_high"]) == (None, None)


def test_the_interval_covers_the_true_change_as_often_as_it_says() -> None:
    """Two samples of 200, 3,000 times: 95% within 4 standard errors."""
    chance, times, n, rise = np.random.default_rng(7), 3000, 200, 8.0
    then, now = (chance.normal(20 + d, 30, (times, n)) for d in (0, rise))
    rows = pl.DataFrame(
        {
            "metric": [f"m{place}" for place in range(times)],
            **_means("then", then),
            **_means("value", now),
        }
    )
    same = {"part": "all", "threshold": 40.0}
    first = opened().drop("metric", "then", "then_low", "then_high")
    held = first.join(rows.select("metric", "^then.*$"), how="cross")
    today = judged().drop("metric", "value", "ci_low", "ci_high")
    named = {"value_low": "ci_low", "value_high": "ci_high"}
    asked = rows.select("metric", "^value.*$").rename(named)
    known = today.join(asked, how="cross").with_columns(
        **{k: pl.lit(v) for k, v in same.items()}
    )
    found = rectifications(
        Judged.validate(known), Opened.validate(held), as_of=date(2027, 1, 1)
    )
    inside = (found["change_low"] <= rise) & (found["change_high"] >= rise)
    error = sqrt(0.95 * 0.05 / times)
    assert abs(inside.sum() / times - 0.95) < 4 * error


def _means(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    mean, half = values.mean(axis=1), 1.972 * values.std(axis=1, ddof=1) / sqrt(200)
    return {name: mean, f"{name}_low": mean - half, f"{name}_high": mean + half}


def test_those_beyond_the_threshold_come_first() -> None:
    other = {"metric": "csat", "part": "service", "verdict": "good", "state": "above"}
    rows = pl.concat([judged(**other), judged()])
    found = alerts(Judged.validate(rows), opened(owner="Wang"))
    assert found["metric"].to_list() == ["nps", "csat"]
    assert found["owner"].to_list() == ["Wang", None]
    closed = alerts(Judged.validate(rows), opened(status="closed"))
    assert closed["rectification"].to_list() == [None, None]
