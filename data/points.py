"""What a loyalty point costs the company."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from data.mapping import Setting


class PointsSettings(Setting):
    """`unit_cost`: what one redeemed point costs, in the settings' currency.

    Without it, what is owed to members is told in points, not in money.
    """

    unit_cost: (
        Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=6)] | None
    ) = None
