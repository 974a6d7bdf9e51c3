"""Laws between the columns of one row, as expressions that the models check.

A law's name is the rule that a rejected row carries. It is written "column: rule"
so that the row can be put right where it is wrong. What is unknown breaks no law.
"""

from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

LATEST = "{}_latest"  # the last moment that a value may mean: a day's end if no time


def law(column: str, rule: str, holds: pl.Expr) -> Any:
    """A dataframe check that `holds` in every row, blamed on `column`."""

    def check(_model: type[pa.DataFrameModel], data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(holds.fill_null(value=True))

    check.__name__ = f"{column}: {rule}"  # a subclass of the model knows only this one
    return pa.dataframe_check(name=check.__name__)(classmethod(check))


def not_before(later: str, earlier: str) -> Any:
    """A law: `later` is not before `earlier`; a day without time lasts all day."""
    latest = pl.col(LATEST.format(later))
    rule = f"{later.removesuffix('_at')}_before_{earlier.removesuffix('_at')}"
    return law(later, rule, latest >= pl.col(earlier))
