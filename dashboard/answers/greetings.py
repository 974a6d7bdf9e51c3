"""Whom to greet: birthdays that come, and good customers who heard nothing lately.

A birthday is personal: only a viewer who may see personal fields gets that list.
"""

from calendar import isleap
from datetime import date, timedelta

import polars as pl

from dashboard.answers.people import chosen
from dashboard.answers.service import first_of
from dashboard.answers.view import UNKNOWN, View, offered
from data.errors import UsageError
from data.warehouse.reveal import birthdays
from metrics.estimates import EVERYONE
from metrics.greetings import care_list

SHOWN = {"birthday": 14, "greeting": 90}
"""The lists, and how many days each looks ahead or back."""

MOST_DAYS = 366
NO_RIGHT = "birthdays are personal: this viewer may not see them"
PEOPLE = """
WITH greeted AS (
    SELECT k.customer_id, MAX(k.contacted_on) AS last_care_on
    FROM {contacts} AS k
    WHERE k.purpose = 'care' AND k.contacted_on <= $as_of
    GROUP BY k.customer_id
)
SELECT
    c.customer_id, {on} AS birthday_on, {on} - $as_of AS days_left, g.last_care_on,
    c.tier, COALESCE(o.owner, 'unknown') AS owner, c.store, c.region
FROM current_customers AS c
LEFT JOIN greeted AS g ON g.customer_id = c.customer_id
LEFT JOIN visit_owners AS o ON o.customer_key = c.customer_key
{only}
WHERE c.first_day IS NOT NULL AND {which} AND {clauses}
ORDER BY birthday_on, g.last_care_on NULLS FIRST, c.customer_id {limit}
"""
DELIVERED = "read_parquet($paths, union_by_name = true)"
NOBODY = (
    "(SELECT CAST(NULL AS VARCHAR) AS customer_id, CAST(NULL AS DATE) AS contacted_on,"
    " CAST(NULL AS VARCHAR) AS purpose)"
)


BORN = {
    "on": "b.on_day",
    "only": "INNER JOIN born AS b ON b.customer_id = c.customer_id",
    "which": "TRUE",
}
GREETED = {
    "on": "CAST(NULL AS DATE)",
    "only": "",
    "which": "list_contains($owed, c.tier)"
    " AND (g.last_care_on IS NULL OR g.last_care_on <= $before)",
}


def listed(view: View) -> pl.DataFrame:
    """The customers to greet.

    Errors: UsageError for a list or a number of days that is none.
    """
    show = view.options.get("show", "birthday")
    if show not in SHOWN:
        raise UsageError(f"--show {show}: it is one of {', '.join(SHOWN)}")
    last = offered(view.reader)[-1]
    if view.as_of != last:
        raise UsageError(f"care is told as of the last day, {last}")
    if show == "greeting":
        return _asked(view, None)
    if not view.personal:
        row = {"segment": EVERYONE, "n": 0, "reason": NO_RIGHT}
        return pl.DataFrame([row], schema=UNKNOWN)
    return _asked(view, _born(view))


def _ungreeted(view: View) -> dict[str, object]:
    settings = view.reader.settings
    owed = [
        rule.name
        for rule in settings.tiers["spend"]
        if {"call", "visit"} & {kind for kind, times in rule.care.items() if times}
    ]
    before = view.as_of - timedelta(days=_days(view, "greeting"))
    return {"owed": owed, "before": before}


def _born(view: View) -> pl.DataFrame:
    """Who has a birthday within the days asked for, and on which day."""
    ahead = (
        view.as_of + timedelta(days=n) for n in range(_days(view, "birthday"), 0, -1)
    )
    days: dict[str, date] = {}
    for day in ahead:
        days[f"{day:%m-%d}"] = day
        if (day.month, day.day) == (2, 28) and not isleap(day.year):
            days["02-29"] = day
    found = birthdays(view.reader.snapshot, list(days))
    on = pl.col("birth_month_day").replace_strict(days, return_dtype=pl.Date)
    return found.select("customer_id", on.alias("on_day"))


def _asked(view: View, born: pl.DataFrame | None) -> pl.DataFrame:
    """The customers of a view: those born on the days, else those to be greeted."""
    clauses, values = chosen("c", view.where)
    given = {} if born is not None else _ungreeted(view)
    told = GREETED if born is None else BORN
    paths = view.reader.snapshot.parts("contacts")
    files = {"paths": paths} if paths else {}
    text = PEOPLE.format(
        contacts=DELIVERED if paths else NOBODY,
        clauses=clauses,
        limit=first_of(view),
        **told,
    )
    with view.reader.snapshot.cursor() as cursor:
        if born is not None:
            cursor.register("born", born)
        found: pl.DataFrame = cursor.sql(
            text, params={"as_of": view.as_of, **files, **given, **values}
        ).pl()
    return care_list(found)


def _days(view: View, show: str) -> int:
    text = view.options.get("days", str(SHOWN[show]))
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= MOST_DAYS:
        raise UsageError(f"--days {text}: a number from 1 to {MOST_DAYS} is needed")
    return int(text)
