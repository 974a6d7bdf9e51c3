"""Customers, orders and money equal plain SQL over the accepted rows, view by view."""

from dataclasses import replace
from datetime import date

import pytest

from dashboard.answers import answer, offered
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from tests.oracle.raw import MEMBERS, Oracle, parameters, where

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
        SELECT SUM(net), SUM(COALESCE(net - cost, net)), $before
        FROM ledger WHERE day > $start
            AND customer_id IN (SELECT customer_id FROM chosen)
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
    margin = asked(company, view, as_of, "margin")
    assert round(margin["value"], 2) == round(float(right["margin"]), 2)


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


@pytest.mark.parametrize("by", ["order_store", "order_channel", "category", "employee"])
def test_revenue_by_the_orders_own_column_adds_up(company: Reader, by: str) -> None:
    total = answer(company, LOCAL, Question("revenue"))["value"][0]
    parts = answer(company, LOCAL, Question("revenue", by=by))
    assert parts["value"].sum() == pytest.approx(total, abs=1e-6)
