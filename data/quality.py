"""What good data are: five dimensions, and which cell, row or day is tested for each.

completeness  a cell that should hold a value: of a required column, or of a
              describing one that the company fills at all; and a gender or identity
              number that is written. It passes with a value that says something: a
              telephone number of three digits, an identity number whose check digit
              is wrong or a gender that nobody knows say nothing. A row rejected for
              a blank is one cell that fails.
accuracy      a row: it passes when every cell of it could be read and lies within
              its column's form, range and words.
consistency   a row against the laws between its own columns, and a row's name of a
              customer, store or campaign against the table of these.
uniqueness    a row kept, and one that came again in its own delivery. Rows of one
              delivery with one key, and customers who look like another, fail.
timeliness    a day of the last thirty before the refresh: it passes when the table
              reaches it, that is when its newest event is not older.

What cannot be tested (no law, no date) is untested; that is neither good nor bad.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from data.schemas import EVENTS, INPUTS, fields

COMPLETENESS, ACCURACY, CONSISTENCY = "completeness", "accuracy", "consistency"
UNIQUENESS, TIMELINESS = "uniqueness", "timeliness"
DIMENSIONS: Final = (COMPLETENESS, ACCURACY, CONSISTENCY, UNIQUENESS, TIMELINESS)
DAYS: Final = 30  # that a table of events has to reach

BLANK: Final = "missing"  # the one rule of completeness
OF_CONSISTENCY: Final = frozenset(
    {
        "answered_before_sent",
        "closed_before_opened",
        "converted_before_reached",
        "ends_before_starts",
        "first_response_before_opened",
        "negative_amount",
        "points_sign",
        "refund_above_amount",
        "refunded_before_ordered",
        "resolved_before_opened",
        "unknown_customer",
    }
)

# A blank in these columns says that something did not happen or does not apply: an
# order online has no store, a firm no date of birth.
MAY_BE_BLANK: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "orders": frozenset(
            {
                *("refund", "refunded_at", "discount", "status", "campaign_id"),
                *("store_id", "employee_id"),
            }
        ),
        "customers": frozenset(
            {
                *("gender", "birth_date", "id_number", "industry", "member_level"),
                "owner",
            }
        ),
        "surveys": frozenset(
            {
                *("answered_at", "score", "product_quality", "service", "delivery"),
                *("communication", "support", "comment"),
                *("order_id", "store_id", "employee_id"),
            }
        ),
        "tickets": frozenset(
            {
                *("cause", "agent", "first_response_at", "verified_at", "assigned_at"),
                *("planned_at", "resolved_at", "reported_at", "called_back_at"),
                *("closed_at", "reopened", "satisfaction"),
            }
        ),
        "campaigns": frozenset({"planned_share", "planned_members", "target"}),
        "campaign_members": frozenset(
            {"reached_at", "opened_at", "clicked_at", "redeemed_at"}
        ),
        "leads": frozenset(
            {"interested_at", "trial_at", "converted_at", "customer_id"}
        ),
        "points": frozenset({"expires_at"}),
        "contacts": frozenset(
            {"outcome", "feedback", "follow_up_due", "follow_up_done_at"}
        ),
        "targets": frozenset({"segment"}),
    }
)
REFERENCES: Final[Mapping[str, str]] = MappingProxyType(
    {"customer_id": "customers", "store_id": "stores", "campaign_id": "campaigns"}
)
TIMED: Final[Mapping[str, str]] = MappingProxyType({**EVENTS, "leads": "reached_on"})
WRITTEN: Final = ("phone", "email", "id_number", "gender")  # may say nothing
GENDERS: Final = frozenset(
    {"male", "female", "m", "f", "男", "女", "男性", "女性", "1", "2", "other", "其他"}
)


def dimension(rule: str) -> str:
    """The dimension in which a rejected row fails by a rule."""
    if rule == BLANK:
        return COMPLETENESS
    return CONSISTENCY if rule in OF_CONSISTENCY else ACCURACY


def expected(table: str) -> tuple[str, ...]:
    """The columns of which every row should fill its cell, where the company does."""
    blank = MAY_BE_BLANK.get(table, frozenset())
    return tuple(name for name in fields(table) if name not in blank)


def written(table: str) -> tuple[str, ...]:
    """The columns whose words may say nothing, such as a telephone number of a dash."""
    return WRITTEN if table == "customers" else ()


def references(table: str) -> Mapping[str, str]:
    """The columns that name a row of another table, and that table."""
    return {
        column: target
        for column, target in REFERENCES.items()
        if column in fields(table) and table != target
    }


def has_laws(table: str) -> bool:
    """Whether the rows of a table have to keep laws between their columns."""
    checks = INPUTS[table].to_schema().checks or ()
    return any(str(check.name).partition(": ")[2] in OF_CONSISTENCY for check in checks)
