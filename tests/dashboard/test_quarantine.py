"""Rejected rows wait, are put right and come in once; nothing is counted twice."""

import random
from pathlib import Path

import polars as pl
import pytest

from dashboard.report import RefreshReport
from data.errors import RefusedError
from data.settings import Settings
from data.warehouse import open_current
from tests.faults.company import customers, load, orders, write

Row = dict[str, object]
COMPLETE = Settings(customers_complete=True)


def reconciled(report: RefreshReport) -> dict[str, int]:
    """The counts of all files, after checking the sum for each file."""
    for file in report.files:
        parts = (file["accepted"], file["quarantined"], file["duplicates"])
        assert file["rows_in"] == sum(parts)
        assert sum(file["rules"].values()) == file["quarantined"]
    return report.total


def waiting(store: Path) -> dict[str, int]:
    return open_current(store).manifest.quarantined


def served(store: Path) -> tuple[int, str]:
    """Orders and their sum, in the marts and in the parts alike."""
    snapshot = open_current(store)
    with snapshot.cursor() as cursor:
        rows, amount = cursor.execute("SELECT orders, amount FROM whole").fetchall()[0]
    kept = pl.read_parquet(snapshot.parts("orders"))
    assert (kept.height, kept["order_id"].n_unique()) == (rows, rows)
    return rows, str(amount)


def total(rows: list[Row]) -> str:
    return f"{sum(round(float(str(row['amount'])) * 100) for row in rows) / 100:.4f}"


def lineage(store: Path, table: str = "orders") -> pl.DataFrame:
    snapshot = open_current(store)
    parts = snapshot.manifest.of("lineage", table)
    return pl.concat(pl.read_parquet(store / part.path) for part in parts)


def test_rows_of_unknown_customers_are_held_and_come_in_with_the_customer(
    tmp_path: Path,
) -> None:
    """Reliability 19: held, and released without being delivered again."""
    store, rows = tmp_path / "store", orders(80)
    known = [row for row in rows if str(row["customer_id"]) < "C030"]
    first = write(tmp_path / "1", orders=rows, customers=customers(30))
    told = reconciled(load(first, store, COMPLETE))
    assert (told["rows_in"], told["quarantined"]) == (110, len(rows) - len(known))
    assert served(store) == (len(known), total(known))
    new = orders(1, first=80)
    second = write(tmp_path / "2", orders=new, customers=customers(40))
    report = load(second, store, COMPLETE)
    assert reconciled(report)["quarantined"] == 0
    assert report.as_dict()["released"] == {"orders": len(rows) - len(known)}
    assert any("20 rows released" in line for line in report.lines())
    assert report.exit_code == 0
    assert waiting(store) == {}
    assert served(store) == (81, total([*rows, *new]))
    assert set(lineage(store)["how"]) == {"released"}


def test_waiting_or_not_the_end_is_the_same_to_the_last_byte(tmp_path: Path) -> None:
    rows = orders(80)
    rows[35] = rows[35] | {"ordered_at": "2026-01-12"}  # a day without a time
    late = write(tmp_path / "1", orders=rows, customers=customers(30))
    load(late, tmp_path / "a", COMPLETE)
    whole = write(tmp_path / "2", orders=rows, customers=customers())
    again = reconciled(load(whole, tmp_path / "a", COMPLETE))
    load(whole, tmp_path / "b", COMPLETE)
    assert again["duplicates"] == 80 + 30
    one, two = (open_current(tmp_path / name).manifest for name in "ab")
    assert (one.hash, one.totals) == (two.hash, two.totals)


def test_rows_of_tables_that_do_not_come_again_are_released_too(
    tmp_path: Path,
) -> None:
    """Reliability 19: of all tables that name a customer."""
    store = tmp_path / "store"
    answers = [
        {
            "response_id": f"S{n}",
            "customer_id": f"C{n:03d}",
            "sent_at": "2026-01-02",
            "score": 9,
            "comment": f"canary {n}",
        }
        for n in range(40)
    ]
    tables = {"orders": orders(20), "customers": customers(30)}
    load(write(tmp_path / "1", surveys=answers, **tables), store, COMPLETE)
    assert waiting(store) == {"surveys": 10}
    tables = {"orders": orders(21), "customers": customers(35)}
    report = load(write(tmp_path / "2", **tables), store, COMPLETE)
    assert report.as_dict()["released"] == {"surveys": 5}
    assert waiting(store) == {"surveys": 5}
    assert open_current(store).manifest.tables["surveys"] == 35
    report = load(write(tmp_path / "3", orders=orders(22)), store)
    assert report.as_dict()["released"] == {"surveys": 5}  # nobody has to be known


def test_held_rows_that_come_again_are_held_once(tmp_path: Path) -> None:
    store = tmp_path / "store"
    source = write(tmp_path / "1", orders=orders(40), customers=customers(30))
    for _ in range(3):
        assert reconciled(load(source, store, COMPLETE))["quarantined"] == 10
        assert waiting(store) == {"orders": 10}


def test_a_newer_version_of_a_held_row_wins(tmp_path: Path) -> None:
    store, rows = tmp_path / "store", orders(40)
    load(
        write(tmp_path / "1", orders=rows, customers=customers(39)),
        store,
        COMPLETE,
    )
    rows[39] = rows[39] | {"amount": "1.00"}
    load(write(tmp_path / "2", orders=rows, customers=customers(39)), store, COMPLETE)
    assert waiting(store) == {"orders": 1}
    rows[39] = rows[39] | {"amount": "2.00"}
    load(write(tmp_path / "3", orders=rows, customers=customers()), store, COMPLETE)
    assert served(store) == (40, total(rows))
    assert waiting(store) == {}


def test_a_corrected_row_leaves_the_quarantine_with_a_link(tmp_path: Path) -> None:
    """Reliability 24: once, and on record."""
    store, rows = tmp_path / "store", orders(50)
    bad = rows[7] | {"order_id": "B1", "amount": "a lot"}
    load(write(tmp_path / "1", orders=[*rows, bad]), store)
    assert waiting(store) == {"orders": 1}
    good = bad | {"amount": "80.00"}
    told = reconciled(load(write(tmp_path / "2", orders=[rows[0], good]), store))
    assert (told["accepted"], told["duplicates"]) == (1, 1)
    assert waiting(store) == {}
    assert served(store) == (51, total([*rows, good]))
    link = lineage(store).row(0, named=True)
    assert (link["file"], link["line"], link["rule"]) == ("orders.csv", 52, "number")
    assert (link["by_file"], link["by_line"]) == ("orders.csv", 3)
    assert link["how"] == "corrected"


def test_a_rejected_row_that_was_put_right_is_a_duplicate_when_it_comes_again(
    tmp_path: Path,
) -> None:
    store, rows = tmp_path / "store", orders(50)
    bad = rows[7] | {"order_id": "B1", "amount": "a lot"}
    good = bad | {"amount": "80.00"}
    load(write(tmp_path / "1", orders=[*rows, bad]), store)
    load(write(tmp_path / "2", orders=[good]), store)
    told = reconciled(load(write(tmp_path / "1", orders=[*rows, bad]), store))
    assert (told["quarantined"], told["duplicates"]) == (0, 51)
    assert waiting(store) == {}
    assert lineage(store).height == 1


def test_a_row_edited_wrongly_again_stays_once(tmp_path: Path) -> None:
    """Reliability 24: the new version takes the old one's place."""
    store, rows = tmp_path / "store", orders(50)
    bad = rows[7] | {"order_id": "B1", "amount": "a lot"}
    for amount in ("a lot", "much", "a lot", "more"):
        delivered = [*rows, bad | {"amount": amount}]
        load(write(tmp_path / "source", orders=delivered), store)
        assert waiting(store) == {"orders": 1}
    load(write(tmp_path / "source", orders=[*rows, bad | {"amount": "5"}]), store)
    assert waiting(store) == {}
    assert served(store)[0] == 51


def test_an_older_good_version_does_not_excuse_a_bad_one(tmp_path: Path) -> None:
    store, rows = tmp_path / "store", orders(50)
    load(write(tmp_path / "1", orders=rows), store)
    bad = rows[7] | {"amount": "?"}
    load(write(tmp_path / "2", orders=[*rows[:7], bad, *rows[8:]]), store)
    load(write(tmp_path / "3", orders=rows), store)
    assert waiting(store) == {"orders": 1}
    assert served(store) == (50, total(rows))


@pytest.mark.parametrize("change", ["amount", "new"])
def test_corrections_of_old_orders_pass_the_gate(tmp_path: Path, change: str) -> None:
    store, rows = tmp_path / "store", orders(100)
    load(write(tmp_path / "1", orders=rows), store)
    if change == "amount":
        delta = [row | {"amount": "55.00"} for row in rows[:10]]
        expected = [*delta, *rows[10:]]
    else:
        delta = [row | {"order_id": f"L{n}"} for n, row in enumerate(rows[:10])]
        expected = [*rows, *delta]
    source = write(tmp_path / "2", orders=delta)
    load(source, store)
    assert served(store) == (len(expected), total(expected))
    again = reconciled(load(source, store))
    assert (again["accepted"], again["duplicates"]) == (0, 10)


def test_after_a_correction_an_old_extract_is_still_refused(tmp_path: Path) -> None:
    store, rows = tmp_path / "store", orders(100)
    load(write(tmp_path / "1", orders=rows), store)
    delta = [row | {"amount": "55.00"} for row in rows[:3]]
    load(write(tmp_path / "2", orders=delta), store)
    for old in (rows[3:80], rows[3:20]):
        with pytest.raises(RefusedError, match="newest day"):
            load(write(tmp_path / "3", orders=old), store)


def test_a_history_with_other_amounts_and_without_its_end_is_no_correction(
    tmp_path: Path,
) -> None:
    store, rows = tmp_path / "store", orders(100)
    load(write(tmp_path / "1", orders=rows), store)
    other = [row | {"amount": "55.00"} for row in rows[:80]]
    with pytest.raises(RefusedError, match="newest day"):
        load(write(tmp_path / "2", orders=other), store)


def test_held_rows_do_not_open_the_gate_to_an_old_extract(tmp_path: Path) -> None:
    store, rows = tmp_path / "store", orders(100)
    first = write(tmp_path / "1", orders=rows, customers=customers(20))
    load(first, store, COMPLETE)
    assert waiting(store) == {"orders": 40}
    old = [row for row in rows[:80] if str(row["customer_id"]) < "C020"]
    with pytest.raises(RefusedError, match="newest day"):
        load(write(tmp_path / "2", orders=old), store, COMPLETE)


class Ledger:
    """The rules in plain Python, for deliveries with one version of a key each."""

    def __init__(self) -> None:
        self.kept: dict[str, Row] = {}
        self.out: dict[str, Row] = {}
        self.left: list[Row] = []
        self.known: set[str] = set()

    def deliver(self, rows: list[Row], people: set[str]) -> tuple[int, int]:
        """Rows quarantined and rows released by a delivery."""
        self.known |= people
        freed = [row for row in self.out.values() if self.is_good(row)]
        for row in freed:
            self.kept[self.leave(str(row["order_id"]))] = row
        return sum(map(self.take, rows)), len(freed)

    def is_good(self, row: Row) -> bool:
        return row["amount"] != "?" and row["customer_id"] in self.known

    def leave(self, key: str) -> str:
        if key in self.out:
            self.left.append(self.out.pop(key))
        return key

    def take(self, row: Row) -> bool:
        key = str(row["order_id"])
        if self.is_good(row):
            if self.kept.get(key) != row:
                self.kept[self.leave(key)] = row
            return False
        if row in self.left:
            return False
        if self.out.get(key) != row:
            self.out[self.leave(key)] = row
        return True


@pytest.mark.parametrize("seed", range(4))
def test_a_plain_ledger_agrees_after_every_delivery(tmp_path: Path, seed: int) -> None:
    chance, ledger, store = random.Random(seed), Ledger(), tmp_path / "store"
    for number in range(6):
        rows = [
            row | {"amount": chance.choice(["10.00", "20.00", "?"])}
            for row in chance.sample(orders(60), 30)
        ]
        rows.append(orders(1, first=90 + 3 * number)[0] | {"customer_id": "C000"})
        people = customers(10 + 6 * number)
        source = write(tmp_path / "source", orders=rows, customers=people)
        report = load(source, store, COMPLETE)
        told = ledger.deliver(rows, {str(each["customer_id"]) for each in people})
        freed = report.as_dict()["released"].get("orders", 0)
        assert (reconciled(report)["quarantined"], freed) == told
        assert waiting(store).get("orders", 0) == len(ledger.out)
        assert served(store) == (len(ledger.kept), total([*ledger.kept.values()]))
        if ledger.left:
            assert lineage(store).height == len(ledger.left)
