"""Interactions: logins and visits while a customer is one, fading afterwards."""

import numpy as np
import polars as pl

from data.sample.arrays import Days, Instants, ascending
from data.sample.base import Base
from data.sample.dice import Dice, pick
from data.sample.labels import chosen, customer_ids, numbered
from data.sample.orders import ONLINE_HOURS
from data.sample.purchases import Lives
from data.sample.seasons import DAY, END, HISTORY_DAYS
from data.sample.trials import Members

KINDS = ("login", "browse", "visit", "cart", "call")
KIND_SHARES = (0.52, 0.24, 0.13, 0.07, 0.04)
CHANNELS = ("app", "mini_program", "store", "phone")
CART = 3
PER_DAY = 0.0180  # interactions of a customer that buys at the usual rate
USUAL_RATE = 0.012  # purchases per day
MOST_OF_USUAL = 2.0  # frequent buyers do not log in that much more often
LIVELINESS = 1.4  # Gamma shape of the customers' own level
FADING_DAYS = 25.0  # after a loss
CURIOUS_DAYS = 200  # a prospect loses interest


def _lost(base: Base, lives: Lives) -> Instants:
    """Give each customer the day on which its interest ends."""
    end = np.where(lives.alive, HISTORY_DAYS, lives.lost_on + 1).astype(float)
    started = base.chunk.seasons.day(base.started)
    curious = np.minimum(started + CURIOUS_DAYS, HISTORY_DAYS)
    return np.where(base.prospect, curious, end)


def _times(base: Base, lives: Lives, rng: Dice) -> tuple[Days, Days]:
    """Scatter interactions over each customer's life, and a fading tail."""
    start, end = base.chunk.seasons.day(base.started), _lost(base, lives)
    often = np.clip(base.rate / USUAL_RATE, 0.5, MOST_OF_USUAL)
    level = PER_DAY * often * rng.gamma(LIVELINESS, 1 / LIVELINESS, len(start))
    lived = rng.poisson(level * (end - start))
    faded = rng.poisson(level * FADING_DAYS * ~lives.alive)
    during = np.repeat(np.arange(len(start)), lived)
    after = np.repeat(np.arange(len(start)), faded)
    day = start[during] + rng.random(len(during)) * (end - start)[during]
    tail = end[after] + rng.exponential(FADING_DAYS, len(after))
    customer, day = np.concatenate([during, after]), np.concatenate([day, tail])
    kept = day < HISTORY_DAYS
    return customer[kept], np.floor(day[kept]).astype(np.int64)


def _carts(base: Base, trials: tuple[Members, ...], rng: Dice) -> tuple[Days, Days]:
    """The cart that each member of the cart campaign left an hour or two before."""
    carts = [each for each in trials if each.campaign.kind == "cart"]
    customer = np.concatenate([each.customer for each in carts])
    moment = np.concatenate([each.day for each in carts]) * DAY
    return customer, moment + rng.integers(7, 9, len(customer)) * 3600


def interactions_table(
    base: Base, lives: Lives, trials: tuple[Members, ...], first: int
) -> pl.DataFrame:
    """Write the interactions, numbered from `first` on, in order of time."""
    rng = base.chunk.dice("interactions")
    customer, day = _times(base, lives, rng)
    kind = pick(len(day), KIND_SHARES, rng)
    hour = pick(len(day), ONLINE_HOURS / ONLINE_HOURS.sum(), rng)
    moment = day * DAY + hour * 3600 + rng.integers(0, 3600, len(day))
    shopper, left = _carts(base, trials, rng)
    customer = np.concatenate([customer, shopper])
    moment = np.concatenate([moment, left])
    kind = np.concatenate([kind, np.full(len(left), CART)])
    time = np.flatnonzero(moment < END)
    time = time[ascending(moment[time])]
    customer, moment, kind = customer[time], moment[time], kind[time]
    channel = np.where(kind == 2, 2, np.where(kind == 4, 3, moment % 2))
    outbound = (kind == 4) & (rng.random(len(kind)) < 0.4)
    return pl.DataFrame(
        {
            "interaction_id": numbered("I", first + np.arange(len(kind)), 9),
            "customer_id": customer_ids(base.number[customer]),
            "occurred_at": base.chunk.seasons.happened(moment),
            "kind": chosen(KINDS, kind),
            "channel": chosen(CHANNELS, channel),
            "direction": chosen(("inbound", "outbound"), outbound.astype(np.int64)),
        }
    )
