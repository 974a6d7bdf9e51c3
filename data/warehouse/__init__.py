"""Accepted rows kept as immutable parts, and snapshots published from them."""

from data.warehouse.manifest import Manifest
from data.warehouse.snapshot import Snapshot, open_current

__all__ = ["Manifest", "Snapshot", "open_current"]
