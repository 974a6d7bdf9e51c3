"""The input table `channel_spend`."""

import pandera.polars as pa

from data.schemas.kinds import (
    Day,
    Money,
    Text,
    money,
    month,
    text,
)


class ChannelSpend(pa.DataFrameModel):
    """One row per acquisition channel and calendar month."""

    channel: Text = text(required=True)
    month: Day = month(required=True)
    amount: Money = money(required=True, ge=0)
