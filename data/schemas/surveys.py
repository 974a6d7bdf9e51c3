"""The input table `surveys`."""

import pandera.polars as pa

from data.schemas.kinds import (
    Instant,
    Integer,
    Text,
    identifier,
    instant,
    integer,
    text,
)
from data.schemas.laws import not_before


class Surveys(pa.DataFrameModel):
    """One row per survey sent; blank dates and scores mean no answer."""

    response_id: Text = identifier(required=True)
    customer_id: Text = identifier(required=True)
    sent_at: Instant = instant()
    answered_at: Instant = instant()
    score: Integer = integer(ge=0, le=10)  # "would you recommend us?"
    product_quality: Integer = integer(ge=1, le=5)
    service: Integer = integer(ge=1, le=5)
    delivery: Integer = integer(ge=1, le=5)
    communication: Integer = integer(ge=1, le=5)
    support: Integer = integer(ge=1, le=5)
    mode: Text = text()
    comment: Text = text(personal=True)
    order_id: Text = identifier()
    store_id: Text = identifier()
    employee_id: Text = identifier()

    answer_after_sending = not_before("answered_at", "sent_at")
