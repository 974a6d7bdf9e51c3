"""Who was in which tier of the schemes that ask for lifetime value or loyalty.

They are known as of the dates of which the snapshot keeps models: the last day and the
month ends of a year. A date without a usable model has nobody in a tier.
"""

from datetime import date

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from dashboard import tierings
from data.settings import Settings
from data.tiers import of_worth
from metrics.tier_rules import UNIT, Standing, tier_codes

MOST = 2.0**62
"""More ten-thousandths than any bound asks for, so that the largest amounts fit."""


class WorthTiers:
    """The stays in the tiers of these schemes, date after date."""

    def __init__(self, connection: DuckDBPyConnection, settings: Settings) -> None:
        people = tierings.size_of(connection)
        self.settings = settings
        self.told: dict[str, tierings.Stays] = {}
        first = 0
        for scheme, rules in settings.tiers.items():
            if of_worth(rules):
                self.told[scheme] = tierings.Stays(people, first)
            first += len(rules)

    def see(self, customers: pl.DataFrame, day: date) -> None:
        """What customers are as of a date; who has no lifetime value is in no tier."""
        known = customers.drop_nulls("clv")
        who, seen = known["customer_key"].to_numpy(), standing(known)
        for scheme, stays in self.told.items():
            codes = tier_codes(seen, self.settings.tiers[scheme], self.settings.rfm)
            stays.see(who, codes, (day - tierings.EPOCH).days)

    def keep(self, connection: DuckDBPyConnection) -> None:
        """Add the stays to those of the other schemes."""
        for stays in self.told.values():
            connection.register("incoming", stays.told())
            connection.execute("INSERT INTO tier_stays BY NAME FROM incoming")
            connection.unregister("incoming")


def standing(customers: pl.DataFrame) -> Standing:
    """What the rules look at, of customers with a lifetime value."""
    nothing = np.zeros(customers.height, np.int64)
    return Standing(
        customers["days_since_last"].cast(pl.Int64).to_numpy(),
        whole(customers["annual_spend"]),
        nothing,
        nothing,
        whole(customers["clv"]),
        whole(customers["loyalty"]),
    )


def whole(amounts: pl.Series) -> NDArray[np.int64]:
    """Amounts in whole ten-thousandths; one that is unknown reaches no bound."""
    units = (amounts.fill_null(-1.0) * UNIT).round().clip(-MOST, MOST)
    return units.cast(pl.Int64).to_numpy()
