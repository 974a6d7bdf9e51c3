"""Customers' scores: who scores what on a date, and the sums that a snapshot keeps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray
from pandera.typing.polars import DataFrame

from dashboard import cells, periods
from data.marts import sql
from data.schemas.health import Factors, HealthInputs
from data.settings import Settings
from metrics.health import health_sums, scored

RATED = ("nps", "satisfaction", "service")
"""Signals with a sum, of which those of the year are told, if there are any."""

ACTIVE = ("programme", "engagement")
"""Signals whose days of the year are told; a customer who never had one is unknown."""

OF_KIND = """
SELECT customer_key, day, CAST(n AS BIGINT) AS n, CAST(total AS BIGINT) AS total
FROM signals WHERE kind = '{kind}' ORDER BY day
"""
STATES = "SELECT * FROM health_states WHERE as_of = DATE '{day}'"
EPOCH = date(1970, 1, 1)
CELLS = ("cell_one", "cell_two")
SHOWN = (
    "customer_key", "health", "value", "loyalty", "satisfaction", "service",
    "engagement", "recency", "frequency", "tenure", "nps", "programme",
)  # fmt: skip
MORE = ("clv", "days_since_last", "annual_spend")
"""What the tiers look at beside, kept for the last day."""


@dataclass(frozen=True)
class Signal:
    """The days of one kind of signal in order: who, how many, and their sum."""

    customer: NDArray[np.int32]
    day: NDArray[np.int32]
    n: NDArray[np.int64]
    total: NDArray[np.int64]

    def year(self, day: date) -> slice:
        """The rows of the trailing year of a day."""
        last, first = (each - EPOCH for each in (day, _year_start(day)))
        bounds = np.searchsorted(self.day, (first.days, last.days), side="right")
        return slice(int(bounds[0]), int(bounds[1]))


def make_signals(connection: DuckDBPyConnection, settings: Settings) -> None:
    """Keep what customers answered, asked for and did, by day."""
    rules = pl.DataFrame({"resolve_days": [settings.health.resolve_days]})
    cells.put(connection, "service_rules", rules.cast({"resolve_days": pl.Int32}))
    ordered = f"{sql('signals')} ORDER BY 1, 2"
    connection.execute(f"CREATE OR REPLACE TABLE signals AS {ordered}")


def lay_states(connection: DuckDBPyConnection) -> None:
    """Lay out what customers' purchases were on every date that is laid out."""
    cells.table(connection, "health_states", sql("health_states"))


def signals(connection: DuckDBPyConnection) -> dict[str, Signal]:
    """All kept signals, by kind."""
    return {kind: _signal(connection, kind) for kind in (*RATED, *ACTIVE)}


def score(
    connection: DuckDBPyConnection,
    settings: Settings,
    day: date,
    seen: dict[str, Signal],
) -> DataFrame[Factors]:
    """The scores of all customers of a date, whose states are laid out."""
    states = cells.frame(connection, STATES.format(day=day)).sort("customer_key")
    return judged(inputs(states, day, seen), settings)


def inputs(states: pl.DataFrame, day: date, seen: dict[str, Signal]) -> pl.DataFrame:
    """What the scores of a date are made of: customers' states and their signals."""
    who = states["customer_key"].to_numpy()
    told = {name: each for kind, rows in seen.items()
            for name, each in _told(kind, rows, who, day)}  # fmt: skip
    return states.with_columns(**told)


def judged(rows: pl.DataFrame, settings: Settings) -> DataFrame[Factors]:
    """The scores of rows with what they are made of."""
    full = settings.full_spend
    return scored(
        HealthInputs.validate(rows.lazy()),
        settings.loyalty,
        settings.health,
        full_spend=None if full is None else float(full),
    )


def sums(settings: Settings, found: DataFrame[Factors], day: date) -> pl.DataFrame:
    """The sums of scores by cell."""
    added = health_sums(found, settings.loyalty, settings.health, cells=CELLS)
    return added.with_columns(pl.lit(day).alias("as_of"))


def keep_sums(
    connection: DuckDBPyConnection,
    settings: Settings,
    day: date,
    found: DataFrame[Factors],
) -> None:
    """Add the sums of the scores of a date to those that are kept."""
    cells.put(connection, "health_sums", sums(settings, found, day))
    cells.append(connection, "health_cells")


def _signal(connection: DuckDBPyConnection, kind: str) -> Signal:
    rows = cells.frame(connection, OF_KIND.format(kind=kind))
    days = rows["day"].to_physical().to_numpy()
    return Signal(
        rows["customer_key"].to_numpy(),
        days,
        *(rows[c].to_numpy() for c in rows[:, 2:].columns),
    )


def _told(
    kind: str, rows: Signal, who: NDArray[np.int32], day: date
) -> Iterator[tuple[str, pl.Series]]:
    """What the rules look at of one kind of signal, for some customers."""
    year, size = (
        rows.year(day),
        int(max(who.max(initial=0), rows.customer.max(initial=0))) + 1,
    )
    customers = rows.customer[year]
    if kind in ACTIVE:
        ever = np.zeros(size, bool)
        ever[rows.customer[: year.stop]] = True
        days = np.bincount(customers, minlength=size)
        yield f"{kind}_days", _known(days, ever, who)
        return
    n, total = (
        np.bincount(customers, weights=each[year], minlength=size).astype(np.int64)
        for each in (rows.n, rows.total)
    )
    yield f"{kind}_n", _known(n, n > 0, who)
    yield f"{kind}_total", _known(total, n > 0, who)


def _known(
    values: NDArray[np.int64], known: NDArray[np.bool_], who: NDArray[np.int32]
) -> pl.Series:
    """The values of some customers; null where they are not known."""
    given = pl.DataFrame({"value": values[who], "known": known[who]})
    return given.select(pl.when("known").then("value")).to_series()


def _year_start(day: date) -> date:
    return periods.span(day, str(periods.YEAR)).starts_after
