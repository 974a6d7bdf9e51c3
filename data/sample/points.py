"""The points ledger of the members: earned, redeemed, expired, adjusted.

Points gained in a calendar year can be redeemed in the next and expire at its end, so
a member's opening balance of a year is what was gained in the year before.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from data.sample.arrays import Days, Flags
from data.sample.base import Base
from data.sample.dice import Dice
from data.sample.labels import chosen, customer_ids, numbered
from data.sample.orders import Orders
from data.sample.seasons import DAY, END, HISTORY_DAYS, NEVER

KINDS = ("earn", "redeem", "expire", "adjust")
EARN, REDEEM, EXPIRE, ADJUST = range(4)
CNY_PER_POINT = 10
REDEEMS = 0.55  # of the members with enough points, per year
LEAST_REDEEMED = 500
ADJUSTED = 0.02  # of the members
MISMATCHES = 5  # planted per chunk: an entry that the balance does not show
MISMATCH = 50

Grid = npt.NDArray[np.int64]  # members x calendar years


@dataclass(frozen=True)
class Ledger:
    """One entry per movement."""

    customer: Days
    moment: Days
    kind: Days
    points: Days

    def joined(self, *more: "Ledger") -> "Ledger":
        """Add entries and sort by customer and time."""
        parts = (self, *more)
        customer = np.concatenate([part.customer for part in parts])
        moment = np.concatenate([part.moment for part in parts])
        kind = np.concatenate([part.kind for part in parts])
        points = np.concatenate([part.points for part in parts])
        kept = np.flatnonzero((points != 0) & (moment < END))
        order = kept[np.lexsort((moment[kept], customer[kept]))]
        return Ledger(customer[order], moment[order], kind[order], points[order])


def year_starts(base: Base) -> Days:
    """Day numbers of every 1 January from the first day's year to the one after."""
    seasons = base.chunk.seasons
    first = np.datetime64(seasons.first_day, "D")
    years = np.arange(seasons.first_day.year, seasons.until.year + 2) - 1970
    starts: Days = (years.astype("M8[Y]").astype("M8[D]") - first).astype(np.int64)
    return starts


def _earned(members: Flags, orders: Orders) -> Ledger:
    which = np.flatnonzero(members[orders.customer] & orders.completed)
    points = np.floor(orders.amount[which] / CNY_PER_POINT).astype(np.int64)
    kind = np.full(len(which), EARN)
    return Ledger(orders.customer[which], orders.moment[which], kind, points)


def _adjusted(members: Flags, earned: Ledger, rng: Dice) -> Ledger:
    """Give some members goodwill points a week after an order."""
    which = np.flatnonzero(rng.random(len(earned.customer)) < ADJUSTED)
    points = 50 * rng.integers(1, 7, len(which))
    kind = np.full(len(which), ADJUST)
    return Ledger(earned.customer[which], earned.moment[which] + 7 * DAY, kind, points)


def _per_year(ledger: Ledger, starts: Days, size: int) -> Grid:
    """Sum the points by customer and calendar year."""
    kept = ledger.moment < END
    year = np.searchsorted(starts, ledger.moment[kept] // DAY, side="right") - 1
    grid = np.zeros((size, len(starts)), dtype=np.int64)
    np.add.at(grid, (ledger.customer[kept], year), ledger.points[kept])
    return grid


def _redeemed(opening: Grid, starts: Days, rng: Dice) -> tuple[Ledger, Grid]:
    """Let members redeem hundreds of their opening points on some day of the year."""
    part = np.floor(opening * rng.uniform(0.3, 1.0, opening.shape) / 100) * 100
    able = (opening >= LEAST_REDEEMED) & (rng.random(opening.shape) < REDEEMS)
    day = starts + rng.integers(10, 360, opening.shape)
    able &= day < HISTORY_DAYS
    amount = np.where(able, part, 0).astype(np.int64)
    customer, year = np.nonzero(amount)
    moment = day[customer, year] * DAY + 15 * 3600
    kind = np.full(len(customer), REDEEM)
    return Ledger(customer, moment, kind, -amount[customer, year]), amount


def _expired(left: Grid, starts: Days) -> Ledger:
    """Expire on 31 December what is left of the opening points."""
    customer, year = np.nonzero(left[:, :-1])
    moment = starts[year + 1] * DAY - 60
    kind = np.full(len(customer), EXPIRE)
    return Ledger(customer, moment, kind, -left[customer, year])


def draw_ledger(base: Base, orders: Orders, members: Flags) -> Ledger:
    """Keep the members' accounts over the years."""
    rng = base.chunk.dice("points")
    starts = year_starts(base)
    earned = _earned(members, orders)
    adjusted = _adjusted(members, earned, rng)
    gained = _per_year(earned.joined(adjusted), starts, len(members))
    opening = np.roll(gained, 1, axis=1)
    opening[:, 0] = 0
    redeemed, amount = _redeemed(opening, starts, rng)
    return earned.joined(adjusted, redeemed, _expired(opening - amount, starts))


def _balances(ledger: Ledger) -> Days:
    """Sum up each customer's entries so far."""
    running = np.cumsum(ledger.points)
    new = np.append(True, ledger.customer[1:] != ledger.customer[:-1])
    starts = np.flatnonzero(new[: len(running)])
    before = (running - ledger.points)[starts]
    count = np.diff(np.append(starts, len(running)))
    return running - np.repeat(before, count)


def _mismatched(ledger: Ledger) -> Days:
    """Choose the entries whose balance will not show them: last ones, earned."""
    last = np.append(ledger.customer[1:] != ledger.customer[:-1], True)
    found = np.flatnonzero(last[: len(ledger.kind)] & (ledger.kind == EARN))
    return found[:: max(1, len(found) // MISMATCHES)][:MISMATCHES]


def _expiry(ledger: Ledger, starts: Days) -> Days:
    """Points expire at the end of the year after the one they were gained in."""
    year = np.searchsorted(starts, ledger.moment // DAY, side="right") - 1
    ends = np.append(starts, starts[-1] + 365)[year + 2] * DAY - 60
    return np.where(ledger.points > 0, ends, NEVER)


def points_table(
    base: Base, ledger: Ledger, first: int
) -> tuple[pl.DataFrame, pl.Series]:
    """Write the ledger, and name the members whose account was made not to add up."""
    wrong = _mismatched(ledger)
    points = ledger.points.copy()
    points[wrong] += MISMATCH
    calendar = base.chunk.seasons
    table = pl.DataFrame(
        {
            "entry_id": numbered("P", first + np.arange(len(points)), 9),
            "customer_id": customer_ids(base.number[ledger.customer]),
            "occurred_at": calendar.happened(ledger.moment),
            "kind": chosen(KINDS, ledger.kind),
            "points": points,
            "expires_at": calendar.planned(_expiry(ledger, year_starts(base))),
            "balance": _balances(ledger),
        }
    )
    return table, table["customer_id"][wrong]
