"""The input table `campaign_members`."""

import pandera.polars as pa

from data.schemas.kinds import (
    Instant,
    Text,
    identifier,
    instant,
    text,
)


class CampaignMembers(pa.DataFrameModel):
    """One row per customer assigned to an arm of a campaign."""

    campaign_id: Text = identifier(required=True)
    customer_id: Text = identifier(required=True)
    arm: Text = text(required=True)  # control, or the name of any treatment
    assigned_at: Instant = instant(required=True)
    reached_at: Instant = instant()
    opened_at: Instant = instant()
    clicked_at: Instant = instant()
    redeemed_at: Instant = instant()
