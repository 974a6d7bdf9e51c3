"""Times of purchases, channels, and how lifetime value is spread, in plain SQL."""

from collections.abc import Sequence

import polars as pl
import pytest

from dashboard.answers import answer
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from metrics.order_times import time_pattern
from tests.oracle.raw import MEMBERS, NET, Oracle

VIEWS: tuple[tuple[str, Sequence[Condition]], ...] = (
    ("TRUE", ()),
    ("tier = 'gold'", (Condition("tier", ("gold",)),)),
    ("region <> '华东'", (Condition("region", ("华东",), negate=True),)),
)


def ask(company: Reader, metric: str, where: Sequence[Condition] = ()) -> pl.DataFrame:
    return answer(company, LOCAL, Question(metric, where=tuple(where)))


@pytest.mark.parametrize(("chosen", "where"), VIEWS)
def test_purchases_by_weekday_and_hour_are_those_of_the_raw_orders(
    company: Reader, oracle: Oracle, chosen: str, where: Sequence[Condition]
) -> None:
    members = "" if chosen == "TRUE" else MEMBERS.format(where=chosen)
    inside = (
        "TRUE" if not members else "o.customer_id IN (SELECT customer_id FROM chosen)"
    )
    rows = oracle.connection.execute(
        f"{members} SELECT o.ordered_weekday, o.ordered_hour, o.channel, COUNT(*),"
        f" SUM({NET}) FROM orders o WHERE o.status = 'completed'"
        f" AND o.ordered_on <= $as_of AND o.ordered_on > $as_of - 365 AND {NET} > 0"
        f" AND {inside} GROUP BY ALL",
        {"as_of": oracle.last}
        | ({} if not members else {"start": oracle.last, "before": oracle.last}),
    ).fetchall()
    told = ask(company, "time_pattern", where)
    expected: dict[tuple[int, int], int] = {}
    for weekday, hour, _, orders, _ in rows:
        if hour is not None:
            expected[weekday, hour] = expected.get((weekday, hour), 0) + orders
    found = {
        (weekday, hour): orders
        for weekday, hour, orders in told.select(
            "weekday", "hour", "orders"
        ).iter_rows()
    }
    assert len(found) == 168
    assert {key: value for key, value in found.items() if value} == expected
    assert told["share"].sum() == pytest.approx(1)
    channels = ask(company, "order_channels", where)
    each = channels.filter(~pl.col("total"))
    names = {row[2] or "unknown" for row in rows}
    assert set(each["segment"]) == names
    for name in names:
        mine = [row for row in rows if (row[2] or "unknown") == name]
        row = each.filter(pl.col("segment") == name).row(0, named=True)
        assert row["orders"] == sum(each[3] for each in mine)
        assert row["revenue"] == pytest.approx(float(sum(each[4] for each in mine)))


def test_kinds_of_channels_sum_to_their_channels(company: Reader) -> None:
    told = ask(company, "order_channels")
    kinds, each = told.filter("total"), told.filter(~pl.col("total"))
    sums = dict(each.group_by("place").agg(pl.col("orders").sum()).iter_rows())
    assert dict(kinds.select("segment", "orders").iter_rows()) == sums
    assert kinds["share"].sum() == pytest.approx(1)
    assert set(each.filter(place="offline")["segment"]) == {"store"}


def test_orders_of_the_pattern_are_the_orders_of_the_window(company: Reader) -> None:
    told = ask(company, "order_channels").filter("total")
    assert told["orders"].sum() == ask(company, "orders")["value"][0]


def test_nobody_buys_at_no_time() -> None:
    schema = {"weekday": pl.Int64, "hour": pl.Int64, "channel": pl.String,
              "orders": pl.Int64, "revenue": pl.Float64}  # fmt: skip
    told = time_pattern(pl.LazyFrame(schema=schema))  # type: ignore[arg-type] # no rows to validate
    assert told["orders"].sum() == 0
    assert told["share"].null_count() == 168


@pytest.mark.parametrize(("chosen", "where"), VIEWS)
def test_the_ranges_of_lifetime_value_hold_every_valued_customer_once(
    company: Reader, chosen: str, where: Sequence[Condition]
) -> None:
    question = Question("clv", where=tuple(where), options=(("per-customer", "true"),))
    clv = answer(company, LOCAL, question)["clv"].drop_nulls()
    told = ask(company, "clv_distribution", where)
    assert told["customers"].sum() == clv.len()
    assert told["clv"].sum() == pytest.approx(clv.sum())
    for low, high, customers in told.select("low", "high", "customers").iter_rows():
        inside = (clv >= low) if low is not None else (clv < 0)
        inside &= (clv < high) if high is not None else True
        assert inside.sum() == customers
    assert chosen
    assert 15 <= told.height <= 22


def test_cohorts_by_lifetime_value_are_means_of_their_customers(
    company: Reader, oracle: Oracle
) -> None:
    question = Question("clv", options=(("per-customer", "true"),))
    clv = answer(company, LOCAL, question).select("customer_id", "clv").drop_nulls()
    oracle.connection.register("valued", clv.to_arrow())
    rows = oracle.connection.execute(
        "WITH firsts AS (SELECT o.customer_id, MIN(o.ordered_on) AS first FROM orders o"
        f" WHERE o.status = 'completed' AND o.ordered_on <= $as_of AND {NET} > 0"
        " GROUP BY 1) SELECT strftime(first, '%Y-%m'), AVG(clv), COUNT(*)"
        " FROM firsts JOIN valued USING (customer_id) GROUP BY 1 ORDER BY 1",
        {"as_of": oracle.last},
    ).fetchall()
    told = ask(company, "clv_cohorts").select("segment", "value", "n")
    assert [row[0] for row in told.iter_rows()] == [row[0] for row in rows]
    assert told["n"].to_list() == [row[2] for row in rows]
    assert told["value"].to_list() == pytest.approx([row[1] for row in rows])
