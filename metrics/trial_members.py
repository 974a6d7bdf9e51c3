"""The members behind the counts of a campaign."""

import polars as pl
from pandera.polars import Field
from pandera.typing.polars import DataFrame

from metrics.frames import Result
from metrics.trial_sums import Arms

STAGES = ("reached", "opened", "clicked", "redeemed")


class CampaignMember(Result):
    """One row per member of an arm: its stages, and what it bought in its window."""

    customer_id: pl.String = Field()
    arm: pl.String = Field()
    assigned_on: pl.Date = Field()
    reached_on: pl.Date = Field(nullable=True)
    opened_on: pl.Date = Field(nullable=True)
    clicked_on: pl.Date = Field(nullable=True)
    redeemed_on: pl.Date = Field(nullable=True)
    store: pl.String = Field()
    region: pl.String = Field()
    customer_type: pl.String = Field()
    acquisition_channel: pl.String = Field()
    tier: pl.String = Field()
    bought: pl.Boolean = Field()
    revenue: pl.Float64 = Field()


class Funnel(Result):
    """One row per arm: its members by stage."""

    segment: pl.String = Field()
    members: pl.Int64 = Field(ge=0)
    reached: pl.Int64 = Field(ge=0, nullable=True)
    opened: pl.Int64 = Field(ge=0, nullable=True)
    clicked: pl.Int64 = Field(ge=0, nullable=True)
    redeemed: pl.Int64 = Field(ge=0, nullable=True)


def campaign_funnel(arms: Arms) -> DataFrame[Funnel]:
    """How many members of each arm were assigned, reached, opened, clicked, redeemed.

    Formula: counts of members with a day at the stage; members in two arms are left
        out. Unknown where no member of any arm has a day of the stage
    Grain: one row per arm
    Units: customers
    Source: the rows of campaign members themselves
    """
    named = arms.names()
    counts = {stage: [arms.count(stage, arm) for arm in named] for stage in STAGES}
    told = {
        stage: found if any(found) else [None] * len(found)
        for stage, found in counts.items()
    }
    members = [arms.count("members", arm) for arm in named]
    columns = {"segment": named, "members": members, **told}
    schema = {"segment": pl.String, **dict.fromkeys(("members", *STAGES), pl.Int64)}
    return Funnel.validate(pl.DataFrame(columns, schema=schema))


def campaign_members(members: pl.DataFrame) -> DataFrame[CampaignMember]:
    """The members of a campaign, of one of its arms, or of one stage.

    Formula: stages: assigned, reached, opened, clicked, redeemed; bought: within a
        window that has passed; contaminated: stands in another arm too, and is in no
        other stage
    Grain: one row per customer and arm
    Units: days, currency; `tier` was held at the last month end before assignment
    Source: the rows of campaign members and orders themselves
    """
    return CampaignMember.validate(members)
