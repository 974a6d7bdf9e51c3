"""A store before a delivery, to be killed or starved at will, and judged afterwards."""

import shutil
from pathlib import Path

from dashboard.delivery import Build
from dashboard.refresh import refresh
from data.settings import Settings
from data.warehouse import open_current
from data.warehouse.retention import verify
from data.warehouse.snapshot import published_manifests
from data.warehouse.store import Store
from tests.faults.company import count_orders, customers, orders, write

BESIDE = ("CURRENT", ".lock")
SNAPSHOT = ("manifest.json", "manifest.sha256", "marts.duckdb")
Served = tuple[str, int]


def whole(store: Path) -> Served:
    """The hash and orders of the serving snapshot, after checking that it is whole."""
    snapshot = open_current(store)
    assert snapshot.fallback is None
    made = snapshot.manifest
    with snapshot.cursor() as cursor:
        for name, rows in made.marts.items():
            counted = cursor.table(name).aggregate("count(*)").fetchall()
            assert counted == [(rows,)]
        read = cursor.read_parquet(snapshot.parts("orders")).aggregate("count(*)")
        assert read.fetchall() == [(made.tables["orders"],)]
        if "by_customer" in made.marts:
            split = "SELECT orders FROM whole UNION ALL SELECT sum(orders)"
            counted = cursor.execute(f"{split} FROM by_customer").fetchall()
            assert counted == [(made.tables["orders"],)] * 2
    return made.hash, made.tables["orders"]


def files(store: Path) -> set[str]:
    """Every file of a store."""
    return {p.relative_to(store).as_posix() for p in store.rglob("*") if p.is_file()}


def needed_files(store: Path) -> set[str]:
    """The files that the published snapshots and the keys stand on."""
    here = Store(store.resolve())
    found = {*BESIDE, *(name for name in files(store) if is_key(name))}
    for each in here.snapshots.iterdir():
        found |= {f"snapshots/{each.name}/{name}" for name in SNAPSHOT}
    for manifest in published_manifests(here):
        found |= {part.path for part in manifest.parts}
    return found


def is_key(name: str) -> bool:
    """Whether a file is one of those by which personal fields are read."""
    folder, _, file = name.partition("/")
    return folder == "personal" and "/" not in file and not file.startswith(".")


class Company:
    """A store with one snapshot, and the delivery that would make the next one."""

    def __init__(
        self, folder: Path, build: Build | None = count_orders, *, rows: int = 120
    ) -> None:
        self.store = folder / "store"
        self.build = build
        given = orders(rows)
        old = [*given[: rows // 2], given[4] | {"order_id": "B0", "amount": "?"}]
        first = write(folder / "first", orders=old, customers=customers(30))
        given[3] = given[3] | {"amount": "999.00"}
        bad = given[4] | {"order_id": "B1", "amount": "?"}
        self.next = write(folder / "next", orders=[*given, bad], customers=customers())
        self.deliver(first)
        self.old = whole(self.store)
        self.first = shutil.copytree(self.store, folder / "first-store")
        self.deliver()
        self.new = whole(self.store)
        self.restore()

    @classmethod
    def known(
        cls, folder: Path, build: Build | None, *, old: Served, new: Served
    ) -> "Company":
        """A company that another process made in this folder."""
        found = cls.__new__(cls)
        found.store, found.build = folder / "store", build
        found.next, found.first = folder / "next", folder / "first-store"
        found.old, found.new = old, new
        return found

    def deliver(self, source: Path | None = None) -> None:
        """Refresh with the next delivery, or with another one."""
        refresh(source or self.next, self.store, Settings(), build=self.build)

    def restore(self) -> None:
        """Go back to the state before the next delivery."""
        shutil.rmtree(self.store, ignore_errors=True)
        shutil.copytree(self.first, self.store, dirs_exist_ok=True)

    def building(self) -> bool:
        """Whether a half-built snapshot lies in the store."""
        return any(self.store.glob(".building-*"))

    def serves(self) -> str:
        """Whether the old or the new snapshot serves, all of it whole."""
        served = whole(self.store)
        assert served in (self.old, self.new)
        assert not any(each.damage for each in verify(Store(self.store.resolve())))
        return "new" if served == self.new else "old"

    def survives(self) -> str:
        """Old or new is served whole; the next refresh needs no help and tidies up."""
        served = self.serves()
        self.deliver()
        assert whole(self.store) == self.new
        assert not any(each.damage for each in verify(Store(self.store.resolve())))
        assert files(self.store) == needed_files(self.store)
        return served
