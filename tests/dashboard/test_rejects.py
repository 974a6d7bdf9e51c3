"""Rejected rows are listed, exported, corrected in a spreadsheet and loaded again."""

import csv
import io
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.remedies import REMEDIES
from data.settings import Settings
from data.sources.exported import guarded
from data.vault import KEY, KEY_FILE
from tests.dashboard.commands import run
from tests.dashboard.test_quarantine import lineage, reconciled, served, total, waiting
from tests.faults.company import customers, load, orders, write, write_csv

ROWS = orders(50)
BAD = ROWS[7] | {"order_id": "B1", "amount": "a lot"}
FORMULA = ROWS[8] | {"order_id": "=1+1", "amount": "@SUM(A1)"}
CODE = ROWS[9] | {"order_id": "00042", "amount": "?"}
PERSON = {
    "customer_id": "C900",
    "name": "=cmd|' /C calc'!A0",
    "birth_date": "never",
    "phone": "+86 139 0000 7531",
    "email": "'quoted@example.org",
    "region": 'North\nEast, "far"',
}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    source = write(
        tmp_path / "in",
        orders=[*ROWS, BAD, FORMULA, CODE],
        customers=[*customers(), PERSON],
    )
    load(source, tmp_path / "store")
    return tmp_path / "store"


def exported(store: Path, folder: Path) -> dict[str, list[dict[str, str]]]:
    result = run("quarantine", "export", folder, "--store", store)
    assert result.exit_code == 0, result.output
    return {path.stem: rows_of(path) for path in folder.iterdir()}


def rows_of(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def edited(
    rows: list[dict[str, str]], folder: Path, changes: Mapping[str, dict[str, str]]
) -> Path:
    """The exported orders with cells changed, by the order's id."""
    folder.mkdir()
    new = [row | changes.get(row["order_id"], {}) for row in rows]
    write_csv(folder / "orders_rejected.csv", list(new))
    return folder


def test_the_list_counts_by_table_file_and_rule_with_the_remedy(store: Path) -> None:
    result = run("quarantine", "list", "--store", store)
    assert result.exit_code == 0
    assert "orders: orders.csv: 3 number" in result.stdout
    assert REMEDIES["number"] in result.stdout
    rows = json.loads(run("quarantine", "list", "--json", "--store", store).stdout)
    assert [(r["table"], r["file"], r["rule"], r["rows"]) for r in rows] == [
        ("orders", "orders.csv", "number", 3),
        ("customers", "customers.csv", "date", 1),
    ]
    ask = ("quarantine", "list", "--json", "--store", store)
    assert json.loads(run(*ask, "--rule", "date").stdout) == rows[1:]
    assert json.loads(run(*ask, "--table", "orders").stdout) == rows[:1]
    assert json.loads(run(*ask, "--table", "stores").stdout) == []
    assert run(*ask, "--table", "nothing").exit_code == 2
    assert "No row" in run("quarantine", "list", "--store", store, "--rule", "x").stdout


def test_an_export_has_place_reason_and_every_original_cell(
    store: Path, tmp_path: Path
) -> None:
    found = exported(store, tmp_path / "out")
    assert set(found) == {"orders_rejected", "customers_rejected"}
    first = found["orders_rejected"][0]
    assert first["quarantine_file"] == "orders.csv"
    assert first["quarantine_line"] == "52"
    assert first["quarantine_column"] == "amount"
    assert first["quarantine_rule"] == "number"
    assert first["quarantine_remedy"] == REMEDIES["number"]
    assert {name: first[name] for name in BAD} == BAD
    person = found["customers_rejected"][0]
    plain = {name: person[name].removeprefix("'") for name in PERSON}
    assert plain == PERSON
    mode = (tmp_path / "out" / "customers_rejected.csv").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_no_exported_cell_is_a_formula(store: Path, tmp_path: Path) -> None:
    """Reliability 26: what a spreadsheet would run."""
    for rows in exported(store, tmp_path / "out").values():
        for row in rows:
            assert not [cell for cell in row.values() if cell[:1] in tuple("=+-@\t\r")]
    assert rows_of(tmp_path / "out" / "orders_rejected.csv")[2]["order_id"] == "'00042"


@given(st.text())
def test_a_guarded_cell_comes_back_and_never_runs(cell: str) -> None:
    safe = guarded(cell)
    assert safe in (cell, f"'{cell}")
    assert safe.removeprefix("'") == cell
    number = safe.removeprefix("-").replace(",", ".").replace(".", "", 1).isdigit()
    assert number or not safe.lstrip().startswith(("=", "+", "-", "@", "＝", "＋"))


def test_nobody_exports_without_the_key_or_over_a_file(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(store, tmp_path / "out")
    again = run("quarantine", "export", tmp_path / "out", "--store", store)
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    monkeypatch.delenv(KEY)
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "none"))
    assert KEY not in os.environ
    result = run("quarantine", "export", tmp_path / "other", "--store", store)
    assert result.exit_code == 30
    assert not (tmp_path / "other").exists()


def test_a_corrected_export_is_accepted_once_with_a_link(
    store: Path, tmp_path: Path
) -> None:
    """Reliability 24: by the exported file."""
    rows = exported(store, tmp_path / "out")["orders_rejected"]
    ids = {row["quarantine_id"] for row in rows}
    amounts = {"B1": "80.00", "'=1+1": "90.00", "'00042": "70.00"}
    changes = {name: {"amount": amount} for name, amount in amounts.items()}
    source = edited(rows, tmp_path / "fixed", changes)
    told = reconciled(load(source, store))
    assert (told["accepted"], told["quarantined"], told["duplicates"]) == (3, 0, 0)
    good = [
        row | {"amount": amount}
        for row, amount in zip((BAD, FORMULA, CODE), amounts.values(), strict=True)
    ]
    assert served(store) == (53, total([*ROWS, *good]))
    assert waiting(store) == {"customers": 1}
    links = lineage(store)
    assert set(links["id"]) == ids
    assert set(links["how"]) == {"corrected"}
    assert set(links["by_file"]) == {"orders_rejected.csv"}
    assert sorted(links["by_line"]) == [2, 3, 4]
    assert reconciled(load(source, store))["duplicates"] == 3
    assert served(store)[0] == 53


def test_a_correction_without_its_key_changed_too_finds_its_reject(
    store: Path, tmp_path: Path
) -> None:
    rows = exported(store, tmp_path / "out")["orders_rejected"]
    changes = {"B1": {"order_id": "B9", "amount": "80.00"}}
    load(edited(rows[:1], tmp_path / "fixed", changes), store)
    assert waiting(store) == {"orders": 2, "customers": 1}
    assert lineage(store)["id"].to_list() == [rows[0]["quarantine_id"]]


def test_an_export_edited_wrongly_again_or_not_at_all_stays_once(
    store: Path, tmp_path: Path
) -> None:
    first = exported(store, tmp_path / "out")["orders_rejected"]
    source = edited(first, tmp_path / "wrong", {"B1": {"amount": "very much"}})
    write_csv(source / "orders.csv", list(ROWS))
    told = reconciled(load(source, store))
    assert (told["quarantined"], told["duplicates"]) == (3, 50)
    assert waiting(store) == {"orders": 3, "customers": 1}
    second = exported(store, tmp_path / "again")["orders_rejected"]
    assert sorted(row["amount"].removeprefix("'") for row in second) == [
        "?",
        "@SUM(A1)",
        "very much",
    ]
    assert list(second[0]) == list(first[0])  # no column stands there twice
    good = edited(second, tmp_path / "right", {"B1": {"amount": "80.00"}})
    write_csv(good / "orders.csv", list(ROWS))
    assert reconciled(load(good, store))["accepted"] == 1
    assert waiting(store) == {"orders": 2, "customers": 1}
    assert served(store)[0] == 51


def test_an_export_beside_the_unmended_extract_corrects_it_for_good(
    store: Path, tmp_path: Path
) -> None:
    rows = exported(store, tmp_path / "out")["orders_rejected"]
    source = edited(rows[:1], tmp_path / "both", {"B1": {"amount": "80.00"}})
    write_csv(source / "orders.csv", [*ROWS, BAD])
    told = reconciled(load(source, store))
    assert (told["accepted"], told["quarantined"]) == (1, 1)
    assert waiting(store) == {"orders": 2, "customers": 1}
    again = reconciled(load(source, store))
    assert (again["duplicates"], again["quarantined"]) == (52, 0)
    assert served(store)[0] == 51


def test_a_row_that_could_not_be_split_is_exported_as_text_and_stays_until_filled(
    tmp_path: Path,
) -> None:
    store, source = tmp_path / "store", write(tmp_path / "in", orders=ROWS)
    with (source / "orders.csv").open("a", encoding="utf-8") as file:
        file.write("B1,C001,2026-01-05,5,one too many\n")
    load(source, store)
    rows = exported(store, tmp_path / "out")["orders_rejected"]
    text = rows[0]["quarantine_text"]
    assert text == "B1,C001,2026-01-05,5,one too many"
    blank = {"order_id": "", "customer_id": "", "ordered_at": "", "amount": ""}
    for name, cells in (("blank", blank), ("half", blank | {"order_id": "B1"})):
        wrong = write(tmp_path / name, orders=ROWS)
        write_csv(wrong / "orders_rejected.csv", [rows[0] | cells])
        assert reconciled(load(wrong, store))["quarantined"] == 1
        assert waiting(store) == {"orders": 1}
        if name == "blank":
            (again,) = exported(store, tmp_path / "again")["orders_rejected"]
            assert again["quarantine_text"] == text


def test_an_export_that_a_spreadsheet_saved_is_read_all_the_same(
    store: Path, tmp_path: Path
) -> None:
    rows = exported(store, tmp_path / "out")["orders_rejected"]
    rows[0]["amount"] = "80.00"
    folder = tmp_path / "saved"
    folder.mkdir()
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in ([*rows[0]], [*rows[0].values()]):
        sheet.append(line)
    book.save(folder / "orders_rejected.xlsx")
    assert reconciled(load(folder, store))["accepted"] == 1
    assert waiting(store) == {"orders": 2, "customers": 1}
    rows[1]["amount"] = "70.00"
    folder = tmp_path / "semicolons"
    folder.mkdir()
    path = folder / "orders_rejected.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([[*rows[1]], rows[1].values()])
    assert reconciled(load(folder, store))["accepted"] == 1
    assert waiting(store) == {"orders": 1, "customers": 1}


def test_rejects_of_a_file_without_header_can_be_loaded_again(tmp_path: Path) -> None:
    places = {
        name: {"position": place}
        for place, name in enumerate(("order_id", "customer_id", "ordered_at"), 1)
    }
    columns = {**places, "amount": {"position": 4}}
    table = {"header": False, "delimiter": "|", "columns": columns}
    settings = Settings.model_validate({"tables": {"orders": table}})
    source, store = tmp_path / "in", tmp_path / "store"
    source.mkdir()
    lines = ["|".join(map(str, row.values())) for row in [*ROWS, BAD]]
    (source / "orders.csv").write_text("\n".join(lines), encoding="utf-8")
    load(source, store, settings)
    (row,) = exported(store, tmp_path / "out")["orders_rejected"]
    amount = list(row)[-1]
    folder = tmp_path / "fixed"
    folder.mkdir()
    write_csv(folder / "orders_rejected.csv", [row | {amount: "80.00"}])
    assert reconciled(load(folder, store, settings))["accepted"] == 1
    assert waiting(store) == {}
    assert served(store) == (51, total([*ROWS, BAD | {"amount": "80.00"}]))
