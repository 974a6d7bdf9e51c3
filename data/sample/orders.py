"""Orders: what purchase occasions look like in the shop's system."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np

from data.sample.arrays import Days, Flags, Instants, ascending
from data.sample.base import Base
from data.sample.brand import CATEGORIES_BY_VALUE, CATEGORY_LIMITS, EMPLOYEES_PER_STORE
from data.sample.dice import Dice, pick_by
from data.sample.labels import NOBODY
from data.sample.purchases import Occasions
from data.sample.seasons import DAY, END

STATUSES = ("completed", "pending", "cancelled", "returned")
COMPLETED, PENDING, CANCELLED, RETURNED = range(4)
IN_STORE = 0  # position in ORDER_CHANNELS
CHANNELS_BY_GROUP = (
    (0.34, 0.14, 0.16, 0.22, 0.14),
    (0.40, 0.18, 0.18, 0.14, 0.10),
    (0.42, 0.22, 0.22, 0.08, 0.06),
    (0.55, 0.20, 0.15, 0.00, 0.10),
)
LOYAL_TO_CATEGORY = 0.45
SPLIT = (0.05, 0.05, 0.08, 0.30)  # of a group's occasions: more than one order
STORE_HOURS = np.array([0] * 10 + [4, 6, 6, 5, 6, 7, 7, 7, 8, 9, 8, 4] + [0, 0])
ONLINE_HOURS = np.array(
    [3, 1, 1, 1, 1, 1, 2, 3, 5, 6, 7, 7, 8, 7, 6, 6, 6, 6, 7, 9, 12, 13, 10, 6]
)
CANCELLED_SHARE, RETURNED_SHARE, NEGATIVE_SHARE = 0.020, 0.008, 0.006


@dataclass(frozen=True)
class Orders:
    """One entry per order, in order of time."""

    customer: Days  # position in the chunk
    moment: Days
    amount: Instants
    campaign: Days  # whose coupon was used; 0 = none
    channel: Days
    category: Days
    store: Days  # -1 = none
    employee: Days  # -1 = none
    status: Days

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def day(self) -> Days:
        """The business day of each order."""
        return self.moment // DAY

    @property
    def completed(self) -> Flags:
        """Which orders are purchases."""
        completed: Flags = self.status == COMPLETED
        return completed

    def pick(self, which: Flags | Days) -> "Orders":
        """Keep some of the orders."""
        return Orders(*(getattr(self, field.name)[which] for field in fields(self)))

    def joined(self, *more: "Orders") -> "Orders":
        """Add orders and sort by time."""
        joined = Orders(
            *(
                np.concatenate([getattr(each, field.name) for each in (self, *more)])
                for field in fields(self)
            )
        )
        return joined.pick(ascending(joined.moment))


def _split(base: Base, occasions: Occasions, rng: Dice) -> tuple[Days, Instants]:
    """Divide some occasions into two orders; amounts are whole cents."""
    chance = np.array(SPLIT)[base.group[occasions.customer]]
    twice = (rng.random(len(occasions)) < chance) & (occasions.value > 100)
    first = np.where(twice, rng.uniform(0.25, 0.75, len(twice)), 1.0)
    order = np.repeat(np.arange(len(twice)), 1 + twice)
    again = np.concatenate([[False], order[1:] == order[:-1]])[: len(order)]
    cents = np.round(occasions.value * 100)
    part = np.round(cents * first)
    return order, np.where(again, (cents - part)[order], part[order]) / 100


def _categories(base: Base, customer: Days, amount: Instants, rng: Dice) -> Days:
    """Let the amount and the customer's favourite decide the category."""
    weights = np.array(CATEGORIES_BY_VALUE)
    usual = np.searchsorted(CATEGORY_LIMITS, base.worth)
    favourite = pick_by(usual, weights, base.chunk.dice("favourite"))
    drawn = pick_by(np.searchsorted(CATEGORY_LIMITS, amount), weights, rng)
    loyal = rng.random(len(amount)) < LOYAL_TO_CATEGORY
    return np.where(loyal, favourite[customer], drawn)


def _seconds(channel: Days, rng: Dice) -> Days:
    """Draw the time of day: opening hours in store, evenings online."""
    hours = [STORE_HOURS / STORE_HOURS.sum(), ONLINE_HOURS / ONLINE_HOURS.sum()]
    hour = pick_by((channel != IN_STORE).astype(np.int64), hours, rng)
    return hour * 3600 + rng.integers(0, 3600, len(hour))


def _stores(base: Base, orders: Days, channel: Days, day: Days, rng: Dice) -> Days:
    """Take the home store, sometimes another; online orders mostly have none."""
    other = base.chunk.stores.draw(day, rng.random(len(day)))
    store = np.where(rng.random(len(day)) < 0.12, other, base.store[orders])
    collected = rng.random(len(day)) < 0.25
    return np.where((channel == IN_STORE) | collected, store, NOBODY)


def _employees(store: Days, channel: Days, rng: Dice) -> Days:
    clerk = store * EMPLOYEES_PER_STORE + rng.integers(
        0, EMPLOYEES_PER_STORE, len(store)
    )
    return np.where((channel == IN_STORE) & (store >= 0), clerk, NOBODY)


def _purchases(base: Base, occasions: Occasions, coupon: Days) -> Orders:
    rng = base.chunk.dice("orders")
    occasion, amount = _split(base, occasions, rng)
    customer, day = occasions.customer[occasion], occasions.day[occasion]
    channel = pick_by(base.group[customer], CHANNELS_BY_GROUP, rng)
    store = _stores(base, customer, channel, day, rng)
    return Orders(
        customer=customer,
        moment=day * DAY + _seconds(channel, rng),
        amount=amount,
        campaign=coupon[occasion],
        channel=channel,
        category=_categories(base, customer, amount, rng),
        store=store,
        employee=_employees(store, channel, rng),
        status=np.full(len(customer), COMPLETED),
    )


Change = Callable[[Orders], Orders]


def _copied(orders: Orders, share: float, change: Change, rng: Dice) -> Orders:
    """Copy a share of the orders and change them, within the history."""
    copies = change(orders.pick(rng.random(len(orders)) < share))
    kept = copies.pick((copies.moment >= 0) & (copies.moment < END))
    return replace(kept, campaign=0 * kept.campaign)


def _turned(status: int, wait: int, part: float = 1.0) -> Change:
    """Give copied orders a status, another moment, a part of the amount."""
    return lambda orders: replace(
        orders,
        status=np.full(len(orders), status),
        moment=orders.moment + wait,
        amount=np.round(orders.amount * part, 2),
    )


def draw_orders(base: Base, occasions: Occasions, coupon: Days) -> Orders:
    """Turn purchase occasions into orders; add those that came to nothing."""
    bought = _purchases(base, occasions, coupon)
    rng = base.chunk.dice("failed orders")
    lately = bought.pick(bought.day > (END // DAY) - 4)
    return bought.joined(
        _copied(lately, 0.10, _turned(PENDING, 1200), rng),
        _copied(bought, CANCELLED_SHARE, _turned(CANCELLED, -600), rng),
        _copied(bought, RETURNED_SHARE, _turned(RETURNED, 900), rng),
        _copied(bought, NEGATIVE_SHARE, _turned(RETURNED, 9 * DAY, -0.4), rng),
    )
