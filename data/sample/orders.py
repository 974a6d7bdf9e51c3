"""Orders: what an occasion looks like in the shop's system, and its by-products."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import polars as pl

from data.sample.base import Base, customer_ids
from data.sample.brand import (
    CATEGORIES,
    CATEGORY_MARGINS,
    EMPLOYEES_PER_STORE,
    ORDER_CHANNELS,
)
from data.sample.dice import Dice
from data.sample.purchases import Occasions
from data.sample.seasons import Days, Instants, Stamps
from data.sample.stores import store_ids

IN_STORE = 0  # position in ORDER_CHANNELS
CHANNELS_BY_GROUP = (
    (0.34, 0.14, 0.16, 0.22, 0.14),
    (0.40, 0.18, 0.18, 0.14, 0.10),
    (0.42, 0.22, 0.22, 0.08, 0.06),
    (0.55, 0.20, 0.15, 0.00, 0.10),
)
CATEGORY_LIMITS = (800, 3000, 8000)  # CNY: small, usual, large, very large purchases
CATEGORIES_BY_VALUE = (
    (0.05, 0.05, 0.02, 0.30, 0.26, 0.30, 0.02),
    (0.16, 0.16, 0.08, 0.22, 0.22, 0.12, 0.04),
    (0.28, 0.24, 0.20, 0.10, 0.10, 0.03, 0.05),
    (0.30, 0.18, 0.36, 0.04, 0.04, 0.00, 0.08),
)
LOYAL_TO_CATEGORY = 0.45
SPLIT = (0.05, 0.05, 0.08, 0.30)  # of a group's occasions: more than one order
STORE_HOURS = np.array([0] * 10 + [4, 6, 6, 5, 6, 7, 7, 7, 8, 9, 8, 4] + [0, 0])
ONLINE_HOURS = np.array(
    [3, 1, 1, 1, 1, 1, 2, 3, 5, 6, 7, 7, 8, 7, 6, 6, 6, 6, 7, 9, 12, 13, 10, 6]
)


def pick(shares: npt.NDArray[np.float64], rng: Dice) -> Days:
    """Draw one column per row of a table of shares."""
    limits = np.cumsum(shares, axis=1)[:, :-1]
    column: Days = (rng.random(len(shares))[:, None] > limits).sum(1)
    return column


@dataclass(frozen=True)
class Orders:
    """One entry per completed order, in order of time."""

    customer: Days  # position in the chunk
    day: Days
    second: Days
    amount: Instants
    campaign: Days
    channel: Days
    category: Days
    store: Days  # -1 = none
    employee: Days  # -1 = none

    def __len__(self) -> int:
        return len(self.customer)

    def in_time(self) -> "Orders":
        """Sort by the time of the order."""
        time = np.argsort(self.day * 86400 + self.second, kind="stable")
        columns = (getattr(self, name.name)[time] for name in fields(self))
        return Orders(*columns)

    def stamps(self, base: Base) -> Stamps:
        """Tell when the orders were placed."""
        return base.chunk.seasons.stamp(self.day, self.second)


def _split(base: Base, occasions: Occasions, rng: Dice) -> tuple[Days, Instants]:
    """Divide some occasions into two orders; amounts are whole cents."""
    chance = np.array(SPLIT)[base.group[occasions.customer]]
    twice = (rng.random(len(occasions)) < chance) & (occasions.value > 100)
    first = np.where(twice, rng.uniform(0.25, 0.75, len(twice)), 1.0)
    order = np.repeat(np.arange(len(twice)), 1 + twice)
    again = np.concatenate([[False], order[1:] == order[:-1]])
    cents = np.round(occasions.value * 100)
    part = np.round(cents * first)
    return order, np.where(again, (cents - part)[order], part[order]) / 100


def _categories(base: Base, customer: Days, amount: Instants, rng: Dice) -> Days:
    """Let the amount and the customer's favourite decide the category."""
    weights = np.array(CATEGORIES_BY_VALUE)
    favourite = pick(weights[1 + base.group // 2], base.chunk.dice("favourite"))
    drawn = pick(weights[np.searchsorted(CATEGORY_LIMITS, amount)], rng)
    loyal = rng.random(len(amount)) < LOYAL_TO_CATEGORY
    return np.where(loyal, favourite[customer], drawn)


def _seconds(channel: Days, rng: Dice) -> Days:
    """Draw the time of day: opening hours in store, evenings online."""
    table = np.stack(
        [STORE_HOURS / STORE_HOURS.sum(), ONLINE_HOURS / ONLINE_HOURS.sum()]
    )
    hour = pick(table[(channel != IN_STORE).astype(int)], rng)
    return hour * 3600 + rng.integers(0, 3600, len(hour))


def _stores(base: Base, orders: Days, channel: Days, day: Days, rng: Dice) -> Days:
    """Take the home store, sometimes another; online orders mostly have none."""
    other = base.chunk.stores.draw(day, rng.random(len(day)))
    store = np.where(rng.random(len(day)) < 0.12, other, base.store[orders])
    collected = rng.random(len(day)) < 0.25
    return np.where((channel == IN_STORE) | collected, store, -1)


def draw_orders(base: Base, occasions: Occasions) -> Orders:
    """Turn purchase occasions into orders."""
    rng = base.chunk.dice("orders")
    occasion, amount = _split(base, occasions, rng)
    customer, day = occasions.customer[occasion], occasions.day[occasion]
    channel = pick(np.array(CHANNELS_BY_GROUP)[base.group[customer]], rng)
    store = _stores(base, customer, channel, day, rng)
    employee = store * EMPLOYEES_PER_STORE + rng.integers(
        0, EMPLOYEES_PER_STORE, len(day)
    )
    second = _seconds(channel, rng)
    campaign = occasions.campaign[occasion]
    category = _categories(base, customer, amount, rng)
    served = np.where((channel == IN_STORE) & (store >= 0), employee, -1)
    return Orders(
        customer, day, second, amount, campaign, channel, category, store, served
    ).in_time()


def order_ids(first: int, count: int) -> pl.Series:
    """Name orders O00000001, O00000002, ... from a first number on."""
    numbers = pl.Series(np.arange(first + 1, first + count + 1))
    return "O" + numbers.cast(pl.String).str.zfill(8)


def employee_ids(numbers: Days) -> pl.Series:
    """Name employees E0001, ...; a negative number is nobody."""
    numbered = pl.Series(numbers)
    names = "E" + (numbered + 1).cast(pl.String).str.zfill(4)
    return names.zip_with(numbered >= 0, pl.Series([None], dtype=pl.String))


def _names(names: tuple[str, ...], positions: Days) -> pl.Series:
    return pl.Series(names)[positions]


def orders_table(base: Base, orders: Orders, first: int) -> pl.DataFrame:
    """Write the orders as their extract shows them."""
    rng = base.chunk.dice("costs")
    share = 1 - np.array(CATEGORY_MARGINS)[orders.category]
    discount = np.where(
        rng.random(len(orders)) < 0.4, rng.uniform(0.02, 0.25, len(orders)), 0
    )
    cost = orders.amount * share * rng.normal(1.0, 0.06, len(orders))
    return pl.DataFrame(
        {
            "order_id": order_ids(first, len(orders)),
            "customer_id": customer_ids(base.number[orders.customer]),
            "ordered_at": pl.Series(orders.stamps(base)),
            "amount": orders.amount,
            "refund": np.zeros(len(orders)),
            "cost": cost,
            "discount": orders.amount * discount / (1 - discount),
            "status": np.full(len(orders), "completed"),
            "channel": _names(ORDER_CHANNELS, orders.channel),
            "store_id": store_ids(orders.store),
            "employee_id": employee_ids(orders.employee),
            "category": _names(CATEGORIES, orders.category),
        }
    )
