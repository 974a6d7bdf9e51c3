"""What a page or the command line asks for: one metric, one view of the customers."""

from dataclasses import dataclass
from datetime import date

ATTRIBUTES = ("region", "store", "customer_type", "acquisition_channel", "tier")


@dataclass(frozen=True, order=True)
class Condition:
    """Customers whose attribute is (or, negated, is not) one of these values."""

    attribute: str
    values: tuple[str, ...]
    negate: bool = False

    def argument(self) -> tuple[str, ...]:
        """The condition as command line arguments, one per value."""
        sign = "!=" if self.negate else "="
        return tuple(f"--where={self.attribute}{sign}{value}" for value in self.values)


@dataclass(frozen=True)
class Question:
    """One metric for one as-of date, window, group of customers and cut.

    `as_of` None is the last complete day; `window` None is the metric's own default.
    """

    metric: str
    as_of: date | None = None
    window: str | None = None
    where: tuple[Condition, ...] = ()
    by: str | None = None
    options: tuple[tuple[str, str], ...] = ()

    def arguments(self) -> tuple[str, ...]:
        """What follows `customer-health metric` to print the same numbers."""
        given = (
            ("as-of", self.as_of and self.as_of.isoformat()),
            ("window", self.window),
            ("by", self.by),
            *self.options,
        )
        named = tuple(f"--{name}={value}" for name, value in given if value)
        filters = tuple(text for each in self.where for text in each.argument())
        return (self.metric, *named, *filters)
