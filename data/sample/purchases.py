"""Purchase occasions: MBG/NBD in business time, Gamma-Gamma values."""

from dataclasses import dataclass, replace

import numpy as np

from data.sample.arrays import Days, Flags, Instants, ascending
from data.sample.base import Base
from data.sample.dice import Dice
from data.sample.seasons import HISTORY_DAYS


@dataclass(frozen=True)
class Occasions:
    """One entry per customer and purchase day, sorted by both."""

    customer: Days  # position in the chunk
    day: Days
    value: Instants  # CNY, before refunds
    cause: Days  # the number of the campaign that caused it; 0 = none

    def __len__(self) -> int:
        return len(self.customer)

    def pick(self, chosen: Flags | Days) -> "Occasions":
        """Keep the chosen occasions."""
        return Occasions(
            self.customer[chosen],
            self.day[chosen],
            self.value[chosen],
            self.cause[chosen],
        )

    def one_a_day(self) -> "Occasions":
        """Sort, and keep the first of several occasions of a customer on a day."""
        key = self.customer * HISTORY_DAYS + self.day
        return self.pick(np.unique(key, return_index=True)[1])

    def joined(self, more: "Occasions") -> "Occasions":
        """Add purchases, those of a day that is already taken excepted."""
        return Occasions(
            np.concatenate([self.customer, more.customer]),
            np.concatenate([self.day, more.day]),
            np.concatenate([self.value, more.value]),
            np.concatenate([self.cause, more.cause]),
        ).one_a_day()


@dataclass(frozen=True)
class Lives:
    """One entry per customer: is it still one on the last day, else lost when."""

    alive: Flags
    lost_on: Days  # the day of the last purchase; -1 while alive


def values(base: Base, customer: Days, rng: Dice) -> Instants:
    """Draw what purchases are worth: Gamma around the customer's own mean."""
    shape = base.shape[customer]
    return np.maximum(rng.gamma(shape) * base.worth[customer] / shape, 9.0)


def _repeats(base: Base, rng: Dice) -> tuple[Days, Instants, Days]:
    """Scatter the purchases that would follow if nobody were ever lost."""
    left = HISTORY_DAYS - base.started
    count = np.where(base.prospect, 0, rng.poisson(base.rate * left))
    customer = np.repeat(np.arange(len(count)), count)
    instant = base.started[customer] + rng.random(len(customer)) * left[customer]
    order = np.argsort(instant)
    order = order[ascending(customer[order])]
    rank = np.arange(len(customer)) - np.repeat(np.cumsum(count) - count, count)
    return customer[order], instant[order], rank


def _occasions(base: Base, rng: Dice, limit: Days) -> Occasions:
    """Keep the first purchase and the repeats up to the one that loses the customer."""
    customer, instant, rank = _repeats(base, rng)
    stays = rank + 2 <= limit[customer]
    buyers = np.flatnonzero(~base.prospect)
    who = np.concatenate([buyers, customer[stays]])
    when = np.concatenate([base.started[buyers], instant[stays]])
    day = base.chunk.seasons.day(when)
    return Occasions(who, day, values(base, who, rng), 0 * who)


def last_days(customers: int, occasions: Occasions) -> Days:
    """Find each customer's last purchase day; -1 = never bought."""
    last = np.full(customers, -1, dtype=np.int64)
    np.maximum.at(last, occasions.customer, occasions.day)
    return last


def live(base: Base) -> tuple[Occasions, Lives]:
    """Let the customers buy until they are lost or the history ends."""
    rng = base.chunk.dice("purchases")
    limit = rng.geometric(np.maximum(base.loss, 1e-12)).astype(np.int64)
    drawn = _occasions(base, rng, limit)
    made = np.bincount(drawn.customer, minlength=len(limit))
    alive = (made < limit) & ~base.prospect
    lost_on = np.where(alive, -1, last_days(len(limit), drawn))
    return drawn.one_a_day(), Lives(alive, lost_on)


def with_comebacks(lives: Lives, occasions: Occasions) -> Lives:
    """A lost customer whom a campaign won once more was lost on that day."""
    last = last_days(len(lives.alive), occasions)
    return replace(lives, lost_on=np.where(lives.alive, -1, last))
