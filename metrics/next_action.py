"""What is the next best thing to do for a customer, and why?"""

from collections.abc import Mapping
from typing import Final

import pandera.polars as pa
import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.person import Situation
from metrics.frames import Result

DETRACTOR, PROMOTER = 6, 9
FRESH: Final = 90
"""Days in which an answer still calls for a reaction."""

REST: Final = 14
"""Days after a contact in which nobody sells to the customer again."""

DORMANT: Final = 365
LATE: Final = 2.0
"""From which overdue ratio on a customer is at risk."""

SETTLING: Final = 30
"""Days after a first purchase before a second one is asked for."""

_ALLOWED = pl.col("consent").fill_null(value=True)
_RESTED = pl.col("contact_days").is_null() | (pl.col("contact_days") > REST)
_OPEN = _ALLOWED & _RESTED
_ANSWERED_LATELY = pl.col("score_days") <= FRESH
_UNHEARD = pl.col("contact_days").is_null() | (
    pl.col("contact_days") > pl.col("score_days")
)
_BUYING = pl.col("days_since") <= DORMANT

RULES: Final[Mapping[str, tuple[pl.Expr, pl.Expr]]] = {
    "solve_complaint": (
        pl.col("complaint_days").is_not_null(), pl.col("complaint_days"),
    ),
    "keep_promise": (pl.col("promise_days").is_not_null(), pl.col("promise_days")),
    "call_detractor": (
        _ANSWERED_LATELY & (pl.col("score") <= DETRACTOR) & _UNHEARD, pl.col("score"),
    ),
    "rest": (~_RESTED, pl.col("contact_days")),
    "respect": (~_ALLOWED, pl.lit(None)),
    "win_back": (
        _OPEN & _BUYING & (pl.col("purchase_days") > 1)
        & (pl.col("overdue_ratio") > LATE),
        pl.col("overdue_ratio"),
    ),
    "second_purchase": (
        _OPEN & _BUYING & (pl.col("purchase_days") == 1)
        & (pl.col("days_since") >= SETTLING),
        pl.col("days_since"),
    ),
    "reactivate": (
        _OPEN & (pl.col("days_since") > DORMANT), pl.col("days_since"),
    ),
    "ask_referral": (
        _OPEN & _ANSWERED_LATELY & (pl.col("score") >= PROMOTER), pl.col("score"),
    ),
    "nothing": (pl.lit(value=True), pl.col("days_since")),
}  # fmt: skip
"""The actions in order, when each applies, and the number that says why."""


class NextAction(Result):
    """One row per customer and action that applies, the best one first."""

    customer_id: pl.String = pa.Field()
    action: pl.String = pa.Field(isin=tuple(RULES))
    number: pl.Float64 = pa.Field(nullable=True)
    place: pl.Int64 = pa.Field(ge=1)


def next_action(situations: LazyFrame[Situation]) -> DataFrame[NextAction]:
    """Next best action: what to do for a customer now, by rules in order.

    Formula: the first that applies: solve_complaint (a complaint is open);
        keep_promise (a promised follow-up is past due); call_detractor (an answer of 0
        to 6 in the last 90 days, nobody spoke to the customer since); rest (contacted
        in the last 14 days: nothing is sold); respect (no consent to be contacted);
        win_back (more than one purchase day, overdue ratio above 2, a purchase within
        365 days); second_purchase (one purchase day, 30 to 365 days ago); reactivate
        (no purchase for 365 days); ask_referral (an answer of 9 or 10 in the last 90
        days); nothing
    Grain: one row per customer and action that applies, in order: action, number (the
        fact behind it), place; the first one is the next best action
    Units: number: days, except an answer of 0 to 10 for call_detractor and
        ask_referral, and the overdue ratio for win_back
    Source: tickets, contacts, answers, purchases and the customer's consent
    """
    told = situations.select(
        "customer_id",
        *(applies.fill_null(value=False).alias(name)
          for name, (applies, _) in RULES.items()),
        *(number.cast(pl.Float64).alias(f"{name}_number")
          for name, (_, number) in RULES.items()),
    ).collect()  # fmt: skip
    each = [
        told.filter(name).select(
            "customer_id",
            pl.lit(name).alias("action"),
            pl.col(f"{name}_number").alias("number"),
            pl.lit(order).alias("order"),
        )
        for order, name in enumerate(RULES)
    ]
    rows = pl.concat(each).sort("customer_id", "order")
    place = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("customer_id")
    shown = rows.with_columns(place.alias("place"))
    only = (pl.col("action") != "nothing") | (pl.col("place") == 1)
    return NextAction.validate(
        shown.filter(only).select(*NextAction.to_schema().columns)
    )
