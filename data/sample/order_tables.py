"""The extracts `orders` and `order_items`."""

import numpy as np
import polars as pl

from data.sample.arrays import Days, Instants
from data.sample.base import Base
from data.sample.brand import CATEGORIES, CATEGORY_MARGINS, ORDER_CHANNELS
from data.sample.dice import Dice
from data.sample.labels import (
    chosen,
    customer_ids,
    employee_ids,
    numbered,
    order_ids,
    store_ids,
)
from data.sample.orders import RETURNED, STATUSES, Orders
from data.sample.seasons import DAY, END, NEVER

REFUNDS = 0.03  # of the purchases: part of the goods came back
BLANK_STATUS = 0.01  # of the purchases: the shop's system left it out
MORE_LINES = (0.35, 0.12)  # of the orders have a second, a third line
PRODUCTS_PER_CATEGORY = 120


def _refunds(orders: Orders, rng: Dice) -> tuple[Instants, Days]:
    """Refund a part of some purchases, and all of what was returned whole."""
    part = np.where(
        rng.random(len(orders)) < REFUNDS, rng.uniform(0.05, 0.6, len(orders)), 0.0
    )
    part = np.where(orders.completed, part, 0.0)
    whole = (orders.status == RETURNED) & (orders.amount > 0)
    moment: Days = orders.moment + rng.integers(2 * DAY, 25 * DAY, len(orders))
    part = np.where(whole, 1.0, part) * (moment < END)
    return np.round(orders.amount * part, 2), np.where(part > 0, moment, NEVER)


def costs(orders: Orders, refund: Instants, rng: Dice) -> Instants:
    """Cost of the goods that the customers kept, by the category's margin."""
    share = 1 - np.array(CATEGORY_MARGINS)[orders.category]
    noise = np.clip(rng.normal(1.0, 0.06, len(orders)), 0.7, 1.3)
    cost: Instants = np.round((orders.amount - refund) * share * noise, 2)
    return cost


def _discounts(orders: Orders, rng: Dice) -> Instants:
    share = np.where(
        rng.random(len(orders)) < 0.4, rng.uniform(0.02, 0.2, len(orders)), 0.0
    )
    share = np.where(orders.campaign > 0, 0.1, share)
    discount: Instants = np.round(np.abs(orders.amount) * share / (1 - share), 2)
    return discount


def orders_table(
    base: Base, orders: Orders, first: int, campaigns: tuple[str, ...]
) -> pl.DataFrame:
    """Write the orders, numbered from `first` on."""
    rng = base.chunk.dice("costs")
    calendar = base.chunk.seasons
    refund, refunded = _refunds(orders, rng)
    shown = np.where(rng.random(len(orders)) < BLANK_STATUS, -1, orders.status)
    return pl.DataFrame(
        {
            "order_id": order_ids(first + np.arange(len(orders))),
            "customer_id": customer_ids(base.number[orders.customer]),
            "ordered_at": calendar.happened(orders.moment),
            "amount": orders.amount,
            "refund": refund,
            "refunded_at": calendar.happened(refunded),
            "cost": costs(orders, refund, rng),
            "discount": _discounts(orders, rng),
            "status": chosen(
                STATUSES, np.where(orders.completed, shown, orders.status)
            ),
            "channel": chosen(ORDER_CHANNELS, orders.channel),
            "store_id": store_ids(orders.store),
            "employee_id": employee_ids(orders.employee),
            "category": chosen(CATEGORIES, orders.category),
            "campaign_id": chosen(campaigns, orders.campaign - 1),
        }
    )


def _lines(orders: Days, rng: Dice) -> tuple[Days, Days]:
    """Give every order one to three lines; return order and line number from 1."""
    more = rng.random(len(orders))
    count = 1 + np.sum([more < share for share in MORE_LINES], axis=0, dtype=np.int64)
    order = np.repeat(orders, count)
    first = np.repeat(np.cumsum(count) - count, count)
    return order, np.arange(len(order)) - first + 1


def _shares(line: Days, rng: Dice) -> Instants:
    """Split each order over its lines; the last line takes what is left."""
    weight = rng.uniform(0.2, 1.0, len(line))
    starts = np.flatnonzero(line == 1)
    total = np.add.reduceat(weight, starts) if len(starts) else weight
    count = np.diff(np.append(starts, len(line)))
    running = np.cumsum(weight)
    before = np.repeat((running - weight)[starts], count)
    upto: Instants = (running - before) / np.repeat(total, count)
    return np.minimum(upto, 1.0)


def _parts(total: Instants, upto: Instants, line: Days) -> Instants:
    """Whole cents per line that sum to the order's total exactly."""
    last = np.append(line[1:] == 1, True)[: len(line)]
    cents = np.round(total * 100)
    ends = np.where(last, cents, np.floor(cents * upto))
    parts: Instants = (ends - np.where(line == 1, 0.0, np.roll(ends, 1))) / 100
    return parts


def items_table(base: Base, orders: Orders, table: pl.DataFrame) -> pl.DataFrame:
    """Write the lines of the orders that were delivered."""
    rng = base.chunk.dice("order items")
    order, line = _lines(np.flatnonzero(orders.completed), rng)
    upto = _shares(line, rng)
    category = orders.category[order]
    product = category * 1000 + rng.integers(0, PRODUCTS_PER_CATEGORY, len(order))
    quantity = 1 + np.floor(rng.exponential(0.5, len(order))).astype(np.int64)
    return pl.DataFrame(
        {
            "order_id": table["order_id"][order],
            "line_no": line,
            "product_id": numbered("P", product + 999, 4),
            "category": chosen(CATEGORIES, category),
            "quantity": quantity,
            "amount": _parts(orders.amount[order], upto, line),
            "cost": _parts(table["cost"].to_numpy()[order], upto, line),
        }
    )
