"""What the company plans: its campaigns as written down, and its targets."""

import numpy as np
import polars as pl

from data.sample.campaigns import Campaign
from data.sample.seasons import DAY, LAST_DAY, Seasons
from data.sample.truth import CampaignTruth

FIXED_COST = 3_000  # CNY per campaign, whatever its size
TARGETS = {  # at the end of the running year, and a step less each year before
    "nps": (45.0, 2.0),
    "repurchase_rate": (0.33, 0.05),
    "csat": (4.2, 0.05),
    "response_rate": (0.30, 0.01),
    "churn_rate": (0.60, -0.02),
}
NPS_OF_REGIONS = {"华东": 46.0, "西南": 42.0}
YEARS_OF_TARGETS = 3


def campaigns_table(
    truths: tuple[CampaignTruth, ...], seasons: Seasons
) -> pl.DataFrame:
    """Write the campaigns."""
    plans = [truth.campaign for truth in truths]
    members = [int(truth.members.sum()) for truth in truths]
    start = np.array([LAST_DAY + plan.start for plan in plans]) * DAY
    length = np.array([plan.days for plan in plans]) * DAY
    texts = ("campaign_id", "name", "kind", "goal", "theme", "channel")
    later = {
        "cost": [
            FIXED_COST + plan.member_cost * size
            for plan, size in zip(plans, members, strict=True)
        ],
        "design": [plan.design for plan in plans],
        "planned_share": [plan.planned_share() for plan in plans],
        "planned_members": [
            _planned(plan, size) for plan, size in zip(plans, members, strict=True)
        ],
        "outcome": [plan.outcome for plan in plans],
        "outcome_days": [plan.outcome_days for plan in plans],
        "target": pl.Series([plan.target for plan in plans], dtype=pl.Float64),
    }
    return pl.DataFrame(
        {
            **{name: [getattr(plan, name) for plan in plans] for name in texts},
            "starts_at": seasons.planned(start),
            "ends_at": seasons.planned(start + length - 1),
            **later,
        }
    )


def _planned(plan: Campaign, members: int) -> int:
    """Plan round numbers: what came, or for a running campaign what will come."""
    running = plan.start + plan.days > 0
    return 10 * round(members * (plan.days / -plan.start if running else 1) / 10)


def targets_table(seasons: Seasons) -> pl.DataFrame:
    """Write the targets of the last years, some by region."""
    year = seasons.until.year
    rows: list[tuple[str, str, float, str | None]] = [
        (metric, str(year - ago), value - step * ago, None)
        for ago in range(YEARS_OF_TARGETS)
        for metric, (value, step) in TARGETS.items()
    ]
    rows += [("nps", str(year), value, at) for at, value in NPS_OF_REGIONS.items()]
    columns = ("metric", "period", "value", "segment")
    return pl.DataFrame(rows, schema=columns, orient="row", strict=False)
