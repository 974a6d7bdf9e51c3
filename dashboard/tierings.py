"""Who was in which tier from when until when, kept for every scheme at a refresh.

Totals are replayed from one as-of date to the next: what changed since the last date is
written over vectors with one entry per customer, the rules look at these vectors, and
only changes of tier are kept. So the cost grows with the purchases and the changes, not
with customers times dates in a table.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from dashboard import cells, periods
from data.marts import sql
from data.settings import Settings
from data.tiers import of_worth, version
from metrics.tier_rules import Small, Standing, tier_codes

SPANS = ("standing_spans", "year_spans")
STEP = 12
"""As-of dates whose changes are read at once, so that memory is bounded."""

NOBODY = 255
EPOCH = date(1970, 1, 1)
STAYS = {
    "customer_key": pl.Int32,
    "rule": pl.Int16,
    "from_on": pl.Date,
    "until_on": pl.Date,
}


def build(
    connection: DuckDBPyConnection, settings: Settings, days: Sequence[date]
) -> None:
    """Make the tables `tier_rules` and `tier_stays` anew, as of some dates.

    One row of the second per customer, scheme and stay in a tier: from the first as-of
    date in it up to, not including, the first one no more in it. Schemes that ask for
    worth are added by `worth_tiers`, as of the dates with a model.
    """
    rules = rules_frame(settings)
    cells.keep(connection, "tier_rules", rules)
    cells.put(connection, "as_of_dates", periods.dates_frame(days))
    cells.table(connection, "day_places", sql("day_places"))
    for mart in SPANS:
        cells.table(connection, mart, sql(mart))
    stays = _stays(connection, settings, days)
    cells.keep(connection, "tier_stays", pl.concat(stays))
    for mart in SPANS:
        connection.execute(f"DROP TABLE {mart}")


def rules_frame(settings: Settings) -> pl.DataFrame:
    """Every rule of every scheme: its number, and its place in the scheme."""
    rows = [
        (scheme, version(rules, settings.rfm), place, rule.name)
        for scheme, rules in settings.tiers.items()
        for place, rule in enumerate(rules)
    ]
    schema = {
        "scheme": pl.String,
        "version": pl.String,
        "place": pl.Int16,
        "tier": pl.String,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_row_index("rule").cast({"rule": pl.Int16})


class Ledger:
    """The totals of every customer as of one date, written over for the next."""

    def __init__(self, size: int) -> None:
        self.until, self.year_until = (np.zeros(size, np.int16) for _ in "12")
        self.last_day, self.orders = (np.zeros(size, np.int32) for _ in "12")
        self.revenue, self.before = (np.zeros(size, np.int64) for _ in "12")

    def stand(self, rows: pl.DataFrame) -> None:
        """Write over what is known of customers from a date on."""
        who = rows["customer_key"].to_numpy()
        self.until[who] = rows["end_place"].to_numpy()
        self.last_day[who] = rows["last_day"].to_numpy()
        self.orders[who] = rows["orders"].to_numpy()
        self.revenue[who] = rows["revenue"].to_numpy()

    def begin_year(self, rows: pl.DataFrame) -> None:
        """Write over what was bought before the trailing year."""
        who = rows["customer_key"].to_numpy()
        self.year_until[who] = rows["end_place"].to_numpy()
        self.before[who] = rows["revenue"].to_numpy()

    def at(self, place: int, day: date) -> tuple[NDArray[np.int64], Standing]:
        """The customers with a purchase as of a date, and what the rules look at."""
        who = np.flatnonzero((self.until > place) & (self.last_day > 0))
        before = np.where(self.year_until[who] > place, self.before[who], 0)
        days = (day - EPOCH).days - self.last_day[who].astype(np.int64)
        revenue = self.revenue[who]
        orders = self.orders[who].astype(np.int64)
        return who, Standing(days, revenue - before, orders, revenue)


def replay(
    connection: DuckDBPyConnection, days: Sequence[date]
) -> Iterator[tuple[NDArray[np.int64], Standing]]:
    """Per as-of date the customers with a purchase and what the rules look at."""
    ledger = Ledger(size_of(connection))
    for start in range(0, len(days), STEP):
        begun = {mart: _begun(connection, mart, start) for mart in SPANS}
        for place in range(start, min(start + STEP, len(days))):
            for mart, write in zip(
                SPANS, (ledger.stand, ledger.begin_year), strict=True
            ):
                if place in begun[mart]:
                    write(begun[mart][place])
            yield ledger.at(place, days[place])


def size_of(connection: DuckDBPyConnection) -> int:
    """The length of a vector with a place for each customer's number."""
    query = "SELECT COALESCE(MAX(customer_key), 0) + 1 FROM profiles"
    size: int = connection.execute(query).fetchall()[0][0]
    return size


def _begun(
    connection: DuckDBPyConnection, mart: str, start: int
) -> dict[int, pl.DataFrame]:
    """The rows that begin to hold at each of some as-of dates."""
    inside = f"first_place >= {start} AND first_place < {start + STEP}"
    rows = cells.frame(connection, f"SELECT * FROM {mart} WHERE {inside}")  # noqa: S608 our own names and numbers
    rows = rows.with_columns(pl.col("revenue").to_physical().cast(pl.Int64))
    if "last_day" in rows.columns:
        rows = rows.with_columns(pl.col("last_day").to_physical().fill_null(0))
    parts = rows.partition_by("first_place", as_dict=True)
    return {int(place): part for (place,), part in parts.items()}


class Stays:
    """The stays in the tiers of one scheme, told as customers change tier."""

    def __init__(self, size: int, first_rule: int) -> None:
        self.first_rule = first_rule
        self.codes = np.full(size, NOBODY, np.uint8)
        self.since = np.zeros(size, np.int32)
        self.ended: list[pl.DataFrame] = []

    def see(self, who: NDArray[np.int64], codes: Small, day: int) -> None:
        """What holds from a day on; who is not named is in no tier."""
        now = np.full(len(self.codes), NOBODY, np.uint8)
        now[who] = codes
        changed = np.flatnonzero(now != self.codes)
        self._end(changed[self.codes[changed] != NOBODY], day)
        self.since[changed] = day
        self.codes = now

    def told(self) -> pl.DataFrame:
        """All stays; those that last have no end."""
        lasting = np.flatnonzero(self.codes != NOBODY)
        self._end(lasting, (periods.FOREVER - EPOCH).days)
        return pl.concat(self.ended)

    def _end(self, who: NDArray[np.int64], day: int) -> None:
        rows = {
            "customer_key": who.astype(np.int32),
            "rule": self.codes[who].astype(np.int16) + np.int16(self.first_rule),
            "from_on": self.since[who],
            "until_on": np.full(len(who), day, np.int32),
        }
        frame = pl.DataFrame(rows).with_columns(
            pl.col("from_on", "until_on").cast(pl.Date)
        )
        self.ended.append(frame.cast(pl.Schema(STAYS)))


def _stays(
    connection: DuckDBPyConnection, settings: Settings, days: Sequence[date]
) -> list[pl.DataFrame]:
    size, first = size_of(connection), 0
    told: dict[str, Stays] = {}
    for scheme, rules in settings.tiers.items():
        if not of_worth(rules):
            told[scheme] = Stays(size, first)
        first += len(rules)
    seen = replay(connection, days)
    for day, (who, standing) in zip(days, seen, strict=True):
        for scheme, stays in told.items():
            codes = tier_codes(standing, settings.tiers[scheme], settings.rfm)
            stays.see(who, codes, (day - EPOCH).days)
    return [each.told() for each in told.values()]
