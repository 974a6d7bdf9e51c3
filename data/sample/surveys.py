"""Surveys: who is asked, who answers, and what drives the score."""

import numpy as np
import polars as pl

from data.sample.arrays import Days, Flags, Instants, blank_unless
from data.sample.base import Base
from data.sample.dice import Dice
from data.sample.experience import DIMENSIONS, TROUBLES, Experience
from data.sample.labels import chosen, customer_ids, employee_ids, store_ids
from data.sample.orders import Orders
from data.sample.seasons import DAY, END, NEVER

ASKED = (0.90, 0.90, 0.70, 0.40)  # of a group's purchases
ANSWERED, ANSWERED_BY_THE_LOST = 0.31, 0.25
BLANK_SCORE, BLANK_DIMENSION = 0.02, 0.04  # of the answers
LEVELS = np.array([4.25, 4.30, 4.25, 4.15, 4.10])  # per dimension, nothing wrong
TROUBLE = 1.9  # points lost on the dimension that went wrong
NOISE = 0.55
WEIGHTS = np.array([0.30, 0.20, 0.30, 0.10, 0.10])  # what the score is made of
BASE_SCORE, SLOPE, SCORE_NOISE = 8.95, 2.3, 0.75
MODES = ("sms", "wechat", "app", "call")
PRAISE = ("质量很好，会再来", "导购很耐心", "送货很快", "性价比高", "包装用心")
BLAME = {
    "product_quality": "用了不久就坏了",
    "service": "店员态度冷淡",
    "delivery": "送货晚了好几天",
    "other": "体验一般，期待改进",
}


def _asked(base: Base, orders: Orders, rng: Dice) -> Days:
    """Choose the purchases after which a survey goes out."""
    share = np.array(ASKED)[base.group[orders.customer]]
    wait = rng.integers(2 * DAY, 6 * DAY, len(orders))
    asked = orders.completed & (rng.random(len(orders)) < share)
    return np.where(asked & (orders.moment + wait < END), orders.moment + wait, NEVER)


def _levels(experience: Experience, which: Days, rng: Dice) -> Instants:
    """Feel the five dimensions: level, mood, noise, less what went wrong."""
    noise = rng.normal(0.0, NOISE, (len(which), len(DIMENSIONS)))
    felt = LEVELS + noise + experience.mood[which][:, None]
    for name, happened in zip(TROUBLES, experience.troubles, strict=True):
        felt[:, DIMENSIONS.index(name)] -= TROUBLE * happened[which]
    return np.clip(np.round(felt), 1, 5)


def _scores(levels: Instants, rng: Dice) -> Instants:
    """Score 0-10 from the weighted dimensions and a little chance."""
    pull = (levels - LEVELS) @ WEIGHTS
    noise = rng.normal(0.0, SCORE_NOISE, len(levels))
    score: Instants = np.round(BASE_SCORE + SLOPE * pull + noise)
    return np.clip(score, 0, 10)


def _whole(values: Instants, known: Flags) -> pl.Series:
    return blank_unless(known, pl.Series(values.astype(np.int64)))


def _comments(
    experience: Experience, which: Days, score: Instants, rng: Dice
) -> pl.Series:
    """Let some say why: the trouble if there was one, praise from promoters."""
    texts = (*PRAISE, *BLAME.values())
    at = rng.integers(0, len(PRAISE), len(which))
    at = np.where(score < 9, len(texts) - 1, at)
    for place, happened in enumerate(experience.troubles, len(PRAISE)):
        at = np.where(happened[which] & (score < 9), place, at)
    return chosen(texts, np.where(rng.random(len(which)) < 0.3, at, -1))


def surveys_table(
    base: Base, orders: Orders, experience: Experience, table: pl.DataFrame
) -> pl.DataFrame:
    """Write the surveys sent, answered or not; `table` is the orders' extract."""
    rng = base.chunk.dice("surveys")
    sent = _asked(base, orders, rng)
    which = np.flatnonzero(sent > NEVER)
    share = np.where(experience.loses[which], ANSWERED_BY_THE_LOST, ANSWERED)
    answered = sent[which] + rng.exponential(1.2 * DAY, len(which)).astype(np.int64)
    answers = (rng.random(len(which)) < share) & (answered < END)
    levels = _levels(experience, which, rng)
    score = _scores(levels, rng)
    scored = answers & (rng.random(len(which)) >= BLANK_SCORE)
    rated = rng.random(levels.shape) >= BLANK_DIMENSION
    comments = _comments(experience, which, score, rng)
    calendar = base.chunk.seasons
    return pl.DataFrame(
        {
            "response_id": "R" + table["order_id"][which].str.slice(1),
            "customer_id": customer_ids(base.number[orders.customer[which]]),
            "sent_at": calendar.happened(sent[which]),
            "answered_at": calendar.happened(np.where(answers, answered, NEVER)),
            "score": _whole(score, scored),
            **{
                name: _whole(levels[:, place], answers & rated[:, place])
                for place, name in enumerate(DIMENSIONS)
            },
            "mode": chosen(MODES, rng.integers(0, len(MODES), len(which))),
            "comment": blank_unless(answers, comments),
            "order_id": table["order_id"][which],
            "store_id": store_ids(orders.store[which]),
            "employee_id": employee_ids(orders.employee[which]),
        }
    )
