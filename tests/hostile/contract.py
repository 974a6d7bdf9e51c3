"""The input contract of docs/inputs.md, written down a second time for the oracle."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# column, `*` where required, `!` where personal, and its kind; text where none is said
COLUMNS: Final = {
    "orders": "order_id*:id customer_id*:id ordered_at*:moment amount*:money"
    " refund:refund refunded_at:moment cost:money discount:money status:word channel"
    " store_id:id employee_id:id category campaign_id:id",
    "order_items": "order_id*:id line_no*:whole product_id*:id category"
    " quantity*:money amount*:money cost:money",
    "customers": "customer_id*:id name! gender birth_date!:birth phone! email!"
    " id_number! region city industry customer_type acquisition_channel"
    " acquired_at:moment store_id:id member_level owner consent:flag",
    "stores": "store_id*:id name region city opened_at:opening",
    "surveys": "response_id*:id customer_id*:id sent_at:moment answered_at:moment"
    " score:scale product_quality:scale service:scale delivery:scale"
    " communication:scale support:scale mode comment! order_id:id store_id:id"
    " employee_id:id",
    "interactions": "interaction_id*:id customer_id*:id occurred_at*:moment kind*:word"
    " channel direction",
    "tickets": "ticket_id*:id customer_id*:id opened_at*:moment kind*:word type cause"
    " channel team agent first_response_at:moment verified_at:moment"
    " assigned_at:moment planned_at:plan resolved_at:moment reported_at:moment"
    " called_back_at:moment closed_at:moment reopened:flag satisfaction:scale",
    "campaigns": "campaign_id*:id name* kind goal theme channel starts_at*:plan"
    " ends_at*:plan cost:positive design:word planned_share:share"
    " planned_members:count outcome outcome_days:length target:number",
    "campaign_members": "campaign_id*:id customer_id*:id arm* assigned_at*:moment"
    " reached_at:moment opened_at:moment clicked_at:moment redeemed_at:moment",
    "leads": "lead_id*:id channel* reached_at*:moment interested_at:moment"
    " trial_at:moment converted_at:moment customer_id:id",
    "channel_spend": "channel* month*:month amount*:positive",
    "points": "entry_id*:id customer_id*:id occurred_at*:moment kind*:word"
    " points*:points expires_at:plan balance:count",
    "contacts": "contact_id*:id customer_id*:id contacted_at*:moment kind*:word"
    " purpose:word employee_id:id outcome feedback! follow_up_due:due"
    " follow_up_done_at:moment",
    "targets": "metric* period*:period value*:number segment",
}
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "order_items": ("order_id", "line_no"),
    "campaign_members": ("campaign_id", "customer_id", "arm"),
    "channel_spend": ("channel", "month"),
    "targets": ("metric", "period", "segment"),
}
WORDS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("orders", "status"): ("completed", "pending", "cancelled", "returned"),
    ("interactions", "kind"): ("login", "visit", "browse", "cart", "call", "other"),
    ("tickets", "kind"): ("enquiry", "complaint", "request"),
    ("campaigns", "design"): ("randomised", "holdout", "none"),
    ("points", "kind"): ("earn", "redeem", "expire", "adjust"),
    ("contacts", "kind"): ("call", "visit", "email", "message", "gift"),
    ("contacts", "purpose"): ("visit", "care", "winback"),
}
# what may not come before what; the rule's name follows from the two
SEQUENCES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "orders": (("refunded_at", "ordered_at"),),
    "surveys": (("answered_at", "sent_at"),),
    "tickets": (
        ("closed_at", "opened_at"),
        ("resolved_at", "opened_at"),
        ("first_response_at", "opened_at"),
    ),
    "campaigns": (("ends_at", "starts_at"),),
    "leads": (("converted_at", "reached_at"),),
}
DEFAULTS: Final[Mapping[tuple[str, str], str]] = {
    ("orders", "refund"): "0",
    ("orders", "status"): "completed",
}
MOMENTS: Final = ("moment", "plan", "opening")
AHEAD: Final = ("plan", "opening", "due", "month")  # may lie in the future


@dataclass(frozen=True)
class Column:
    """One column of an input table: what its cells hold."""

    table: str
    name: str
    kind: str
    required: bool
    personal: bool

    @property
    def scale(self) -> tuple[int, int]:
        """The lowest and the highest mark."""
        return (0, 10) if self.name == "score" else (1, 5)


def _column(table: str, text: str) -> Column:
    mark, _, kind = text.partition(":")
    required, personal = mark.endswith("*"), mark.endswith("!")
    return Column(table, mark.rstrip("*!"), kind or "text", required, personal)


TABLES: Final[Mapping[str, Mapping[str, Column]]] = {
    table: {
        column.name: column
        for column in (_column(table, text) for text in columns.split())
    }
    for table, columns in COLUMNS.items()
}


def key_columns(table: str) -> tuple[str, ...]:
    """The columns of a table's key."""
    return KEYS.get(table) or (next(iter(TABLES[table])),)


def business_day(moment: str) -> str:
    """The column that holds the business day of a moment."""
    return f"{moment.removesuffix('_at')}_on"


def sequence_rule(later: str, earlier: str) -> str:
    """The rule of two moments in the wrong order."""
    return f"{later.removesuffix('_at')}_before_{earlier.removesuffix('_at')}"
