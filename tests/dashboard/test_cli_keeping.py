"""The commands that keep snapshots: exit codes, words and one JSON document."""

import json
from pathlib import Path

import pytest

from data.warehouse import open_current
from tests.dashboard.commands import run
from tests.faults.company import customers, load, orders, write


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for count in (60, 160, 260):
        source = write(tmp_path / "in", orders=orders(count), customers=customers())
        load(source, tmp_path / "store")
    return tmp_path / "store"


def sequence(store: Path) -> int:
    return open_current(store).manifest.sequence


def test_going_back_and_forward_says_what_serves(store: Path) -> None:
    newest = open_current(store).id
    result = run("snapshots", "rollback", "previous", "--store", store)
    assert (result.exit_code, sequence(store)) == (0, 2)
    assert open_current(store).id in result.stdout
    assert "serves now" in result.stdout
    assert run("snapshots", "rollback", newest, "--store", store).exit_code == 0
    assert sequence(store) == 3
    listed = json.loads(run("snapshots", "list", "--json", "--store", store).stdout)
    assert [row["serving"] for row in listed] == [True, False, False]


def test_what_cannot_be_gone_back_to_is_a_usage_error(
    store: Path, tmp_path: Path
) -> None:
    result = run("snapshots", "rollback", "000009", "--store", store)
    assert result.exit_code == 2
    assert "there are 000003-" in result.stderr
    nowhere = run("snapshots", "rollback", "previous", "--store", tmp_path / "no")
    assert nowhere.exit_code == 30
    assert "no published data" in nowhere.stderr


def test_pruning_names_what_it_removed(store: Path) -> None:
    result = run("snapshots", "prune", "--keep", 2, "--store", store)
    assert result.exit_code == 0
    assert result.stdout.startswith("Removed snapshot 000001-")
    again = run("snapshots", "prune", "--keep", 2, "--store", store)
    assert again.stdout == "Nothing to remove.\n"
    assert run("snapshots", "prune", "--keep", 0, "--store", store).exit_code == 2


def test_verifying_ends_with_30_when_something_is_damaged(store: Path) -> None:
    assert run("snapshots", "verify", "--store", store).exit_code == 0
    marts = store / "snapshots" / open_current(store).id / "marts.duckdb"
    marts.write_bytes(marts.read_bytes()[:-1])
    result = run("snapshots", "verify", "--json", "--store", store)
    assert result.exit_code == 30
    told = json.loads(result.stdout)
    assert [row["whole"] for row in told] == [False, True, True]
    assert "its marts" in told[0]["damage"]
    listed = run("snapshots", "list", "--store", store)
    assert listed.exit_code == 0
    assert "is shown instead" in listed.stderr
    assert run("snapshots", "rollback", "previous", "--store", store).exit_code == 0
    healed = run("snapshots", "list", "--store", store)
    assert "Warning" not in healed.stderr


def test_going_back_is_in_the_audit(store: Path) -> None:
    """Reliability 40: who let which snapshot serve, and which served before."""
    before = open_current(store).id
    assert run("snapshots", "rollback", "previous", "--store", store).exit_code == 0
    entry = json.loads(run("audit", "list", "--json", "--store", store).stdout)[0]
    changes = {each["name"]: each["after"] for each in entry["changes"]}
    assert (entry["who"], entry["kind"]) == ("local", "served")
    assert changes["before"] == before
    assert changes["subject"] == open_current(store).id == entry["snapshot"]
    assert run("audit", "verify", "--store", store).exit_code == 0
    assert run("snapshots", "rollback", before, "--store", store).exit_code == 0
