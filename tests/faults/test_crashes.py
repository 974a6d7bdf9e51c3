"""Whatever kills or starves a refresh, readers see a whole snapshot, old or new."""

import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from data.errors import UnavailableError
from data.warehouse import open_current
from data.warehouse.snapshot import published_manifests
from data.warehouse.store import Store
from tests.faults.company import customers, load, orders, write

ROOT = Path(__file__).resolve().parents[2]


def command(source: Path, store: Path, fault: str, number: int) -> list[str]:
    script = [sys.executable, "-m", "tests.faults.dying"]
    return [*script, str(source), str(store), fault, str(number)]


def started(source: Path, store: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command(source, store, "count", 0),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def ran(source: Path, store: Path, fault: str, number: int) -> tuple[int, str]:
    done = subprocess.run(
        command(source, store, fault, number),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def whole(store: Path) -> tuple[str, int]:
    """The hash and orders of the serving snapshot, after checking that it is whole."""
    snapshot = open_current(store)
    with snapshot.cursor() as cursor:
        orders_in_mart = cursor.execute("SELECT orders FROM whole").fetchall()[0][0]
        split = cursor.execute("SELECT sum(orders) FROM by_customer").fetchall()[0][0]
        rows = cursor.read_parquet(snapshot.parts("orders")).aggregate("count(*)")
        assert rows.fetchall()[0][0] == orders_in_mart == split
    return snapshot.manifest.hash, orders_in_mart


def needed_files(store: Path) -> set[str]:
    found = {"CURRENT", ".lock", "personal/key-id", "personal/salts.parquet"}
    for each in Store(store.resolve()).snapshots.iterdir():
        names = ("manifest.json", "manifest.sha256", "marts.duckdb")
        found |= {f"snapshots/{each.name}/{name}" for name in names}
    for manifest in published_manifests(Store(store.resolve())):
        found |= {part.path for part in manifest.parts}
    return found


def files(store: Path) -> set[str]:
    return {p.relative_to(store).as_posix() for p in store.rglob("*") if p.is_file()}


class Company:
    """A store with one snapshot, and the delivery that would make the next one."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "store"
        rows = orders(120)
        first = write(folder / "first", orders=rows[:60], customers=customers(30))
        rows[3] = rows[3] | {"amount": "999.00"}
        bad = rows[4] | {"order_id": "B1", "amount": "?"}
        self.next = write(folder / "next", orders=[*rows, bad], customers=customers())
        load(first, self.store)
        self.old = whole(self.store)
        self.first = shutil.copytree(self.store, folder / "first-store")
        load(self.next, folder / "expected")
        self.new = whole(folder / "expected")

    def restore(self) -> None:
        """Go back to the state before the next delivery."""
        shutil.rmtree(self.store)
        shutil.copytree(self.first, self.store)

    def building(self) -> bool:
        """Whether a half-built snapshot lies in the store."""
        return any(self.store.glob(".building-*"))

    def survives(self) -> None:
        """Old or new is served whole; the next refresh needs no help."""
        assert whole(self.store) in (self.old, self.new)
        load(self.next, self.store)
        assert whole(self.store) == self.new
        assert files(self.store) == needed_files(self.store)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def steps(company: Company) -> int:
    """How many times a whole refresh touches the store's folders and files."""
    code, words = ran(company.next, company.store, "count", 0)
    assert code == 0
    return int(words)


def test_a_refresh_killed_at_any_stage_leaves_a_whole_snapshot(
    company: Company,
) -> None:
    total = steps(company)
    assert total > 20
    for step in (total // 2, total - 8, total - 2):
        company.restore()
        code, _ = ran(company.next, company.store, "kill", step)
        assert code == -signal.SIGKILL
        company.survives()


@pytest.mark.slow
def test_a_refresh_killed_at_each_step_leaves_a_whole_snapshot(
    company: Company,
) -> None:
    for step in range(1, steps(company) + 1):
        company.restore()
        ran(company.next, company.store, "kill", step)
        company.survives()


@pytest.mark.slow
def test_a_refresh_killed_at_random_moments_leaves_a_whole_snapshot(
    company: Company,
) -> None:
    moments = random.Random(7)
    for _ in range(40):
        company.restore()
        process = started(company.next, company.store)
        while process.poll() is None and not company.building():
            pass
        try:
            process.wait(timeout=moments.uniform(0, 1))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        company.survives()


@pytest.mark.parametrize(
    "sign",
    [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)],
)
def test_a_refresh_that_is_told_to_stop_frees_the_store(
    company: Company, sign: signal.Signals
) -> None:
    process = started(company.next, company.store)
    while process.poll() is None and not company.building():
        pass
    process.send_signal(sign)
    assert process.wait(timeout=30) != 0 or whole(company.store) == company.new
    company.survives()


@pytest.mark.parametrize(
    "limit",
    [
        3_000,
        12_288,
        pytest.param(1, marks=pytest.mark.slow),
        pytest.param(500_000, marks=pytest.mark.slow),
    ],
)
def test_a_full_disk_leaves_the_old_snapshot(company: Company, limit: int) -> None:
    code, words = ran(company.next, company.store, "space", limit)
    assert code == 30
    assert "nothing was published" in words
    assert whole(company.store) == company.old
    assert not company.building()
    company.survives()


def test_a_second_refresh_is_told_that_the_store_is_busy(company: Company) -> None:
    with (
        FileLock(company.store / ".lock"),
        pytest.raises(UnavailableError, match="Busy"),
    ):
        load(company.next, company.store)
    company.survives()


def test_of_refreshes_at_once_each_publishes_or_is_told_busy(company: Company) -> None:
    racing = [started(company.next, company.store) for _ in range(3)]
    codes = [process.wait(timeout=60) for process in racing]
    assert 0 in codes
    assert set(codes) <= {0, 30}
    names = [line.split("-")[0] for line in pointer(company.store)]
    assert len(set(names)) == len(names) == 1 + codes.count(0)
    company.survives()


def pointer(store: Path) -> list[str]:
    return (store / "CURRENT").read_text().splitlines()


def test_the_lock_of_a_dead_refresh_holds_nobody(company: Company) -> None:
    script = (
        "import sys, time; from filelock import FileLock;"
        "lock = FileLock(sys.argv[1]); lock.acquire();"
        "print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(company.store / ".lock")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(UnavailableError, match="Busy"):
        load(company.next, company.store)
    holder.kill()
    holder.wait()
    holder.stdout.close()
    company.survives()


@pytest.mark.parametrize("name", ["manifest.json", "marts.duckdb", "parts"])
def test_damage_is_noticed_before_anything_is_served(
    company: Company, name: str
) -> None:
    current = open_current(company.store)
    place = company.store / "snapshots" / current.id
    if name == "parts":
        Path(current.parts("orders")[0]).unlink()
    else:
        flip(place / name)
    again = (
        "import sys; from pathlib import Path; from data.warehouse import open_current;"
        "from data.errors import UnavailableError\n"
        "try: open_current(Path(sys.argv[1]))\n"
        "except UnavailableError: sys.exit(30)"
    )
    reader = [sys.executable, "-c", again, str(company.store)]
    assert subprocess.run(reader, cwd=ROOT, check=False).returncode == 30


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_old_snapshots_go_and_the_serving_one_stays(tmp_path: Path) -> None:
    store = tmp_path / "store"
    for number in range(17):
        rows = orders(60 + number)
        load(write(tmp_path / "source", orders=rows), store)
    kept = sorted(path.name for path in (store / "snapshots").iterdir())
    assert [name.split("-")[0] for name in kept] == [f"{n:06d}" for n in range(4, 18)]
    assert pointer(store)[0].startswith("000017-")
    assert whole(store)[1] == 76
    assert files(store) <= needed_files(store)
