"""The input table `contacts`."""

import pandera.polars as pa

from data.schemas.kinds import (
    Day,
    Instant,
    Text,
    choice,
    day,
    identifier,
    instant,
    text,
)


class Contacts(pa.DataFrameModel):
    """One row per call, visit, e-mail, message or gift to a customer."""

    contact_id: Text = identifier(required=True)
    customer_id: Text = identifier(required=True)
    contacted_at: Instant = instant(required=True)
    kind: Text = choice("call", "visit", "email", "message", "gift", required=True)
    purpose: Text = choice("visit", "care", "winback")
    employee_id: Text = identifier()
    outcome: Text = text()
    feedback: Text = text(personal=True)
    follow_up_due: Day = day(planned=True)
    follow_up_done_at: Instant = instant()
