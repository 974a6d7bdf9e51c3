"""What is true of the sample company: the answers that its data should give."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from data.sample import experience, surveys
from data.sample.arrays import Instants
from data.sample.base import Base, Chunk, group_parameters
from data.sample.brand import GROUPS, LATE_REGION
from data.sample.campaigns import Campaign
from data.sample.labels import chosen, customer_ids
from data.sample.mistakes import Count
from data.sample.purchases import Lives, Occasions
from data.sample.seasons import DAY, HISTORY_DAYS, NEVER
from data.sample.trials import Members, first_within

HORIZON, CHURN_HORIZON = 365, 180


def customers_truth(base: Base, lives: Lives) -> pl.DataFrame:
    """Write each customer's group, rates, value, and when it was lost.

    expected_purchases = (1 - exp(-rate loss 365)) / loss for those alive, since each
    purchase loses the customer with that chance; churn_probability = exp(-rate 180).
    """
    rate, loss, alive = base.rate, base.loss, lives.alive
    expected = -np.expm1(-rate * loss * HORIZON) / np.maximum(loss, 1e-12)
    lost = np.where(lives.lost_on >= 0, lives.lost_on * DAY, NEVER)
    return pl.DataFrame(
        {
            "customer_id": customer_ids(base.number),
            "group": chosen([group.name for group in GROUPS], base.group),
            "purchases_per_week": rate * 7,
            "loss_chance": loss,
            "mean_purchase": base.worth,
            "prospect": base.prospect,
            "alive": alive,
            "lost_on": base.chunk.seasons.planned(lost).cast(pl.Date),
            "expected_purchases_365": np.where(alive, expected, 0.0),
            "churn_probability_180": np.where(alive, np.exp(-rate * CHURN_HORIZON), 1),
        }
    )


@dataclass
class CampaignTruth:
    """Sums over the members whose outcome window has passed, all arms together."""

    campaign: Campaign
    members: Instants
    buyers: Instants
    revenue: Instants
    mature: int = 0

    def add(self, base: Base, occasions: Occasions, members: Members) -> None:
        """Add a chunk: what each arm would have come to, had all been in it."""
        arms = len(self.campaign.arms)
        self.members = self.members + np.bincount(members.arm, minlength=arms)
        day = np.full(len(base.number), -2 * HISTORY_DAYS)
        day[members.customer] = members.day
        others = occasions.pick(occasions.cause != members.number)
        first = first_within(others, day, self.campaign.outcome_days)
        who = members.customer[members.mature()]
        idle = first[who] < 0
        self.mature += len(who)
        won = members.chances * idle.sum()
        self.buyers = self.buyers + (~idle).sum() + won
        self.revenue = self.revenue + members.chances * base.worth[who[idle]].sum()

    def report(self) -> dict[str, Any]:
        """Give the true conversion per arm and the true lifts over the control."""
        arms = [arm.name for arm in self.campaign.arms]
        share = self.buyers / max(self.mature, 1)
        report: dict[str, Any] = {
            "name": self.campaign.name,
            "design": self.campaign.design,
            "outcome_days": self.campaign.outcome_days,
            "members": dict(zip(arms, map(int, self.members), strict=True)),
            "mature_members": self.mature,
            "conversion": dict(zip(arms, map(float, share), strict=True)),
            "lift": {arm: self._lift(at, share) for at, arm in enumerate(arms) if at},
        }
        return report

    def _lift(self, arm: int, share: Instants) -> dict[str, float | None]:
        """Compare an arm with the control, which comes first."""
        money = (self.revenue[arm] - self.revenue[0]) / max(self.mature, 1)
        relative = float(share[arm] / share[0] - 1) if share[0] else None
        return {
            "absolute": float(share[arm] - share[0]),
            "relative": relative,
            "revenue_per_member": float(money),
        }


@dataclass
class Truth:
    """What the chunks add up to."""

    campaigns: tuple[CampaignTruth, ...]
    mistakes: dict[tuple[str, str, str, str], int] = field(default_factory=dict)

    def count(self, counts: list[Count]) -> None:
        """Add wrong rows."""
        for each in counts:
            key = (each.table, each.column, each.rule, each.fate)
            self.mistakes[key] = self.mistakes.get(key, 0) + each.rows

    def mistakes_report(self) -> list[dict[str, Any]]:
        """List the wrong rows by table and rule."""
        return [
            asdict(Count(*key, rows)) for key, rows in sorted(self.mistakes.items())
        ]


def start_truth(campaigns: tuple[Campaign, ...]) -> Truth:
    """Begin with nothing."""
    none = (np.zeros(len(campaign.arms)) for campaign in campaigns)
    pairs = zip(campaigns, none, strict=True)
    return Truth(tuple(CampaignTruth(each, zero, zero, zero) for each, zero in pairs))


def company_report(chunk: Chunk, customers: int) -> dict[str, Any]:
    """Say what the company was made from."""
    return {
        "customers": customers,
        "seed": chunk.seed,
        "first_day": chunk.seasons.first_day.isoformat(),
        "until": chunk.seasons.until.isoformat(),
        "groups": [group_parameters(group) for group in chunk.groups],
        "survey": {
            "weights": dict(
                zip(experience.DIMENSIONS, surveys.WEIGHTS.tolist(), strict=True)
            ),
            "slope": surveys.SLOPE,
            "late_region": LATE_REGION,
            "late_days": experience.LATE_DAYS,
        },
    }


def write_json(path: Path, content: Mapping[str, Any] | list[Any]) -> None:
    """Write a readable file of truths."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
