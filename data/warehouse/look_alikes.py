"""Customers who look like another: flagged as they come in, never merged.

Two customers look alike with the same telephone number, e-mail address or identity
number however it is spelt, with the same full name and date of birth, or with ids that
differ in case, blanks or width of letters only. The blind indexes of the personal
fields tell it; nothing is decrypted, and only the customers' ids are kept.

More than ten customers on one number are one finding: a switchboard or an invented one,
which tells nobody's double.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

import polars as pl
from duckdb import DuckDBPyConnection

from data.warehouse.manifest import Part
from data.warehouse.merge import Workshop, part
from data.warehouse.rows import WHOLE, Schema, read, write_frame
from data.warehouse.snapshot import Snapshot
from data.warehouse.store import make_folder, sync

KIND: Final = "look_alikes"
TABLE: Final = "customers"
EXCESS: Final = "excess"  # customers too many, if those who look alike are one
SPELLING: Final = "spelling"
REASONS: Final[Mapping[str, str]] = {
    "phone": "phone_index",
    "email": "email_index",
    "id_number": "id_number_index",
    "name_and_birth": "person_index",
}
CROWD: Final = 10  # members; more on one value are no pairs
SCHEMA: Final[Schema] = {
    "reason": pl.String,
    "members": pl.Int64,
    "ids": pl.List(pl.String),
}
PAIR: Final[Schema] = {
    "customer_id": pl.String,
    "other_id": pl.String,
    "reasons": pl.List(pl.String),
    "members": pl.Int64,
    "ids": pl.List(pl.String),
}
WIDE: Final = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000"
NARROW: Final = "".join(chr(code) for code in range(0x21, 0x7F)) + " "

SHARED = """
WITH shared AS (
    SELECT {index} FROM sealed WHERE {index} IS NOT NULL
    GROUP BY {index} HAVING count(*) > 1
)
SELECT '{reason}', count(*), list(customer_id ORDER BY customer_id)
FROM sealed SEMI JOIN shared USING ({index}) GROUP BY {index}
"""
SPELT = """
WITH odd AS (
    SELECT customer_id, regexp_replace(
        upper(translate(customer_id, $wide, $narrow)), '\\s+', '', 'g'
    ) AS normal
    FROM {source} WHERE regexp_matches(customer_id, '[a-z\\s]|[^!-~]')
),
known AS (
    SELECT * FROM odd
    UNION ALL
    SELECT p.customer_id, p.customer_id FROM {source} AS p
    SEMI JOIN odd AS o ON o.normal = p.customer_id
)
SELECT $reason, count(DISTINCT customer_id),
    list(DISTINCT customer_id ORDER BY customer_id)
FROM known GROUP BY normal HAVING count(DISTINCT customer_id) > 1
"""
MARTS = "SELECT table_name FROM duckdb_tables() WHERE table_name = 'profiles'"


def spelt_alike(connection: DuckDBPyConnection) -> pl.DataFrame:
    """Groups of ids that are one but for their spelling, from a snapshot's database.

    Of all customers that any table names, where the database has them.
    """
    source = "profiles" if connection.execute(MARTS).fetchall() else TABLE
    given = {"wide": WIDE, "narrow": NARROW, "reason": SPELLING}
    rows = connection.execute(SPELT.format(source=source), given).fetchall()
    return _groups(rows)


def findings(
    workshop: Workshop, parts: Sequence[Part], spelt: pl.DataFrame, old: Sequence[Part]
) -> tuple[Part, ...]:
    """The part that holds the groups of customers who look alike; none without any.

    `old` are the last snapshot's parts: equal findings keep their part.
    """
    groups = pl.concat([_sharing(workshop, parts, old), spelt]).sort("reason", "ids")
    if groups.is_empty():
        return ()
    kept = [part for part in _of(old, KIND) if part.content == _content(groups)]
    made = kept[0] if kept else _written(workshop, groups)
    known = _known(workshop, parts, groups)
    counts = {
        EXCESS: _excess(groups, known),
        "customers": groups["ids"].explode(empty_as_null=False).n_unique(),
    }
    return (replace(made, counts=counts),)


def groups_of(snapshot: Snapshot) -> pl.DataFrame:
    """The groups of a snapshot, one row per shared value: reason, members, ids."""
    paths = [
        snapshot.store.root / part.path for part in _of(snapshot.manifest.parts, KIND)
    ]
    return pl.read_parquet(paths) if paths else pl.DataFrame(schema=SCHEMA)


def listed(groups: pl.DataFrame) -> pl.DataFrame:
    """Pairs of customers with all their reasons; a crowd on one value is one row.

    Most reasons first, then by id. A crowd has its `ids`, and no other id.
    """
    reasons: dict[tuple[str, str], list[str]] = {}
    crowds = []
    for reason, members, ids in groups.iter_rows():
        if members > CROWD:
            crowds.append((ids[0], None, [reason], members, ids))
            continue
        for pair in combinations(ids, 2):
            reasons.setdefault(pair, []).append(reason)
    pairs = [(*pair, why, 2, list(pair)) for pair, why in reasons.items()]
    pairs.sort(key=lambda row: (-len(row[2]), row[0], row[1]))
    crowds.sort(key=lambda row: (-row[3], row[0]))
    return pl.DataFrame([*crowds, *pairs], schema=PAIR, orient="row")


def _of(parts: Iterable[Part], kind: str) -> list[Part]:
    return [part for part in parts if (part.kind, part.table) == (kind, TABLE)]


def _groups(rows: Iterable[tuple[str, int, list[str]]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


def _sharing(
    workshop: Workshop, parts: Iterable[Part], old: Sequence[Part]
) -> pl.DataFrame:
    """Groups that share a personal value; those found before where nothing changed."""
    sealed, before = _of(parts, "personal"), _of(old, "personal")
    kept = _of(old, KIND)
    if kept and {p.path for p in sealed} == {p.path for p in before}:
        groups = pl.read_parquet(workshop.store.root / kept[0].path)
        return groups.filter(pl.col("reason") != SPELLING)
    if not sealed:
        return _groups([])
    connection = workshop.connection
    rows = read(connection, [workshop.store.root / part.path for part in sealed])
    rows.create_view("sealed", replace=True)
    found = [
        connection.execute(SHARED.format(reason=reason, index=index)).fetchall()
        for reason, index in REASONS.items()
        if index in rows.columns
    ]
    return _groups(row for rows in found for row in rows)


def _known(workshop: Workshop, parts: Iterable[Part], groups: pl.DataFrame) -> set[str]:
    """Those of the ids that the customers table has."""
    paths = [workshop.store.root / part.path for part in _of(parts, "parts")]
    if not paths:
        return set()
    ids = groups["ids"].explode(empty_as_null=False).unique().to_list()
    rows = workshop.connection.execute(
        "SELECT customer_id FROM read_parquet($paths) JOIN (SELECT unnest($ids) AS id)"
        " ON id = customer_id",
        {"paths": [str(path) for path in paths], "ids": ids},
    )
    return {customer for (customer,) in rows.fetchall()}


def _excess(groups: pl.DataFrame, known: set[str]) -> int:
    """Customers too many: of those who look alike, directly or not, all but one."""
    small = groups.filter(pl.col("members") <= CROWD)["ids"]
    leader: dict[str, str] = {}

    def find(customer: str) -> str:
        while leader.setdefault(customer, customer) != customer:
            customer = leader[customer]
        return customer

    for ids in small:
        mine = [each for each in ids if each in known]
        for other in mine[1:]:
            leader[find(other)] = find(mine[0])
    return sum(find(each) != each for each in leader)


def _content(groups: pl.DataFrame) -> str:
    told = json.dumps(groups.rows(), ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _written(workshop: Workshop, groups: pl.DataFrame) -> Part:
    folder = workshop.store.folder(KIND, TABLE, WHOLE)
    make_folder(folder)
    path = folder / f"{workshop.version}.parquet"
    write_frame(groups, path)
    sync(path)
    return part(workshop, path, (groups.height, int(_content(groups), 16)))
