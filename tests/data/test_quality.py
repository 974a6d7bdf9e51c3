"""What counts as good: every rule and column has its place, every mark its reason."""

import polars as pl
import pytest

from data import quality
from data.remedies import REMEDIES
from data.schemas import INPUTS, fields
from data.warehouse.marks import unusable


def test_every_rule_fails_in_one_dimension() -> None:
    assert set(map(quality.dimension, REMEDIES)) == {
        "completeness",
        "accuracy",
        "consistency",
    }
    assert set(REMEDIES) >= quality.OF_CONSISTENCY


@pytest.mark.parametrize("table", INPUTS)
def test_what_may_be_blank_is_a_column_that_no_row_has_to_fill(table: str) -> None:
    blank = quality.MAY_BE_BLANK.get(table, frozenset())
    assert blank <= set(fields(table))
    required = {name for name, field in fields(table).items() if not field.nullable}
    assert required <= set(quality.expected(table))


def test_laws_are_those_of_the_models() -> None:
    lawful = {table for table in INPUTS if quality.has_laws(table)}
    assert lawful == {"orders", "surveys", "tickets", "campaigns", "leads", "points"}


@pytest.mark.parametrize(
    ("field", "text", "says_nothing"),
    [
        ("phone", "13800001234", False),
        ("phone", "+86 138-0000-1234", False),
        ("phone", "１３８００００１２３４", False),
        ("phone", "010-8888 6666", False),
        ("phone", "+44 20 7946 0958", False),
        ("phone", "12800001234", True),  # no mobile begins with 12
        ("phone", "123", True),
        ("phone", "－", True),
        ("phone", "1234567890123456", True),
        ("phone", " ", False),  # blank, so not written at all
        ("phone", None, False),
        ("email", "a.b@example.co.uk", False),
        ("email", "Ａ@b.cn", False),
        ("email", "a@b", True),
        ("email", "a b.example.com", True),
        ("email", "a@@b.com", True),
        ("email", "a@.com", True),
        # the example of GB 11643-1999, and the same with another check digit
        ("id_number", "11010519491231002X", False),
        ("id_number", "11010519491231002x", False),
        ("id_number", "110105194912310021", True),
        ("id_number", "440524188001010014", False),
        ("id_number", "440524188001010015", True),
        ("id_number", "110105491231002", False),  # 15 places have no check digit
        ("id_number", "A1234567", False),  # another country's
    ],
)
def test_words_that_say_nothing_are_marked(
    field: str, text: str | None, says_nothing: bool
) -> None:
    rows = pl.DataFrame({field: [text]}, schema={field: pl.String})
    assert unusable(rows).to_list() == [field if says_nothing else None]


def test_one_row_may_have_several_fields_that_say_nothing() -> None:
    rows = pl.DataFrame({"phone": ["12"], "email": ["x"], "id_number": ["A1"]})
    assert unusable(rows).to_list() == ["phone email"]
