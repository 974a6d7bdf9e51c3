"""What a snapshot's parts tell about the quality of the data, counted once per part.

A part's `counts` say, by column,

    filled:c   rows whose cell is not blank
    useless:c  of these, rows whose words say nothing
    lost:c     of these, rows that name something which its own table does not know
    newest     the newest business day of a table of events, as an ordinal

and for a part of the quarantine how many rows fail in a dimension, under its name. A
part that no refresh touches keeps its counts; only what it names is looked up again
when the other table has changed. Null counts and newest days come from the Parquet
files' own statistics, without reading a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from data import quality
from data.warehouse.manifest import Part
from data.warehouse.merge import Workshop
from data.warehouse.personal import INDEXED
from data.warehouse.rows import INSTEAD, quoted, read

NEWEST = "newest"
FOOTERS = """
SELECT file_name, path_in_schema,
    CAST(sum(num_values - stats_null_count) AS BIGINT),
    max(coalesce(stats_max_value, stats_max))
FROM parquet_metadata($paths) GROUP BY ALL
"""
UNKNOWN_GENDERS = """
SELECT filename, count(*) FROM read_parquet($paths, filename = true)
WHERE gender IS NOT NULL AND NOT list_contains($known, lower(trim(gender)))
GROUP BY filename
"""
RULES = """
SELECT filename, rules, count(*) FROM read_parquet($paths, filename = true)
GROUP BY ALL
"""
LOST = """
SELECT filename, count(*) FROM (
    SELECT filename, {column} FROM read_parquet($paths, filename = true)
    WHERE {column} IS NOT NULL
) AS r ANTI JOIN (SELECT {column} FROM read_parquet($targets)) AS t
ON r.{column} = t.{column}
GROUP BY filename
"""
Counts = dict[str, int]


def counted(
    workshop: Workshop, parts: Sequence[Part], before: Iterable[Part]
) -> tuple[Part, ...]:
    """The parts with their counts; `before` are those of the last snapshot."""
    found = {part.path: dict(part.counts) for part in parts}
    fresh = [part for part in parts if not part.counts and part.rows]
    _filled(workshop, fresh, found)
    _genders(workshop, fresh, found)
    _personal(workshop, fresh, found)
    _rejected(workshop, fresh, found)
    _lost(workshop, parts, before, found)
    return tuple(
        replace(part, counts=dict(sorted(found[part.path].items()))) for part in parts
    )


def _of(parts: Iterable[Part], kind: str, table: str | None = None) -> list[Part]:
    return [p for p in parts if p.kind == kind and table in (None, p.table)]


def _paths(workshop: Workshop, parts: Iterable[Part]) -> dict[str, str]:
    """Where the parts lie, and what the manifest calls them."""
    return {str(workshop.store.root / part.path): part.path for part in parts}


def _filled(
    workshop: Workshop, fresh: Sequence[Part], found: Mapping[str, Counts]
) -> None:
    mine = _of(fresh, "parts")
    if not mine:
        return
    paths, tables = _paths(workshop, mine), {part.path: part.table for part in mine}
    rows = workshop.connection.execute(FOOTERS, {"paths": list(paths)}).fetchall()
    for file, column, filled, newest in rows:
        path = paths[file]
        table, counts = tables[path], found[path]
        if column in _told(table):
            counts[f"filled:{column}"] = filled
        if column in _days(table) and newest:
            day = date.fromisoformat(newest).toordinal()
            counts[NEWEST] = max(day, counts.get(NEWEST, 0))


def _told(table: str) -> set[str]:
    names = {*quality.expected(table), *quality.written(table)}
    return {*names, *quality.references(table)}


def _days(table: str) -> tuple[str, ...]:
    day, other = quality.TIMED.get(table), INSTEAD.get(table)
    return tuple(filter(None, (day, other)))


def _genders(
    workshop: Workshop, fresh: Sequence[Part], found: Mapping[str, Counts]
) -> None:
    paths = _paths(workshop, _of(fresh, "parts", "customers"))
    if not paths:
        return
    given = {"paths": list(paths), "known": sorted(quality.GENDERS)}
    for file, rows in workshop.connection.execute(UNKNOWN_GENDERS, given).fetchall():
        found[paths[file]]["useless:gender"] = rows


def _personal(
    workshop: Workshop, fresh: Sequence[Part], found: Mapping[str, Counts]
) -> None:
    for part in _of(fresh, "personal", "customers"):
        rows = read(workshop.connection, [workshop.store.root / part.path])
        if "unusable" not in rows.columns:  # sealed before marks were kept
            rows = rows.project("*, NULL AS unusable")
        sums = []
        for name in INDEXED:
            useless = f"coalesce(contains(unusable, '{name}'), false)"
            sums += [
                f"count(*) FILTER ({name}_index IS NOT NULL OR {useless})",
                f"count(*) FILTER ({useless})",
            ]
        told = rows.aggregate(", ".join(sums)).fetchall()[0]
        kinds = [f"{kind}:{name}" for name in INDEXED for kind in ("filled", "useless")]
        found[part.path].update(zip(kinds, told, strict=True))


def _rejected(
    workshop: Workshop, fresh: Sequence[Part], found: Mapping[str, Counts]
) -> None:
    paths = _paths(workshop, _of(fresh, "quarantine"))
    if not paths:
        return
    rows = workshop.connection.execute(RULES, {"paths": list(paths)}).fetchall()
    for file, rules, count in rows:
        counts = found[paths[file]]
        for dimension in {quality.dimension(rule) for rule in rules}:
            counts[dimension] = counts.get(dimension, 0) + count


def _lost(
    workshop: Workshop,
    parts: Sequence[Part],
    before: Iterable[Part],
    found: Mapping[str, Counts],
) -> None:
    """Look up what rows name: in new parts, and in others if what is named changed."""
    now, old = _by_table(parts), _by_table(before)
    for table, mine in now.items():
        for column, target in quality.references(table).items():
            named = now.get(target, [])
            changed = {p.path for p in named} != {p.path for p in old.get(target, [])}
            asked = [
                p for p in mine if _is_open(found[p.path], column, changed=changed)
            ]
            if not named:
                _forget(mine, column, found)
            elif asked:
                _look_up(workshop, asked, (column, named), found)


def _by_table(parts: Iterable[Part]) -> dict[str, list[Part]]:
    mine = sorted(_of(parts, "parts"), key=lambda part: part.table)
    return {t: list(group) for t, group in groupby(mine, lambda part: part.table)}


def _is_open(counts: Counts, column: str, *, changed: bool) -> bool:
    lost = counts.get(f"lost:{column}")
    return lost is None or (changed and lost > 0)


def _forget(parts: Iterable[Part], column: str, found: Mapping[str, Counts]) -> None:
    for part in parts:
        found[part.path].pop(f"lost:{column}", None)


def _look_up(
    workshop: Workshop,
    parts: Sequence[Part],
    where: tuple[str, Sequence[Part]],
    found: Mapping[str, Counts],
) -> None:
    column, named = where
    filled = [p for p in parts if found[p.path].get(f"filled:{column}")]
    paths, targets = _paths(workshop, filled), _paths(workshop, named)
    rows: dict[str, int] = defaultdict(int)
    if paths:
        given = {"paths": list(paths), "targets": list(targets)}
        query = LOST.format(column=quoted(column))
        told = workshop.connection.execute(query, given).fetchall()
        rows |= {paths[file]: count for file, count in told}
    for part in parts:
        found[part.path][f"lost:{column}"] = rows.get(part.path, 0)
