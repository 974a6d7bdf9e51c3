"""How rejected rows leave the quarantine: put right, replaced, or let in at last.

A rejected row is corrected by an accepted row that names it, as an export of rejects
does in its column `quarantine_id`, or by a new row of its key in a later delivery. It
is replaced by another rejected row that names it, or that has its key while the old one
did not come again. A row that waited for its customer is released when the customer is
there. What left stays on record with the row that took its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from data import held
from data.schemas import columns
from data.vault import Vault
from data.warehouse.manifest import Part
from data.warehouse.merge import Workshop
from data.warehouse.rows import Schema, quoted, read, write_frame
from data.warehouse.staging import REJECTED, Staging, Waiting, reject_place
from data.warehouse.store import Store

LEAVING: Final[Schema] = {
    "id": pl.String,
    "how": pl.String,  # corrected, replaced or released
    "by_file": pl.String,
    "by_line": pl.Int64,
    "by": pl.String,  # the rejected row that takes its place
}
WON: Final = """
SELECT h.* FROM hopeful AS h
ANTI JOIN dropped AS d ON d._seq = h.seq
ANTI JOIN (
    SELECT v._seq FROM verdicts AS v
    JOIN verdicts AS r ON r._key = v._key AND r._content = v._content
    WHERE r._seq >= 0 AND r._seq < $released
) AS w ON w._seq = h.seq
"""
WHAT: Final = ("id", "file", "line", "column", "rule")


def quarantined(store: Store, parts: Sequence[Part]) -> pl.DataFrame:
    """The rows of a quarantine, their cells sealed."""
    paths = [store.root / part.path for part in parts]
    if not paths:
        return pl.DataFrame(schema=REJECTED)
    rows = pl.scan_parquet(paths, schema=REJECTED, missing_columns="insert")
    return rows.collect()


def unsealed(
    vault: Vault, table: str, rows: pl.DataFrame, column: str
) -> list[str | None]:
    """The texts of `row`, `key` or `held` of quarantined rows.

    Errors: UnavailableError with another key, or for a changed ciphertext.
    """
    cells = rows["sealed" if column == "row" else column]
    return [
        None
        if sealed is None
        else vault.open_row(reject_place(table, id_, column), sealed)
        for id_, sealed in zip(rows["id"], cells, strict=True)
    ]


def recall(
    vault: Vault, table: str, rows: pl.DataFrame, left: pl.Series, *, whole: bool
) -> Waiting:
    """What a staging has to know of the quarantine.

    The rows of a table that is replaced `whole` have no keys of their own.
    """
    keys = [None] * rows.height if whole else unsealed(vault, table, rows, "key")
    waits = rows.filter(pl.col("held").is_not_null())["id"]
    return Waiting(
        keys=dict(zip(rows["id"], keys, strict=True)),
        held=frozenset(waits),
        settled=frozenset(left),
    )


def arrived(
    vault: Vault, table: str, rows: pl.DataFrame, customers: pl.Series | None
) -> pl.DataFrame:
    """The rows whose customer is there now, as they were accepted, with `_id`.

    Without `customers` nobody has to be known, and all of them go in.
    """
    waits = rows.filter(pl.col("held").is_not_null())
    texts = unsealed(vault, table, waits, "held")
    found = held.read_back(table, [text for text in texts if text is not None])
    found = found.with_columns(waits["id"].alias("_id"))
    if customers is None:
        return found
    known = customers.alias("customer_id").to_frame()
    return found.join(known, on="customer_id", how="semi", maintain_order="left")


def leaving(workshop: Workshop, staging: Staging, *, whole: bool) -> pl.DataFrame:
    """Which rows leave the quarantine in this refresh, and why. `merge` comes first."""
    coming = pl.concat(staging.coming)
    rows = coming.filter(pl.col("seq").is_not_null())
    rejects = coming.filter(pl.col("id").is_not_null())
    old = pl.DataFrame(
        list(staging.waiting.keys.items()),
        schema={"old": pl.String, "key": pl.String},
        orient="row",
    )
    absent = old.filter(~pl.col("old").is_in(list(staging.again)))
    stale = sorted(staging.waiting.held - staging.again) if whole else []
    found = [
        _ids(staging.released_ids, "released"),
        _named(rows, "corrected"),
        _of_key(_won(workshop, staging, rows), old, "corrected"),
        _named(rejects, "replaced"),
        _of_key(rejects, absent, "replaced"),
        _ids(stale, "replaced"),
    ]
    return pl.concat(found).unique("id", keep="first", maintain_order=True)


def lineage(workshop: Workshop, staging: Staging, kept: Sequence[Part]) -> str:
    """SQL for the record of all rows that left, with those that leave now."""
    root = workshop.store.root
    what = ", ".join(f"c.{quoted(name)}" for name in WHAT)
    now = (
        f"SELECT {what}, l.how, l.by_file, l.by_line, l.by,"  # noqa: S608 names of ours
        f" '{workshop.version}' AS snapshot"
        " FROM (SELECT DISTINCT ON (id) * FROM candidates ORDER BY id, _rank) AS c"
        " JOIN leaving AS l ON l.id = c.id"
    )
    if not kept:
        return f"SELECT * FROM ({now}) ORDER BY id"  # noqa: S608 the statement above
    paths = [root / part.path for part in kept]
    read(workshop.connection, paths).create_view("left_before", replace=True)
    return f"SELECT * FROM ({now} UNION ALL FROM left_before) ORDER BY id"  # noqa: S608 see above


def show(workshop: Workshop, staging: Staging, rows: pl.DataFrame, name: str) -> None:
    """Make a frame a view of the workshop's."""
    path = staging.folder / f"{name}.parquet"
    write_frame(rows, path)
    read(workshop.connection, [path]).create_view(name, replace=True)


def names_a_customer(table: str) -> bool:
    """Whether rows of a table may have to wait for a customer."""
    return table != "customers" and "customer_id" in columns(table)


def _ids(ids: Sequence[str], how: str) -> pl.DataFrame:
    return _left(pl.DataFrame({"id": list(ids)}, schema={"id": pl.String}), how)


def _named(rows: pl.DataFrame, how: str) -> pl.DataFrame:
    other = pl.col("corrects").ne_missing(pl.col("id"))
    named = rows.filter(pl.col("corrects").is_not_null() & other)
    return _left(_by(named).with_columns(id="corrects"), how)


def _of_key(rows: pl.DataFrame, old: pl.DataFrame, how: str) -> pl.DataFrame:
    same = _by(rows).join(old, on="key", how="inner")
    others = same.filter(pl.col("by").ne_missing(pl.col("old")))
    return _left(others.with_columns(id="old"), how)


def _by(rows: pl.DataFrame) -> pl.DataFrame:
    """Later rows first: the last one is the one that stays."""
    latest = rows.reverse()
    return latest.with_columns(by="id", by_file="file", by_line="line")


def _left(rows: pl.DataFrame, how: str) -> pl.DataFrame:
    given = [
        pl.col(name) if name in rows.columns else pl.lit(None, dtype=kind).alias(name)
        for name, kind in LEAVING.items()
        if name != "how"
    ]
    return rows.select(*given, how=pl.lit(how)).select(list(LEAVING))


def _won(workshop: Workshop, staging: Staging, rows: pl.DataFrame) -> pl.DataFrame:
    """Those of the rows that came in as new or changed, and stay.

    One that only repeats a row that waited is not new: it came before its reject.
    """
    if rows.is_empty():
        return rows
    show(workshop, staging, rows, "hopeful")
    return workshop.connection.sql(WON, params={"released": staging.released}).pl()
