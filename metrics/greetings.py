"""Whom to greet: customers with a birthday soon, and those who heard nothing lately."""

import polars as pl
from pandera.polars import Field
from pandera.typing.polars import DataFrame

from metrics.frames import Result


class Greeting(Result):
    """One row per customer to greet: by when, and when it was last greeted."""

    customer_id: pl.String = Field()
    birthday_on: pl.Date = Field(nullable=True)
    days_left: pl.Int64 = Field(nullable=True)
    last_care_on: pl.Date = Field(nullable=True)
    tier: pl.String = Field()
    owner: pl.String = Field()
    store: pl.String = Field()
    region: pl.String = Field()


def care_list(people: pl.DataFrame) -> DataFrame[Greeting]:
    """Customers to greet: a birthday comes, or nobody has greeted them for a while.

    Formula: birthday: customers with a purchase whose birthday lies within 14 days
        after the as-of date (--days; 29 February is 28 in other years); greeting:
        customers in a tier that is owed a call or a visit, without a contact of purpose
        care in the last 90 days (--days), such as before a festival
    Grain: one row per customer: the next birthday first; else who was greeted longest
        ago, and those never greeted before them
    Units: days
    Source: the rows of customers and contacts themselves
    """
    return Greeting.validate(people)
