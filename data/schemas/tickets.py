"""The input table `tickets`."""

import pandera.polars as pa

from data.schemas.kinds import (
    Flag,
    Instant,
    Integer,
    Text,
    choice,
    flag,
    identifier,
    instant,
    integer,
    text,
)
from data.schemas.laws import not_before


class Tickets(pa.DataFrameModel):
    """One row per enquiry, complaint or request, as last known."""

    ticket_id: Text = identifier(required=True)
    customer_id: Text = identifier(required=True)
    opened_at: Instant = instant(required=True)
    kind: Text = choice("enquiry", "complaint", "request", required=True)
    type: Text = text()
    cause: Text = text()
    channel: Text = text()
    team: Text = text()
    agent: Text = text()
    first_response_at: Instant = instant()
    verified_at: Instant = instant()
    assigned_at: Instant = instant()
    planned_at: Instant = instant(planned=True)
    resolved_at: Instant = instant()
    reported_at: Instant = instant()
    called_back_at: Instant = instant()
    closed_at: Instant = instant()
    reopened: Flag = flag()
    satisfaction: Integer = integer(ge=1, le=5)

    response_after_opening = not_before("first_response_at", "opened_at")
    resolution_after_opening = not_before("resolved_at", "opened_at")
    closing_after_opening = not_before("closed_at", "opened_at")
