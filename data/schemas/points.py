"""The input table `points`."""

import pandera.polars as pa
import polars as pl

from data.schemas.kinds import (
    Instant,
    Integer,
    Text,
    choice,
    identifier,
    instant,
    integer,
)
from data.schemas.laws import law

SIGNED = (
    pl.when(pl.col("kind") == "earn")
    .then(pl.col("points") >= 0)
    .when(pl.col("kind").is_in(["redeem", "expire"]))
    .then(pl.col("points") <= 0)
    .otherwise(True)  # noqa: FBT003  (a column of truth, not an option)
)


class Points(pa.DataFrameModel):
    """One row per entry in a customer's points account, signed."""

    entry_id: Text = identifier(required=True)
    customer_id: Text = identifier(required=True)
    occurred_at: Instant = instant(required=True)
    kind: Text = choice("earn", "redeem", "expire", "adjust", required=True)
    points: Integer = integer(required=True)
    expires_at: Instant = instant(planned=True)
    balance: Integer = integer(ge=0)

    signed = law("points", "points_sign", SIGNED)
