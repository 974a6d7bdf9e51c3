"""Extracts on disk: the same rows in any encoding, dialect and format."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import polars as pl

from tests.hostile import native
from tests.hostile.contract import TABLES
from tests.hostile.rows import Row
from tests.hostile.texts import BAD_BYTES

MARKS: Final[Mapping[str, bytes]] = {
    "utf-8": b"",
    "utf-8-sig": b"\xef\xbb\xbf",
    "utf-16-le": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
}
NO_TEXT: Final[Mapping[str, tuple[bytes, ...]]] = {
    "utf-8": (b"\xff", b"\xed\xa0\x80", b"\xc3("),
    "utf-8-sig": (b"\xff", b"\xed\xa0\x80", b"\xc3("),
    "gb18030": (b"\xff",),
    "gbk": (b"\xff",),
    "utf-16-le": (b"\x00\xd8",),
    "utf-16-be": (b"\xd8\x00",),
}
ENCODINGS: Final = ("utf-8", "utf-8", *NO_TEXT)
REMARK: Final = "客户反馈良好，下次活动继续参加，门店服务周到，环境整洁"
ENDINGS: Final = ("\n", "\r\n", "\r", "mixed")
QUOTING: Final = ("needed", "all", "some")


@dataclass(frozen=True)
class Dialect:
    """How a text file is written."""

    encoding: str = "utf-8"
    delimiter: str = ","
    ending: str = "\n"
    quoting: str = "needed"
    closed: bool = True  # whether the last line has an end
    marked: bool = (
        True  # whether there is a byte order mark, where the encoding has one
    )
    headed: bool = True
    loose: bool = False  # blanks around cells, and blank lines between rows
    seed: int = 0


@dataclass(frozen=True)
class Extract:
    """One file of a table: columns by their header, and rows."""

    table: str
    name: str  # without its ending
    headers: Mapping[str, str]  # header by column, in the order of the file
    rows: Sequence[Row]
    form: str = "csv"  # csv, csv.gz, csv.zip or parquet
    dialect: Dialect = field(default_factory=Dialect)
    extra: str | None = None  # the header of a column that nobody asked for
    native: bool = False  # whether Parquet has types of its own

    @property
    def file(self) -> str:
        return f"{self.name}.{self.form}"


def write(folder: Path, extract: Extract) -> list[int]:
    """Write a file; the line on which each row begins."""
    path = folder / extract.file
    if extract.form == "parquet":
        return _write_parquet(path, extract)
    content, lines = _text(extract)
    if extract.form == "csv.gz":
        content = gzip.compress(content, mtime=0)
    elif extract.form == "csv.zip":
        content = _zipped(extract, content)
    path.write_bytes(content)
    return lines


def _zipped(extract: Extract, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{extract.name}.csv", content)
    return buffer.getvalue()


def _write_parquet(path: Path, extract: Extract) -> list[int]:
    known = TABLES[extract.table]
    cells = {
        name: [row.cells[name] for row in extract.rows] for name in extract.headers
    }
    columns = {
        extract.headers[name]: native.column(known[name], each)
        if extract.native
        else pl.Series([cell.text or None for cell in each], dtype=pl.String)
        for name, each in cells.items()
    }
    pl.DataFrame(columns).write_parquet(path)
    return list(range(1, len(extract.rows) + 1))


def _text(extract: Extract) -> tuple[bytes, list[int]]:
    how, rng = extract.dialect, Random(extract.dialect.seed)
    records = list(_records(extract, rng))
    content = MARKS.get(how.encoding, b"") if how.marked else b""
    lines, line = [], 1
    for number, record in enumerate(records):
        last = number == len(records) - 1
        ending = "" if last and not how.closed else _ending(how, rng)
        if how.loose and not last and rng.random() < 0.1:
            ending += ending
        lines.append(line)
        line += _breaks(record + ending)
        content += _encoded(record + ending, how, rng)
    return content, lines[1:] if how.headed else lines


def _ending(how: Dialect, rng: Random) -> str:
    return rng.choice(ENDINGS[:3]) if how.ending == "mixed" else how.ending


def _breaks(text: str) -> int:
    """Line ends in a text, of any kind."""
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n")


def _padded(text: str, how: Dialect, rng: Random) -> str:
    """Blanks around a cell say nothing."""
    if not how.loose or rng.random() < 0.8:
        return text
    return rng.choice((f" {text}", f"{text} ", f"\u3000{text}  "))


def _encoded(text: str, how: Dialect, rng: Random) -> bytes:
    plain = "utf-8" if how.encoding == "utf-8-sig" else how.encoding
    parts = [part.encode(plain) for part in text.split(BAD_BYTES)]
    return rng.choice(NO_TEXT[how.encoding]).join(parts)


def _records(extract: Extract, rng: Random) -> Iterator[str]:
    how = extract.dialect
    headers = [*extract.headers.values(), *filter(None, [extract.extra])]
    if how.headed:
        yield how.delimiter.join(_quoted(header, how, rng) for header in headers)
    for row in extract.rows:
        texts = (_padded(row.cells[n].text, how, rng) for n in extract.headers)
        cells = [_quoted(text, how, rng) for text in texts]
        if extract.extra:
            cells.append(REMARK)
        yield how.delimiter.join(_shaped(row, cells))


def _shaped(row: Row, cells: list[str]) -> list[str]:
    if row.flaw == "short":
        return cells[:-1]
    if row.flaw == "long":
        return [*cells, "more"]
    if row.flaw == "open":
        return [*cells[:-1], '"open']
    return cells


def _quoted(text: str, how: Dialect, rng: Random) -> str:
    needed = any(sign in text for sign in (how.delimiter, '"', "\n", "\r"))
    wanted = how.quoting == "all" or (how.quoting == "some" and rng.random() < 0.3)
    if needed or wanted:
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text


def encodable(rows: Sequence[Row], encoding: str) -> bool:
    """Whether an encoding has all characters of the rows."""
    plain = "utf-8" if encoding == "utf-8-sig" else encoding
    try:
        for row in rows:
            for cell in row.cells.values():
                cell.text.replace(BAD_BYTES, "").encode(plain)
    except UnicodeEncodeError:
        return False
    return True
