"""The input table `interactions`."""

import pandera.polars as pa

from data.schemas.kinds import (
    Instant,
    Text,
    choice,
    identifier,
    instant,
    text,
)


class Interactions(pa.DataFrameModel):
    """One row per login, visit, browse, cart, call or other touch."""

    interaction_id: Text = identifier(required=True)
    customer_id: Text = identifier(required=True)
    occurred_at: Instant = instant(required=True)
    kind: Text = choice(
        "login", "visit", "browse", "cart", "call", "other", required=True
    )
    channel: Text = text()
    direction: Text = text()
