"""Parts of a store that was made when rows' contents were told in another way."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from data.warehouse.manifest import Manifest, Part
from data.warehouse.personal_parts import seals
from data.warehouse.pieces import read_rows
from data.warehouse.rows import contents, fingerprint, folded
from data.warehouse.store import Store


def retold(store: Store, manifest: Manifest) -> Manifest:
    """The manifest as it would be now: every part read once and told anew, if need be.

    What was told before cannot be compared with what is told of rows that come in.
    """
    if manifest.telling == fingerprint():
        return manifest
    parts = [_retold(store, part) for part in manifest.parts]
    return replace(manifest, parts=parts, telling=fingerprint())


def _retold(store: Store, part: Part) -> Part:
    path = store.root / part.path
    if part.kind == "parts":
        rows = read_rows(part.table, path)
        return replace(part, content=f"{folded(contents(part.table, rows)):016x}")
    if part.kind == "personal":
        return replace(part, content=f"{seals(pl.read_parquet(path)).content:016x}")
    return part
