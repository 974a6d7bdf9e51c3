"""The marts keep to the SQL that DuckDB and Spark both read, and to their schemas."""

import re

import pytest
import sqlglot
from sqlglot import exp

from data import marts

DENIED_FUNCTIONS = (
    exp.ApproxDistinct,
    exp.ApproxQuantile,
    exp.DateDiff,
    exp.DayOfWeek,
    exp.ArgMax,
    exp.ArgMin,
)
DENIED_TEXT = {
    "a cast by ::": r"::",
    "FILTER": r"\bFILTER\s*\(",
    "QUALIFY": r"\bQUALIFY\b",
    "GROUP BY ALL": r"\bGROUP BY ALL\b",
    "EXCLUDE": r"\bEXCLUDE\b",
    "an ordinal in GROUP BY": r"GROUP BY\s+\d",
    "a division": r"[^-*]/[^*]",
}


@pytest.fixture(params=marts.names())
def mart(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def statement(mart: str, dialect: str) -> exp.Expression:
    parsed = sqlglot.parse(marts.sql(mart), dialect=dialect)
    assert len(parsed) == 1
    assert parsed[0] is not None
    return parsed[0]


@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
def test_every_mart_is_one_query_in_both_dialects(mart: str, dialect: str) -> None:
    assert isinstance(statement(mart, dialect), exp.Query)


def test_no_mart_uses_what_the_engines_read_differently(mart: str) -> None:
    tree = statement(mart, "duckdb")
    assert not list(tree.find_all(*DENIED_FUNCTIONS))
    text = re.sub(r"--.*", "", marts.sql(mart))
    found = [name for name, at in DENIED_TEXT.items() if re.search(at, text)]
    assert not found


def test_every_sum_has_a_fixed_type(mart: str) -> None:
    """An engine's own type of a sum would differ; inner sums are cast further out."""
    outer = statement(mart, "duckdb")
    for projection in outer.selects:
        for total in projection.find_all(exp.Sum, exp.Count, exp.Avg):
            assert total.find_ancestor(exp.Cast), (mart, projection.alias_or_name)


def test_every_mart_says_its_grain(mart: str) -> None:
    assert marts.sql(mart).startswith("-- One row per ")


def test_every_row_number_has_a_total_order(mart: str) -> None:
    for window in statement(mart, "duckdb").find_all(exp.Window):
        if isinstance(window.this, exp.RowNumber):
            order = window.args["order"].expressions
            assert order[-1].this.name in {"customer_id", "store_id", "name"}
