"""Cells of one snapshot: read where it keeps them, else summed on demand."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar, cast

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard.cells import CUBES, KEYS, Layout, frame, lay_out, matching, put, summed
from dashboard.periods import STANDARD, Span
from dashboard.question import Condition
from data.settings import Settings
from data.warehouse import Snapshot

REMEMBERED = 256
T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """Cells of one mart: windows, conditions, the attribute kept, the event's cut."""

    mart: str
    spans: tuple[Span, ...]
    where: tuple[Condition, ...] = ()
    by: str | None = None
    cut: str | None = None

    def attributes(self) -> set[str]:
        """The customers' attributes that the cells have to tell apart."""
        named = {each.attribute for each in self.where}
        return named | ({self.by} if self.by in KEYS else set())

    def cube(self) -> str | None:
        """The kept cube that tells them apart, if there is one."""
        needed = self.attributes()
        return next((n for n, kept in CUBES.items() if needed <= kept), None)


class Reader:
    """One snapshot opened for questions. Answers are immutable frames, kept a while."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.settings = Settings.model_validate(snapshot.manifest.settings)
        self._kept: OrderedDict[object, object] = OrderedDict()
        self._latest: dict[str, tuple[object, object]] = {}
        self._lock = Lock()

    def cells(self, wanted: Wanted) -> pl.DataFrame:
        """The cells asked for, already filtered by every condition."""
        cube = wanted.cube()
        if cube is None or wanted.cut:
            return self.remember(wanted, lambda: self._crossed(wanted))
        found = self._stored(wanted, cube)
        return matching(found, wanted.where)

    def _stored(self, wanted: Wanted, cube: str) -> pl.DataFrame:
        plain = Wanted(wanted.mart, wanted.spans)
        everything = self.remember(plain, lambda: self._whole(plain))
        return everything.filter(pl.col("cube") == cube)

    def _whole(self, wanted: Wanted) -> pl.DataFrame:
        if not self._keeps(wanted):
            return self._summed(wanted, Layout(wanted.spans))
        with self.snapshot.cursor() as cursor:
            put(cursor, "asked", _asked(wanted))
            keys = _keys(wanted.mart)
            return frame(
                cursor,
                f"SELECT c.* FROM {wanted.mart} AS c SEMI JOIN asked USING ({keys})",  # noqa: S608 our own names
            )

    def _keeps(self, wanted: Wanted) -> bool:
        standard = {span.period for span in wanted.spans} <= set(STANDARD)
        days = self.rows("SELECT DISTINCT as_of FROM purchase_cells")
        return standard and {s.as_of for s in wanted.spans} <= set(days["as_of"])

    def _crossed(self, wanted: Wanted) -> pl.DataFrame:
        layout = Layout(
            wanted.spans,
            purchase_cut=wanted.cut if wanted.mart == "purchase_cells" else None,
            answer_cut=wanted.cut if wanted.mart == "answer_cells" else None,
            where=wanted.where,
            crossed=True,
        )
        return self._summed(wanted, layout)

    def _summed(self, wanted: Wanted, layout: Layout) -> pl.DataFrame:
        with self.snapshot.cursor() as cursor:
            lay_out(cursor, layout, self.settings)
            return summed(cursor, wanted.mart)

    def rows(self, query: str) -> pl.DataFrame:
        """A small query of our own over the snapshot, remembered."""

        def ask() -> pl.DataFrame:
            with self.snapshot.cursor() as cursor:
                return frame(cursor, query)

        return self.remember(query, ask)

    def laid_out(
        self, layout: Layout, ask: Callable[[DuckDBPyConnection], pl.DataFrame]
    ) -> pl.DataFrame:
        """What a function reads from a cursor on which a layout stands."""
        with self.snapshot.cursor() as cursor:
            lay_out(cursor, layout, self.settings)
            return ask(cursor)

    def latest(self, name: str, key: object, ask: Callable[[], T]) -> T:
        """What a key stands for, of a name that is too large to keep but once."""
        with self._lock:
            kept = self._latest.get(name)
        if kept is not None and kept[0] == key:
            return cast("T", kept[1])
        found = ask()
        with self._lock:
            self._latest[name] = (key, found)
        return found

    def remember(self, key: object, ask: Callable[[], T]) -> T:
        """What a key stands for; asked for once, the least recently used forgotten."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("T", self._kept[key])
        found = ask()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
        return found


def _keys(mart: str) -> str:
    return "as_of" if mart in ("repurchase_cells", "value_cells") else "as_of, period"


def _asked(wanted: Wanted) -> pl.DataFrame:
    spans: Sequence[Span] = wanted.spans
    return pl.DataFrame(
        {"as_of": [s.as_of for s in spans], "period": [s.period for s in spans]},
        schema={"as_of": pl.Date, "period": pl.String},
    )
