"""Answers about tiers: who moved, stays, how schemes fit, what other rules would do."""

from datetime import date

import polars as pl

from dashboard import tier_queries as asked
from dashboard.answers.view import View, offered
from dashboard.periods import year_before
from data.errors import UsageError
from data.schemas.cells import TierMoves, TierPairs
from metrics.migration import tier_crosswalk, tier_migration

MOVES = (
    "m.tier_from, m.tier_to, COUNT(*) AS customers,"
    " SUM(m.revenue_from) AS revenue_from, SUM(m.revenue_to) AS revenue_to"
)
PAIRS = """
SELECT a.customer_key, a.tier AS held, b.tier AS other, COALESCE(s.revenue, 0) AS revenue
FROM ({one}) AS a INNER JOIN ({two}) AS b ON b.customer_key = a.customer_key
LEFT JOIN ({spent}) AS s ON s.customer_key = a.customer_key
"""
STAYS = """
SELECT s.customer_key, r.scheme, r.version, r.tier, s.from_on, s.until_on
FROM tier_stays AS s INNER JOIN tier_rules AS r ON r.rule = s.rule
WHERE r.scheme = '{scheme}' AND s.from_on <= DATE '{day}'
"""


def earlier(view: View) -> date:
    """The earlier date of a change: a year before, or the first date there is.

    Errors: UsageError where it is no month end within the data before the as-of date.
    """
    dates = [day for day in offered(view.reader) if day < view.as_of]
    if not dates:
        raise UsageError("there is no month end before the as-of date to compare with")
    given = view.options.get("from")
    if given is None:
        usual = year_before(view.as_of)
        return max([day for day in dates if day <= usual], default=dates[0])
    if given not in map(str, dates):
        raise UsageError(f"--from {given}: a month end before {view.as_of} is needed")
    return date.fromisoformat(given)


def migration(view: View) -> pl.DataFrame:
    """Customers by tier on two dates."""
    scheme, before = asked.scheme_of(view), earlier(view)
    rows = asked.moved(scheme, before, view.as_of)
    found = asked.summed(view, ("moves", scheme, before), rows, MOVES)
    return tier_migration(
        TierMoves.validate(found.lazy()), order=asked.order(view, scheme)
    )


def moved(view: View) -> pl.DataFrame:
    """The customers behind the migration, or of one pair of tiers or kind of move."""
    scheme, before = asked.scheme_of(view), earlier(view)
    columns = "m.tier_from, m.tier_to, m.revenue_from, m.revenue_to"
    rows = asked.listed(view, asked.moved(scheme, before, view.as_of), columns)
    each = TierMoves.validate(rows.with_columns(pl.lit(1).alias("customers")).lazy())
    kinds = tier_migration(each, order=asked.order(view, scheme))
    pair = ["tier_from", "tier_to"]
    told = rows.join(kinds.select(*pair, "move"), on=pair, how="left")
    given = {name.replace("-", "_"): v for name, v in view.options.items()}
    wanted = {k: given[k] for k in (*pair, "move") if k in given}
    chosen = told.filter(*(pl.col(name) == value for name, value in wanted.items()))
    money = pl.col("revenue_from", "revenue_to").cast(pl.Float64)
    largest = pl.max_horizontal("revenue_from", "revenue_to")
    return (
        chosen.with_columns(money)
        .sort(largest, "customer_id", descending=[True, False], nulls_last=True)
        .select("customer_id", *pair, "move", "revenue_from", "revenue_to")
    )


def crossed(view: View) -> pl.DataFrame:
    """Customers by tier of two schemes."""
    one, two = asked.scheme_of(view), asked.scheme_of(view, "other")
    span = view.spans[0]
    rows = PAIRS.format(
        one=asked.held(one, view.as_of),
        two=asked.held(two, view.as_of),
        spent=asked.spending(view.as_of, span.starts_after),
    )
    key = ("pairs", one, two, span.starts_after)
    sums = "m.held, m.other, COUNT(*) AS customers, SUM(m.revenue) AS revenue"
    found = asked.summed(view, key, rows, sums)
    return tier_crosswalk(
        TierPairs.validate(found.lazy()),
        order=asked.order(view, one),
        other=asked.order(view, two),
    )


def history(view: View) -> pl.DataFrame:
    """The stays of the customers in view, or of one; who is still there has no end."""
    scheme = asked.scheme_of(view)
    rows = STAYS.format(scheme=scheme, day=view.as_of)
    columns = "m.scheme, m.version, m.tier, m.from_on, m.until_on"
    found = asked.listed(view, rows, columns)
    one = view.options.get("customer")
    if one is not None:
        found = found.filter(pl.col("customer_id") == one)
    ended = pl.when(pl.col("until_on") <= view.as_of).then(pl.col("until_on"))
    return found.with_columns(ended.alias("until_on")).sort("customer_id", "from_on")
