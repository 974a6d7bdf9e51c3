"""The customer base: who is won when, and what each customer is really like."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from data.sample.arrays import Days, Flags, Instants
from data.sample.brand import GROUPS, GROWTH, PROSPECTS, Group
from data.sample.dice import Dice, dice
from data.sample.seasons import HISTORY_DAYS, Seasons
from data.sample.stores import Stores


@dataclass(frozen=True)
class Chunk:
    """The customers first .. first + size - 1, drawn on their own."""

    seed: int
    number: int  # from 1; 0 is the company
    first: int
    size: int
    seasons: Seasons
    stores: Stores
    groups: tuple[Group, ...] = GROUPS

    def dice(self, topic: str) -> Dice:
        """Give the topic its own random numbers."""
        return dice(self.seed, self.number, topic)


@dataclass(frozen=True)
class Base:
    """One entry per customer of a chunk: the truth behind the extracts."""

    chunk: Chunk
    number: Days  # 0-based over the whole company
    group: Days
    prospect: Flags
    started: Instants  # first purchase (a prospect: registration), business time
    store: Days
    rate: Instants  # purchases per day while alive
    loss: Instants  # chance to be lost after a purchase
    worth: Instants  # mean value of a purchase, CNY
    shape: Instants  # Gamma shape of the value of one purchase


def summed(customer: Days, values: Instants, customers: int) -> Instants:
    """Sum values per customer."""
    return np.bincount(customer, values, minlength=customers).astype(np.float64)


def _started(size: int, rng: Dice) -> Instants:
    """Won over the years, ever faster: density 1 + GROWTH t / HISTORY_DAYS."""
    risen = np.sqrt(1 + rng.random(size) * (GROWTH * GROWTH + 2 * GROWTH))
    return (HISTORY_DAYS - 1e-6) * (risen - 1) / GROWTH


def customers_by_day(seasons: Seasons, customers: int) -> Instants:
    """Expect how many customers were won before each day: the law of `_started`."""
    age = seasons.elapsed / HISTORY_DAYS
    return customers * (age + GROWTH * age * age / 2) / (1 + GROWTH / 2)


def _groups(started: Instants, rng: Dice) -> Days:
    """Draw the group: the better ones come more often in later years."""
    age = (started / HISTORY_DAYS)[:, None]
    early = np.array([group.share_at_start for group in GROUPS])
    late = np.array([group.share_at_end for group in GROUPS])
    limits = np.cumsum(early / early.sum() * (1 - age) + late / late.sum() * age, 1)
    group: Days = (rng.random(len(started))[:, None] > limits[:, :-1]).sum(1)
    return group


def _each(chunk: Chunk, group: Days, name: str) -> Instants:
    return np.array([float(getattr(each, name)) for each in chunk.groups])[group]


def draw_base(chunk: Chunk) -> Base:
    """Draw the customers of a chunk from the groups' distributions."""
    rng = chunk.dice("base")
    started = _started(chunk.size, rng)
    group = _groups(started, rng)
    each = partial(_each, chunk, group)
    value_rate = rng.gamma(each("q")) / each("gamma")
    day = chunk.seasons.day(started)
    return Base(
        chunk=chunk,
        number=chunk.first + np.arange(chunk.size),
        group=group,
        prospect=rng.random(chunk.size) < PROSPECTS,
        started=started,
        store=chunk.stores.draw(day, rng.random(chunk.size)),
        rate=rng.gamma(each("r")) / each("alpha") / 7,
        loss=rng.beta(each("a"), each("b")),
        worth=each("p") / value_rate,
        shape=each("p"),
    )


def group_parameters(group: Group) -> dict[str, float | str]:
    """List what a group's customers are drawn from."""
    names = ("name", "r", "alpha", "a", "b", "p", "q", "gamma")
    return {name: getattr(group, name) for name in names}
