"""Deliveries at the far ends: one bad row, all bad, two encodings, stray quotes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import polars as pl
import pytest

from dashboard.refresh import refresh
from data.errors import RefusedError
from data.settings import Settings
from data.warehouse import Snapshot, open_current
from data.warehouse.gate import QualityError
from tests.hostile.reading import no_marts, rejects
from tests.hostile.writing import MARKS, NO_TEXT

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEADER = "order_id,customer_id,ordered_at,amount,category"
MANY = 200_000


def line(number: int, category: str = "面膜") -> str:
    day = f"2026-{1 + number % 2:02d}-{1 + number % 28:02d}"
    amount = f"{number % 90}.{number % 100:02d}"
    return f"{number:07d},C{number % 900},{day},{amount},{category}"


def total(numbers: Iterator[int]) -> Decimal:
    return Decimal(sum(number % 90 * 100 + number % 100 for number in numbers)) / 100


def load(folder: Path, content: bytes) -> Snapshot:
    source = folder / "source"
    source.mkdir(exist_ok=True)
    (source / "orders.csv").write_bytes(content)
    refresh(source, folder / "store", Settings(), build=no_marts, now=NOW)
    return open_current(folder / "store")


def outcome(folder: Path, content: bytes) -> Snapshot | str:
    """What was published, or the reason why nothing was."""
    try:
        return load(folder, content)
    except RefusedError as error:
        return str(error)


def counts(snapshot: Snapshot) -> tuple[int, int, int, int]:
    (file,) = snapshot.manifest.files
    names = ("rows_in", "accepted", "quarantined", "duplicates")
    rows_in, accepted, quarantined, duplicates = (file[name] for name in names)
    assert rows_in == accepted + quarantined + duplicates
    return rows_in, accepted, quarantined, duplicates


@pytest.mark.slow
@pytest.mark.parametrize("every", [MANY, 7])
def test_of_very_many_rows_exactly_the_bad_ones_are_out(
    tmp_path: Path, every: int
) -> None:
    """Reliability 23: one bad row of very many, and every seventh."""
    bad = (
        set(range(every - 1, MANY, every))
        if every < MANY
        else {Random(1).randrange(MANY)}
    )
    lines = [
        line(n).replace("2026-", "2026/13/") if n in bad else line(n)
        for n in range(MANY)
    ]
    found = load(tmp_path, "\n".join([HEADER, *lines]).encode())
    assert counts(found) == (MANY, MANY - len(bad), len(bad), 0)
    assert rejects(found, "orders") == {("orders.csv", n + 2): "date" for n in bad}
    good = (number for number in range(MANY) if number not in bad)
    assert Decimal(found.manifest.totals["orders.amount"]) == total(good)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_one_row_of_a_thousand_that_is_no_text_is_out_alone(
    tmp_path: Path, encoding: str
) -> None:
    """Reliability 4: one invalid byte, or half a character, in row 500."""
    lines = [line(number).encode(encoding) for number in range(1_000)]
    lines[499] = line(499, "a").encode(encoding) + NO_TEXT[encoding][0]
    end, mark = "\n".encode(encoding), MARKS.get(encoding, b"")
    found = load(tmp_path, mark + end.join([HEADER.encode(encoding), *lines]))
    assert counts(found) == (1_000, 999, 1, 0)
    assert rejects(found, "orders") == {("orders.csv", 501): "encoding"}
    kept = pl.read_parquet(found.parts("orders"))
    assert set(kept["category"]) == {"面膜"}


@pytest.mark.parametrize("rows", [1, 50])
def test_where_every_row_is_bad_nothing_is_published(tmp_path: Path, rows: int) -> None:
    """Reliability 23: all of them bad; the report still says of each what it is."""
    lines = [line(number).replace(f",C{number},", ",,") for number in range(rows)]
    with pytest.raises(QualityError) as caught:
        load(tmp_path, "\n".join([HEADER, *lines]).encode())
    (report,) = caught.value.files
    assert (report.rows_in, report.quarantined) == (rows, rows)
    assert report.rules == {"missing": rows}
    assert not (tmp_path / "store" / "CURRENT").exists()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("head", [2, 20, 99, 180, 198])
def test_no_row_of_a_file_in_two_encodings_is_read_in_the_wrong_one(
    tmp_path: Path, head: int, end: str
) -> None:
    """Reliability 5: rows of one of them are out, or the file is refused."""
    lines = [line(number) for number in range(200)]
    text = end.join([HEADER, *lines[:head], ""]).encode()
    text += end.join(lines[head:]).encode("gb18030")
    found = outcome(tmp_path, text)
    if isinstance(found, str):
        assert "orders.csv, line " in found
        return
    out = rejects(found, "orders")
    assert set(out.values()) == {"encoding"}
    kept = pl.read_parquet(found.parts("orders"))
    assert set(kept["category"]) == {"面膜"}
    assert kept.height + len(out) == 200
    assert {n for _, n in out} in ({*range(head + 2, 202)}, {*range(2, head + 2)})


@pytest.mark.parametrize("at", [0, 10, 57, 99])
@pytest.mark.parametrize("stray", ['"', '"x', '","', 'x"'])
def test_a_stray_quote_costs_the_lines_that_it_spans_and_no_other(
    tmp_path: Path, at: int, stray: str
) -> None:
    """Reliability 6: what is out has its lines, and the rows below come in."""
    lines = [line(number) for number in range(100)]
    lines[at] = line(at, stray)
    found = load(tmp_path, "\n".join([HEADER, *lines, ""]).encode())
    out = rejects(found, "orders")
    kept = pl.read_parquet(found.parts("orders"))
    ids = {f"{number:07d}" for number in range(100)}
    assert set(out) <= {("orders.csv", at + 2)}
    assert set(kept["order_id"]) == ids - {f"{at:07d}" for _ in out}
