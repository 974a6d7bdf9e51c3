"""Which customers are to be contacted by their tier, and how far back that is told."""

from pydantic import Field

from data.mapping import Setting


class VisitSettings(Setting):
    """The scheme whose tiers owe contacts, as their `care` says; how far back.

    `care` counts contacts in a year: 4 are one in each quarter, 2 one in each half
    year, 1 one in the year. What is owed depends on the tier at the start of a period.
    Periods that began within `quarters` quarters before the running one are told.
    """

    scheme: str = "spend"
    quarters: int = Field(default=8, ge=0, le=40)
