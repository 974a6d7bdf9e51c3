"""Contacts: visits that are owed by tier, greetings, attempts to win back."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.sample.arrays import Days, Flags, Instants, ascending
from data.sample.base import Base, summed
from data.sample.brand import EMPLOYEES_PER_STORE
from data.sample.dice import Dice
from data.sample.labels import chosen, customer_ids, employee_ids, numbered
from data.sample.purchases import Lives, Occasions
from data.sample.seasons import DAY, END, HISTORY_DAYS, NEVER, YEAR

KINDS = ("call", "visit", "email", "message", "gift")
CALL, VISIT, EMAIL, MESSAGE, GIFT = range(5)
PURPOSES = ("visit", "care", "winback")
OUTCOMES = ("reached", "no_answer", "interested", "refused")
FEEDBACK = ("很满意", "希望多些新品", "暂不需要", "价格偏高", "已转给同事处理")
HIGH, MEDIUM = 50_000, 10_000  # CNY in the year before a period: owed more contact
QUARTERS = 9  # of history with obligations, the running one included
FOLLOW_UPS = 0.22  # of the calls and visits end with a promise
KEPT, KEPT_LATE = 0.88, 0.07  # of the promises; the rest stays open


@dataclass(frozen=True)
class Duty:
    """What a tier is owed, how often it is done."""

    least: float  # CNY in the year before the period
    most: float
    kind: int
    quarters: tuple[int, ...]  # in which quarters of the year a period starts
    length: int  # of the period, in quarters
    done: float


DUTIES = (
    Duty(HIGH, np.inf, CALL, (0, 1, 2, 3), 1, 0.93),
    Duty(HIGH, np.inf, VISIT, (0, 1, 2, 3), 1, 0.86),
    Duty(MEDIUM, HIGH, CALL, (0, 2), 2, 0.85),
    Duty(1, MEDIUM, EMAIL, (0,), 4, 0.75),
)


@dataclass(frozen=True)
class Contacts:
    """One entry per contact."""

    customer: Days
    moment: Days
    kind: Days
    purpose: Days


@dataclass(frozen=True)
class Missed:
    """Obligations of ended periods that nobody met: what compliance must find."""

    customer: Days
    kind: Days
    period_start: Days
    period_end: Days


def quarter_starts(base: Base) -> tuple[Days, Days]:
    """First days of the last quarters and of the five to come; 0-3 in their year."""
    seasons = base.chunk.seasons
    now = seasons.until.year * 4 + (seasons.until.month - 1) // 3
    quarters = np.arange(now - QUARTERS + 1, now + 5)
    months = (quarters * 3 - 1970 * 12).astype("M8[M]").astype("M8[D]")
    first = np.datetime64(seasons.first_day, "D")
    return (months - first).astype(np.int64), quarters % 4


def _spend(base: Base, occasions: Occasions, day: int) -> Instants:
    recent = (occasions.day < day) & (occasions.day >= day - YEAR)
    who, value = occasions.customer[recent], occasions.value[recent]
    return summed(who, value, len(base.number))


def _do(owed: Flags, duty: Duty, start: int, end: int, rng: Dice) -> tuple[Days, Days]:
    """Give each owed customer a moment in the period, or NEVER if it is forgotten."""
    customer = np.flatnonzero(owed)
    day = rng.integers(start, end, len(customer))
    moment = day * DAY + rng.integers(9 * 3600, 18 * 3600, len(customer))
    done = rng.random(len(customer)) < duty.done
    return customer, np.where(done, moment, NEVER)


def do_duties(base: Base, occasions: Occasions) -> tuple[Contacts, Missed]:
    """Contact the customers as their tier at the start of each period demands."""
    rng = base.chunk.dice("duties")
    starts, season = quarter_starts(base)
    done: list[tuple[Days, ...]] = []
    missed: list[tuple[Days, ...]] = []
    for place in range(QUARTERS):
        spend = _spend(base, occasions, int(starts[place]))
        for duty in DUTIES:
            if season[place] not in duty.quarters:
                continue
            owed = (spend >= duty.least) & (spend < duty.most)
            start, end = int(starts[place]), int(starts[place + duty.length])
            customer, moment = _do(owed, duty, start, end, rng)
            kind = np.full(len(customer), duty.kind)
            done.append((customer, moment, kind, 0 * kind))
            if end <= HISTORY_DAYS:
                open_ = moment == NEVER
                ones = np.ones(int(open_.sum()), dtype=np.int64)
                missed.append((customer[open_], kind[open_], ones * start, ones * end))
    made = Contacts(*_stacked(done))
    return made, _unmet(made, Missed(*_stacked(missed)))


def _unmet(made: Contacts, missed: Missed) -> Missed:
    """Leave out what a contact for another duty, of the same kind, has met."""
    happened = made.moment > NEVER
    days = np.sort(_placed(made.customer, made.kind, made.moment // DAY)[happened])
    first, last = (
        np.searchsorted(days, _placed(missed.customer, missed.kind, day))
        for day in (missed.period_start, missed.period_end)
    )
    kept = first == last
    columns = (missed.customer, missed.kind, missed.period_start, missed.period_end)
    return Missed(*(column[kept] for column in columns))


def _placed(customer: Days, kind: Days, day: Days) -> Days:
    """One number per customer, kind and day, in this order."""
    placed: Days = (customer * len(KINDS) + kind) * 2**16 + day
    return placed


def _stacked(rows: list[tuple[Days, ...]]) -> list[Days]:
    empty = np.zeros(0, dtype=np.int64)
    return [np.concatenate([empty, *column]) for column in zip(*rows, strict=True)]


def _others(base: Base, occasions: Occasions, lives: Lives, rng: Dice) -> Contacts:
    """Greet good customers now and then; call some of the lost ones."""
    size = len(base.number)
    good = np.flatnonzero(_spend(base, occasions, HISTORY_DAYS) >= MEDIUM)
    good = good[rng.random(len(good)) < 0.6]
    lost = np.flatnonzero((lives.lost_on >= 0) & (rng.random(size) < 0.06))
    greeted = rng.integers(HISTORY_DAYS - YEAR, HISTORY_DAYS, len(good))
    called = lives.lost_on[lost] + rng.integers(150, 400, len(lost))
    day = np.concatenate([greeted, called])
    kind = np.concatenate([rng.integers(MESSAGE, GIFT + 1, len(good)), 0 * lost])
    purpose = np.concatenate([0 * good + 1, 0 * lost + 2])
    moment = day * DAY + rng.integers(9 * 3600, 18 * 3600, len(day))
    return Contacts(np.concatenate([good, lost]), moment, kind, purpose)


def draw_contacts(
    base: Base, occasions: Occasions, lives: Lives
) -> tuple[Contacts, Missed]:
    """List all contacts that happened, in order of time, and the duties missed."""
    duties, missed = do_duties(base, occasions)
    others = _others(base, occasions, lives, base.chunk.dice("care"))
    both = (duties, others)
    customer = np.concatenate([each.customer for each in both])
    moment = np.concatenate([each.moment for each in both])
    kind = np.concatenate([each.kind for each in both])
    purpose = np.concatenate([each.purpose for each in both])
    order = np.flatnonzero((moment > NEVER) & (moment < END))
    order = order[ascending(moment[order])]
    return Contacts(customer[order], moment[order], kind[order], purpose[order]), missed


def _promises(contacts: Contacts, rng: Dice) -> tuple[Days, Days]:
    """Promise a follow-up after some calls and visits; keep most, some of them late."""
    size = len(contacts.customer)
    promised = (contacts.kind <= VISIT) & (rng.random(size) < FOLLOW_UPS)
    due = contacts.moment // DAY + rng.integers(7, 22, size)
    early = contacts.moment + 3600 + rng.random(size) * 5 * DAY
    late = (due + 1) * DAY + rng.random(size) * 20 * DAY
    draw = rng.random(size)
    done = np.select([draw < KEPT, draw < KEPT + KEPT_LATE], [early, late], NEVER)
    done = np.where(promised, done, NEVER).astype(np.int64)
    return np.where(promised, due, NEVER), np.where(done < END, done, NEVER)


def contacts_table(
    base: Base, contacts: Contacts, first: int
) -> tuple[pl.DataFrame, pl.Series]:
    """Write the contacts, and name those whose promised follow-up is overdue."""
    rng = base.chunk.dice("contacts")
    size = len(contacts.customer)
    due, done = _promises(contacts, rng)
    owner = base.store[contacts.customer] * EMPLOYEES_PER_STORE
    outcome = rng.choice(len(OUTCOMES), size, p=[0.6, 0.2, 0.12, 0.08])
    outcome = np.where(contacts.kind <= VISIT, outcome, 0)
    words = np.where(rng.random(size) < 0.15, rng.integers(0, len(FEEDBACK), size), -1)
    calendar = base.chunk.seasons
    table = pl.DataFrame(
        {
            "contact_id": numbered("K", first + np.arange(size), 8),
            "customer_id": customer_ids(base.number[contacts.customer]),
            "contacted_at": calendar.happened(contacts.moment),
            "kind": chosen(KINDS, contacts.kind),
            "purpose": chosen(PURPOSES, contacts.purpose),
            "employee_id": employee_ids(owner + rng.integers(0, 2, size)),
            "outcome": chosen(OUTCOMES, outcome),
            "feedback": chosen(FEEDBACK, words),
            "follow_up_due": calendar.planned(
                np.where(due > NEVER, due * DAY, NEVER)
            ).cast(pl.Date),
            "follow_up_done_at": calendar.happened(done),
        }
    )
    overdue = (due > NEVER) & (due < HISTORY_DAYS - 1) & (done == NEVER)
    return table, table["contact_id"].filter(pl.Series(overdue))
