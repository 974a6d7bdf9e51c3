"""An Excel workbook as rows of text, with the cells that have no text to rely on."""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from data.confined import package, xml
from data.confined.cells import Meanings, unescaped
from data.confined.formats import PLAIN, look
from data.confined.package import Package
from data.confined.refusal import Refusal
from data.confined.sheet import Shape, rows

WHOLE: Final = frozenset({"1", "true"})
DAMAGED: Final = (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError)


@dataclass(frozen=True)
class Sheet:
    """One sheet of rows and columns."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Book:
    """What a workbook says about itself."""

    sheets: tuple[Sheet, ...]
    from_1904: bool
    strings: str  # the parts, by kind; empty when there is none
    styles: str


def read(task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of one sheet, message by message: notices, headers, batches, notices.

    Errors: Refusal when the file is no plain workbook, or which sheet is not clear.
    """
    try:
        parts = package.opened(Path(task["path"]), task["expanded"], task["expansion"])
        with parts.archive:
            yield from _read(parts, task)
    except DAMAGED:
        raise Refusal("is damaged and not a readable workbook; save it again") from None


def _read(parts: Package, task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    book = _book(parts)
    sheet = _chosen(book, task["sheet"])
    size = Path(task["path"]).stat().st_size
    shape = Shape(
        header=task["header"],
        header_row=task["header_row"],
        width=task["width"],
        columns=task["columns"],
        letters=package.most(size, task["expanded"], task["expansion"]),
    )
    strings, looks = _strings(parts, book.strings), _looks(parts, book.styles)
    meanings = Meanings(strings, looks, book.from_1904, task["decimal"])
    yield {"format": f"Read as Excel, sheet {sheet.name}."}
    unread = sum(other.hidden for other in book.sheets if other is not sheet)
    if unread:
        words = f"{unread} hidden sheets were not read."
        yield {"notice": ["hidden_sheets", words, unread]}
    with parts.open(sheet.part) as stream:
        yield from rows(stream, meanings, shape)


def _book(parts: Package) -> Book:
    first = (each for each in parts.links("").values() if each.kind == "officeDocument")
    found = next(first, None)
    where = found.target if found else "xl/workbook.xml"
    links = parts.links(where)
    sheets: list[Sheet] = []
    from_1904 = False
    with parts.open(where) as stream:
        for tag, about in xml.elements(stream):
            if tag == "workbookPr":
                from_1904 = about.get("date1904", "") in WHOLE
            link = links.get(about.get("id", "")) if tag == "sheet" else None
            if link and link.kind == "worksheet":
                hidden = about.get("state", "visible") != "visible"
                sheets.append(Sheet(about.get("name", ""), link.target, hidden))
    kinds = {link.kind: link.target for link in links.values()}
    strings, styles = kinds.get("sharedStrings", ""), kinds.get("styles", "")
    return Book(tuple(sheets), from_1904, strings, styles)


def _chosen(book: Book, wanted: str | None) -> Sheet:
    if wanted is not None:
        found = [sheet for sheet in book.sheets if _same(sheet.name, wanted)]
        if not found:
            raise Refusal("has no sheet of the name that `sheet` gives in the settings")
        return found[0]
    visible = [sheet for sheet in book.sheets if not sheet.hidden]
    if len(visible) == 1:
        return visible[0]
    if not visible:
        raise Refusal("has no visible sheet; name one as `sheet` in the settings")
    raise Refusal(
        f"has {len(visible)} visible sheets; name the one to read as `sheet` in the "
        "settings"
    )


def _same(name: str, wanted: str) -> bool:
    return name.strip().casefold() == wanted.strip().casefold()


def _looks(parts: Package, part: str) -> list[int]:
    """How each cell style shows numbers."""
    if not part:
        return []
    patterns: dict[str, str] = {}
    looks: list[int] = []
    within = False
    with parts.open(part) as stream:
        for tag, about in xml.elements(stream):
            if tag == "numFmt":
                patterns[about.get("numFmtId", "")] = about.get("formatCode", "")
            within = (within or tag == "cellXfs") and tag != "cellStyles"
            if tag == "xf" and within:
                looks.append(_look(about.get("numFmtId", "0"), patterns))
    return looks


def _look(number: str, patterns: dict[str, str]) -> int:
    plain = number.isdecimal() and len(number) < 6
    return look(int(number), patterns.get(number)) if plain else PLAIN


def _strings(parts: Package, part: str) -> list[str]:
    """The texts that cells share, without their reading aids."""
    if not part:
        return []
    gatherer = _Strings()
    made = xml.parser()
    made.StartElementHandler = gatherer.start
    made.EndElementHandler = gatherer.end
    made.CharacterDataHandler = gatherer.text
    with parts.open(part) as stream:
        for _ in xml.feed(stream, made):
            pass
    return gatherer.found


class _Strings:
    """Gathers shared texts: the runs of each, joined."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.runs: list[str] = []
        self.size = 0
        self.kept = False
        self.aside = False  # within a reading aid

    def start(self, name: str, _: xml.Attributes) -> None:
        tag = xml.local(name)
        self.kept = tag == "t" and not self.aside
        if tag == "rPh":
            self.aside = True
        if tag == "si":
            self.runs, self.size = [], 0

    def end(self, name: str) -> None:
        tag = xml.local(name)
        self.kept = False
        if tag == "rPh":
            self.aside = False
        if tag == "si":
            self.found.append(unescaped("".join(self.runs)))

    def text(self, letters: str) -> None:
        if self.kept:
            self.size = xml.bounded(self.size + len(letters))
            self.runs.append(letters)
