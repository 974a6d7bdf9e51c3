"""What the loyalty index and the health score are made of: weights and full marks."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, model_validator

from data.mapping import Setting

DAYS: Final = 36_500
Weight = Annotated[float, Field(ge=0, le=1_000)]
Days = Annotated[int, Field(ge=1, le=DAYS)]
Full = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=4)]

LOYALTY: Final = ("recency", "frequency", "tenure", "nps", "programme")
HEALTH: Final = ("value", "loyalty", "satisfaction", "service", "engagement")


class Weighted(Setting):
    """Weights of what a score is made of; their sum is of no importance."""

    PARTS: ClassVar[tuple[str, ...]] = ()

    @property
    def weights(self) -> Mapping[str, float]:
        """The weight of each part."""
        return {name: getattr(self, name) for name in self.PARTS}

    @model_validator(mode="after")
    def _some_weight(self) -> Self:
        if not any(self.weights.values()):
            raise ValueError("gives no part a weight; one has to be above 0")
        return self


class LoyaltySettings(Weighted):
    """How much each part of the loyalty index weighs, and where it reaches 100.

    `recency_days`: a purchase that long ago counts 0, one today 100.
    `full_purchase_days` and `full_programme_days` in a year, and a first purchase
    `full_tenure_days` ago, count 100.
    """

    PARTS: ClassVar = LOYALTY

    recency: Weight = 0.30
    frequency: Weight = 0.25
    tenure: Weight = 0.15
    nps: Weight = 0.20
    programme: Weight = 0.10
    recency_days: Days = 365
    full_purchase_days: Days = 6
    full_tenure_days: Days = 1095
    full_programme_days: Days = 12


class HealthSettings(Weighted):
    """How much each factor of the health score weighs, and where it reaches 100.

    `full_spend` in the trailing year counts 100 for value; without it, the least spend
    that any tier of the scheme `spend` asks for. `full_touch_days` with a login, visit
    or other touch in a year count 100 for engagement. A ticket is well served if it is
    resolved within `resolve_days`.
    """

    PARTS: ClassVar = HEALTH

    value: Weight = 0.25
    loyalty: Weight = 0.30
    satisfaction: Weight = 0.20
    service: Weight = 0.15
    engagement: Weight = 0.10
    full_spend: Full | None = None
    full_touch_days: Days = 12
    resolve_days: Days = 3
