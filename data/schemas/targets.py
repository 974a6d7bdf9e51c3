"""The input table `targets`."""

import pandera.polars as pa
import polars as pl

from data.schemas.kinds import (
    Number,
    Text,
    number,
    text,
)
from data.schemas.laws import law

PERIOD = r"^[0-9]{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$"  # 2026, 2026-Q3, 2026-10


class Targets(pa.DataFrameModel):
    """One row per metric, period and segment: the value aimed at."""

    metric: Text = text(required=True)
    period: Text = text(required=True)  # a year, a quarter or a month
    value: Number = number(required=True)
    segment: Text = text()

    periods = law("period", "period", pl.col("period").str.contains(PERIOD))
