"""The command for customers who look alike."""

import csv
import json
from pathlib import Path

import pytest

from tests.dashboard.commands import run
from tests.faults.company import customers, orders, write


@pytest.fixture
def store(tmp_path: Path) -> Path:
    people = [dict(each) for each in customers()]
    people[1]["phone"] = people[0]["phone"]
    people.append(people[7] | {"customer_id": "c007"})
    source = write(tmp_path / "in", orders=orders(60), customers=people)
    assert run("refresh", source, "--store", tmp_path / "store").exit_code == 0
    return tmp_path / "store"


def test_pairs_are_listed_with_all_they_have_in_common(store: Path) -> None:
    result = run("look-alikes", "list", "--store", store)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "C007  c007  email, name_and_birth, phone, spelling",
        "C000  C001  phone",
    ]
    rows = json.loads(run("look-alikes", "list", "--json", "--store", store).stdout)
    assert [(row["customer_id"], row["other_id"]) for row in rows] == [
        ("C007", "c007"),
        ("C000", "C001"),
    ]
    counted = run("metric", "look_alikes", "--format", "json", "--store", store)
    assert json.loads(counted.stdout) == [{"segment": "all", "value": 2.0, "n": 4}]


def test_the_file_is_for_its_owner_only_and_overwrites_nothing(
    store: Path, tmp_path: Path
) -> None:
    path = tmp_path / "alike.csv"
    result = run("look-alikes", "export", path, "--store", store)
    assert (result.exit_code, result.stdout) == (0, f"2 findings to {path}\n")
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["other_id"] for row in rows] == ["c007", "C001"]
    assert rows[0]["reasons"] == "email name_and_birth phone spelling"
    again = run("look-alikes", "export", path, "--store", store)
    assert again.exit_code == 2
    assert "is there already" in again.stderr


def test_where_nobody_looks_alike_it_says_so(tmp_path: Path) -> None:
    source = write(tmp_path / "in", orders=orders(60), customers=customers())
    run("refresh", source, "--store", tmp_path / "store")
    result = run("look-alikes", "list", "--store", tmp_path / "store")
    assert result.stdout == "No customer looks like another.\n"
