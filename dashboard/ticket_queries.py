"""Queries over the kept tickets: what was known by the end of a date, and no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from data.service import ServiceSettings

SEEN = """
SELECT
    c.* REPLACE ({seen}),
    CASE WHEN c.kind = 'complaint' THEN {loop_end} ELSE {end} END AS done
FROM ({source}) AS c
WHERE c.opened < {now} AND {clauses}
"""
"""Tickets as they looked at the end of a date; a later moment has not happened."""

MOMENTS = (
    *("first_response", "responded", "verified", "assigned", "planned", "executed"),
    *("ended", "reported", "called_back", "tracked"),
    *("responded_worked", "ended_worked"),
)
LOOP = (
    *("opened", "verified", "assigned", "planned"),
    *("executed", "reported", "called_back", "tracked"),
)
"""The moments of the steps of the closed loop, in order."""

PAST = """
SELECT c.* REPLACE (COALESCE(k.tier, 'unknown') AS tier)
FROM ticket_cases AS c
LEFT JOIN profiles AS p ON p.customer_id = c.customer_id
LEFT JOIN (
    SELECT s.customer_key, r.tier FROM tier_stays AS s
    INNER JOIN tier_rules AS r ON r.rule = s.rule
    WHERE r.scheme = 'spend' AND s.from_on <= DATE '{as_of}'
        AND s.until_on > DATE '{as_of}'
) AS k ON k.customer_key = p.customer_key
"""
"""Tickets with the tier that their customers held on an earlier date."""

WAITS = """
WITH seen AS ({seen})
SELECT
    {by} AS segment, 'calendar' AS clock,
    (COALESCE(s.{moment}, {now}) - s.opened) // 60 AS minutes,
    s.{moment} IS NOT NULL AS ended, COUNT(*) AS tickets
FROM seen AS s WHERE s.opened_on > DATE '{start}' GROUP BY ALL
UNION ALL
SELECT
    {by}, 'business',
    (COALESCE(s.{moment}_worked, {worked}) - s.opened_worked) // 60,
    s.{moment} IS NOT NULL, COUNT(*)
FROM seen AS s WHERE s.opened_on > DATE '{start}' GROUP BY ALL
"""
SUMS = """
WITH seen AS ({seen}),
timed AS (
    SELECT
        s.*, {by} AS segment,
        {responded} - {opened} AS response_took, {ended} - {opened} AS resolution_took,
        {clock} - {opened} AS lasted, {respond} AS respond, {resolve} AS resolve
    FROM seen AS s WHERE s.opened_on > DATE '{start}'
),
by_customer AS (
    SELECT
        t.segment, t.customer_id, COUNT(*) AS tickets,
        COUNT(*) FILTER (t.kind = 'complaint') AS complaints,
        COUNT(t.ended) AS resolved,
        COUNT(*) FILTER (t.reopened = 1 AND t.ended IS NOT NULL) AS reopened,
        COUNT(t.reopened) FILTER (t.ended IS NOT NULL) AS known,
        COUNT(*) FILTER (t.response_took <= t.respond) AS responded_in_time,
        COUNT(*) FILTER (
            t.response_took <= t.respond OR t.lasted > t.respond
        ) AS to_respond,
        COUNT(*) FILTER (t.resolution_took <= t.resolve) AS resolved_in_time,
        COUNT(*) FILTER (
            t.resolution_took <= t.resolve OR t.lasted > t.resolve
        ) AS to_resolve,
        COUNT(t.satisfaction) FILTER (t.ended IS NOT NULL) AS rated,
        COALESCE(SUM(t.satisfaction) FILTER (t.ended IS NOT NULL), 0) AS total,
        COALESCE(
            SUM(t.satisfaction * t.satisfaction) FILTER (t.ended IS NOT NULL), 0
        ) AS squares
    FROM timed AS t GROUP BY t.segment, t.customer_id
)
SELECT
    b.segment, SUM(COLUMNS(b.* EXCLUDE (segment, customer_id))),
    SUM(b.total * b.total) AS cluster_squares,
    SUM(b.total * b.rated) AS cluster_product,
    SUM(b.rated * b.rated) AS cluster_counts
FROM by_customer AS b GROUP BY b.segment
"""
STANDING = """
WITH seen AS ({seen}),
placed AS (
    SELECT s.*, {steps} AS steps, {came} AS came FROM seen AS s WHERE {which}
),
standing AS (
    SELECT
        p.*, CASE WHEN p.kind = 'complaint' THEN p.steps[p.came] ELSE p.opened END
            AS since,
        CASE
            WHEN p.kind = 'complaint' THEN {names}[p.came]
            WHEN p.responded IS NULL AND {answers} THEN 'response'
            ELSE 'resolution'
        END AS waits_for,
        {limits}[p.came] AS limit_hours,
        CASE
            WHEN p.responded IS NULL AND {answers} THEN {clock} - {opened} - {respond}
        END AS response_over,
        CASE WHEN p.ended IS NULL AND {ends} THEN {clock} - {opened} - {resolve} END
            AS resolution_over
    FROM placed AS p
),
judged AS (
    SELECT
        s.*,
        CASE
            WHEN s.kind = 'complaint' THEN {now} - s.since - 3600 * s.limit_hours
        END AS step_over
    FROM standing AS s
)
"""
OPEN = (
    STANDING
    + """
SELECT
    {by} AS segment, COUNT(*) AS open,
    COUNT(*) FILTER (
        s.response_over > 0 OR s.resolution_over > 0 OR s.step_over > 0
    ) AS breached,
    COUNT(*) FILTER ({fresh}) AS fresh,
    COUNT(*) FILTER (s.response_over > 0) AS response,
    COUNT(*) FILTER (s.resolution_over > 0) AS resolution,
    COUNT(*) FILTER (s.step_over > 0) AS step,
    MAX({now} - s.opened) AS oldest
FROM judged AS s GROUP BY ALL
"""
)
LISTED = (
    STANDING
    + """
SELECT
    s.ticket_id, s.customer_id, s.kind, s.type, s.cause, s.channel, s.team, s.agent,
    s.store, s.region, s.tier, s.opened_on, ({now} - s.opened) / 3600 AS age_hours,
    s.waits_for, ({now} - s.since) / 3600 AS waiting_hours,
    NULLIF(CONCAT_WS(
        '+', CASE WHEN s.response_over > 0 THEN 'response' END,
        CASE WHEN s.resolution_over > 0 THEN 'resolution' END,
        CASE WHEN s.step_over > 0 THEN 'step' END
    ), '') AS breach,
    CASE WHEN GREATEST(s.response_over, s.resolution_over, s.step_over) > 0
        THEN GREATEST(s.response_over, s.resolution_over, s.step_over) / 3600
    END AS over_hours
FROM judged AS s WHERE {chosen}
ORDER BY over_hours NULLS LAST, age_hours, s.ticket_id {limit}
"""
)
LOOPED = (
    STANDING
    + """
SELECT
    n.place, COUNT(*) FILTER (s.came >= n.place) AS reached,
    COUNT(*) FILTER (s.came = n.place AND s.done IS NULL) AS waiting,
    COUNT(*) FILTER (
        s.came = n.place AND s.done IS NULL AND s.step_over > 0
    ) AS breached,
    MEDIAN({now} - s.since) FILTER (s.came = n.place AND s.done IS NULL) AS median_age,
    MAX({now} - s.since) FILTER (s.came = n.place AND s.done IS NULL) AS oldest_age,
    MEDIAN(s.steps[n.place] - s.steps[n.place - 1]) FILTER (n.place > 1) AS taken
FROM judged AS s CROSS JOIN (SELECT UNNEST(range(1, {size} + 1)) AS place) AS n
GROUP BY n.place ORDER BY n.place
"""
)
COMPLAINTS = """
WITH seen AS ({seen} AND c.kind = 'complaint'),
told AS (
    SELECT
        s.*, {by} AS segment,
        s.type <> 'unknown' AND s.opened - LAG(s.opened) OVER (
            PARTITION BY s.customer_id, s.type ORDER BY s.opened, s.ticket_id
        ) <= 86400 * {days} AS again
    FROM seen AS s WHERE s.opened_on >= DATE '{back}'
)
SELECT
    t.segment, COUNT(*) FILTER (t.opened_on > DATE '{start}') AS complaints,
    COUNT(*) FILTER (t.opened_on <= DATE '{start}') AS before,
    COUNT(*) FILTER (t.opened_on > DATE '{start}' AND t.type <> 'unknown') AS typed,
    COUNT(*) FILTER (t.opened_on > DATE '{start}' AND t.again) AS recurring
FROM told AS t WHERE t.opened_on > DATE '{before}' GROUP BY t.segment
"""


@dataclass(frozen=True)
class Moment:
    """The end of a date: in seconds since 1970, and of the time the desk was open."""

    as_of: date
    now: int
    worked: int


def seen(source: str, at: Moment, clauses: str, steps: tuple[str, ...]) -> str:
    """Tickets as they looked at the end of a date; `steps` are those that are kept."""
    known = ", ".join(
        f"CASE WHEN c.{name.removesuffix('_worked')} < {at.now} THEN c.{name} END"
        f" AS {name}"
        for name in MOMENTS
    )
    last = steps[-1] if len(steps) > 1 else "ended"
    ends = {
        name: f"CASE WHEN c.{moment} < {at.now} THEN c.{moment} END"
        for name, moment in (("loop_end", last), ("end", "ended"))
    }
    return SEEN.format(seen=known, source=source, now=at.now, clauses=clauses, **ends)


def promise(hours: Mapping[str, float], row: str) -> str:
    """The promised seconds by a ticket's kind."""
    cases = " ".join(
        f"WHEN {row}.kind = '{kind}' THEN {round(3600 * each)}"
        for kind, each in hours.items()
    )
    return f"CASE {cases} END"


def clocked(desk: ServiceSettings, at: Moment, row: str) -> dict[str, str]:
    """The clock on which promises run: names of moments, and what it shows now."""
    works = desk.clock == "business"
    names = ("opened", "responded", "ended")
    told = {name: f"{row}.{name}{'_worked' if works else ''}" for name in names}
    return {**told, "clock": str(at.worked if works else at.now)}


def steps(kept: tuple[str, ...], desk: ServiceSettings, row: str) -> dict[str, str]:
    """The steps that are kept: their moments, how far one came, what is next."""
    moments = ", ".join(f"{row}.{name}" for name in kept)
    came = ", ".join(
        f"CASE WHEN {row}.{name} IS NOT NULL THEN {place} ELSE 0 END"
        for place, name in enumerate(kept, 1)
    )
    limits = dict(zip(LOOP[1:], desk.step_hours.hours, strict=True))
    hours = ", ".join(str(limits[name]) for name in kept[1:])
    named = ", ".join(f"'{name}'" for name in kept[1:])
    return {
        "steps": f"[{moments}]",
        "came": f"GREATEST({came})",
        "names": f"CAST([{named}] AS VARCHAR[])",
        "limits": f"CAST([{hours}] AS DOUBLE[])",
    }
