"""Compressed text is read like plain text, or refused whole."""

import gzip
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.door import tables_found
from data.errors import RefusedError
from data.settings import Settings
from tests.data.conftest import Source
from tests.data.refusals import HEADER, ROWS, TEXT, refused, zipped


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
