"""Which encoding a text file is in, by strict decoding and never with losses.

A file is UTF-8, UTF-16 with a byte order mark, or GB18030 (GBK is part of it). What
cannot be told is refused, and the settings can say it. Bytes that are no text in the
file's encoding pass as lone surrogates, so that their row alone is rejected.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

import polars as pl

from data.errors import RefusedError
from data.sources.compressed import Openable

BLOCK: Final = 16 * 1024 * 1024
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
NOT_TEXT: Final = (b"PK\x03\x04", b"\x89PNG", b"\x7fELF", b"%PDF", b"\x1f\x8b", b"PAR1")
OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
FOREIGN_LINE: Final = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
SAMPLE: Final = 100_000  # lines with letters beyond ASCII that decide
MOSTLY: Final = 0.9
COMMON: Final = 0.85  # share of a GBK text's characters that are in everyday use
RARELY: Final = 0.0001  # share of GBK lines that may be Chinese in UTF-8 by chance
FEW: Final = 0.1  # share of lines that may be undecodable before a file is refused


@dataclass(frozen=True)
class Encoding:
    """A file's encoding and how many bytes of mark stand before the text."""

    name: str
    mark: int = 0

    @property
    def escapes(self) -> str:
        """How undecodable input passes through: as lone surrogates."""
        return "surrogatepass" if "utf-16" in self.name else "surrogateescape"


def detect(path: Openable, shown: str, declared: str | None = None) -> Encoding:
    """The encoding of a file: as declared, by its mark, or by strict decoding.

    Errors: RefusedError when the file is no text or its encoding cannot be told.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    mark = _mark(head)
    _refuse_binary(head, shown, wide=bool(mark or declared))
    if mark:
        return mark
    if declared and codecs.lookup(declared).name == "utf-16":
        raise RefusedError(
            f"{shown} has no byte order mark (rule encoding); declare another"
            " encoding in the settings, such as utf-16-le."
        )
    return Encoding(declared or _by_decoding(path, shown))


def decoded(path: Openable, encoding: Encoding) -> Iterator[bytes]:
    """The file as UTF-8 in blocks of whole lines, without a byte order mark.

    Lines that end in a bare carriage return throughout are given a line feed.
    """
    rest = b""
    feeds: bool | None = None
    for block in _utf8(path, encoding):
        feeds = (b"\n" in block or b"\r" not in block) if feeds is None else feeds
        rest += block if feeds else block.replace(b"\r", b"\n")
        cut = rest.rfind(b"\n") + 1
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
    if rest:
        yield rest + b"\n"


def text(block: bytes) -> str:
    """UTF-8 as text; what is not becomes lone surrogates."""
    try:
        return block.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return block.decode("utf-8", "surrogateescape")


def size(letters: str) -> int:
    """How many bytes a text came from."""
    try:
        return len(letters.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return len(letters.encode("utf-8", "surrogatepass"))


def undecodable(letters: str) -> bool:
    """Whether a text holds bytes that were no text, or lone surrogates."""
    return not letters.isascii() and any(
        "\ud800" <= each <= "\udfff" for each in letters
    )


def _refuse_binary(head: bytes, shown: str, *, wide: bool) -> None:
    if head.startswith((*NOT_TEXT, OLD_EXCEL)):
        raise RefusedError(f"{shown} is not a text file; export it as CSV.")
    if not wide and head.count(b"\0") > len(head) // 4:
        raise RefusedError(
            f"{shown} is not UTF-8 or GB18030 text (rule encoding); save it as CSV "
            "UTF-8, or declare its encoding in the settings."
        )


def _mark(head: bytes) -> Encoding | None:
    found = (Encoding(name, len(mark)) for mark, name in MARKS if head.startswith(mark))
    return next(found, None)


def _blocks(path: Openable) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _utf8(path: Openable, encoding: Encoding) -> Iterator[bytes]:
    blocks = _blocks(path)
    first = next(blocks, b"")[encoding.mark :]
    if encoding.name == "utf-8":
        return chain((first,), blocks)
    return _transcoded(chain((first,), blocks), encoding)


def _transcoded(blocks: Iterable[bytes], encoding: Encoding) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding.name)(encoding.escapes)
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "surrogatepass")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")


def _by_decoding(path: Openable, shown: str) -> str:
    if _is_utf8(path):
        return "utf-8"
    lines = list(islice(_foreign_lines(path), SAMPLE))
    utf8 = sum(_decodes(line, "utf-8") for line in lines)
    if utf8 * 2 < len(lines) and _is_chinese(lines):
        if sum(map(_is_chinese_utf8, lines)) > len(lines) * RARELY:
            raise _mixed(path, shown)
        return "gb18030"
    if utf8 * 2 >= len(lines) or _few(len(lines) - utf8, path):
        return "utf-8"
    raise RefusedError(
        f"{shown}, line {_first_bad(path)}: the text is neither UTF-8 nor GB18030 "
        "(rule encoding); declare the encoding in the settings."
    )


def _is_utf8(path: Openable) -> bool:
    """Whether a file is UTF-8 throughout; Polars tells ten times faster than Python."""
    rest = b""
    try:
        for block in _blocks(path):
            letters = rest + block
            cut = _whole_letters(letters)
            pl.Series([letters[:cut]], dtype=pl.Binary).cast(pl.String)
            rest = letters[cut:]
        pl.Series([rest], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return False
    return True


def _whole_letters(letters: bytes) -> int:
    """How many bytes stand before the last letter, if its bytes may be cut off."""
    for place in range(len(letters) - 1, max(len(letters) - 5, -1), -1):
        if letters[place] < 0x80:  # ASCII
            return place + 1
        if letters[place] >= 0xC0:  # the first byte of a letter
            return place
    return len(letters)


def _lines(path: Openable) -> Iterator[bytes]:
    """Lines as bytes; blocks are split at line ends, which no encoding here hides."""
    rest = b""
    for block in _blocks(path):
        *whole, rest = (rest + block).split(b"\n")
        yield from chain.from_iterable(map(_parted, whole))
    yield from _parted(rest)


def _parted(line: bytes) -> list[bytes]:
    """The lines of what may have bare carriage returns as line ends."""
    return line.removesuffix(b"\r").split(b"\r")


def _foreign_lines(path: Openable) -> Iterator[bytes]:
    return (line for line in _lines(path) if not line.isascii())


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_chinese(lines: list[bytes]) -> bool:
    """Whether lines are GB18030, and not by chance another encoding that decodes."""
    good = [line for line in lines if _decodes(line, "gb18030")]
    if len(good) < MOSTLY * len(lines):
        return False
    letters = "".join(line.decode("gb18030") for line in good)
    foreign = [letter for letter in letters if not letter.isascii()]
    common = sum(_is_common(letter) for letter in foreign)
    if common >= COMMON * len(foreign):
        return True
    return not all(_decodes(line, "big5") for line in good) and common * 2 >= len(
        foreign
    )


def _is_common(letter: str) -> bool:
    """Whether a character is in GB2312, or is rare and takes four bytes."""
    try:
        letter.encode("gb2312")
    except UnicodeEncodeError:
        return len(letter.encode("gb18030")) == 4
    return True


def _is_chinese_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8 with Chinese characters; GBK is so next to never."""
    if not _decodes(line, "utf-8"):
        return False
    return any("\u4e00" <= letter <= "\u9fff" for letter in line.decode("utf-8"))


def _mixed(path: Openable, shown: str) -> RefusedError:
    """Some lines are in the one, some in the other, and many read well in both."""
    found = enumerate(_lines(path), 1)
    first = next((number for number, line in found if _is_chinese_utf8(line)), 1)
    return RefusedError(
        f"{shown}, line {first}: the line is UTF-8, and others are GB18030 (rule"
        " encoding); save the file in one encoding."
    )


def _few(bad: int, path: Openable) -> bool:
    total = sum(block.count(b"\n") for block in _blocks(path))
    return bad <= FEW * (total + 1)


def _first_bad(path: Openable) -> int:
    bad = (at for at, line in enumerate(_lines(path), 1) if not _decodes(line, "utf-8"))
    return next(bad, 1)
