"""Answers about campaigns without a control group: compared with others and before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboard.answers import trials
from dashboard.answers.people import chosen
from dashboard.answers.view import View
from dashboard.cells import frame
from dashboard.tier_queries import literal
from metrics import did
from metrics.arms import Sums
from metrics.trial_plans import Plan

UNIT = 10_000
"""Money is summed in whole ten-thousandths, so that no sum loses a digit."""

YEAR = 365
MOST_SILENT = 0.5
"""The share of dormant members above which they were chosen for being silent."""

TOO_EARLY = "its days after the start are not over"
CHANGES = """
WITH spending AS (
    SELECT
        o.customer_key,
        SUM(CASE WHEN {after} THEN o.revenue ELSE 0 END) AS after,
        SUM(CASE WHEN {before} THEN o.revenue ELSE 0 END) AS before,
        SUM(CASE WHEN {earliest} THEN o.revenue ELSE 0 END) AS earliest,
        SUM(CASE WHEN {after_then} THEN o.revenue ELSE 0 END) AS after_then,
        SUM(CASE WHEN {before_then} THEN o.revenue ELSE 0 END) AS before_then
    FROM occasions AS o
    WHERE o.customer_key > 0 AND o.valid_from <= $known AND o.valid_to > $known
    GROUP BY o.customer_key
),
members AS (
    SELECT DISTINCT e.customer_id FROM campaign_entries AS e
    WHERE e.campaign_id = {campaign} AND e.arm <> 'control'
),
told AS (
    SELECT
        m.customer_id IS NOT NULL AS member, c.first_day,
        CAST({unit} * (COALESCE(s.after, 0) - COALESCE(s.before, 0)) AS HUGEINT) AS d,
        CAST({unit} * (COALESCE(s.before, 0) - COALESCE(s.earliest, 0)) AS HUGEINT)
            AS slope,
        CAST(
            {unit} * (COALESCE(s.after_then, 0) - COALESCE(s.before_then, 0)) AS HUGEINT
        ) AS then
    FROM current_customers AS c
    LEFT JOIN members AS m ON m.customer_id = c.customer_id
    LEFT JOIN spending AS s ON s.customer_key = c.customer_key
    WHERE c.first_day < $since AND {clauses}
)
SELECT
    t.member, COUNT(*) AS n, SUM(t.d) AS d, SUM(t.d * t.d) AS dd,
    SUM(t.slope) AS slope, SUM(t.slope * t.slope) AS slopes,
    COUNT(*) FILTER (t.first_day < $year_ago) AS then_n,
    SUM(t.d - t.then) FILTER (t.first_day < $year_ago) AS then_d,
    SUM((t.d - t.then) * (t.d - t.then)) FILTER (t.first_day < $year_ago) AS then_dd
FROM told AS t GROUP BY t.member
"""
SILENT = """
SELECT COALESCE(AVG(CASE WHEN e.tier = 'dormant' THEN 1.0 ELSE 0.0 END), 0) AS silent
FROM campaign_entries AS e WHERE e.campaign_id = {campaign}
"""


def comparison(view: View) -> pl.DataFrame:
    """The members of one campaign before and after it, beside everybody else."""
    plan = trials.planned(view)
    about = did.About(
        plan.campaign_id,
        plan.outcome_days,
        silent=_silent(view, plan) > MOST_SILENT,
        confidence=view.reader.settings.confidence,
    )
    if plan.starts_on + timedelta(days=plan.outcome_days) > view.as_of:
        return did.unknown(about, TOO_EARLY)
    if plan.starts_on - timedelta(days=3 * plan.outcome_days) < view.first_day:
        return did.unknown(about, did.EARLY)
    rows = view.reader.remember(
        ("changes", plan.campaign_id, view.where), lambda: _changes(view, plan)
    )
    members, others = (_side(rows, member) for member in (True, False))
    return did.campaign_comparison(
        did.Sides(_sums(members, "d"), _sums(others, "d")),
        did.Sides(_sums(members, "slope"), _sums(others, "slope")),
        {did.SEASON: _season(view, plan, members), did.BEFORE: _sums(members, "d")},
        about,
    )


def _changes(view: View, plan: Plan) -> pl.DataFrame:
    start, days = plan.starts_on, timedelta(days=plan.outcome_days)
    year = timedelta(days=YEAR)
    spans = {
        "after": (start, start + days),
        "before": (start - days, start),
        "earliest": (start - 3 * days, start - 2 * days),
        "after_then": (start - year, start - year + days),
        "before_then": (start - year - days, start - year),
    }
    clauses, values = chosen("c", view.where)
    text = CHANGES.format(
        unit=UNIT,
        clauses=clauses,
        campaign=literal(plan.campaign_id),
        **{name: _inside(*ends) for name, ends in spans.items()},
    )
    given = {
        "known": view.as_of,
        "since": start - 3 * days,
        "year_ago": start - year - days,
        **values,
    }
    with view.reader.snapshot.cursor() as cursor:
        return cursor.sql(text, params=given).pl()


def _inside(first: date, end: date) -> str:
    return f"o.day >= DATE '{first}' AND o.day < DATE '{end}'"


def _side(rows: pl.DataFrame, member: bool) -> dict[str, Any]:  # noqa: FBT001 who, not a switch
    found = rows.filter(pl.col("member") == member).to_dicts()
    return found[0] if found else dict.fromkeys(rows.columns, 0)


def _sums(side: dict[str, Any], name: str) -> Sums:
    """The sums of a change; of a slope over three periods, half the difference."""
    squares = {"d": "dd", "slope": "slopes"}[name]
    unit = UNIT if name == "d" else 2 * UNIT
    return Sums(int(side["n"]), int(side[name]), int(side[squares]), y_unit=unit)


def _season(view: View, plan: Plan, side: dict[str, Any]) -> Sums | None:
    """The change less that of a year before; none if the history is too short."""
    first = plan.starts_on - timedelta(days=YEAR + plan.outcome_days)
    if first < view.first_day or not side["then_n"]:
        return None
    total, squares = int(side["then_d"]), int(side["then_dd"])
    return Sums(int(side["then_n"]), total, squares, y_unit=UNIT)


def _silent(view: View, plan: Plan) -> float:
    with view.reader.snapshot.cursor() as cursor:
        text = SILENT.format(campaign=literal(plan.campaign_id))
        return float(frame(cursor, text)["silent"][0])
