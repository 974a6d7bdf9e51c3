"""How customers at risk are found, and what winning one back costs and brings."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from data.mapping import Setting

Cost = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)]
Effect = Annotated[float, Field(ge=-1, le=1)]


class ChurnSettings(Setting):
    """The horizon of the churn forecast, and what the watchlist assumes.

    `win_back_effect` and its standard deviation `win_back_spread` are what a contact is
    believed to add to the share that buys, until the control group tells.
    """

    horizon_days: int = Field(default=180, ge=7, le=1825)
    win_back_effect: Effect = 0.05
    win_back_spread: float = Field(default=0.03, gt=0, le=1)
    contact_cost: Cost = Decimal(0)
    reward: Cost = Decimal(0)
    control_share: float = Field(default=0.10, ge=0, le=0.5)
    capacity: int = Field(default=50, ge=1, le=10_000)
