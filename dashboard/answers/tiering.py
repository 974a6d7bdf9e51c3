"""Answers about tiers: who moved, who stays, how schemes fit, how scores spread."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from dashboard import periods
from dashboard import tier_queries as asked
from dashboard.answers import worth_dates
from dashboard.answers.view import HISTORY, View
from data.errors import UsageError
from data.schemas.cells import (
    RfmCustomers,
    TierCells,
    TierMoves,
    TierPairs,
    TierStays,
)
from metrics.migration import (
    tier_crosswalk,
    tier_history,
    tier_migration,
    tier_moves,
)
from metrics.rfm import rfm_grid, rfm_scores
from metrics.tier_rules import Standing, tier_codes
from metrics.tier_rules import rfm_scores as scores_of
from metrics.tiers import tier_distribution

LASTING = ("customer_type", "acquisition_channel")
"""Attributes that a customer has at all times."""

NO_VALUE = "lifetime value is kept for the scheme spend"
NO_MONEY = "money of a history is kept for the scheme spend"
MONEY = ("revenue", "revenue_share", "margin", "margin_share")
OF_MOVES = {"from-tier": "tier_from", "to-tier": "tier_to", "move": "move"}
HOLDS = (
    "m.held, COUNT(*) AS customers, SUM(m.revenue) AS revenue, SUM(m.margin) AS margin"
)
HOLDINGS = """
SELECT
    h.customer_key, h.tier AS held,
    COALESCE(s.revenue, 0) AS revenue, COALESCE(s.margin, 0) AS margin
FROM ({held}) AS h LEFT JOIN ({spent}) AS s ON s.customer_key = h.customer_key
"""
TURNS = """
SELECT s.customer_key, r.tier AS held, s.from_on AS day, 1 AS turn
FROM tier_stays AS s INNER JOIN tier_rules AS r ON r.rule = s.rule
WHERE r.scheme = {scheme}
UNION ALL
SELECT s.customer_key, r.tier, s.until_on, -1
FROM tier_stays AS s INNER JOIN tier_rules AS r ON r.rule = s.rule
WHERE r.scheme = {scheme}
"""
MOVES = (
    "m.tier_from, m.tier_to, COUNT(*) AS customers,"
    " SUM(m.revenue_from) AS revenue_from, SUM(m.revenue_to) AS revenue_to"
)
PAIRS = """
SELECT
    a.customer_key, a.tier AS held, b.tier AS other,
    COALESCE(s.revenue, 0) AS revenue
FROM ({one}) AS a INNER JOIN ({two}) AS b ON b.customer_key = a.customer_key
LEFT JOIN ({spent}) AS s ON s.customer_key = a.customer_key
"""
STAYS = """
SELECT s.customer_key, r.scheme, r.version, r.tier, s.from_on, s.until_on
FROM tier_stays AS s INNER JOIN tier_rules AS r ON r.rule = s.rule
WHERE r.scheme = {scheme} AND s.from_on <= DATE '{day}'
"""


def earlier(view: View) -> date:
    """The earlier date of a change: a year before, or the first date there is.

    Errors: UsageError where it is no month end within the data before the as-of date.
    """
    told = worth_dates.told(view, asked.scheme_of(view))
    dates = [day for day in told if day < view.as_of]
    if not dates:
        raise UsageError("there is no month end before the as-of date to compare with")
    given = view.options.get("from")
    if given is None:
        usual = periods.year_before(view.as_of)
        return max([day for day in dates if day <= usual], default=dates[0])
    if given not in map(str, dates):
        raise UsageError(f"--from {given}: a month end before {view.as_of} is needed")
    return date.fromisoformat(given)


def migration(view: View) -> pl.DataFrame:
    """Customers by tier on two dates."""
    if why := worth_dates.unknown(view):
        return worth_dates.empty(why)
    scheme, before = asked.scheme_of(view), earlier(view)
    rows = asked.moved(scheme, before, view.as_of)
    found = asked.summed(view, ("moves", scheme, before), rows, MOVES)
    return tier_migration(
        TierMoves.validate(found.lazy()), order=asked.order(view, scheme)
    )


def moved(view: View) -> pl.DataFrame:
    """The customers behind the migration, or of one pair of tiers or kind of move."""
    if why := worth_dates.unknown(view):
        return worth_dates.empty(why)
    scheme, before = asked.scheme_of(view), earlier(view)
    columns = "m.tier_from, m.tier_to, m.revenue_from, m.revenue_to"
    rows = asked.listed(view, asked.moved(scheme, before, view.as_of), columns)
    each = TierMoves.validate(rows.with_columns(pl.lit(1).alias("customers")).lazy())
    told = tier_moves(each, order=asked.order(view, scheme))
    given = {OF_MOVES[k]: v for k, v in view.options.items() if k in OF_MOVES}
    return told.filter(*(pl.col(name) == value for name, value in given.items()))


def crossed(view: View) -> pl.DataFrame:
    """Customers by tier of two schemes."""
    if why := worth_dates.unknown(view) or worth_dates.unknown(view, "other"):
        return worth_dates.empty(why)
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
    """The stays of the customers in view, or of one."""
    scheme = asked.literal(asked.scheme_of(view))
    rows = STAYS.format(scheme=scheme, day=view.as_of)
    columns = "m.scheme, m.version, m.tier AS held, m.from_on, m.until_on"
    found = asked.listed(view, rows, columns).rename({"held": "tier"})
    one = view.options.get("customer")
    if one is not None:
        found = found.filter(pl.col("customer_id") == one)
    return tier_history(TierStays.validate(found.lazy()), as_of=view.as_of)


def distributed(view: View) -> pl.DataFrame:
    """Customers and money by tier of a scheme of which no cells are kept."""
    scheme = asked.scheme_of(view)
    if view.by in HISTORY:
        return _history(view, scheme)
    if why := worth_dates.unknown(view):
        return worth_dates.empty(why)
    rows = tier_distribution(TierCells.validate(_held(view, scheme).lazy()), by="held")
    return rows.with_columns(pl.lit(NO_VALUE).alias("reason"))


def _held(view: View, scheme: str) -> pl.DataFrame:
    start = periods.span(view.as_of, view.period).starts_after
    rows = HOLDINGS.format(
        held=asked.held(scheme, view.as_of), spent=asked.spending(view.as_of, start)
    )
    return asked.summed(view, ("tiers", scheme, start), rows, HOLDS)


def _history(view: View, scheme: str) -> pl.DataFrame:
    """Customers in view by tier and date; their money is asked for a date at a time."""
    told = worth_dates.told(view, scheme)
    dates = [span.as_of for span in view.spans if span.as_of in told]
    if not dates:
        return worth_dates.empty(worth_dates.unknown(view) or NO_MONEY)
    lasting = all(each.attribute in LASTING for each in view.where)
    counts = _turned(view, scheme, dates) if lasting else _asked(view, scheme, dates)
    none = (pl.lit(0).alias(name) for name in ("revenue", "margin"))
    known = counts.filter(pl.col("customers") > 0).with_columns(*none)
    shown = [
        tier_distribution(
            TierCells.validate(known.filter(pl.col("as_of") == day).lazy()), by="held"
        ).with_columns(
            *(pl.lit(None, pl.Float64).alias(name) for name in MONEY),
            pl.lit(NO_MONEY).alias("reason"),
            pl.lit(day).alias("as_of"),
        )
        for day in dates
    ]
    return pl.concat(shown).select("as_of", pl.exclude("as_of"))


def _turned(view: View, scheme: str, dates: Sequence[date]) -> pl.DataFrame:
    """Counts of each date from who came to a tier and who left it, until then."""
    rows = TURNS.format(scheme=asked.literal(scheme))
    sums = "m.held, m.day, CAST(SUM(m.turn) AS BIGINT) AS turn"
    found = asked.summed(view, ("turns", scheme), rows, sums)
    turns = found.group_by("held", "day").agg(pl.col("turn").sum())
    each = pl.DataFrame({"as_of": dates}).join(turns, how="cross")
    past = each.filter(pl.col("day") <= pl.col("as_of"))
    return past.group_by("as_of", "held").agg(pl.col("turn").sum().alias("customers"))


def _asked(view: View, scheme: str, dates: Sequence[date]) -> pl.DataFrame:
    """Counts of each date, asked one by one: who is in view then may not be so now."""
    found = [
        _held(replace(view, as_of=day), scheme)
        .group_by("held")
        .agg(pl.col("customers").sum())
        .with_columns(pl.lit(day).alias("as_of"))
        for day in dates
    ]
    return pl.concat(found)


def scored(view: View) -> pl.DataFrame:
    """The scores of each customer in view."""
    found = _scored(view)
    ids = asked.listed(view, "SELECT customer_key FROM people", "m.customer_key")
    rows = found.join(ids, on="customer_key")
    return rfm_scores(RfmCustomers.validate(rows.lazy()))


def grid(view: View) -> pl.DataFrame:
    """The customers in view in each of the 125 cells of scores."""
    rules = view.reader.settings.tiers["rfm"]
    return rfm_grid(
        RfmCustomers.validate(in_view(view, _scored(view)).lazy()), rules=rules
    )


def _scored(view: View) -> pl.DataFrame:
    settings, rows = view.reader.settings, asked.standing_of(view)
    standing, rules = standing_from(rows), settings.tiers["rfm"]
    scores = scores_of(standing, settings.rfm)
    names = np.array([rule.name for rule in rules])
    segment = names[tier_codes(standing, rules, settings.rfm)]
    return rows.with_columns(
        *(pl.Series(name, values) for name, values in scores.items()),
        pl.Series("segment", segment),
    )


def standing_from(rows: pl.DataFrame) -> Standing:
    """What the rules look at, out of one row per customer."""
    names = ("days_since_last", "annual_spend", "orders", "revenue", "clv", "loyalty")
    told = {name: rows[name] for name in names if name in rows.columns}
    return Standing(**{n: each.cast(pl.Int64).to_numpy() for n, each in told.items()})


def in_view(view: View, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of the customers in view."""
    chosen = asked.in_view(view)
    return rows if chosen is None else rows.join(chosen, on="customer_key", how="semi")
