"""Files that expand, or are too large, are refused by the bound that they break."""

import zipfile
import zlib

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.limits import Limits
from tests.data.conftest import Source
from tests.data.refusals import HEADER, MB, TEXT, refused
from tests.data.workbooks import GOOD, book, header_xml, inline, raw, with_strings


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


def test_a_file_larger_than_the_settings_allow_is_refused(source: Source) -> None:
    source.write("orders.csv", TEXT * 40)
    refused(source, r"larger than 1 MB \(rule limit\)", limits={"file_mb": 1})
