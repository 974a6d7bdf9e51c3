"""The input table `stores`."""

import pandera.polars as pa

from data.schemas.kinds import (
    LONG_AGO,
    Instant,
    Text,
    identifier,
    instant,
    text,
)


class Stores(pa.DataFrameModel):
    """One row per store."""

    store_id: Text = identifier(required=True)
    name: Text = text()
    region: Text = text()
    city: Text = text()
    opened_at: Instant = instant(since=LONG_AGO, planned=True)
