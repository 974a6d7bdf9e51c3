"""What was known of customers on a past day, and who left, by plain SQL over rows."""

from datetime import date, timedelta
from statistics import median

import polars as pl
import pytest

from dashboard import healths
from dashboard.churn.known import Cut, Sources, cut
from dashboard.reader import Reader
from tests.oracle.raw import PURCHASES, Oracle

HORIZON = 180
KNOWN = f"""
WITH bought AS ({PURCHASES}),
days AS (SELECT DISTINCT customer_id, day FROM bought),
gaps AS (
    SELECT customer_id,
        day - LAG(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap
    FROM days
)
SELECT
    d.customer_id, COUNT(*) - 1 AS frequency,
    MAX(d.day) - MIN(d.day) AS recency, $as_of - MIN(d.day) AS "T",
    (SELECT MEDIAN(g.gap) FROM gaps g WHERE g.customer_id = d.customer_id) AS own_gap,
    COUNT(*) FILTER (d.day > $as_of - 90) AS bought,
    COUNT(*) FILTER (d.day > $as_of - 180 AND d.day <= $as_of - 90) AS bought_before,
    (SELECT COUNT(*) FROM interactions i WHERE i.customer_id = d.customer_id
        AND i.occurred_on > $as_of - 90 AND i.occurred_on <= $as_of) AS touched,
    (SELECT COUNT(*) FROM interactions i WHERE i.customer_id = d.customer_id
        AND i.occurred_on > $as_of - 180 AND i.occurred_on <= $as_of - 90)
        AS touched_before,
    (SELECT COUNT(*) FROM tickets t WHERE t.customer_id = d.customer_id
        AND t.kind = 'complaint' AND t.opened_on <= $as_of
        AND t.opened_on > $as_of - 365
        AND (t.resolved_on IS NULL OR t.resolved_on > $as_of
            OR t.resolved_on - t.opened_on > 3)) AS complaints
FROM days d GROUP BY d.customer_id HAVING MAX(d.day) > $as_of - 365
"""
LAST_DAY = f"SELECT customer_id, MAX(day) FROM ({PURCHASES}) GROUP BY 1"
ANSWERED = """
SELECT customer_id, COALESCE(answered_on, sent_on) AS day, {value}
FROM surveys
WHERE {value} IS NOT NULL AND COALESCE(answered_on, sent_on) <= $as_of
    AND COALESCE(answered_on, sent_on) > $as_of - 365
"""
POINTS = """
SELECT customer_id,
    SUM(points) FILTER (occurred_on <= $as_of)
    - COALESCE(SUM(points) FILTER (
        kind = 'earn' AND occurred_on <= $as_of
        AND (expires_on IS NULL OR expires_on > $as_of + 90)
    ), 0)
FROM points WHERE occurred_on <= $as_of GROUP BY 1
"""


@pytest.fixture(scope="module")
def sources(company: Reader) -> Sources:
    """What the refresh read, over the kept tables and the accepted rows."""
    with company.snapshot.cursor() as cursor:
        for table in ("tickets", "points"):
            path = list(map(str, company.snapshot.parts(table)))
            rows = f"SELECT * FROM read_parquet({path}, union_by_name = true)"
            cursor.execute(f"CREATE TEMP VIEW {table} AS {rows}")
        return Sources.read(cursor, healths.signals(cursor), 3)


@pytest.fixture(scope="module", params=[180, 360, 17])
def past(request: pytest.FixtureRequest, oracle: Oracle) -> date:
    return oracle.last - timedelta(request.param)


def by_name(sources: Sources, company: Reader, found: Cut) -> pl.DataFrame:
    names = company.rows("SELECT customer_key, customer_id FROM profiles")
    keys = pl.DataFrame({"customer_key": found.keys})
    ids = keys.join(names, on="customer_key", how="left", maintain_order="left")
    return found.facts.with_columns(ids["customer_id"]).sort("customer_id")


def test_facts_are_those_of_the_rows_known_on_the_day(
    sources: Sources, company: Reader, oracle: Oracle, past: date
) -> None:
    facts = by_name(sources, company, cut(sources, past, None))
    rows = oracle.connection.execute(KNOWN, {"as_of": past}).pl().sort("customer_id")
    assert rows.height > 300
    same = rows.columns
    right = rows.cast(
        {name: pl.Int64 for name in same if name not in ("customer_id", "own_gap")}
    )
    found = facts.select(same)
    assert found.drop("own_gap").equals(right.drop("own_gap"))
    gaps = zip(found["own_gap"], right["own_gap"], strict=True)
    assert all(one == other for one, other in gaps)


def test_answers_and_points_are_those_of_the_day(
    sources: Sources, company: Reader, oracle: Oracle, past: date
) -> None:
    facts = by_name(sources, company, cut(sources, past, None))
    columns = "product_quality, service, delivery, communication, support"
    rated = f"list_avg([{columns}])"
    last: dict[str, dict[str, tuple[date, list[float]]]] = {}
    for name, value in (("detractor", "score"), ("dissatisfied", rated)):
        told = oracle.connection.execute(
            ANSWERED.format(value=value), {"as_of": past}
        ).fetchall()
        newest: dict[str, tuple[date, list[float]]] = {}
        for customer, day, score in sorted(told, key=lambda row: row[1]):
            same = newest.get(customer, (day, []))
            newest[customer] = (day, [*(same[1] if same[0] == day else []), score])
        last[name] = newest
    left = dict(oracle.connection.execute(POINTS, {"as_of": past}).fetchall())
    for row in facts.to_dicts():
        customer = row["customer_id"]
        scores = last["detractor"].get(customer, (past, [10.0]))[1]
        assert row["detractor"] == (sum(scores) / len(scores) < 6.5), customer
        assert row["expiring"] == max(0, left.get(customer) or 0), customer
        if len(last["dissatisfied"].get(customer, (past, []))[1]) == 1:
            assert row["dissatisfied"] == (last["dissatisfied"][customer][1][0] < 3)


def test_who_left_bought_nothing_in_the_horizon(
    sources: Sources, company: Reader, oracle: Oracle
) -> None:
    past = oracle.last - timedelta(HORIZON)
    facts = by_name(sources, company, cut(sources, past, HORIZON))
    later = dict(oracle.connection.execute(LAST_DAY, {"as_of": oracle.last}).fetchall())
    right = [not later[each] > past for each in facts["customer_id"]]
    assert facts["churned"].to_list() == right
    assert 0.1 < sum(right) / len(right) < 0.9


def test_the_usual_gap_is_the_median_of_all_gaps_with_those_still_open(
    sources: Sources, oracle: Oracle
) -> None:
    """Kaplan-Meier by hand over every gap of every customer."""
    day = oracle.last - timedelta(HORIZON)
    query = f"SELECT DISTINCT customer_id, day FROM ({PURCHASES}) ORDER BY ALL"
    rows = oracle.connection.execute(query, {"as_of": day}).fetchall()
    gaps: list[tuple[int, int]] = []
    for (one, begun), (other, ended) in zip(rows, [*rows[1:], ("", day)], strict=True):
        closed = one == other
        gaps.append((((ended if closed else day) - begun).days, int(closed)))
    kept, usual = 1.0, None
    for size in sorted({size for size, closed in gaps if closed}):
        waiting = sum(each >= size for each, _ in gaps)
        kept *= 1 - sum(gap == (size, 1) for gap in gaps) / waiting
        if kept <= 0.5 and usual is None:
            usual = size
    assert cut(sources, day, None).known.usual_gap == usual
    assert usual is not None
    assert usual > median(size for size, closed in gaps if closed) / 2
