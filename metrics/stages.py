"""Life-cycle stages of all customers at once, from their purchase days."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.schemas.cells import Durations
from metrics.repurchase import kaplan_meier, median_days

STAGES = ("prospect", "dormant", "reactivated", "new", "at_risk", "active", "absent")
PROSPECT, DORMANT, REACTIVATED, NEW, AT_RISK, ACTIVE, ABSENT = range(7)
YEAR, RECENT, SHRINK, OVERDUE = 365, 90, 2, 2.0
STEPS = 5
WIDE = 1 << 20  # more days than a history has

Whole = NDArray[np.int64]
Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Bought:
    """Purchase days in the order of customers and days; a version holds for a while."""

    customer: Whole
    day: Whole
    valid_from: Whole
    valid_to: Whole

    def until(self, day: int) -> tuple[Whole, Whole]:
        """Customers and their purchase days up to a day, as they were known then."""
        held = (self.valid_from <= day) & (self.valid_to > day) & (self.day <= day)
        return self.customer[held], self.day[held]


def stages(bought: Bought, day: int, known: Whole) -> Codes:
    """The stage of each customer on a day: the first that fits.

    Prospect: no purchase; dormant: none for 365 days; reactivated: one in the last 90
    days that ended a gap of 365 or more; new: the first within 90 days; at risk: days
    since the last over twice its own gap, (k x its median + 2 x everyone's) / (k + 2)
    with k completed gaps; active: the rest. `known` is the day from which each customer
    is known, by its number; before, it is absent.
    """
    size = len(known)
    who, when = bought.until(day)
    found = np.where(known <= day, PROSPECT, ABSENT).astype(np.uint8)
    if not len(who):
        return found
    new = np.append(True, who[1:] != who[:-1])
    ends = np.append(new[1:], True)
    buyers, first, last = who[new], when[new], when[ends]
    inner = ~new[1:]
    owner, gap, end = who[1:][inner], np.diff(when)[inner], when[1:][inner]
    count, middle = _medians(owner, gap, size)
    usual = _usual(gap, day - last)
    own = (count * middle + SHRINK * usual) / (count + SHRINK)
    back = np.zeros(size, bool)
    back[owner[(gap >= YEAR) & (end > day - RECENT)]] = True
    since = day - last
    found[buyers] = np.select(
        [
            since >= YEAR,
            back[buyers],
            first > day - RECENT,
            since > OVERDUE * own[buyers],
        ],
        [DORMANT, REACTIVATED, NEW, AT_RISK],
        ACTIVE,
    )
    return found


def steps(bought: Bought, day: int) -> pl.DataFrame:
    """From each of the first purchase days to the next: days, and whether it came.

    Grain: one row per customer and step: customer, step (1: first to second), days,
        ended; of the last purchase day the days up to `day`
    """
    who, when = bought.until(day)
    new = np.append(True, who[1:] != who[:-1])[: len(who)]
    starts = np.flatnonzero(new)
    place = np.arange(len(who)) - np.repeat(
        starts, np.diff(np.append(starts, len(who)))
    )
    ended = np.append(~new[1:], False)[: len(who)]
    after = np.where(ended, np.append(when[1:], 0)[: len(when)], day)
    kept = place < STEPS
    return pl.DataFrame(
        {
            "customer": who[kept],
            "step": (place[kept] + 1).astype(np.int32),
            "days": (after - when)[kept].astype(np.int32),
            "ended": ended[kept],
        }
    )


def _medians(owner: Whole, gap: Whole, size: int) -> tuple[Whole, NDArray[np.float64]]:
    """How many gaps each customer has, and the median of them; 0 where none."""
    count = np.bincount(owner, minlength=size)
    ordered = np.sort(owner * WIDE + gap) % WIDE
    start = np.cumsum(count) - count
    some = count > 0
    low, high = (start + (count - 1) // 2)[some], (start + count // 2)[some]
    middle = np.zeros(size)
    middle[some] = (ordered[low] + ordered[high]) / 2
    return count, middle


def _usual(gap: Whole, still: Whole) -> float:
    """Everyone's median gap, open ones too; of completed ones where half never end."""
    parts = [_durations(gap, ended=True), _durations(still, ended=False)]
    curve = kaplan_meier(Durations.validate(pl.concat(parts).lazy()))
    middle = median_days(curve)
    if middle is not None:
        return float(middle)
    return float(np.median(gap)) if len(gap) else float("inf")


def _durations(days: Whole, *, ended: bool) -> pl.DataFrame:
    lengths, counts = np.unique(days, return_counts=True)
    return pl.DataFrame(
        {"days": lengths, "ended": ended, "customers": counts},
        schema={"days": pl.Int64, "ended": pl.Boolean, "customers": pl.Int64},
    )
