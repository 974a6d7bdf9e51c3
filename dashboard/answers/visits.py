"""Answers about the contacts that tiers are owed: done, running, still to be made."""

from collections.abc import Callable
from datetime import date

import polars as pl

from dashboard import periods, recorded
from dashboard.answers.people import chosen
from dashboard.answers.service import first_of
from dashboard.answers.view import View, offered
from data.errors import UsageError
from data.schemas.visits import DutySums
from metrics import visits
from metrics.estimates import EVERYONE

SHOWN = ("overdue", "coming", "all")
STANDING = """
WITH recorded_here AS (
    SELECT p.customer_key, w.kind, v.starts_on, v.ends_on, COUNT(*) AS made,
        MAX(w.contacted_on) AS last_on
    FROM written AS w
    INNER JOIN profiles AS p ON p.customer_id = w.customer_id
    INNER JOIN (
        SELECT DISTINCT kind, starts_on, ends_on FROM visit_duties
    ) AS v ON v.kind = w.kind AND w.contacted_on BETWEEN v.starts_on AND v.ends_on
    GROUP BY ALL
),
standing AS (
    SELECT
        d.customer_key, d.tier AS duty_tier, d.kind, d.starts_on, d.ends_on, d.due,
        CAST(d.done + COALESCE(w.made, 0) AS INTEGER) AS done,
        GREATEST(d.last_on, w.last_on) AS last_on, {attributes}
    FROM visit_duties AS d
    LEFT JOIN recorded_here AS w
        ON w.customer_key = d.customer_key AND w.kind = d.kind
        AND w.starts_on = d.starts_on AND w.ends_on = d.ends_on
    {joins}
    WHERE {period} AND {clauses}
)
"""
SUMMED = (
    STANDING
    + """
SELECT
    {by} AS segment, SUM(s.due) AS due, SUM(LEAST(s.due, s.done)) AS met,
    COUNT(*) FILTER (s.done < s.due) AS listed
FROM standing AS s GROUP BY ALL
"""
)
LISTED = (
    STANDING
    + """
SELECT
    s.customer_id, s.kind, s.duty_tier, s.starts_on, s.ends_on AS due_on,
    CASE WHEN s.ends_on <= $as_of THEN 'overdue' ELSE 'coming' END AS state,
    s.ends_on - $as_of AS days_left, CAST(s.due AS BIGINT) AS due,
    CAST(s.done AS BIGINT) AS done, s.owner, s.store, s.region, s.tier, s.last_on
FROM standing AS s WHERE s.done < s.due AND {some}
ORDER BY s.ends_on DESC, s.customer_id, s.kind {limit}
"""
)
OWNED = "LEFT JOIN visit_owners AS o ON o.customer_key = d.customer_key"
KNOWN = "INNER JOIN current_customers AS c ON c.customer_key = d.customer_key"
OWNER = "COALESCE(o.owner, 'unknown') AS owner"
OF_CUSTOMER = ("store", "region", "customer_type", "acquisition_channel", "tier")
PERIOD = """
CASE
    WHEN MONTH(s.ends_on) - MONTH(s.starts_on) = 11 THEN strftime(s.starts_on, '%Y')
    WHEN MONTH(s.ends_on) - MONTH(s.starts_on) = 5
        THEN strftime(s.starts_on, '%Y-H') || (1 + MONTH(s.starts_on) // 7)
    WHEN MONTH(s.ends_on) - MONTH(s.starts_on) = 2
        THEN strftime(s.starts_on, '%Y-Q') || (1 + MONTH(s.starts_on) // 3)
    ELSE strftime(s.starts_on, '%Y-%m')
END
"""
"""A period's name: 2026, 2026-H1, 2026-Q3, or the month in which it begins."""

FIRST = "SELECT MIN(starts_on) AS day FROM visit_duties"
ENDED = "d.ends_on <= $as_of AND d.ends_on > $start"
RUNNING = "d.ends_on > $as_of"


def compliance(view: View) -> pl.DataFrame:
    """How much of what was owed in ended periods was done."""
    sums = DutySums.validate(_summed(view, ENDED).lazy())
    confidence = view.reader.settings.confidence
    return visits.visit_compliance(sums, by=_by(view), confidence=confidence)


def progress(view: View) -> pl.DataFrame:
    """How much of what is owed in running periods has been done."""
    return visits.visit_progress(
        DutySums.validate(_summed(view, RUNNING).lazy()), by=_by(view)
    )


def listed(view: View) -> pl.DataFrame:
    """The contacts still owed: overdue, coming, or all."""
    show = view.options.get("show", "overdue")
    if show not in SHOWN:
        raise UsageError(f"--show {show}: it is one of {', '.join(SHOWN)}")
    which = {"overdue": ENDED, "coming": RUNNING, "all": f"({ENDED} OR {RUNNING})"}
    names = ("owner", "kind", "duty-tier")
    texts = {name: view.options[name] for name in names if name in view.options}
    some = [f"s.{n.replace('-', '_')} = ${n.replace('-', '_')}" for n in texts]
    found = _ask(
        view,
        LISTED,
        (*OF_CUSTOMER, "owner", "customer_id"),
        {name.replace("-", "_"): text for name, text in texts.items()},
        period=which[show],
        some=" AND ".join(["TRUE", *some]),
        limit=first_of(view),
    )
    return visits.visit_list(found)


def _by(view: View) -> str:
    return EVERYONE if view.by is None else "segment"


def _summed(view: View, period: str) -> pl.DataFrame:
    by = {None: "'all'", "period": PERIOD}.get(view.by, f"s.{view.by}")
    told = (view.by,) if view.by in (*OF_CUSTOMER, "owner") else ()
    return _ask(view, SUMMED, told, {}, period=period, by=by)


def _ask(
    view: View, query: str, told: tuple[str, ...], texts: dict[str, str], **more: str
) -> pl.DataFrame:
    """The rows of a query over what is owed, with what was recorded since."""
    _last_day(view)
    clauses, values = chosen("c", view.where)
    given = {name: _attribute(name) for name in told}
    joins = [OWNED] if "owner" in told else []
    if view.where or set(told) - {"owner"}:
        joins.append(KNOWN)
    text = query.format(
        attributes=", ".join(given.values()) or "1 AS one",
        joins=" ".join(joins),
        clauses=clauses,
        **more,
    )
    days = {"as_of": view.as_of, "start": view.spans[0].starts_after}
    used = {name: day for name, day in days.items() if f"${name}" in text}
    with view.reader.snapshot.cursor() as cursor:
        cursor.register("written", _written(view))
        found: pl.DataFrame = cursor.sql(text, params={**used, **values, **texts}).pl()
    return found


def _attribute(name: str) -> str:
    return OWNER if name == "owner" else f"c.{name}"


def _written(view: View) -> pl.DataFrame:
    first: date | None = view.reader.rows(FIRST)["day"][0]
    return recorded.contacts(view.reader.snapshot.store, first or periods.DAWN)


def _last_day(view: View) -> None:
    last = offered(view.reader)[-1]
    if view.as_of != last:
        raise UsageError(f"visits are told as of the last day, {last}")


ROWS: dict[str, Callable[[View], pl.DataFrame]] = {
    "visit_compliance": compliance,
    "visit_progress": progress,
    "visit_list": listed,
}
