"""Whatever kills or starves a refresh, readers see a whole snapshot, old or new."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from data.errors import UnavailableError
from data.warehouse import open_current
from tests.faults.company import load, orders, write
from tests.faults.trial import Company, files, needed_files, whole

ROOT = Path(__file__).resolve().parents[2]


def command(source: Path, store: Path, fault: str, number: int) -> list[str]:
    script = [sys.executable, "-m", "tests.faults.dying"]
    return [*script, str(source), str(store), fault, str(number)]


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


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def steps(company: Company) -> int:
    """How many times a whole refresh touches the store's folders and files."""
    code, words = ran(company.next, company.store, "count", 0)
    assert code == 0
    return int(words)


@pytest.mark.slow
def test_a_refresh_killed_at_any_stage_leaves_a_whole_snapshot(
    company: Company,
) -> None:
    """reliability 33: three moments; all of them are in test_kills.py."""
    total = steps(company)
    assert total > 20
    for step in (total // 2, total - 8, total - 2):
        company.restore()
        code, _ = ran(company.next, company.store, "kill", step)
        assert code == -signal.SIGKILL
        company.survives()


@pytest.mark.parametrize(
    "limit",
    [
        3_000,
        pytest.param(12_288, marks=pytest.mark.slow),
        pytest.param(1, marks=pytest.mark.slow),
        pytest.param(500_000, marks=pytest.mark.slow),
    ],
)
def test_a_full_disk_leaves_the_old_snapshot(company: Company, limit: int) -> None:
    """reliability 35: no file may grow beyond a limit; more in test_disk.py."""
    code, words = ran(company.next, company.store, "space", limit)
    assert code == 30
    assert "nothing was published" in words
    assert whole(company.store) == company.old
    assert not company.building()
    company.survives()


def test_a_second_refresh_is_told_that_the_store_is_busy(company: Company) -> None:
    """reliability 36: a second refresh does not begin."""
    with (
        FileLock(company.store / ".lock"),
        pytest.raises(UnavailableError, match="Busy"),
    ):
        load(company.next, company.store)
    company.survives()


def pointer(store: Path) -> list[str]:
    return (store / "CURRENT").read_text().splitlines()


def test_the_lock_of_a_dead_refresh_holds_nobody(company: Company) -> None:
    """reliability 36: a lock file that a dead process left behind."""
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


@pytest.mark.slow
def test_old_snapshots_go_and_the_serving_one_stays(tmp_path: Path) -> None:
    """Reliability 44: the fourteen newest are kept."""
    store = tmp_path / "store"
    for number in range(17):
        rows = orders(60 + number)
        load(write(tmp_path / "source", orders=rows), store)
    kept = sorted(path.name for path in (store / "snapshots").iterdir())
    assert [name.split("-")[0] for name in kept] == [f"{n:06d}" for n in range(4, 18)]
    assert pointer(store)[0].startswith("000017-")
    assert whole(store)[1] == 76
    assert files(store) <= needed_files(store)
