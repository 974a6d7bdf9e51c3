"""Running the campaigns: audiences, arms, and purchases that would not have been."""

from dataclasses import dataclass

import numpy as np

from data.sample.arrays import Days, Flags, Instants
from data.sample.base import Base, summed
from data.sample.campaigns import Campaign
from data.sample.dice import Dice, pick
from data.sample.purchases import Occasions, values
from data.sample.seasons import HISTORY_DAYS, LAST_DAY, YEAR

GOLD_SPEND = 10_000  # CNY in the year before
RECENT = {"shoppers": 120}  # days since the last purchase, else a year
LONG_AGO = -10_000  # a day before all history


@dataclass(frozen=True)
class Members:
    """One entry per assigned member of one campaign."""

    campaign: Campaign
    number: int  # of the campaign, from 1
    customer: Days  # position in the chunk
    arm: Days
    day: Days
    chances: Instants  # one per arm: the chance to win a member who would not buy

    def mature(self) -> Flags:
        """Tell whose outcome window has passed."""
        return self.day + self.campaign.outcome_days <= LAST_DAY


def _last_before(occasions: Occasions, day: Days) -> Days:
    """Find each customer's last purchase before its own day."""
    last = np.full(len(day), LONG_AGO)
    known = occasions.day < day[occasions.customer]
    np.maximum.at(last, occasions.customer[known], occasions.day[known])
    return last


def _spend(occasions: Occasions, day: Days) -> Instants:
    age = day[occasions.customer] - occasions.day
    recent = (age > 0) & (age <= YEAR)
    return summed(occasions.customer[recent], occasions.value[recent], len(day))


def first_within(occasions: Occasions, day: Days, length: int) -> Days:
    """Find the first purchase in the `length` days after each customer's day; -1."""
    first = np.full(len(day), HISTORY_DAYS)
    age = occasions.day - day[occasions.customer]
    inside = (age > 0) & (age <= length)
    np.minimum.at(first, occasions.customer[inside], occasions.day[inside])
    return np.where(first < HISTORY_DAYS, first, -1)


def _assigned(base: Base, occasions: Occasions, campaign: Campaign, rng: Dice) -> Days:
    """Draw the day on which each customer would enter the campaign."""
    start, size = LAST_DAY + campaign.start, len(base.number)
    if campaign.audience == "newcomers":
        first = np.full(size, HISTORY_DAYS)
        np.minimum.at(first, occasions.customer, occasions.day)
        return first + 1
    if campaign.rolling:
        return rng.integers(start, start + campaign.days, size)
    return np.full(size, start)


def _audience(occasions: Occasions, campaign: Campaign, day: Days) -> Flags:
    """Choose who qualifies on its day, by purchases before that day only."""
    since = day - _last_before(occasions, day)
    if campaign.audience == "dormant":
        return (since > YEAR) & (since < YEAR * 10)
    if campaign.audience == "gold":
        return _spend(occasions, day) >= GOLD_SPEND
    start = LAST_DAY + campaign.start
    during = (day >= start) & (day < start + campaign.days) & (day <= LAST_DAY)
    return (since <= RECENT.get(campaign.audience, YEAR)) & during


def _enrol(
    base: Base, occasions: Occasions, number: int, campaign: Campaign
) -> Members:
    rng = base.chunk.dice(campaign.campaign_id)
    day = _assigned(base, occasions, campaign, rng)
    sampled = rng.random(len(day)) < campaign.sample
    customer = np.flatnonzero(_audience(occasions, campaign, day) & sampled)
    if campaign.most_members is not None:
        customer = customer[: campaign.most_members * (base.chunk.number == 1)]
    shares = [arm.drawn or arm.share for arm in campaign.arms]
    arm = pick(len(customer), shares, rng)
    bought = first_within(occasions, day, campaign.outcome_days)[customer] >= 0
    anyway = float(bought.mean()) if len(bought) else 0.0
    chances = np.array([each.wins(anyway) for each in campaign.arms])
    return Members(campaign, number, customer, arm, day[customer], chances)


def _won(base: Base, occasions: Occasions, members: Members) -> Occasions:
    """Draw the purchases that the campaign causes: one each, sooner than later."""
    rng = base.chunk.dice(f"{members.campaign.campaign_id} won")
    length = members.campaign.outcome_days
    day = np.zeros(len(base.number), dtype=np.int64)
    day[members.customer] = members.day
    idle = first_within(occasions, day, length)[members.customer] < 0
    lucky = rng.random(len(idle)) < members.chances[members.arm]
    delay = 1 + np.floor(rng.beta(1, 2.2, len(idle)) * (length - 1)).astype(np.int64)
    won = idle & lucky & (members.day + delay <= LAST_DAY)
    customer = members.customer[won]
    value = values(base, customer, rng)
    cause = np.full(len(customer), members.number)
    return Occasions(customer, (members.day + delay)[won], value, cause)


def run_campaigns(
    base: Base, occasions: Occasions, campaigns: tuple[Campaign, ...]
) -> tuple[Occasions, tuple[Members, ...]]:
    """Run the campaigns in order of their start; each sees what those before caused."""
    enrolled = []
    for number, campaign in enumerate(campaigns, 1):
        members = _enrol(base, occasions, number, campaign)
        occasions = occasions.joined(_won(base, occasions, members))
        enrolled.append(members)
    return occasions, tuple(enrolled)
