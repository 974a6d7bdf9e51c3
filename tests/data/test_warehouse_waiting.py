"""A row that waits and a rejected one of the same key keep their own places."""

from pathlib import Path

from data.settings import Settings
from data.warehouse import open_current
from tests.faults.company import customers, load, orders, write

COMPLETE = Settings(customers_complete=True)


def test_a_released_row_is_no_correction_of_a_rejected_version(tmp_path: Path) -> None:
    """The file has an order of an unknown customer, and a bad newer version of it."""
    store, rows = tmp_path / "store", orders(40)
    rows = [*rows, rows[35] | {"amount": "a lot"}]
    first = write(tmp_path / "1", orders=rows, customers=customers(35))
    load(first, store, COMPLETE)
    assert open_current(store).manifest.quarantined == {"orders": 6}
    whole = write(tmp_path / "2", orders=rows, customers=customers())
    for _ in range(2):
        told = load(whole, store, COMPLETE).total
        assert (told["quarantined"], told["accepted"]) in ((1, 5), (1, 0))
        assert open_current(store).manifest.quarantined == {"orders": 1}
    better = rows[35] | {"amount": "7.00"}
    mended = write(tmp_path / "3", orders=[*rows, better], customers=customers())
    load(mended, store, COMPLETE)
    assert open_current(store).manifest.quarantined == {}
