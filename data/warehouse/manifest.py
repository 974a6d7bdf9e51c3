"""What a snapshot stands on: its parts, its totals and what came in to make it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from data.errors import UnavailableError
from data.warehouse.rows import fingerprint

FOREIGN: Final = (
    "The store was made by another version of this program, which this one cannot read:"
    " load the whole history into a new store."
)


@dataclass(frozen=True)
class Part:
    """One immutable Parquet file: rows of one table and month.

    `content` tells the logical content: the XOR of what the rows say, each as a number,
    so that the order of rows, nonces and Parquet settings do not matter.
    """

    kind: str  # parts, personal, quarantine or lineage
    table: str
    month: str
    path: str  # below the store
    rows: int
    content: str
    bytes: int
    sha256: str
    counts: dict[str, int] = field(default_factory=dict)  # see `inspection`


@dataclass(frozen=True)
class Delivery:
    """What the last delivery of a table looked like; the quality gate compares."""

    rows: int
    mean: float | None = None  # of the amount, in the company's currency
    newest: str | None = None  # business day
    content: str = ""  # of its accepted rows, as `Part.content` tells it
    changed: int = 0  # rows that were new or other than those kept
    correction: str = ""  # the content of the last correction of old rows since
    repeated: int = 0  # rows whose key had come before in the same delivery
    filled: dict[str, float] = field(default_factory=dict)  # share of cells by column


@dataclass(frozen=True)
class Inspected:
    """How good the data of one snapshot were: units tested and passed.

    `scores` says them by table and dimension; what was not tested is not there.
    """

    snapshot: str
    at: str
    as_of: str
    scores: dict[str, dict[str, list[int]]]


@dataclass(frozen=True)
class Manifest:
    """All that is known about one snapshot. Days are ISO dates, instants UTC."""

    id: str
    sequence: int
    created_at: str
    as_of: str
    first_day: str
    timezone: str
    currency: str
    hash: str
    settings: dict[str, Any]
    tables: dict[str, int]
    files: list[dict[str, Any]]
    totals: dict[str, str]
    parts: list[Part]
    marts: dict[str, int]
    marts_sha256: str
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    quarantined: dict[str, int] = field(default_factory=dict)
    released: dict[str, int] = field(default_factory=dict)  # had waited, are in now
    warnings: list[str] = field(default_factory=list)
    layout: str = ""  # of the marts, as `data.marts.layout` tells it
    telling: str = field(default_factory=fingerprint)  # how contents were told
    quality: list[Inspected] = field(default_factory=list)  # this one comes last

    def of(self, kind: str, table: str) -> tuple[Part, ...]:
        """The parts of one kind and table."""
        return tuple(p for p in self.parts if (p.kind, p.table) == (kind, table))

    def to_json(self) -> bytes:
        """The manifest as it is stored, equal for equal content."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        return text.encode("utf-8")

    @staticmethod
    def from_json(content: bytes) -> Manifest:
        """Read a stored manifest.

        Errors: UnavailableError when another version of this program wrote it.
        """
        known: dict[str, Any] = json.loads(content)
        try:
            known["parts"] = [Part(**part) for part in known["parts"]]
            known["deliveries"] = {
                table: Delivery(**each) for table, each in known["deliveries"].items()
            }
            known.setdefault("telling", "")
            past = known.get("quality", [])
            known["quality"] = [Inspected(**each) for each in past]
            return Manifest(**known)
        except (KeyError, TypeError):
            raise UnavailableError(FOREIGN) from None


def logical_hash(parts: Iterable[Part]) -> str:
    """SHA-256 over the logical content of the accepted rows, table by table.

    Months are folded together, so that it tells the data and not how they are cut.
    """
    contents: dict[str, tuple[int, int]] = {}
    for part in parts:
        if part.kind == "parts":
            rows, content = contents.get(part.table, (0, 0))
            merged = (rows + part.rows, content ^ int(part.content, 16))
            contents[part.table] = merged
    return hashlib.sha256(_lines(contents)).hexdigest()


def _lines(contents: Mapping[str, tuple[int, int]]) -> bytes:
    lines = (f"{t} {rows} {content:032x}\n" for t, (rows, content) in contents.items())
    return "".join(sorted(lines)).encode("utf-8")
