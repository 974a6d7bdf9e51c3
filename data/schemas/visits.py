"""What the metrics of visits read: sums of what was owed and done."""

import pandera.polars as pa
import polars as pl

from data.schemas.cells import Cells


class DutySums(Cells):
    """One row per segment: contacts due, and those of them that were made.

    A customer who got more than it was owed makes up for nobody else. `listed`: rows
    with something left, one per customer, kind and period.
    """

    segment: pl.String = pa.Field()
    due: pl.Int64 = pa.Field(ge=0)
    met: pl.Int64 = pa.Field(ge=0)
    listed: pl.Int64 = pa.Field(ge=0)
