"""What a campaign was planned to be, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

CONTROL = "control"
Phase = Literal["planned", "running", "maturing", "over"]
WHOLE = 1e-6


@dataclass(frozen=True)
class Plan:
    """One campaign as its table says it; `outcome` is the primary one.

    `target` is the relative lift of it that was aimed for.
    """

    campaign_id: str
    name: str
    kind: str | None
    design: str
    outcome: str
    outcome_days: int
    starts_on: date
    ends_on: date
    planned_share: str | None = None
    planned_members: int | None = None
    cost: float | None = None
    target: float | None = None

    def shares(self) -> dict[str, float]:
        """The planned share of each arm; none without a plan."""
        pairs = (
            part.split("=") for part in (self.planned_share or "").split(",") if part
        )
        return {name.strip(): float(share) for name, share in pairs}


@dataclass(frozen=True)
class Span:
    """When members were assigned, and when the last outcome window ends."""

    first_on: date
    last_on: date
    due_on: date


def phase(plan: Plan, span: Span | None, as_of: date) -> Phase:
    """How far a campaign has come.

    planned: nobody is assigned. running: members were assigned on several days, and
    some are still to come or to be measured; intervals are always valid. maturing: all
    were assigned at once and wait for the end of their window. over: read once.
    """
    if span is None:
        return "planned"
    several = span.first_on < span.last_on
    if several and (plan.ends_on > as_of or span.due_on > as_of):
        return "running"
    return "maturing" if span.due_on > as_of else "over"


def unplanned(plan: Plan, arms: Sequence[str]) -> str | None:
    """Why arm sizes cannot be compared with the plan; null where they can."""
    shares = plan.shares()
    if not shares:
        return "no planned shares"
    if set(arms) - shares.keys():
        return "the plan does not name every arm"
    if abs(sum(shares.values()) - 1) > WHOLE or min(shares.values()) <= 0:
        return "the planned shares do not add up to 1"
    return None
