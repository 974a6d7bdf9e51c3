"""The input contract: one pandera model per table, and what follows from it.

An accepted row has the columns of its model, and for every moment `x_at` the business
day `x_on`. Personal columns leave the table before it is stored.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import pandera.polars as pa
import polars as pl

from data.schemas.campaign_members import CampaignMembers
from data.schemas.campaigns import Campaigns
from data.schemas.channel_spend import ChannelSpend
from data.schemas.contacts import Contacts
from data.schemas.customers import Customers
from data.schemas.interactions import Interactions
from data.schemas.leads import Leads
from data.schemas.order_items import OrderItems
from data.schemas.orders import Orders
from data.schemas.points import Points
from data.schemas.stores import Stores
from data.schemas.surveys import Surveys
from data.schemas.targets import Targets
from data.schemas.tickets import Tickets

INPUTS: Final[Mapping[str, type[pa.DataFrameModel]]] = MappingProxyType(
    {
        "orders": Orders,
        "order_items": OrderItems,
        "customers": Customers,
        "stores": Stores,
        "surveys": Surveys,
        "interactions": Interactions,
        "tickets": Tickets,
        "campaigns": Campaigns,
        "campaign_members": CampaignMembers,
        "leads": Leads,
        "channel_spend": ChannelSpend,
        "points": Points,
        "contacts": Contacts,
        "targets": Targets,
    }
)

KEYS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "order_items": ("order_id", "line_no"),
        "campaign_members": ("campaign_id", "customer_id", "arm"),
        "channel_spend": ("channel", "month"),
        "targets": ("metric", "period", "segment"),
    }
)

EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "orders": "ordered_on",
        "surveys": "sent_on",
        "interactions": "occurred_on",
        "tickets": "opened_on",
        "points": "occurred_on",
        "contacts": "contacted_on",
    }
)


def fields(table: str) -> Mapping[str, pa.Column]:
    """The input columns of a table, in the contract's order."""
    columns: Mapping[str, pa.Column] = INPUTS[table].to_schema().columns
    return columns


def metadata(table: str, column: str) -> Mapping[str, Any]:
    """What the model says about a column: kind, personal, choices, default ..."""
    return fields(table)[column].metadata or {}


def key_columns(table: str) -> tuple[str, ...]:
    """The columns that tell one row of a table from another."""
    return KEYS.get(table) or (next(iter(fields(table))),)


def key_text(table: str) -> pl.Expr:
    """The key of a row as one text; null where a part that is required is missing."""
    texts = [
        pl.col(name).cast(pl.String)
        if name in required_columns(table)
        else pl.col(name).cast(pl.String).fill_null("")
        for name in key_columns(table)
    ]
    return pl.concat_str(texts, separator="\x1f")


def personal_columns(table: str) -> tuple[str, ...]:
    """The columns that may name a person; stored apart, encrypted."""
    return tuple(name for name in fields(table) if is_personal(table, name))


def is_personal(table: str, column: str) -> bool:
    """Whether a column may name a person."""
    return bool(metadata(table, column).get("personal"))


def required_columns(table: str) -> tuple[str, ...]:
    """The columns that every row has to fill."""
    return tuple(name for name, field in fields(table).items() if not field.nullable)


def event_column(table: str) -> str | None:
    """The business day that says in which month's part a row is kept.

    A survey without a sending day is kept under the day it was answered.
    """
    return EVENTS.get(table)


def columns(table: str) -> Mapping[str, pl.DataType]:
    """The accepted columns with their types: derived ones in, personal ones out."""
    names = {
        name: kind
        for name, kind in accepted_columns(table).items()
        if name not in personal_columns(table)
    }
    return MappingProxyType(names)


def accepted_columns(table: str) -> Mapping[str, pl.DataType]:
    """The columns of an accepted row with their types, personal ones included."""
    return MappingProxyType(dict(_accepted(table)))


def business_day(instant: str) -> str:
    """The name of the business day of a moment: ordered_at -> ordered_on."""
    return f"{instant.removesuffix('_at')}_on"


def _accepted(table: str) -> Iterator[tuple[str, pl.DataType]]:
    for name, field in fields(table).items():
        yield name, field.dtype.type
        if metadata(table, name)["kind"] == "instant":
            yield business_day(name), pl.Date()
    if table == "orders":
        yield "ordered_weekday", pl.Int8()
        yield "ordered_hour", pl.Int8()
