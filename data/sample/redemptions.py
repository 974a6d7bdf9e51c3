"""Members of campaigns as their extract shows them: arms, stamps, coupons used."""

import numpy as np
import polars as pl

from data.sample.arrays import Days, Flags, Instants
from data.sample.base import Base
from data.sample.dice import Dice
from data.sample.labels import chosen, customer_ids
from data.sample.orders import Orders
from data.sample.purchases import Occasions
from data.sample.seasons import DAY, END, HISTORY_DAYS, NEVER
from data.sample.trials import Members, first_within

COUPON_OF_THE_WON = 0.9  # of the purchases that a campaign caused
REACHED, OPENED, CLICKED = 0.94, 0.45, 0.35


def _purchase(base: Base, occasions: Occasions, members: Members) -> Days:
    """Find the occasion of each member's first purchase in the window; -1 = none."""
    day = np.full(len(base.number), -HISTORY_DAYS * 2)
    day[members.customer] = members.day
    first = first_within(occasions, day, members.campaign.outcome_days)
    keys = occasions.customer * HISTORY_DAYS + occasions.day
    wanted = members.customer * HISTORY_DAYS + first[members.customer]
    return np.where(
        first[members.customer] >= 0, np.searchsorted(keys, wanted), -1
    ).astype(np.int64)


def treated(members: Members) -> Flags:
    """Tell who is not in the control arm."""
    names = np.array([arm.name for arm in members.campaign.arms])
    treatment: Flags = names[members.arm] != "control"
    return treatment


def coupons(base: Base, occasions: Occasions, trials: tuple[Members, ...]) -> Days:
    """Say for every occasion which campaign's coupon was used; 0 = none."""
    used = np.zeros(len(occasions), dtype=np.int64)
    for members in trials:
        rng = base.chunk.dice(f"{members.campaign.campaign_id} coupon")
        at = _purchase(base, occasions, members)
        won = occasions.cause[at] == members.number
        chance = np.where(won, COUPON_OF_THE_WON, members.campaign.coupon)
        uses = treated(members) & (at >= 0) & (rng.random(len(at)) < chance)
        free = at[uses & (used[at] == 0)]
        used[free] = members.number
    return used


def _redeemed(orders: Orders, members: Members) -> Days:
    """Find the moment of the order on which each member used the coupon."""
    redeemed = np.full(members.customer.max(initial=-1) + 1, NEVER)
    ours = np.flatnonzero(orders.campaign == members.number)[::-1]
    redeemed[orders.customer[ours]] = orders.moment[ours]
    return redeemed[members.customer]


def _later(start: Days, hours: float, limit: Days, rng: Dice) -> Days:
    """Wait some hours, but not beyond the limit; NEVER stays NEVER."""
    wait = 1 + rng.exponential(hours * 3600, len(start)).astype(np.int64)
    return np.where(start > NEVER, np.minimum(start + wait, limit), NEVER)


def _if(happens: Flags, moment: Days) -> Days:
    return np.where(happens & (moment < END), moment, NEVER)


def _funnel(assigned: Days, redeemed: Days, told: Flags, rng: Dice) -> tuple[Days, ...]:
    """Draw when the message came, was opened and clicked: each before the next."""
    used = redeemed > NEVER
    limit = np.where(used, redeemed, 4 * END)
    dice: list[Instants] = [rng.random(len(used)) for _ in range(3)]
    reached = _later(assigned, 1.0, limit - 180, rng)
    reached = _if(told & (used | (dice[0] < REACHED)), reached)
    opened = _if(used | (dice[1] < OPENED), _later(reached, 9.0, limit - 120, rng))
    clicked = _if(used | (dice[2] < CLICKED), _later(opened, 0.3, limit - 60, rng))
    return reached, opened, clicked


def contaminated(base: Base, members: Members) -> Days:
    """Choose the few of the control that stand in the treatment too, by mistake."""
    count = members.campaign.contaminated if base.chunk.number == 1 else 0
    return np.flatnonzero(~treated(members))[:count]


def members_table(base: Base, orders: Orders, members: Members) -> pl.DataFrame:
    """Write the members of one campaign."""
    campaign, calendar = members.campaign, base.chunk.seasons
    rng = base.chunk.dice(f"{campaign.campaign_id} funnel")
    hour = rng.integers(9, 21, len(members.day)) if campaign.rolling else 10
    assigned = members.day * DAY + hour * 3600
    redeemed = _redeemed(orders, members)
    reached, opened, clicked = _funnel(assigned, redeemed, treated(members), rng)
    table = pl.DataFrame(
        {
            "campaign_id": pl.repeat(campaign.campaign_id, len(assigned), eager=True),
            "customer_id": customer_ids(base.number[members.customer]),
            "arm": chosen([arm.name for arm in campaign.arms], members.arm),
            "assigned_at": calendar.happened(assigned),
            "reached_at": calendar.happened(reached),
            "opened_at": calendar.happened(opened),
            "clicked_at": calendar.happened(clicked),
            "redeemed_at": calendar.happened(redeemed),
        }
    )
    both = table[contaminated(base, members)]
    return pl.concat([table, both.with_columns(arm=pl.lit("treatment"))])
