"""Names, links, pipes and types of files: what is no whole, plain file is refused."""

import contextlib
import gzip
import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import RefusedError, UsageError
from data.mapping import TableSettings
from data.settings import load_settings
from data.sources import extracts
from tests.data.conftest import Source
from tests.data.refusals import HEADER, ROWS, TEXT, refused
from tests.data.workbooks import GOOD, book, header_xml, raw


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\x7fELF\x02", b"PAR1", b"\x1f\x8b\x08"],
)
def test_a_csv_file_that_is_something_else_is_refused(
    source: Source, content: bytes
) -> None:
    """Reliability 27."""
    refused(source.write("orders.csv", content + b"\0" * 99), "not a text file")


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]
)
def test_a_workbook_with_entities_is_refused(
    source: Source, declared: str, part: str
) -> None:
    """Reliability 27."""
    raw(source, header_xml(), **{part: f"{declared}<x>&a;</x>"})
    refused(source, "declares a document type or entities")


@pytest.mark.parametrize("end", [5, 100, -1, -8])
def test_a_parquet_file_cut_short_is_refused_and_read_later(
    source: Source, end: int
) -> None:
    """Reliability 30."""
    columns = {name: [cell] for name, cell in zip(HEADER.split(","), GOOD, strict=True)}
    source.write("orders.parquet", pl.DataFrame(columns))
    path = source.folder / "orders.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:end])
    refused(source, "not a readable Parquet file")
    path.write_bytes(whole)
    assert source.admit().accepted.height == 1


def test_a_decoder_that_ends_without_a_word_loses_no_row(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some damaged files end Polars' batches early, with no error."""
    columns = {
        name: [cell] * 9 for name, cell in zip(HEADER.split(","), GOOD, strict=True)
    }
    source.write("orders.parquet", pl.DataFrame(columns))
    whole = pl.LazyFrame.collect_batches
    monkeypatch.setattr(
        pl.LazyFrame, "collect_batches", lambda rows, **how: whole(rows.head(5), **how)
    )
    refused(source, "not a readable Parquet file")


@settings(deadline=None, max_examples=25)
@given(at=st.integers(0, 10_000), letter=st.integers(0, 255))
def test_a_flipped_byte_in_parquet_is_refused_or_costs_no_row(
    tmp_path_factory: pytest.TempPathFactory, at: int, letter: int
) -> None:
    source = Source(tmp_path_factory.mktemp("flipped"))
    rows = [(str(number), *GOOD[1:]) for number in range(30)]
    source.write("orders.parquet", pl.DataFrame(rows, HEADER.split(","), orient="row"))
    path = source.folder / "orders.parquet"
    content = bytearray(path.read_bytes())
    pages = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    content[at % pages] = letter
    path.write_bytes(content)
    with contextlib.suppress(RefusedError):
        assert source.admit().rows_in == 30


def fifo(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def outside(path: Path) -> None:
    other = path.parent.parent / "outside"
    other.write_bytes(TEXT)
    path.symlink_to(other)


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "zip", "parquet", "xlsx"])
@pytest.mark.parametrize("make", [fifo, device, outside, Path.mkdir])
def test_what_is_no_plain_file_of_the_folder_is_refused(
    source: Source, suffix: str, make: Callable[[Path], None]
) -> None:
    """Reliability 29."""
    make(source.folder / f"orders.{suffix}")
    refused(source, r"is not a plain file inside the source folder")


@pytest.mark.parametrize("make", [fifo, device, outside, Path.mkdir])
def test_a_query_reads_plain_files_of_the_folder_only(
    source: Source, make: Callable[[Path], None]
) -> None:
    """Reliability 29."""
    make(source.folder / "x.csv")
    query = {"orders": {"query": "SELECT * FROM read_csv('x*.csv')"}}
    refused(source, r"is not a plain file inside the source folder", tables=query)


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet", "xlsx"])
@pytest.mark.parametrize("middle", ["\n", "\x1b[31m", "\u202e", "$(id)", "x" * 230])
def test_names_in_messages_hold_no_control_characters(
    source: Source, suffix: str, middle: str
) -> None:
    """Reliability 29."""
    source.write(f"orders_{middle}.{suffix}", b"\x7fELF")
    with pytest.raises(RefusedError) as caught:
        source.admit()
    assert str(caught.value).isprintable()
    assert str(caught.value).startswith("orders_")


@pytest.mark.parametrize("pattern", ["../../x.csv", "C:\\x", "\\\\host\\s", "/x.csv"])
def test_the_settings_name_no_file_outside_the_folder(
    tmp_path: Path, pattern: str
) -> None:
    """Reliability 29."""
    path = tmp_path / "customer-health.toml"
    path.write_text(f"[tables.orders]\nfile = '{pattern}'\n", encoding="utf-8")
    with pytest.raises(UsageError, match="inside the source folder"):
        load_settings(path)


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet", "xlsx"])
@pytest.mark.parametrize("how", ["grown", "replaced", "same size and time"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    source: Source, kind: str, how: str
) -> None:
    """Reliability 30."""
    rows = [line.split(",") for line in ROWS[:3]]
    names = HEADER.split(",")
    if kind == "xlsx":
        book(source, *rows)
    elif kind == "parquet":
        source.write("orders.parquet", pl.DataFrame(rows, schema=names, orient="row"))
    else:
        source.write(f"orders.{kind}", TEXT if kind == "csv" else gzip.compress(TEXT))
    path = source.folder / f"orders.{kind}"
    content, status = path.read_bytes(), path.stat()
    found = extracts("orders", source.folder, TableSettings())
    next(found)  # the door reads ahead, this reads no further than it is asked
    if how == "replaced":
        path.unlink()
    path.write_bytes(content + (b"x" if how == "grown" else b""))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(RefusedError, match="changed while it was read"):
        list(found)
