"""pandera at work: which rows of a batch break which rule of their table's model."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from data.errors import RefusedError
from data.schemas import INPUTS
from data.schemas.orders import OrdersOfAnyone

FAILURES: Final = pl.Schema({"index": pl.Int64, "column": pl.String, "rule": pl.String})
CHECKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "not_nullable": "missing",
        "isin": "choice",
        "greater_than_or_equal_to": "range",
        "less_than_or_equal_to": "range",
    }
)


def model(table: str, *, anonymous: bool) -> type[pa.DataFrameModel]:
    """The model that a table's rows have to satisfy."""
    return OrdersOfAnyone if anonymous and table == "orders" else INPUTS[table]


def failures(rows: pl.DataFrame, contract: type[pa.DataFrameModel]) -> pl.DataFrame:
    """Every broken rule: the row's position, the column and the rule.

    Errors: RefusedError when the batch as a whole does not have the model's columns and
    types, so that no row could be checked.
    """
    try:
        contract.validate(rows, lazy=True)
    except SchemaErrors as error:
        return _by_row(error.failure_cases, contract)
    return pl.DataFrame(schema=FAILURES)


def _by_row(cases: pl.DataFrame, contract: type[pa.DataFrameModel]) -> pl.DataFrame:
    if cases["index"].null_count():
        raise RefusedError(f"The rows do not have the columns of {contract.__name__}.")
    law = pl.col("check").str.split_exact(": ", 1).struct
    is_law = pl.col("schema_context") == "DataFrameSchema"
    check = pl.col("check").str.extract(r"^(\w+)")
    return cases.select(
        pl.col("index").cast(pl.Int64),
        column=pl.when(is_law).then(law.field("field_0")).otherwise("column"),
        rule=pl.when(is_law)
        .then(law.field("field_1"))
        .otherwise(check.replace(dict(CHECKS))),
    )
