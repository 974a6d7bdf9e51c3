"""The input table `order_items`."""

import pandera.polars as pa

from data.schemas.kinds import (
    Integer,
    Money,
    Text,
    identifier,
    integer,
    money,
    quantity,
    text,
)


class OrderItems(pa.DataFrameModel):
    """One row per line of an order."""

    order_id: Text = identifier(required=True)
    line_no: Integer = integer(required=True)
    product_id: Text = identifier(required=True)
    category: Text = text()
    quantity: Money = quantity(required=True)
    amount: Money = money(required=True)
    cost: Money = money()
