"""What a refresh or a check found, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.errors import CLEAN, QUARANTINED
from data.warehouse import Manifest

COUNTS = ("rows_in", "accepted", "quarantined", "duplicates", "superseded")


@dataclass(frozen=True)
class RefreshReport:
    """What became of every file, and the snapshot that was published, if one was."""

    files: tuple[Mapping[str, Any], ...]
    notices: tuple[str, ...] = ()
    manifest: Manifest | None = None

    @staticmethod
    def of(manifest: Manifest, notices: Sequence[str]) -> RefreshReport:
        """The report of a published refresh."""
        told = (*notices, *manifest.warnings)
        return RefreshReport(tuple(manifest.files), told, manifest)

    @property
    def exit_code(self) -> int:
        """10 when rows were quarantined, else 0."""
        return QUARANTINED if self.total["quarantined"] else CLEAN

    @property
    def total(self) -> dict[str, int]:
        """The counts of all files together."""
        return {name: sum(file[name] for file in self.files) for name in COUNTS}

    def as_dict(self) -> dict[str, Any]:
        """The report as `--json` prints it."""
        return {
            "outcome": "published" if self.manifest else "checked",
            "exit_code": self.exit_code,
            **self._snapshot(),
            "files": [dict(file) for file in self.files],
            "total": self.total,
            "released": dict(self.manifest.released) if self.manifest else {},
            "notices": list(self.notices),
        }

    def lines(self) -> Iterator[str]:
        """The report in words, a line per file and per reason."""
        for file in self.files:
            yield from _file(file)
        yield _counts("All files", self.total)
        yield from self.notices
        if self.manifest:
            for table, rows in self.manifest.released.items():
                yield f"{table}: {rows:,} rows released: their customers are known now."
            yield f"Published snapshot {self.manifest.id}, as of {self.manifest.as_of}."

    def _snapshot(self) -> dict[str, Any]:
        made = self.manifest
        if made is None:
            return {}
        return {
            "snapshot": made.id,
            "hash": made.hash,
            "as_of": made.as_of,
            "tables": made.tables,
        }


def _file(file: Mapping[str, Any]) -> Iterator[str]:
    yield _counts(f"{file['table']}: {file['file']}", file)
    for rule, rows in file["rules"].items():
        yield f"    {rule}: {rows:,} quarantined"
    for notice in file["notices"]:
        yield f"    {notice['words']}"


def _counts(name: str, counts: Mapping[str, Any]) -> str:
    told = ", ".join(
        f"{counts[each]:,} {each}"
        for each in COUNTS[1:]
        if counts[each] or each == "accepted"
    )
    return f"{name}: {counts['rows_in']:,} rows in: {told}"
