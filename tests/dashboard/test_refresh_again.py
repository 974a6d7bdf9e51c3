"""A delivery without news, through all the marts: nothing changes, nothing fails."""

from pathlib import Path

from dashboard.answers import answer
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.settings import Settings
from data.warehouse import open_current
from tests.faults.company import customers, orders, write

ASKED = ("revenue", "customers", "repurchase_rate", "tier_distribution", "clv")


def figures(store: Path) -> list[object]:
    reader = Reader(open_current(store))
    return [answer(reader, LOCAL, Question(name)).rows() for name in ASKED]


def test_the_same_files_once_more_change_no_figure(tmp_path: Path) -> None:
    """Reliability 25: the same files twice, with every mart made."""
    source = write(tmp_path / "in", orders=orders(120), customers=customers())
    refresh(source, tmp_path / "store", Settings())
    first = figures(tmp_path / "store")
    report = refresh(source, tmp_path / "store", Settings())
    assert report.total["duplicates"] == report.total["rows_in"]
    assert open_current(tmp_path / "store").manifest.sequence == 2
    assert figures(tmp_path / "store") == first
