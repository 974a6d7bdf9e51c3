"""Fill a new snapshot's database: anew, or from the last one's where little changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from duckdb import DuckDBPyConnection

from dashboard.delivery import Job
from data.marts import layout
from data.warehouse import marts
from data.warehouse.intake import Intake
from data.warehouse.publish import Building
from data.warehouse.soundness import check_marts
from data.warehouse.store import DamageError

BY_CUSTOMER: Final = ("orders", "customers", "surveys")
"""Input tables that a snapshot's tables are made of, customer by customer."""

FOR_ALL: Final = ("stores",)
"""Input tables of which a row may change what is told of any customer."""

MADE_ANEW: Final = (
    *("tickets", "points", "interactions", "targets"),
    *("contacts", "campaigns", "campaign_members"),
    *("leads", "channel_spend"),
)
"""Input tables of which tables are made anew at every refresh."""

RENEWED: Final = {
    "profiles",
    "purchase_totals",
    "purchase_cells",
    "clv_models",
    "current_customers",
    "cohort_cells",
    "interval_cells",
    "tier_stays",
    "clv_backtests",
    "campaign_cells",
    "health_cells",
    "health_moves",
    "serving_costs",
    "programme_cells",
    "stage_cells",
    "churn_scores",
    "ticket_cases",
    "visit_duties",
}
"""Tables that a base has to have; a snapshot of other marts has none of them."""


def base(begun: Building, job: Job, intakes: Sequence[Intake]) -> Path | None:
    """The last snapshot's database, if it can be brought up to date.

    It has to be whole, and made by the same program with the same settings and stores.
    """
    previous = begun.previous
    if previous is None or not job.renewing or previous.layout != layout():
        return None
    if previous.settings != job.settings.model_dump(mode="json"):
        return None
    if not previous.marts.keys() >= RENEWED or any(map(_concerns_all, intakes)):
        return None
    try:
        check_marts(begun.store, previous)
    except DamageError:
        return None
    return begun.store.snapshots / previous.id / begun.marts.name


def fill(
    connection: DuckDBPyConnection, job: Job, day: date, intakes: Sequence[Intake]
) -> None:
    """Bring the tables of a base up to date, or make them anew where much changed."""
    from dashboard import renewal  # the models are slow to import

    named = (each.changed for each in intakes if each.table in BY_CUSTOMER)
    if renewal.changed(connection, [path for path in named if path]):
        renewal.renew(connection, job.settings, day)
    else:
        marts.empty(connection)
        job.build(connection, job.settings, day)


def _concerns_all(intake: Intake) -> bool:
    """Whether a table's news may change what is told of any customer."""
    new = intake.table in BY_CUSTOMER and intake.changed is None
    return intake.differs and (new or intake.table in FOR_ALL)
