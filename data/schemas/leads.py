"""The input table `leads`."""

import pandera.polars as pa

from data.schemas.kinds import (
    Instant,
    Text,
    identifier,
    instant,
    text,
)
from data.schemas.laws import not_before


class Leads(pa.DataFrameModel):
    """One row per person reached who may become a customer."""

    lead_id: Text = identifier(required=True)
    channel: Text = text(required=True)
    reached_at: Instant = instant(required=True)
    interested_at: Instant = instant()
    trial_at: Instant = instant()
    converted_at: Instant = instant()
    customer_id: Text = identifier()

    conversion_after_reach = not_before("converted_at", "reached_at")
