"""Leads: how customers were won, and those who were not; what each channel cost."""

import numpy as np
import polars as pl

from data.sample.arrays import Days
from data.sample.base import Base, customers_by_day
from data.sample.brand import ACQUISITION_CHANNELS, ACQUISITION_COST
from data.sample.dice import COMPANY, Dice, dice, pick
from data.sample.labels import chosen, customer_ids, numbered
from data.sample.seasons import DAY, HISTORY_DAYS, NEVER, Seasons

KNOWN = 0.6  # of the customers were leads before
UNSUCCESSFUL = 1.5  # leads lost per customer won
LOST_SHARES = (0.22, 0.20, 0.26, 0.20, 0.08, 0.04)  # over ACQUISITION_CHANNELS
INTERESTED, TRIED = 0.50, 0.35  # of the leads lost, of those interested


def _lost(base: Base, rng: Dice) -> tuple[Days, Days, Days, Days]:
    """Draw the leads that came to nothing, at the pace of the customers won."""
    count = round(len(base.number) * UNSUCCESSFUL)
    reached = rng.choice(base.chunk.seasons.day(base.started), count) * DAY
    reached = reached + rng.integers(9 * 3600, 22 * 3600, count)
    interested = reached + rng.integers(3600, 12 * DAY, count)
    interested = np.where(rng.random(count) < INTERESTED, interested, NEVER)
    trial = interested + rng.integers(3600, 20 * DAY, count)
    tried = (interested > NEVER) & (rng.random(count) < TRIED)
    channel = pick(count, LOST_SHARES, rng)
    return channel, reached, interested, np.where(tried, trial, NEVER)


def _won(acquired: Days, rng: Dice) -> tuple[Days, Days, Days]:
    """Draw the way of a customer back from the day it was won."""
    days = np.sort(rng.uniform(0.2, 45, (3, len(acquired))), axis=0)
    trial, interested, reached = acquired - (days * DAY).astype(np.int64)
    return reached, interested, trial


def leads_table(base: Base, channel: Days, acquired: Days, first: int) -> pl.DataFrame:
    """Write the leads, in order of time; `acquired` is when each customer was won."""
    rng = base.chunk.dice("leads")
    known = np.flatnonzero((rng.random(len(acquired)) < KNOWN) & ~base.prospect)
    won, lost = _won(acquired[known], rng), _lost(base, rng)
    none = np.full(len(lost[0]), NEVER)
    reached = np.concatenate([won[0], lost[1]])
    order = np.argsort(reached, kind="stable")
    calendar = base.chunk.seasons
    customer = np.concatenate([base.number[known], 0 * none - 1])[order]
    converted = np.concatenate([acquired[known], none])[order]
    stages = (np.concatenate(pair)[order] for pair in zip(won, lost[1:], strict=True))
    names = ("reached_at", "interested_at", "trial_at")
    return pl.DataFrame(
        {
            "lead_id": numbered("L", first + np.arange(len(order)), 8),
            "channel": chosen(
                ACQUISITION_CHANNELS, np.concatenate([channel[known], lost[0]])[order]
            ),
            **{
                name: calendar.happened(stage)
                for name, stage in zip(names, stages, strict=True)
            },
            "converted_at": calendar.happened(converted),
            "customer_id": customer_ids(customer),
        }
    )


def _months(seasons: Seasons) -> Days:
    """Day numbers of the first day of every month, and of the one after the last."""
    first = np.datetime64(seasons.first_day, "M")
    months = np.arange(
        first, np.datetime64(seasons.until, "M") + np.timedelta64(2, "M")
    )
    days: Days = (months.astype("M8[D]") - np.datetime64(seasons.first_day)).astype(
        np.int64
    )
    return days


def channel_spend_table(seasons: Seasons, customers: int, seed: int) -> pl.DataFrame:
    """Write what each channel cost per month: customers expected times their price."""
    rng = dice(seed, COMPANY, "channel spend")
    edges = np.clip(_months(seasons), 0, HISTORY_DAYS)
    expected = np.diff(customers_by_day(seasons, customers)[edges])
    shape = (len(ACQUISITION_CHANNELS), len(expected))
    share = np.array(LOST_SHARES)[:, None] + 0.03
    price = np.array(ACQUISITION_COST)[:, None] * rng.uniform(0.8, 1.25, shape)
    amount = np.round(expected * share * price, 2)
    starts = _months(seasons)[:-1] * DAY
    return pl.DataFrame(
        {
            "channel": np.repeat(ACQUISITION_CHANNELS, len(expected)),
            "month": seasons.planned(np.tile(starts, shape[0])).cast(pl.Date),
            "amount": amount.ravel(),
        }
    )
