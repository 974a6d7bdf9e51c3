"""Units tested and passed by table and dimension, from the parts' counts; and history.

The definitions stand in `data.quality`. What was not tested is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from data import quality
from data.schemas import INPUTS
from data.settings import Settings
from data.warehouse.inspection import NEWEST, counted
from data.warehouse.intake import workshop
from data.warehouse.look_alikes import EXCESS, KIND, findings
from data.warehouse.manifest import Delivery, Inspected, Manifest, Part
from data.warehouse.publish import Building

Units = tuple[int, int]  # tested, passed
Scores = dict[str, dict[str, list[int]]]
DETAILED: Final = 60  # newest snapshots that the history keeps
MONTHS: Final = 120  # older ones: the last of each month


@dataclass(frozen=True)
class Inspection:
    """What the scores of one refresh stand on; `due` is the day to be reached."""

    parts: Sequence[Part]
    deliveries: Mapping[str, Delivery]
    settings: Settings
    due: date

    def scores(self) -> Scores:
        """Tested and passed units by table and dimension."""
        told = {table: self._table(table) for table in INPUTS}
        return {
            table: {name: list(units) for name, units in found.items() if units[0]}
            for table, found in told.items()
            if any(tested for tested, _ in found.values())
        }

    def _table(self, table: str) -> dict[str, Units]:
        facts = Facts(table, [p for p in self.parts if p.table == table])
        if not facts.rows and not facts.rejected:
            return {}
        return {
            quality.COMPLETENESS: facts.completeness(),
            quality.ACCURACY: facts.accuracy(),
            quality.CONSISTENCY: facts.consistency(),
            quality.UNIQUENESS: self._uniqueness(facts),
            quality.TIMELINESS: facts.timeliness(self.due),
        }

    def _uniqueness(self, facts: Facts) -> Units:
        """Rows kept and rows that came again; a row number is no key of its own."""
        if self.settings.table(facts.table).numbered:
            return 0, 0
        delivery = self.deliveries.get(facts.table)
        repeated = delivery.repeated if delivery else 0
        return facts.rows + repeated, facts.rows - facts.count(KIND, EXCESS)


@dataclass(frozen=True)
class Facts:
    """One table's parts, summed."""

    table: str
    parts: Sequence[Part]

    @cached_property
    def rows(self) -> int:
        """Rows kept."""
        return sum(part.rows for part in self._of("parts"))

    @cached_property
    def rejected(self) -> int:
        """Rows in quarantine."""
        return sum(part.rows for part in self._of("quarantine"))

    def count(self, kind: str, name: str) -> int:
        """A count over all parts of a kind."""
        return sum(part.counts.get(name, 0) for part in self._of(kind))

    def completeness(self) -> Units:
        """Cells that should hold a value, and those that do."""
        asked = [n for n in quality.expected(self.table) if self._cells("filled", n)]
        others = [n for n in quality.written(self.table) if n not in asked]
        filled = sum(self._cells("filled", name) for name in (*asked, *others))
        useless = sum(self._cells("useless", name) for name in (*asked, *others))
        written = sum(self._cells("filled", name) for name in others)
        blank = self.count("quarantine", quality.COMPLETENESS)
        return self.rows * len(asked) + written + blank, filled - useless

    def accuracy(self) -> Units:
        """Rows, and those whose cells could all be read."""
        known = self.rows + self.rejected
        return known, known - self.count("quarantine", quality.ACCURACY)

    def consistency(self) -> Units:
        """Rows against their laws, and names against the tables of what they name."""
        wrong = self.count("quarantine", quality.CONSISTENCY)
        lawful = self.rows if quality.has_laws(self.table) else 0
        named = dict(self._named())
        lost = sum(self.count("parts", f"lost:{name}") for name in named)
        tested = lawful + sum(named.values())
        return tested + wrong, tested - lost

    def timeliness(self, due: date) -> Units:
        """The last days before the refresh, and those that the newest event reaches."""
        days = [part.counts[NEWEST] for part in self.parts if NEWEST in part.counts]
        if not days:
            return 0, 0
        behind = max(0, due.toordinal() - max(days))
        return quality.DAYS, max(0, quality.DAYS - behind)

    def _named(self) -> Iterator[tuple[str, int]]:
        """Columns that could be looked up, with how many cells name something."""
        for column in quality.references(self.table):
            if any(f"lost:{column}" in part.counts for part in self._of("parts")):
                yield column, self.count("parts", f"filled:{column}")

    def _cells(self, kind: str, column: str) -> int:
        return sum(part.counts.get(f"{kind}:{column}", 0) for part in self.parts)

    def _of(self, kind: str) -> Iterator[Part]:
        return (part for part in self.parts if part.kind == kind)


def examined(
    begun: Building, parts: Iterable[Part], spelt: pl.DataFrame
) -> tuple[Part, ...]:
    """The parts of a new snapshot, counted, with the one of customers who look alike.

    `spelt` are the groups of ids that are one but for their spelling.
    """
    old = tuple(begun.previous.parts) if begun.previous else ()
    with workshop(begun) as shop:
        told = counted(shop, [part for part in parts if part.kind != KIND], old)
        return (*told, *findings(shop, told, spelt, old))


def last_due(settings: Settings, now: datetime) -> date:
    """The day that tables of events should reach: yesterday, or as set."""
    if settings.data_complete_until is not None:
        return settings.data_complete_until
    return now.astimezone(ZoneInfo(settings.timezone)).date() - timedelta(days=1)


def newest_days(parts: Iterable[Part]) -> dict[str, date]:
    """The newest business day of each table that has events."""
    found: dict[str, date] = {}
    for part in parts:
        if NEWEST in part.counts:
            day = date.fromordinal(part.counts[NEWEST])
            found[part.table] = max(day, found.get(part.table, day))
    return found


def history(before: Manifest | None, now: Inspected) -> list[Inspected]:
    """What earlier snapshots scored, then this one; old ones once a month."""
    past = before.quality if before else []
    older, newest = past[: 1 - DETAILED], past[1 - DETAILED :]
    monthly = {each.at[:7]: each for each in older}
    return [*list(monthly.values())[-MONTHS:], *newest, now]
