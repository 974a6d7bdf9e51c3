"""The same answers in plain SQL over the accepted rows, one naive query each."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import duckdb
import polars as pl
import pytest

from dashboard.answers import answer, offered
from dashboard.periods import span
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL

STORES = tuple(f"S{number:03}" for number in range(1, 61))
VIEWS = [
    Question("revenue"),
    Question("revenue", window="90"),
    Question("revenue", window="all"),
    Question("revenue", window="month"),
    Question("revenue", window="45"),
    Question("revenue", window="90", where=(Condition("region", ("华东",)),)),
    Question("revenue", where=(Condition("tier", ("diamond", "gold")),)),
    Question("revenue", where=(Condition("tier", ("silver",), negate=True),)),
    Question("revenue", where=(Condition("acquisition_channel", ("store",)),)),
    Question("revenue", where=(Condition("store", ("S001", "S007", "S030")),)),
    Question(
        "revenue",
        where=(Condition("store", STORES), Condition("tier", ("silver",))),
    ),
]


@dataclass(frozen=True)
class Oracle:
    """Raw accepted orders and surveys on a plain connection."""

    connection: duckdb.DuckDBPyConnection
    last: date

    def one(self, query: str, **values: object) -> tuple[object, ...]:
        row = self.connection.execute(query, values).fetchone()
        assert row is not None
        return tuple(row)


@pytest.fixture(scope="session")
def oracle(company: Reader) -> Oracle:
    connection = duckdb.connect()
    for table in ("orders", "customers", "stores", "surveys"):
        paths = company.snapshot.parts(table)
        relation = connection.read_parquet(paths, union_by_name=True)
        relation.create(table)
    return Oracle(connection, offered(company)[-1])


# Net amount as of a day: refunds count from their own day on.
NET = """
    o.amount - CASE WHEN COALESCE(o.refunded_on, o.ordered_on) <= $as_of
               THEN o.refund ELSE 0 END
"""
PURCHASES = f"""
    SELECT o.customer_id, o.ordered_on AS day, {NET} AS net, o.cost
    FROM orders o
    WHERE o.status = 'completed' AND o.ordered_on <= $as_of AND {NET} > 0
"""
MEMBERS = f"""
    WITH bought AS ({PURCHASES}),
    returned AS (
        SELECT o.customer_id, o.ordered_on AS day, o.amount AS net FROM orders o
        WHERE o.status = 'returned' AND o.amount < 0 AND o.ordered_on <= $as_of
    ),
    ledger AS (
        SELECT customer_id, day, net FROM bought
        UNION ALL SELECT customer_id, day, net FROM returned
    ),
    facts AS (
        SELECT customer_id,
            (SELECT MAX(day) FROM bought b WHERE b.customer_id = l.customer_id) AS last,
            SUM(net) FILTER (day > $as_of - 365) AS spend
        FROM ledger l GROUP BY customer_id
    ),
    homes AS (
        SELECT DISTINCT ON (o.customer_id) o.customer_id, o.store_id
        FROM (
            SELECT customer_id, store_id, COUNT(*) AS n, MAX(ordered_on) AS latest
            FROM orders o
            WHERE o.status = 'completed' AND o.ordered_on <= $as_of AND {NET} > 0
                AND o.store_id IS NOT NULL
            GROUP BY ALL
        ) o
        ORDER BY o.customer_id, n DESC, latest DESC, store_id
    ),
    members AS (
        SELECT f.customer_id,
            COALESCE(c.store_id, h.store_id, 'unknown') AS store,
            COALESCE(s.region, c.region, 'unknown') AS region,
            COALESCE(c.customer_type, 'unknown') AS customer_type,
            COALESCE(c.acquisition_channel, 'unknown') AS acquisition_channel,
            CASE
                WHEN last IS NULL THEN 'unknown'
                WHEN $as_of - last >= 365 THEN 'dormant'
                WHEN COALESCE(spend, 0) >= 50000 THEN 'diamond'
                WHEN COALESCE(spend, 0) >= 10000 THEN 'gold'
                ELSE 'silver'
            END AS tier
        FROM facts f
        LEFT JOIN customers c USING (customer_id)
        LEFT JOIN homes h USING (customer_id)
        LEFT JOIN stores s ON s.store_id = COALESCE(c.store_id, h.store_id)
    ),
    chosen AS (SELECT * FROM members WHERE {{where}}),
    spans AS (
        SELECT customer_id,
            COUNT(DISTINCT day) FILTER (day > $start) AS days,
            COUNT(*) FILTER (day > $start) AS orders,
            COUNT(*) FILTER (day > $before AND day <= $start) AS earlier,
            MIN(day) AS first
        FROM bought WHERE customer_id IN (SELECT customer_id FROM chosen)
        GROUP BY customer_id
    )
"""


def where(question: Question) -> str:
    parts = ["TRUE"]
    for each in question.where:
        values = ", ".join(f"'{value}'" for value in each.values)
        sign = "NOT IN" if each.negate else "IN"
        parts.append(f"{each.attribute} {sign} ({values})")
    return " AND ".join(parts)


def parameters(as_of: date, period: str) -> dict[str, date]:
    asked = span(as_of, period)
    days = (as_of, asked.starts_after, asked.previous_after)
    return dict(zip(("as_of", "start", "before"), days, strict=True))


@pytest.fixture(params=range(len(VIEWS)), ids=lambda i: str(VIEWS[i].arguments()))
def view(request: pytest.FixtureRequest) -> Question:
    return VIEWS[request.param]


@pytest.fixture(params=["last day", "a year ago"])
def as_of(request: pytest.FixtureRequest, company: Reader) -> date:
    dates = offered(company)
    return dates[-1] if request.param == "last day" else dates[-13]


def expected(oracle: Oracle, question: Question, as_of: date) -> dict[str, object]:
    query = (
        MEMBERS.replace("{where}", where(question))
        + """
        SELECT
            (SELECT COUNT(*) FROM spans),
            COUNT(*) FILTER (days >= 1),
            COUNT(*) FILTER (days >= 2),
            COUNT(*) FILTER (days >= 1 AND first <= $start),
            COUNT(*) FILTER (earlier > 0),
            COUNT(*) FILTER (earlier > 0 AND days = 0),
            SUM(orders)
        FROM spans
    """
    )
    period = question.window or "365"
    values = parameters(as_of, period)
    names = ("customers", "buyers", "repeat", "returning", "before", "lost", "orders")
    counts = dict(zip(names, oracle.one(query, **values), strict=True))
    money = (
        MEMBERS.replace("{where}", where(question))
        + """
        SELECT
            (SELECT SUM(net) FROM ledger WHERE day > $start
                AND customer_id IN (SELECT customer_id FROM chosen)),
            (SELECT SUM(COALESCE(net - cost, net)) FROM bought WHERE day > $start
                AND customer_id IN (SELECT customer_id FROM chosen)),
            $before
    """
    )
    revenue, margin, _ = oracle.one(money, **values)
    return counts | {"revenue": revenue, "margin": margin}


def asked(company: Reader, question: Question, as_of: date, metric: str) -> dict:
    window = None if metric == "customers" else question.window or "365"
    about = replace(question, metric=metric, as_of=as_of, window=window)
    return answer(company, LOCAL, about).row(0, named=True)


def test_counts_of_customers_and_orders_equal_plain_sql(
    company: Reader, oracle: Oracle, view: Question, as_of: date
) -> None:
    right = expected(oracle, view, as_of)
    assert right["customers"]
    counts = {
        "customers": "customers",
        "active_customers": "buyers",
        "orders": "orders",
    }
    for metric, name in counts.items():
        assert asked(company, view, as_of, metric)["value"] == right[name], metric


def test_rates_equal_plain_sql(
    company: Reader, oracle: Oracle, view: Question, as_of: date
) -> None:
    right = expected(oracle, view, as_of)
    rates = {
        "repurchase_rate": ("repeat", "buyers"),
        "returning_share": ("returning", "buyers"),
        "churn_rate": ("lost", "before"),
    }
    for metric, (part, whole) in rates.items():
        found = asked(company, view, as_of, metric)
        assert found["n"] == right[whole], metric
        if right[whole]:
            assert found["value"] == pytest.approx(right[part] / right[whole]), metric
        else:
            assert found["value"] is None, metric


def test_revenue_equals_plain_sql_to_the_cent(
    company: Reader, oracle: Oracle, view: Question, as_of: date
) -> None:
    right = expected(oracle, view, as_of)
    found = asked(company, view, as_of, "revenue")
    assert round(found["value"], 2) == round(float(right["revenue"]), 2)


@pytest.mark.parametrize(
    "by", ["region", "store", "customer_type", "acquisition_channel", "tier"]
)
@pytest.mark.parametrize(
    "metric", ["customers", "active_customers", "orders", "revenue"]
)
def test_segments_add_up_to_the_total(company: Reader, metric: str, by: str) -> None:
    total = answer(company, LOCAL, Question(metric))["value"][0]
    parts = answer(company, LOCAL, Question(metric, by=by))
    assert parts["segment"].n_unique() == parts.height
    assert parts["value"].sum() == pytest.approx(total, abs=1e-6)


@pytest.mark.parametrize("by", ["region", "tier", "survey_store", "mode"])
@pytest.mark.parametrize("metric", ["nps", "response_rate"])
def test_answers_of_segments_add_up(company: Reader, metric: str, by: str) -> None:
    total = answer(company, LOCAL, Question(metric, window="365"))
    parts = answer(company, LOCAL, Question(metric, window="365", by=by))
    assert parts["n"].sum() == total["n"][0]
    weighted = (parts["value"] * parts["n"]).sum() / parts["n"].sum()
    assert weighted == pytest.approx(total["value"][0])


@pytest.mark.parametrize("by", ["order_store", "order_channel", "category", "employee"])
def test_revenue_by_the_orders_own_column_adds_up(company: Reader, by: str) -> None:
    total = answer(company, LOCAL, Question("revenue"))["value"][0]
    parts = answer(company, LOCAL, Question("revenue", by=by))
    assert parts["value"].sum() == pytest.approx(total, abs=1e-6)


def test_nps_equals_plain_sql(company: Reader, oracle: Oracle) -> None:
    last = oracle.last
    start = last - timedelta(days=90)
    n, score = oracle.one(
        "SELECT COUNT(score), 100.0 * (COUNT(*) FILTER (score >= 9)"
        " - COUNT(*) FILTER (score <= 6)) / COUNT(score) FROM surveys"
        " WHERE score IS NOT NULL AND COALESCE(answered_on, sent_on) > $start"
        " AND COALESCE(answered_on, sent_on) <= $last",
        start=start,
        last=last,
    )
    found = answer(company, LOCAL, Question("nps")).row(0, named=True)
    assert (found["n"], found["value"]) == (n, pytest.approx(score))


def test_response_rate_counts_the_surveys_that_were_sent(
    company: Reader, oracle: Oracle
) -> None:
    last = oracle.last
    sent, answered = oracle.one(
        "SELECT COUNT(*), COUNT(*) FILTER (answered_on <= $last AND COALESCE(score,"
        " product_quality, service, delivery, communication, support) IS NOT NULL)"
        " FROM surveys WHERE sent_on > $start AND sent_on <= $last",
        start=last - timedelta(days=90),
        last=last,
    )
    found = answer(company, LOCAL, Question("response_rate")).row(0, named=True)
    assert found["n"] == sent
    assert found["value"] == pytest.approx(answered / sent)


@pytest.mark.parametrize(
    "dimension", ["product_quality", "service", "delivery", "communication", "support"]
)
def test_satisfaction_equals_plain_sql(
    company: Reader, oracle: Oracle, dimension: str
) -> None:
    mean, top, n = oracle.one(
        f"SELECT AVG({dimension}), AVG(CASE WHEN {dimension} >= 4 THEN 1.0 ELSE 0 END),"
        f" COUNT(*) FROM surveys WHERE {dimension} IS NOT NULL"
        " AND COALESCE(answered_on, sent_on) > $start"
        " AND COALESCE(answered_on, sent_on) <= $last",
        start=oracle.last - timedelta(days=90),
        last=oracle.last,
    )
    found = answer(company, LOCAL, Question("csat"))
    row = found.filter(pl.col("dimension") == dimension).row(0, named=True)
    assert row["n"] == n
    assert row["value"] == pytest.approx(float(mean))
    assert row["top2"] == pytest.approx(float(top))


def test_repurchase_within_equals_plain_sql(company: Reader, oracle: Oracle) -> None:
    query = f"""
        WITH bought AS ({PURCHASES}),
        firsts AS (SELECT customer_id, MIN(day) AS first FROM bought GROUP BY ALL)
        SELECT COUNT(*), COUNT(*) FILTER (EXISTS (
            SELECT 1 FROM bought b WHERE b.customer_id = f.customer_id
            AND b.day > f.first AND b.day <= f.first + CAST($days AS INTEGER)))
        FROM firsts f WHERE f.first <= $as_of - CAST($days AS INTEGER)
    """
    found = answer(company, LOCAL, Question("repurchase_within"))
    for row in found.iter_rows(named=True):
        days = row["horizon_days"]
        n, k = oracle.one(query, as_of=oracle.last, days=days)
        assert row["n"] == n, days
        assert row["value"] == pytest.approx(k / n), days


def test_concentration_equals_plain_sql(company: Reader, oracle: Oracle) -> None:
    top, total, n = oracle.one(
        MEMBERS.replace("{where}", "TRUE")
        + """,
        spent AS (
            SELECT customer_id, SUM(net) AS net FROM ledger
            WHERE customer_id IN (SELECT customer_id FROM bought)
            GROUP BY customer_id
        ),
        ranked AS (
            SELECT net, ROW_NUMBER() OVER (ORDER BY net DESC, customer_id) AS place
            FROM spent
        )
        SELECT SUM(net) FILTER (place <= CEIL(5 * (SELECT COUNT(*) FROM spent) / 100)),
            SUM(net), COUNT(*) FROM ranked
        WHERE $start < $as_of AND $before < $as_of
        """,
        **parameters(oracle.last, "all"),
    )
    found = answer(company, LOCAL, Question("concentration")).row(0, named=True)
    assert found["n"] == n
    assert found["value"] == pytest.approx(float(top) / float(total))


def test_tiers_equal_plain_sql(company: Reader, oracle: Oracle) -> None:
    query = (
        MEMBERS.replace("{where}", "TRUE")
        + """
        SELECT tier, COUNT(*) FROM members
        WHERE customer_id IN (SELECT customer_id FROM spans) AND $before < $start
        GROUP BY tier
    """
    )
    rows = oracle.connection.execute(query, parameters(oracle.last, "365")).fetchall()
    found = answer(company, LOCAL, Question("tier_distribution"))
    got = dict(found.select("segment", "customers").iter_rows())
    assert {tier: n for tier, n in got.items() if n} == dict(rows)
