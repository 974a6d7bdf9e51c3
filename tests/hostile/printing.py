"""The rows of a table laid out as files: cuts, headers, encodings, dialects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from tests.hostile import texts
from tests.hostile.rows import Author, Row
from tests.hostile.writing import (
    ENCODINGS,
    ENDINGS,
    QUOTING,
    Dialect,
    Extract,
    encodable,
)

FORMS: Final = ("csv",) * 7 + ("csv.gz", "csv.zip", "parquet")
EXTRA: Final = "备注"


@dataclass(frozen=True)
class Sketch:
    """A table to be delivered: its rows in order, before they are in any file."""

    table: str
    columns: Sequence[str]
    rows: Sequence[Row]
    own: Mapping[str, Any]  # the table's settings
    author: Author  # of further rows

    @property
    def stem(self) -> str:
        """What the names of its files begin with."""
        return "销售明细" if "files" in self.own else self.table


@dataclass(frozen=True)
class Printer:
    """Chooses how rows are written; never what they say."""

    rng: Random

    def extracts(self, sketch: Sketch, joint: str = "") -> list[Extract]:
        """The rows in one file or in several, whose names keep their order."""
        count = min(self.rng.choice((1, 1, 1, 2, 3)), len(sketch.rows))
        cuts = sorted(self.rng.sample(range(1, len(sketch.rows)), count - 1))
        bounds = zip([0, *cuts], [*cuts, len(sketch.rows)], strict=True)
        joint = joint or self.rng.choice("_-")
        named = count > 1 or sketch.stem != sketch.table or joint != "_"
        return [
            self._extract(
                sketch,
                f"{sketch.stem}{joint}{number}" if named else sketch.stem,
                sketch.rows[first:after],
            )
            for number, (first, after) in enumerate(bounds)
        ]

    def _odds(self, share: float) -> bool:
        return self.rng.random() < share

    def _extract(self, sketch: Sketch, name: str, rows: Sequence[Row]) -> Extract:
        form = self._form(sketch, rows)
        dialect = self._dialect(rows, sketch.own)
        return Extract(
            table=sketch.table,
            name=name,
            headers=self._headers(sketch, form),
            rows=rows,
            form=form,
            dialect=dialect,
            extra=self._extra(form, rows, dialect),
            native=self._odds(0.6),
        )

    def _form(self, sketch: Sketch, rows: Sequence[Row]) -> str:
        """A form that can hold the rows."""
        if any(row.flaw or bytes_that_are_no_text(row) for row in rows):
            return "csv"
        form = self.rng.choice(FORMS)
        headless = sketch.own.get("header") is False
        return "csv.gz" if headless and form == "parquet" else form

    def _headers(self, sketch: Sketch, form: str) -> dict[str, str]:
        names = list(sketch.columns)
        if sketch.own.get("header") is False:
            return dict.fromkeys(names, "")
        self.rng.shuffle(names)
        mapped = sketch.own.get("columns", {})
        return {name: self._header(mapped.get(name, name), form) for name in names}

    def _header(self, name: str, form: str) -> str:
        if form == "parquet" or self._odds(0.8):
            return name
        wide = "".join(
            chr(ord(c) + 0xFEE0) if c.isascii() and c.isalpha() else c for c in name
        )
        return self.rng.choice((name.upper(), f" {name}\u3000", wide))

    def _extra(self, form: str, rows: Sequence[Row], how: Dialect) -> str | None:
        """A column of everyday Chinese, where it is needed to tell the encoding."""
        bad = any(bytes_that_are_no_text(row) for row in rows)
        hard = how.encoding.startswith("gb") or (bad and how.encoding == "utf-8")
        wanted = self._odds(0.2) or (hard and how.marked)
        return EXTRA if wanted and form != "parquet" else None

    def _dialect(self, rows: Sequence[Row], own: Mapping[str, Any]) -> Dialect:
        return Dialect(
            encoding=own.get("encoding") or self._encoding(rows),
            delimiter=own.get("delimiter") or self.rng.choice(",,;\t|"),
            ending=self.rng.choice(ENDINGS),
            quoting=self.rng.choice(QUOTING),
            closed=self._odds(0.8),
            marked="encoding" not in own,
            loose=self._odds(0.2),
            headed=own.get("header", True),
            seed=self.rng.randrange(1 << 30),
        )

    def _encoding(self, rows: Sequence[Row]) -> str:
        """One that can be told: not where many lines are no text in it."""
        bad = sum(bytes_that_are_no_text(row) for row in rows) / len(rows)
        found = self.rng.choice(ENCODINGS)
        if found.startswith("gb") and bad > 0.05:
            found = "utf-8"
        if found == "utf-8" and bad > 0.4:
            found = "utf-16-le"
        return found if encodable(rows, found) else "utf-8-sig"


def bytes_that_are_no_text(row: Row) -> bool:
    """Whether a row cannot be decoded."""
    return any(texts.BAD_BYTES in cell.text for cell in row.cells.values())


def left_open(sketch: Sketch) -> Sketch:
    """The same with a quote in the last row that nothing closes."""
    *others, last = sketch.rows
    return replace(sketch, rows=[*others, replace(last, flaw="open")])
