"""What the catalogue says of one metric."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl

Family = Literal["purchase", "repurchase", "answer", "drivers", "value", "rows", "tier"]
Unit = Literal["count", "share", "money", "points", "score", "days", "hours"]

CUSTOMER_CUTS = ("region", "store", "customer_type", "acquisition_channel", "tier")
PURCHASE_CUTS = ("order_store", "order_channel", "category", "employee")
ANSWER_CUTS = ("survey_store", "employee", "mode")


@dataclass(frozen=True)
class Metric:
    """One metric. `good` tells which way is better; `window` is its standard window.

    `cuts` are what `--by` may say, beside `as_of` and `month` where it has a history.
    """

    name: str
    en: str
    zh: str
    unit: Unit
    good: Literal["high", "low"] | None
    family: Family
    function: Callable[..., pl.DataFrame]
    definition_zh: str
    window: str | None = "365"
    needs: tuple[str, ...] = ("orders",)
    options: tuple[str, ...] = ()
    cuts: tuple[str, ...] = CUSTOMER_CUTS
    history: bool = True

    @property
    def definition(self) -> str:
        """The definition in English, as the function states it."""
        return inspect.getdoc(self.function) or ""
