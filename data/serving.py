"""What it costs to serve a customer: unit costs, none by default."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field

from data.mapping import Setting

Cost = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)]
UNITS: Final = (
    *("ticket", "call", "visit", "email", "message", "gift"),
    "campaign_contact",
)


class ServingSettings(Setting):
    """What one ticket, one contact of each kind, one customer reached costs.

    `share_campaign_cost`: the cost of a campaign is split evenly over the customers it
    has reached by its last day, on that day.
    """

    ticket: Cost = Decimal(0)
    call: Cost = Decimal(0)
    visit: Cost = Decimal(0)
    email: Cost = Decimal(0)
    message: Cost = Decimal(0)
    gift: Cost = Decimal(0)
    campaign_contact: Cost = Decimal(0)
    share_campaign_cost: bool = False

    @property
    def rates(self) -> Mapping[str, Decimal]:
        """The kinds that cost something, with what one of them costs."""
        named = {name: getattr(self, name) for name in UNITS}
        return {name: cost for name, cost in named.items() if cost}
