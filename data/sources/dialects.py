"""How a text file separates its cells: as declared, or as its first lines show."""

import re
import unicodedata
from collections.abc import Collection
from itertools import islice
from typing import Final

from data.sources.records import line_ends, scan

DELIMITERS: Final = (",", "\t", ";", "|")
BLANKS: Final = re.compile(rb"[ \t]+")
EDGES: Final = re.compile(rb"(?m)^[ \t]+|[ \t]+(?=\r?$)")
SHOWN: Final = 50  # lines that are looked at


def normal(header: str) -> str:
    """A header as it is compared: without mark, blanks, width and case."""
    return unicodedata.normalize("NFKC", header).strip("\ufeff \t\r\n").casefold()


def delimiter(head: str, known: Collection[str]) -> str:
    """The delimiter that shows the most known headers, then the steadiest columns."""
    return max(DELIMITERS, key=lambda mark: _fit(head, mark, known))


def single_blanks(block: bytes) -> bytes:
    """Lines whose runs of blanks are one tab each."""
    return BLANKS.sub(b"\t", EDGES.sub(b"", block))


def header(head: str, mark: str) -> tuple[list[str], int, int]:
    """The first record that is not blank, where it ends and how many lines it took."""
    at = len(head) - len(head.lstrip("\r\n"))
    record = scan(head, at, mark)
    if record is None:
        end = head.find("\n", at) + 1 or len(head)
        cells = head[at:end].rstrip("\r\n").split(mark)
        return cells, end, line_ends(head[:end])
    return record.cells, record.end, line_ends(head[: record.end])


def _fit(head: str, mark: str, known: Collection[str]) -> tuple[int, int]:
    cells, _, _ = header(head, mark)
    familiar = sum(normal(cell) in known for cell in cells)
    *whole, _ = head.split("\n")  # the last line may be cut
    lines = list(islice((line for line in whole if line), SHOWN))
    widths = {line.count(mark) for line in lines if '"' not in line}
    steady = len(cells) if len(widths) == 1 else 0
    return familiar, steady
