"""The input table `orders`."""

import pandera.polars as pa
import polars as pl

from data.schemas.kinds import (
    Instant,
    Money,
    Text,
    choice,
    identifier,
    instant,
    money,
    text,
)
from data.schemas.laws import law, not_before


class Orders(pa.DataFrameModel):
    """One row per order; `amount` is paid, after discount and before refund."""

    order_id: Text = identifier(required=True)
    customer_id: Text = identifier(required=True)
    ordered_at: Instant = instant(required=True)
    amount: Money = money(required=True)
    refund: Money = money(ge=0, default="0")
    refunded_at: Instant = instant()
    cost: Money = money()  # net of returned goods
    discount: Money = money()
    status: Text = choice(
        "completed", "pending", "cancelled", "returned", default="completed"
    )
    channel: Text = text()
    store_id: Text = identifier()
    employee_id: Text = identifier()
    category: Text = text()
    campaign_id: Text = identifier()

    negative = law(
        "amount",
        "negative_amount",
        (pl.col("amount") >= 0) | (pl.col("status") == "returned"),
    )
    refund_within_amount = law(
        "refund",
        "refund_above_amount",
        pl.col("refund") <= pl.max_horizontal(pl.col("amount"), 0),
    )
    refund_after_order = not_before("refunded_at", "ordered_at")


class OrdersOfAnyone(Orders):
    """One row per order, where an order may have no customer."""

    customer_id: Text = identifier()
