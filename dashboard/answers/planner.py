"""Answers about the next test: how many members it needs, and who gets which arm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from dashboard import tier_queries as asked
from dashboard import willing
from dashboard.answers.view import View, offered
from data.errors import UsageError
from data.schemas.trials import Candidates
from metrics import trial_planner
from metrics.trial_planner import Aims

BOUGHT = """
SELECT c.customer_key, COALESCE(b.bought, 0) AS bought
FROM people AS c
LEFT JOIN (
    SELECT o.customer_key, 1 AS bought FROM occasions AS o
    WHERE
        o.days = 1 AND o.day > DATE '{start}' AND o.day <= DATE '{end}'
        AND o.valid_from <= DATE '{known}' AND o.valid_to > DATE '{known}'
    GROUP BY o.customer_key
) AS b ON b.customer_key = c.customer_key
"""
"""Who of everybody bought in the days after a date."""

LOTS = "SELECT customer_key FROM people"
MORE = 0.1
"""How much the lift to find is above the threshold, unless it is given."""

Number = tuple[str, float, float, float]
CONTROL: Number = ("control", 0.2, 0.01, 0.99)
DAYS: Number = ("days", 30, 1, 3650)
MEMBERS: Number = ("members", 0, 1, 10**9)
BASELINE: Number = ("baseline", 0.0, 1e-6, 0.999999)


def plan(view: View) -> pl.DataFrame:
    """How many members a test of the customers in view needs."""
    aims = _aims(view)
    everybody = asked.listed(view, LOTS, "m.customer_key").select("customer_id")
    audience = _willing(view, everybody)
    spared = everybody.height - audience.height
    told = trial_planner.trial_plan(audience.height, _bought(view, aims.days), aims)
    return told.with_columns(pl.lit(spared, pl.Int64).alias("spared"))


def assignment(view: View) -> pl.DataFrame:
    """Who of the customers in view gets which arm."""
    seed = asked.literal(view.options.get("seed", "1"))
    lot = f"md5(concat({seed}, ':', p.customer_id)) AS lot, p.tier AS held"
    rows = asked.listed(view, LOTS, lot).rename({"held": "tier"})
    start = pl.lit(_start(view)).alias("assigned_at")
    told = _willing(view, rows).with_columns(start)
    members = _number(view, MEMBERS) if "members" in view.options else None
    return trial_planner.trial_assignment(
        Candidates.validate(told.lazy()),
        campaign=view.options.get("campaign", "TEST"),
        control=_number(view, CONTROL),
        members=None if members is None else int(members),
    )


def _willing(view: View, rows: pl.DataFrame) -> pl.DataFrame:
    """Without who refused to be contacted, or is held out of another programme."""
    held = willing.left_alone(view.reader, view.as_of)
    agreed = rows.join(willing.refused(view.reader), on="customer_id", how="anti")
    return agreed.join(held, on="customer_id", how="anti")


def _aims(view: View) -> Aims:
    threshold = view.reader.settings.thresholds["pilot_gate"]
    usual = round(threshold + MORE, 6)
    return Aims(
        lift=_number(view, ("lift", usual, 0.001, 100.0)),
        control=_number(view, CONTROL),
        days=int(_number(view, DAYS)),
        threshold=threshold,
        baseline=_number(view, BASELINE) if "baseline" in view.options else None,
    )


def _bought(view: View, days: int) -> tuple[int, int]:
    """How many of such customers bought within as many days, a window ago; of whom."""
    dates = offered(view.reader)
    past = [day for day in dates if day <= view.as_of - timedelta(days=days)]
    if not past:
        return 0, 0
    start, then = past[-1], replace(view, as_of=past[-1])
    rows = BOUGHT.format(start=start, end=start + timedelta(days), known=view.as_of)
    sums = "COUNT(*) AS customers, CAST(SUM(m.bought) AS BIGINT) AS bought"
    found = asked.summed(then, ("bought", days, view.as_of), rows, sums)
    return int(found["bought"].sum()), int(found["customers"].sum())


def _start(view: View) -> date:
    """The day of assignment: by default the day after the last one."""
    given = view.options.get("start")
    if given is None:
        return view.as_of + timedelta(days=1)
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UsageError(f"--start {given}: a date such as 2026-11-30") from None


def _number(view: View, known: Number) -> float:
    """A number of the question's options, within its bounds."""
    name, usual, least, most = known
    text = view.options.get(name)
    if text is None:
        return usual
    try:
        given = float(text)
    except ValueError:
        given = float("nan")
    if not least <= given <= most:
        raise UsageError(f"--{name} {text}: a number from {least:g} to {most:g}")
    return given


ROWS: dict[str, Callable[[View], pl.DataFrame]] = {
    "trial_plan": plan,
    "trial_assignment": assignment,
}
