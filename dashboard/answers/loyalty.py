"""Answers about the loyalty programme: members, points, and how members compare."""

from collections.abc import Callable
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection
from pandera.typing.polars import LazyFrame

from dashboard import cells, periods, programme
from dashboard.answers.view import View, offered
from dashboard.cells import frame, matching
from dashboard.question import Condition
from dashboard.reader import Wanted
from dashboard.tier_queries import literal
from data.errors import UsageError
from data.marts import sql
from data.schemas.programme import MemberCells, PeerCells, ProgrammeCells
from metrics import members, points
from metrics.estimates import EVERYONE

LISTS = {
    "members": "TRUE",
    "mismatched": "a.balance <> a.closing",
    "unchecked": "a.closing IS NOT NULL AND a.balance IS NULL",
}
ACCOUNTS = """
SELECT
    COALESCE(c.customer_id, a.customer_id) AS customer_id,
    COALESCE(p.member_level, 'unknown') AS level, c.store, c.region, c.customer_type,
    c.acquisition_channel, c.tier, a.first_on, a.last_on, a.entries, a.opening,
    a.earned, a.redeemed, a.expired, a.adjusted, a.closing, a.balance,
    a.balance - a.closing AS gap, d.points AS due
FROM current_customers AS c
INNER JOIN profiles AS p ON p.customer_key = c.customer_key
FULL JOIN points_accounts AS a ON a.customer_id = c.customer_id
LEFT JOIN (SELECT customer_id, points FROM points_due WHERE month = {month}) AS d
    ON d.customer_id = a.customer_id
WHERE (p.member_level IS NOT NULL OR a.customer_id IS NOT NULL) AND {chosen}
ORDER BY {order}, 1
"""
EVER = ("region", "customer_type", "acquisition_channel")


def by_level(view: View) -> pl.DataFrame:
    """Members by level."""
    _last_day(view)
    return members.loyalty_members(_members(view))


def reconciled(view: View) -> pl.DataFrame:
    """How many accounts do not add up."""
    _last_day(view)
    return members.points_reconciliation(_members(view))


def ledger(view: View) -> pl.DataFrame:
    """Points by month."""
    return points.points_ledger(_points(view), until=_month(view.as_of))


def redeemed(view: View) -> pl.DataFrame:
    """Points redeemed for each point earned."""
    until, by = _month(view.as_of), view.by or EVERYONE
    return points.redemption_rate(_points(view), until=until, by=by)


def lost(view: View) -> pl.DataFrame:
    """Points that expired unused."""
    until, by = _month(view.as_of), view.by or EVERYONE
    return points.breakage(_points(view), until=until, by=by)


def owed(view: View) -> pl.DataFrame:
    """What the points that are held are expected to cost."""
    cost = view.reader.settings.points.unit_cost
    return points.points_liability(
        _points(view),
        until=_month(view.as_of),
        unit_cost=None if cost is None else float(cost),
        by=view.by or EVERYONE,
    )


def expiring(view: View) -> pl.DataFrame:
    """Points that expire in the months to come."""
    _last_day(view)
    return points.points_expiry(_points(view))


def compared(view: View) -> pl.DataFrame:
    """Members against others alike."""
    confidence = view.reader.settings.confidence
    return members.member_comparison(_peers(view, EVER), confidence=confidence)


def moved(view: View) -> pl.DataFrame:
    """Members by tier a year ago and now."""
    return members.member_moves(_peers(view, (*EVER, "tier")))


def accounts(view: View) -> pl.DataFrame:
    """The members behind a count: one row each."""
    _last_day(view)
    kind, level = view.options.get("list", "members"), view.options.get("level")
    if kind not in LISTS:
        raise UsageError(f"--list {kind}: it is one of {', '.join(LISTS)}")
    chosen = [LISTS[kind], *map(_clause, view.where)]
    if level is not None:
        chosen.append(f"COALESCE(p.member_level, 'unknown') = {literal(level)}")
    month, order = "-1", "a.closing DESC NULLS LAST"
    if "due" in view.options:
        month, order = str(_due(view.options["due"])), "d.points DESC"
        chosen.append("d.points IS NOT NULL")
    query = ACCOUNTS.format(month=month, order=order, chosen=" AND ".join(chosen))
    with view.reader.snapshot.cursor() as cursor:
        return members.member_accounts(frame(cursor, query))


def _due(text: str) -> int:
    """The number of a month, or of `never` and `none`.

    Errors: UsageError for a text that is none of these.
    """
    if text in ("never", "none"):
        return points.NEVER if text == "never" else points.NO_LOT
    try:
        return _month(date.fromisoformat(f"{text}-01"))
    except ValueError:
        raise UsageError(f"--due {text}: a month such as 2026-12 is needed") from None


def _month(day: date) -> int:
    return 12 * day.year + day.month - 1


def _last_day(view: View) -> None:
    last = offered(view.reader)[-1]
    if view.as_of != last:
        raise UsageError(f"members are told as of the last day, {last}")


def _members(view: View) -> LazyFrame[MemberCells]:
    return MemberCells.validate(_cells(view, "member_cells").lazy())


def _points(view: View) -> LazyFrame[ProgrammeCells]:
    return ProgrammeCells.validate(_cells(view, "programme_cells").lazy())


def _cells(view: View, mart: str) -> pl.DataFrame:
    """The kept cells in view; of stores crossed with what else, summed now."""
    cube = Wanted(mart, (), view.where, view.by).cube()
    if cube is None:
        found = view.reader.remember(("crossed", mart), lambda: _crossed(view, mart))
    else:
        found = view.reader.rows(f"SELECT * FROM {mart} WHERE cube = '{cube}'")  # noqa: S608 our own names
    return matching(found, view.where)


def _crossed(view: View, mart: str) -> pl.DataFrame:
    last = offered(view.reader)[-1]
    layout = cells.Layout((periods.span(last, "all"),), crossed=True)
    parts = ", ".join(map(literal, view.reader.snapshot.parts("points")))

    def ask(cursor: DuckDBPyConnection) -> pl.DataFrame:
        if parts:
            cells.view(cursor, "points", f"SELECT * FROM read_parquet([{parts}])")  # noqa: S608 quoted
        programme.lay_out(cursor, last)
        return frame(cursor, f"FROM ({sql(mart)}) WHERE cube = 'coarse'")

    return view.reader.laid_out(layout, ask)


def _peers(view: View, known: tuple[str, ...]) -> LazyFrame[PeerCells]:
    """Cells of a year ago, by what may be filtered without looking at the outcome.

    Errors: UsageError for a filter on another attribute.
    """
    _last_day(view)
    for each in view.where:
        if each.attribute not in known:
            raise UsageError(
                f"{view.metric.name} is told by {', '.join(known)}; leave"
                f" --where {each.attribute} out"
            )
    rows = view.reader.rows("SELECT * FROM member_peers")
    return PeerCells.validate(matching(rows, view.where).lazy())


def _clause(condition: Condition) -> str:
    values = ", ".join(map(literal, condition.values))
    inside = f"COALESCE(c.{condition.attribute}, 'unknown') IN ({values})"
    return f"NOT {inside}" if condition.negate else inside


ROWS: dict[str, Callable[[View], pl.DataFrame]] = {
    "loyalty_members": by_level,
    "points_ledger": ledger,
    "points_reconciliation": reconciled,
    "member_accounts": accounts,
    "points_expiry": expiring,
    "redemption_rate": redeemed,
    "breakage": lost,
    "points_liability": owed,
    "member_comparison": compared,
    "member_moves": moved,
}
