"""The 300 stores: where they are and since when."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.sample.arrays import Days, Instants, Texts
from data.sample.brand import PLACES, REGION_WEIGHTS, REGIONS, STORES, STORES_AT_START
from data.sample.dice import COMPANY, dice
from data.sample.labels import store_ids
from data.sample.seasons import DAY, HISTORY_DAYS, YEAR, Seasons


@dataclass(frozen=True)
class Stores:
    """One entry per store, in order of opening."""

    region: Texts
    city: Texts
    name: Texts
    opened: Days  # day number; below 0 = before the history starts
    crowd: Instants  # running sum of the stores' sizes

    def draw(self, day: Days, at: Instants) -> Days:
        """Pick a store that is open on the day, larger ones more often."""
        open_stores = np.searchsorted(self.opened, day, side="right")
        return np.searchsorted(self.crowd, at * self.crowd[open_stores - 1]).astype(
            np.int64
        )


def _places(rng: np.random.Generator) -> tuple[list[str], list[str]]:
    weights = np.array(REGION_WEIGHTS)
    counts = np.floor(weights * STORES + 0.5).astype(int)
    regions = np.repeat(list(REGIONS), counts)[:STORES]
    regions = rng.permutation(np.resize(regions, STORES))
    return list(regions), [str(rng.choice(REGIONS[region])) for region in regions]


def _names(cities: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    names = []
    for city in cities:
        seen[city] = seen.get(city, -1) + 1
        street, again = PLACES[seen[city] % len(PLACES)], seen[city] // len(PLACES)
        names.append(f"{city}{street}{'二三四'[again - 1] if again else ''}店")
    return names


def open_stores(seed: int) -> Stores:
    """Open the stores: most before the history starts, the rest over three years."""
    rng = dice(seed, COMPANY, "stores")
    regions, cities = _places(rng)
    old = rng.integers(-6 * YEAR, -30, STORES_AT_START)
    new = rng.integers(30, HISTORY_DAYS - YEAR, STORES - STORES_AT_START)
    crowd = np.cumsum(rng.gamma(4.0, size=STORES))
    opened = np.sort(np.concatenate([old, new]))
    return Stores(
        np.array(regions), np.array(cities), np.array(_names(cities)), opened, crowd
    )


def stores_table(stores: Stores, calendar: Seasons) -> pl.DataFrame:
    """Write the stores as their extract shows them."""
    return pl.DataFrame(
        {
            "store_id": store_ids(np.arange(STORES)),
            "name": stores.name,
            "region": stores.region,
            "city": stores.city,
            "opened_at": calendar.planned(stores.opened * DAY),
        }
    )
