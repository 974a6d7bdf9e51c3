"""Files that expand, lie, change or lead astray are refused, and take nothing along."""

import contextlib
import gzip
import io
import os
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import polars as pl
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.door import batches, tables_found
from data.errors import RefusedError, UsageError
from data.limits import Limits
from data.mapping import TableSettings
from data.settings import Settings, load_settings
from data.sources import confined, extracts
from tests.data.conftest import NOW, Source
from tests.data.test_sources_workbooks import (
    GOOD,
    book,
    header_xml,
    inline,
    raw,
    with_strings,
)

HEADER = "order_id,customer_id,ordered_at,amount"
ROWS = [f"{number},C,2025-01-02,{number}.25" for number in range(1, 3000)]
TEXT = "\n".join([HEADER, *ROWS, ""]).encode()
MB = 1024 * 1024


def zipped(content: bytes, *names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("orders.csv",):
            archive.writestr(name, content)
    return out.getvalue()


def children() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if each.is_running()]


def refused(source: Source, words: str, **chosen: object) -> None:
    """Refused for this reason, soon, and with no process left."""
    started = time.process_time()
    with pytest.raises(RefusedError, match=words):
        source.admit(**chosen)
    assert time.process_time() - started < 5
    assert children() == []


# Compressed text


@pytest.mark.parametrize("name", ["orders.csv.gz", "orders.csv.zip", "orders_1.ZIP"])
def test_compressed_text_is_read_like_plain_text(source: Source, name: str) -> None:
    plain = source.write("orders.csv", TEXT).admit()
    (source.folder / "orders.csv").unlink()
    content = gzip.compress(TEXT) if name.endswith("gz") else zipped(TEXT)
    found = source.write(name, content).admit()
    assert found.accepted.drop("_file").equals(plain.accepted.drop("_file"))
    assert found.column("_file")[0] == name
    assert tables_found(source.folder, Settings()) == ("orders",)


def test_compressed_text_may_be_in_another_encoding_and_several_members(
    source: Source,
) -> None:
    halves = (f"{HEADER}\n1,张三,2025-01-02,1\n2,李", "四,2025-01-02,1\n")
    content = b"".join(gzip.compress(half.encode("gb18030")) for half in halves)
    found = source.write("orders.csv.gz", content).admit()
    assert found.column("customer_id") == ["张三", "李四"]


@settings(deadline=None, max_examples=25)
@given(end=st.integers(0, len(gzip.compress(TEXT)) - 1))
def test_a_gzip_file_cut_anywhere_is_refused(
    tmp_path_factory: pytest.TempPathFactory, end: int
) -> None:
    """Reliability 30."""
    source = Source(tmp_path_factory.mktemp("cut"))
    source.write("orders.csv.gz", gzip.compress(TEXT)[:end])
    with pytest.raises(RefusedError, match=r"orders\.csv\.gz (is|expands)"):
        source.admit()
    source.write("orders.csv.gz", gzip.compress(TEXT))
    assert source.admit().accepted.height == len(ROWS)


def test_a_flipped_byte_in_compressed_text_is_refused(source: Source) -> None:
    for name, content in (
        ("orders.csv.gz", bytearray(gzip.compress(TEXT))),
        ("orders.csv.zip", bytearray(zipped(TEXT))),
    ):
        content[len(content) // 2] ^= 0x10
        source.write(name, bytes(content))
        refused(source, "damaged|not a text file|required columns")
        (source.folder / name).unlink()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped(TEXT, "a.csv", "b.csv"), "not exactly one plain file"),
        (zipped(b"", "folder/"), "not exactly one plain file"),
        (zipped(zipped(TEXT)), "not a text file"),
        (b"PK\x03\x04", "damaged"),
    ],
)
def test_a_zip_file_holds_exactly_one_text_file(
    source: Source, content: bytes, words: str
) -> None:
    """Reliability 27."""
    source.write("orders.csv.zip", content)
    refused(source, words)


def test_a_link_in_a_zip_file_is_refused(source: Source) -> None:
    """Reliability 27."""
    out = io.BytesIO()
    member = zipfile.ZipInfo("orders.csv")
    member.external_attr = 0o120777 << 16
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(member, "/etc/passwd")
    refused(source.write("orders.zip", out.getvalue()), "not exactly one plain file")


def bomb(size: int) -> bytes:
    """Gzip of so many bytes of one row, declaring its true size."""
    packer = zlib.compressobj(wbits=31)
    block = b"1,C,2025-01-02,1\n" * 61_681
    parts = [packer.compress(f"{HEADER}\n".encode())]
    parts += [packer.compress(block) for _ in range(size // len(block))]
    return b"".join([*parts, packer.flush()])


def test_compressed_text_that_expands_too_far_is_refused(source: Source) -> None:
    """Reliability 28."""
    source.write("orders.csv.gz", bomb(100 * MB))
    refused(source, r"expands to far more than its size \(rule expansion\)")
    lying = bomb(100 * MB)[:-4] + (10).to_bytes(4, "little")
    source.write("orders.csv.gz", lying)
    refused(source, r"rule expansion", limits={"expanded_mb": 80})


# What a file is


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


def large_cell(source: Source) -> Source:
    """A workbook of half a megabyte whose one cell has 400 million letters."""
    book(source, GOOD)
    path = source.folder / "orders.xlsx"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    head, tail = f"<worksheet><sheetData>{header_xml()}<row>", "</row></sheetData>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{head}<c t="str"><v>'.encode())
            for _ in range(40):
                sheet.write(b"a" * 10_000_000)
            sheet.write(f"</v></c>{tail}</worksheet>".encode())
    return source


def test_a_workbook_with_one_huge_cell_is_refused(source: Source) -> None:
    """Reliability 28: by what it declares, and where that is allowed, as it is read."""
    refused(large_cell(source), r"rule expansion")
    refused(source, r"more than 1,000,000 characters", limits={"expansion": 5_000})


def test_a_workbook_that_repeats_a_long_text_is_refused(source: Source) -> None:
    """Reliability 28: a shared text of a megabyte stands in every row."""
    strings = "<sst><si><t>" + "x" * 900_000 + "</t></si></sst>"
    row = f'<row><c t="s"><v>0</v></c>{"".join(map(inline, GOOD[1:]))}</row>'
    with_strings(source, strings, header_xml() + row * 300)
    refused(source, r"rule expansion")


def test_more_columns_than_a_table_has_are_refused(source: Source) -> None:
    """Reliability 28."""
    wide = ["c"] * 16_384
    book(source, wide, header=wide)
    refused(source, r"more than 2,000 columns \(rule limit\)")
    (source.folder / "orders.xlsx").unlink()
    source.write("orders.csv", f"{','.join(wide)}\n")
    refused(source, r"more than 2,000 columns \(rule limit\)")
    (source.folder / "orders.csv").unlink()
    source.write("orders.parquet", pl.DataFrame({f"{at}": [1] for at in range(2001)}))
    refused(source, r"more than 2,000 columns \(rule limit\)")


def test_a_cell_of_ten_megabytes_is_refused(source: Source) -> None:
    """Reliability 28."""
    source.orders(f"1,{'C' * 10_000_000},2025-01-02,1")
    refused(source, r"orders\.csv holds a cell of more than .* \(rule limit\)")
    (source.folder / "orders.csv").unlink()
    columns = dict(zip(HEADER.split(","), [[cell] for cell in GOOD], strict=True))
    rows = pl.DataFrame(columns).with_columns(customer_id=pl.lit("C" * 10_000_000))
    refused(source.write("orders.parquet", rows), r"holds a cell of more than")


def test_parquet_of_more_rows_than_its_size_can_hold_is_refused(
    source: Source,
) -> None:
    """Reliability 27."""
    nothing = pl.select(pl.repeat(None, 30_000_000, dtype=pl.Int64).alias("order_id"))
    source.write("orders.parquet", nothing)
    assert (source.folder / "orders.parquet").stat().st_size < MB
    refused(source, r"declares far more rows than its size can hold")


@pytest.mark.parametrize(
    ("word", "categorical"), [("x", False), (b"x", False), ("x", True)]
)
def test_parquet_that_repeats_a_long_text_is_refused(
    source: Source, word: str | bytes, categorical: bool
) -> None:
    """Reliability 28: a dictionary of one word stands for gigabytes of text."""
    places = pa.array([0] * 5_000, pa.int32())
    repeated = pa.DictionaryArray.from_arrays(places, pa.array([word * 300_000]))
    path = source.folder / "orders.parquet"
    rows = pa.table({"order_id": repeated})
    pq.write_table(rows, path, store_schema=categorical)
    assert path.stat().st_size < MB
    refused(source, r"expands to far more text than its size")


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


# The confined process


def test_a_workbook_that_takes_too_much_memory_or_time_is_refused(
    source: Source,
) -> None:
    """Reliability 28: the process that parses ends, this one goes on."""
    strings = "<sst>" + ("<si><t>" + "x" * 900_000 + "</t></si>") * 300 + "</sst>"
    with_strings(source, strings, header_xml())
    words = r"takes more memory or time than \[limits\]"
    refused(source, words, limits={"expansion": 5_000, "memory_mb": 256})
    cells = "".join(f"<c><v>{number}</v></c>" for number in range(4))
    raw(source, header_xml() + f"<row>{cells}</row>" * 400_000)
    refused(source, words, limits=Limits(seconds=1, expansion=5_000).model_dump())


def test_nobody_asking_any_more_ends_the_confined_process(source: Source) -> None:
    raw(source, header_xml() + f"<row>{''.join(map(inline, GOOD))}</row>" * 65_000)
    found = batches("orders", source.folder, Settings(), now=NOW)
    assert next(found).rows_in == 20_000
    found.close()
    assert children() == []


def test_the_confined_process_has_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMER_HEALTH_KEY", "11" * 32)
    with confined.started(512 * MB) as process:
        environment = psutil.Process(process.pid).environ()
        process.kill()
    assert "CUSTOMER_HEALTH_KEY" not in environment


def test_a_confined_process_that_dies_is_a_refusal(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    book(source, GOOD)
    monkeypatch.setattr(confined, "KEPT", ())
    monkeypatch.setattr("sys.executable", "/bin/false")
    refused(source, "is damaged and cannot be read")


def test_a_confined_process_dead_before_it_is_asked_is_a_refusal_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    dead = confined.started(1)
    dead.wait()
    with pytest.raises(RefusedError, match="is damaged and cannot be read"):
        asked(confined.Confined(Limits(), dead))


def asked(reader: confined.Confined) -> list[object]:
    with reader:
        return list(reader.ask("xlsx", Path("orders.xlsx"), "orders.xlsx"))


# Names, links and change


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


def test_a_file_larger_than_the_settings_allow_is_refused(source: Source) -> None:
    source.write("orders.csv", TEXT * 40)
    refused(source, r"larger than 1 MB \(rule limit\)", limits={"file_mb": 1})
