"""Text of any usual encoding is the same text."""

import csv
import io
from pathlib import Path

import pytest

from data.warehouse import open_current
from tests.faults.company import load, orders, write

MARKED = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


def written(folder: Path, encoding: str) -> Path:
    """Orders of customers with Chinese names, as one CSV file."""
    folder.mkdir()
    rows = [row | {"channel": "门店", "category": "护肤品"} for row in orders(30)]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    content = MARKED.get(encoding, b"") + text.getvalue().encode(encoding)
    (folder / "orders.csv").write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("plain")
    load(written(folder / "in", "utf-8"), folder / "store")
    return open_current(folder / "store").manifest.hash


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "gb18030", "gbk", "utf-16-le", "utf-16-be"]
)
def test_each_encoding_gives_the_same_snapshot(
    tmp_path: Path, plain: str, encoding: str
) -> None:
    """Reliability 2: one hash, and the report says which encoding it was."""
    load(written(tmp_path / "in", encoding), tmp_path / "store")
    made = open_current(tmp_path / "store").manifest
    assert made.hash == plain
    (file,) = made.files
    name = {"utf-8-sig": "utf-8", "gbk": "gb18030"}.get(encoding, encoding)
    told = str(file["notices"])
    assert name in told or encoding == "utf-8-sig"
    assert file["rows_in"] == file["accepted"] == 30


def test_orders_of_other_words_are_another_snapshot(tmp_path: Path, plain: str) -> None:
    load(write(tmp_path / "in", orders=orders(30)), tmp_path / "store")
    assert open_current(tmp_path / "store").manifest.hash != plain
