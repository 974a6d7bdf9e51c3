"""The list behind a count is as long as the count, and holds plain SQL's customers."""

import pytest

from dashboard.answers import answer, offered
from dashboard.answers.people import PARTS, people
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL, Rights, Viewer
from data.errors import UsageError
from tests.oracle.raw import MEMBERS, Oracle, parameters, where

EAST = (Condition("region", ("华东",)),)
VIEWS = ((), EAST, (Condition("tier", ("silver",), negate=True),))
IN_SQL = {
    "buyers": "days >= 1",
    "repeat_buyers": "days >= 2",
    "once_buyers": "days = 1",
    "returning_buyers": "days >= 1 AND first <= $start",
    "new_buyers": "days >= 1 AND first > $start",
    "lost_buyers": "earlier > 0 AND days = 0",
}


@pytest.mark.parametrize("conditions", VIEWS, ids=["all", "east", "not silver"])
@pytest.mark.parametrize(
    ("back", "window"), [(1, "365"), (1, "90"), (13, "365"), (13, "90")]
)
@pytest.mark.parametrize("part", IN_SQL)
def test_lists_hold_the_customers_that_plain_sql_finds(  # noqa: PLR0913, PLR0917 a grid
    company: Reader,
    oracle: Oracle,
    part: str,
    window: str,
    back: int,
    conditions: tuple[Condition, ...],
) -> None:
    metric = next(name for name, named in PARTS.items() if part in named)
    day = offered(company)[-back]
    asked = Question(metric, as_of=day, window=window, where=conditions)
    query = (
        MEMBERS.replace("{where}", where(asked))
        + f"SELECT customer_id FROM spans WHERE {IN_SQL[part]} AND $before IS NOT NULL"
        " AND $start IS NOT NULL"
    )
    rows = oracle.connection.execute(query, parameters(day, window)).fetchall()
    found = people(company, LOCAL, asked, part)["customer_id"].to_list()
    assert sorted(found) == sorted(customer for (customer,) in rows)


@pytest.mark.parametrize(
    ("metric", "column"),
    [
        ("customers", "value"),
        ("active_customers", "value"),
    ],
)
def test_the_list_is_as_long_as_the_count(
    company: Reader, metric: str, column: str
) -> None:
    for conditions in VIEWS:
        asked = Question(metric, where=conditions)
        count = answer(company, LOCAL, asked)[column][0]
        assert people(company, LOCAL, asked).height == count


def test_a_list_holds_only_what_the_viewer_may_see(company: Reader) -> None:
    eastern = Viewer("east", "manager", Rights(rows=EAST))
    found = people(company, eastern, Question("customers"))
    assert found["region"].unique().to_list() == ["华东"]


def test_what_has_no_list_says_what_has_one(company: Reader) -> None:
    with pytest.raises(UsageError, match="churn_rate"):
        people(company, LOCAL, Question("nps"))
    with pytest.raises(UsageError, match="repeat_buyers"):
        people(company, LOCAL, Question("repurchase_rate"), "buyers")
