"""The input table `customers`."""

import pandera.polars as pa

from data.schemas.kinds import (
    OLDEST_BIRTH,
    Day,
    Flag,
    Instant,
    Text,
    day,
    flag,
    identifier,
    instant,
    text,
)


class Customers(pa.DataFrameModel):
    """One row per customer, as last known."""

    customer_id: Text = identifier(required=True)
    name: Text = text(personal=True)
    gender: Text = text()
    birth_date: Day = day(since=OLDEST_BIRTH, personal=True)
    phone: Text = text(personal=True)
    email: Text = text(personal=True)
    id_number: Text = text(personal=True)
    region: Text = text()
    city: Text = text()
    industry: Text = text()
    customer_type: Text = text()
    acquisition_channel: Text = text()
    acquired_at: Instant = instant()
    store_id: Text = identifier()
    member_level: Text = text()
    owner: Text = text()
    consent: Flag = flag()
