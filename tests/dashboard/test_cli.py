"""The command line: exit codes, one JSON document, and words instead of tracebacks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.cli.serving import loopback
from data.errors import UsageError
from data.vault import KEY, KEY_FILE
from data.warehouse import open_current
from tests.dashboard.commands import run
from tests.faults.company import customers, load, orders, write

pytestmark = pytest.mark.usefixtures("state")
ROOT = Path(__file__).resolve().parents[2]
PHONE = "13900007531"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "source", orders=orders(120), customers=customers())


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    rows = orders(120)
    bad = rows[0] | {"order_id": "B1", "amount": PHONE}
    worse = rows[0] | {"order_id": "B2", "ordered_at": PHONE}
    return write(tmp_path / "spoilt", orders=[*rows, bad, worse], customers=customers())


def test_a_clean_refresh_ends_with_0_and_tells_each_file(
    source: Path, tmp_path: Path
) -> None:
    result = run("refresh", source, "--store", tmp_path / "store")
    assert result.exit_code == 0
    assert "orders: orders.csv: 120 rows in: 120 accepted" in result.stdout
    assert "Published snapshot 000001-" in result.stdout


def test_a_refresh_with_rejects_ends_with_10_and_counts_them_by_rule(
    spoilt: Path, tmp_path: Path
) -> None:
    result = run("refresh", spoilt, "--store", tmp_path / "store", "--json")
    assert result.exit_code == 10
    document = json.loads(result.stdout)
    assert document["exit_code"] == 10
    told = document["files"][0]
    assert (told["rows_in"], told["accepted"]) == (122, 122 - told["quarantined"])
    assert sum(told["rules"].values()) == told["quarantined"] > 0
    assert document["snapshot"] == open_current(tmp_path / "store").id
    assert PHONE not in result.output


@pytest.mark.parametrize("as_json", [True, False])
def test_what_cannot_be_accepted_ends_with_20(tmp_path: Path, as_json: bool) -> None:
    nothing = write(tmp_path / "source", customers=customers())
    rows = [{"order_id": "1", "customer_id": "2"}]
    unfinished = write(tmp_path / "unfinished", orders=rows)
    for source in (tmp_path / "absent", nothing, unfinished):
        for command in ("refresh", "check"):
            where = ["--store", tmp_path / "store"] if command == "refresh" else []
            asked = ["--json"] if as_json else []
            result = run(command, source, *where, *asked)
            assert result.exit_code == 20
            assert result.stderr.startswith("Error: ")
            if as_json:
                assert json.loads(result.stdout)["outcome"] == "refused"
    assert not (tmp_path / "store" / "CURRENT").exists()


def test_a_check_publishes_nothing(spoilt: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    result = run("check", spoilt, "--json")
    assert result.exit_code == 10
    assert json.loads(result.stdout)["outcome"] == "checked"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_wrong_key_or_a_missing_store_ends_with_30(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("metric", "revenue", "--store", tmp_path / "none").exit_code == 30
    assert run("serve", "--store", tmp_path / "none").exit_code == 30
    store = tmp_path / "store"
    load(source, store)
    monkeypatch.setenv(KEY, "22" * 32)
    for command in (("refresh", source), ("metric", "revenue"), ("serve",)):
        result = run(*command, "--store", store)
        assert result.exit_code == 30
        assert KEY in result.stderr
    monkeypatch.delenv(KEY)
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "no-key"))
    assert run("refresh", source, "--store", store).exit_code == 30


def test_an_engine_that_is_not_installed_ends_with_30(
    source: Path, tmp_path: Path
) -> None:
    where = ("--store", tmp_path / "store")
    assert run("refresh", source, *where, "--engine", "spark").exit_code == 30
    assert run("refresh", source, *where, "--engine", "abacus").exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("metric", "nbs"),
        ("metric", "nps", "--colour", "red"),
        ("metric", "nps", "--top"),
        ("metric", "nps", "--where", "tier"),
        ("metric", "nps", "--where", "shoe_size=44"),
        ("metric", "nps", "--by", "shoe_size"),
        ("metric", "nps", "--as-of", "yesterday"),
        ("metric", "nps", "--as-of", "1999-01-31"),
        ("metric", "nps", "--window", "fortnight"),
        ("metric", "nps", "stray"),
        ("refresh",),
        ("serve", "--address", "0.0.0.0"),
        ("nonsense",),
    ],
)
def test_a_wrong_command_ends_with_2(
    company_store: Path, arguments: tuple[str, ...]
) -> None:
    where = ("--store", company_store) if arguments[0] in ("metric", "serve") else ()
    result = run(*arguments, *where)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_settings_file_with_an_unknown_key_ends_with_2(source: Path) -> None:
    settings = source / "customer-health.toml"
    settings.write_text("timezzone = 'UTC'\n")
    result = run("check", source)
    assert result.exit_code == 2
    assert "timezone" in result.stderr


def test_settings_beside_the_extracts_are_used(source: Path, tmp_path: Path) -> None:
    (source / "customer-health.toml").write_text("currency = 'EUR'\n")
    assert run("refresh", source, "--store", tmp_path / "store").exit_code == 0
    assert open_current(tmp_path / "store").manifest.currency == "EUR"


def test_snapshots_are_listed_newest_first(source: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    for _ in range(2):
        load(source, store)
    told = json.loads(run("snapshots", "list", "--store", store, "--json").stdout)
    assert [each["snapshot"][:6] for each in told] == ["000002", "000001"]
    assert [each["serving"] for each in told] == [True, False]
    assert told[0]["hash"] == told[1]["hash"]
    lines = run("snapshots", "list", "--store", store).stdout.splitlines()
    assert [line[:8] for line in lines] == ["* 000002", "  000001"]


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_the_server_refuses_addresses_that_others_can_reach(address: str) -> None:
    with pytest.raises(UsageError, match="no login"):
        loopback(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "[::1]"])
def test_the_server_takes_loopback_addresses(address: str) -> None:
    assert loopback(address) in ("127.0.0.1", "::1")


@pytest.mark.parametrize("raised", ["ValueError", "PanicException"])
def test_what_nobody_foresaw_gets_a_number_and_not_a_traceback(
    source: Path, tmp_path: Path, state: Path, raised: str
) -> None:
    store = tmp_path / "store"
    load(source, store)
    script = (
        "import sys; from pathlib import Path; from dashboard import build;"
        "from polars.exceptions import PanicException\n"
        f"def failing(*_): raise {raised}('{PHONE}')\n"
        "build.build = failing;"
        "from dashboard.cli import main; sys.argv[0] = 'customer-health'; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "refresh", str(source), "--store", str(store)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 30
    assert "incident" in done.stderr
    assert "Traceback" not in done.stderr
    log = state.read_text()
    assert raised in log
    assert PHONE not in done.stdout + done.stderr + log
    assert open_current(store).manifest.sequence == 1


def test_help_works_from_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "dashboard.cli", "--help"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "refresh" in done.stdout
