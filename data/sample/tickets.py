"""Tickets: complaints that follow troubles and go through a closed loop; the rest."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.sample.arrays import Days, Flags, Instants, blank_unless
from data.sample.base import Base
from data.sample.dice import Dice, pick
from data.sample.experience import TROUBLES, Experience
from data.sample.labels import chosen, customer_ids, numbered
from data.sample.orders import Orders
from data.sample.seasons import DAY, END, NEVER

KINDS = ("complaint", "enquiry", "request")
COMPLAINT, ENQUIRY, REQUEST = range(3)
COMPLAINT_AFTER_TROUBLE = 0.30
ENQUIRIES, REQUESTS = 0.040, 0.025  # of the orders
TYPES = ("质量", "服务", "配送", "价格", "安装", "退换")
TEAM_OF_TYPE = (0, 1, 2, 1, 2, 1)
TEAMS = ("质检组", "客服组", "物流组")
AGENTS_PER_TEAM = 8
CAUSES = ("产品缺陷", "态度", "送货延误", "价格争议", "安装失误", "退换规则")
CHANNELS = ("phone", "wechat", "app", "store")
STEPS = (  # of the closed loop: median hours after the step before
    ("first_response_at", 1.5), ("verified_at", 6.0), ("assigned_at", 2.0),
    ("planned_at", 8.0), ("resolved_at", 30.0), ("reported_at", 10.0),
    ("called_back_at", 20.0), ("closed_at", 6.0),
)  # fmt: skip
SHORT_LOOP = ("first_response_at", "resolved_at", "closed_at")  # no complaint
SPREAD = 0.9  # of the logarithm of the hours
STUCK = 0.006  # chance to go no further at a step
SLOWER_FOR_THE_LOST = 2.2


@dataclass(frozen=True)
class Tickets:
    """One entry per ticket."""

    order: Days
    kind: Days
    type: Days
    opened: Days
    lost: Flags  # the customer leaves over it

    def __len__(self) -> int:
        return len(self.order)


def _kinds(orders: Orders, experience: Experience, rng: Dice) -> Days:
    """Draw per order: complaint, enquiry, request or (-1) nothing."""
    draw = rng.random(len(orders))
    complains = experience.trouble & (draw < COMPLAINT_AFTER_TROUBLE)
    asks, wants = draw > 1 - ENQUIRIES, draw > 1 - ENQUIRIES - REQUESTS
    return np.select([complains, asks, wants], [COMPLAINT, ENQUIRY, REQUEST], -1)


def _types(experience: Experience, order: Days, kind: Days, rng: Dice) -> Days:
    """Name what it is about: the trouble, if it is a complaint."""
    about = rng.integers(len(TROUBLES), len(TYPES), len(order))
    for place in range(len(TROUBLES)):
        wrong = experience.troubles[place][order] & (kind == COMPLAINT)
        about = np.where(wrong, place, about)
    return about


def draw_tickets(base: Base, orders: Orders, experience: Experience) -> Tickets:
    """Open tickets a few days after some of the orders."""
    rng = base.chunk.dice("tickets")
    kinds = _kinds(orders, experience, rng)
    opened = orders.moment + rng.integers(DAY // 2, 8 * DAY, len(orders))
    order = np.flatnonzero((kinds >= 0) & (opened < END))
    about = _types(experience, order, kinds[order], rng)
    lost = experience.loses[order]
    return Tickets(order, kinds[order], about, opened[order], lost)


def _loop(tickets: Tickets, rng: Dice) -> dict[str, Days]:
    """Walk the steps one after the other; some tickets get stuck on the way."""
    moment, stamps = tickets.opened, {}
    slow = np.where(tickets.lost, SLOWER_FOR_THE_LOST, 1.0)
    for name, hours in STEPS:
        taken = (tickets.kind == COMPLAINT) | (name in SHORT_LOOP)
        wait = hours * 3600 * slow * rng.lognormal(0.0, SPREAD, len(tickets))
        after = moment + 1 + wait.astype(np.int64)
        after = np.where(rng.random(len(tickets)) < STUCK, NEVER, after)
        after = np.where(moment > NEVER, after, NEVER)
        moment = np.where(taken, after, moment)
        stamps[name] = np.where(taken, moment, NEVER)
    return stamps


def _satisfaction(
    tickets: Tickets, resolved: Days, closed: Days, rng: Dice
) -> pl.Series:
    """Rate the closed tickets: the longer it took, the worse."""
    days: Instants = (resolved - tickets.opened) / DAY
    felt = 4.6 - 0.5 * np.log1p(np.maximum(days, 0)) - 0.9 * tickets.lost
    rating = np.clip(np.round(felt + rng.normal(0, 0.7, len(tickets))), 1, 5)
    rated = (closed > NEVER) & (closed < END) & (rng.random(len(tickets)) < 0.6)
    return blank_unless(rated, pl.Series(rating.astype(np.int64)))


def _stuck(stamps: dict[str, Days]) -> pl.Series:
    """Name the step that each stuck ticket never takes; blank for the others.

    The first step without a moment after one that had happened by the end.
    """
    found = pl.Series([None] * len(stamps["closed_at"]), dtype=pl.String)
    reached = np.ones(len(found), dtype=bool)
    for name, moment in stamps.items():
        here = reached & (moment == NEVER)
        found = found.zip_with(
            pl.Series(~here), pl.repeat(name, len(found), eager=True)
        )
        reached &= (moment > NEVER) & (moment < END)
    return found


def tickets_table(
    base: Base, orders: Orders, tickets: Tickets, first: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Write the tickets, numbered from `first` on, and name complaints that are stuck.

    The second frame has a row per complaint that goes no further: `ticket_id`, and the
    `step` that it never takes.
    """
    rng = base.chunk.dice("closed loop")
    calendar = base.chunk.seasons
    loop = _loop(tickets, rng)
    team = np.array(TEAM_OF_TYPE)[tickets.type]
    agent = team * AGENTS_PER_TEAM + rng.integers(0, AGENTS_PER_TEAM, len(team))
    channel = pick(len(team), (0.4, 0.3, 0.2, 0.1), rng)
    reopened = rng.random(len(team)) < np.where(tickets.lost, 0.2, 0.05)
    rating = _satisfaction(tickets, loop["resolved_at"], loop["closed_at"], rng)
    table = pl.DataFrame(
        {
            "ticket_id": numbered("T", first + np.arange(len(team)), 7),
            "customer_id": customer_ids(base.number[orders.customer[tickets.order]]),
            "opened_at": calendar.happened(tickets.opened),
            "kind": chosen(KINDS, tickets.kind),
            "type": chosen(TYPES, tickets.type),
            "cause": chosen(
                CAUSES, np.where(tickets.kind == COMPLAINT, tickets.type, -1)
            ),
            "channel": chosen(CHANNELS, channel),
            "team": chosen(TEAMS, team),
            "agent": numbered("A", agent, 3),
            **{name: calendar.happened(stamps) for name, stamps in loop.items()},
            "reopened": reopened,
            "satisfaction": rating,
        }
    )
    return table, _stuck_complaints(table, loop)


def _stuck_complaints(table: pl.DataFrame, loop: dict[str, Days]) -> pl.DataFrame:
    stuck = table.select("ticket_id", "kind", step=_stuck(loop)).drop_nulls("step")
    return stuck.filter(pl.col("kind") == "complaint").drop("kind")
