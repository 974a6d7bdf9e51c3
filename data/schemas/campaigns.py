"""The input table `campaigns`."""

import pandera.polars as pa
import polars as pl

from data.schemas.kinds import (
    Instant,
    Integer,
    Money,
    Number,
    Text,
    choice,
    identifier,
    instant,
    integer,
    money,
    number,
    text,
)
from data.schemas.laws import law, not_before

SHARE = r"\s*[^=,]+=\s*(?:0?\.[0-9]+|0|1|1\.0+)\s*"
SHARES = f"^{SHARE}(?:,{SHARE})*$"


class Campaigns(pa.DataFrameModel):
    """One row per campaign."""

    campaign_id: Text = identifier(required=True)
    name: Text = text(required=True)
    kind: Text = text()
    goal: Text = text()
    theme: Text = text()
    channel: Text = text()
    starts_at: Instant = instant(required=True, planned=True)
    ends_at: Instant = instant(required=True, planned=True)
    cost: Money = money(ge=0)
    design: Text = choice("randomised", "holdout", "none")
    planned_share: Text = text()  # such as: control=0.1, treatment=0.9
    planned_members: Integer = integer(ge=0)
    outcome: Text = text()
    outcome_days: Integer = integer(ge=1)
    target: Number = number()

    end_after_start = not_before("ends_at", "starts_at")
    shares = law(
        "planned_share", "planned_share", pl.col("planned_share").str.contains(SHARES)
    )
