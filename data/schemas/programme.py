"""What the loyalty programme's metrics read: cells of points, members and peers."""

from typing import Annotated

import pandera.polars as pa
import polars as pl

from data.schemas.cells import Cells

Whole = Annotated[pl.Decimal, 38, 0]


class ProgrammeCells(Cells):
    """One row per cell of customers, level, kind and month: entries and points.

    `kind` is earn, redeem, expire, adjust (by month of the entry), lot (points gained,
    by the month in which they expired), due (left, by the month in which they will) or
    opening. `month` counts from year 0, January is 0; of `due`, 0 stands for points of
    no lot and 999999 for those that never expire.
    """

    level: pl.String = pa.Field()
    kind: pl.String = pa.Field()
    month: pl.Int64 = pa.Field(ge=0)
    n: pl.Int64 = pa.Field(ge=0)
    points: pl.Int64 = pa.Field()


class MemberCells(Cells):
    """One row per cell of customers and level; level `none` is who is no member."""

    level: pl.String = pa.Field()
    members: pl.Int64 = pa.Field(ge=0)
    bought: pl.Int64 = pa.Field(ge=0)
    active: pl.Int64 = pa.Field(ge=0)
    accounts: pl.Int64 = pa.Field(ge=0)
    checked: pl.Int64 = pa.Field(ge=0)
    mismatched: pl.Int64 = pa.Field(ge=0)
    gap: pl.Int64 = pa.Field()
    points: pl.Int64 = pa.Field()
    revenue: pl.Float64 = pa.Field()


class PeerCells(Cells):
    """One row per cell of customers of a year ago: what they were and bought since.

    `side` is member, other or joined; `revenue` in cents, `squares` in cents squared.
    """

    acquisition_channel: pl.String = pa.Field()
    tier: pl.String = pa.Field()
    tier_then: pl.String = pa.Field()
    half_year: pl.Int64 = pa.Field()
    level: pl.String = pa.Field()
    side: pl.String = pa.Field()
    customers: pl.Int64 = pa.Field(ge=0)
    buyers: pl.Int64 = pa.Field(ge=0)
    revenue: Whole = pa.Field()
    squares: Whole = pa.Field()
