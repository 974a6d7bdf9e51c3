"""A workbook's package: a ZIP file whose parts are checked before one is opened."""

import posixpath
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from data.confined import xml
from data.confined.refusal import Refusal

PARTS: Final = 10_000
FLOOR: Final = 64 * 1024 * 1024  # what expands to less than this does no harm
METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED: Final = 0x1
TYPES: Final = "[Content_Types].xml"
TYPES_SIZE: Final = 4 * 1024 * 1024

EXPANDS: Final = (
    "expands to far more than its size (rule expansion); export it as CSV, or raise "
    "the bound in [limits] of the settings"
)


@dataclass(frozen=True)
class Link:
    """A relationship: what kind of part stands where."""

    kind: str
    target: str


@dataclass(frozen=True)
class Package:
    """The parts of a workbook file."""

    archive: zipfile.ZipFile
    names: dict[str, str]  # as they are compared: as they stand

    def has(self, part: str) -> bool:
        """Whether there is such a part; case does not matter."""
        return part.casefold() in self.names

    def open(self, part: str) -> IO[bytes]:
        """A part's bytes, decompressed as they are read, and no more than declared."""
        if not self.has(part):
            raise Refusal("is not a whole workbook: a part of it is missing")
        return self.archive.open(self.names[part.casefold()])

    def links(self, part: str) -> dict[str, Link]:
        """A part's relationships by their id; those that lead out are left out."""
        folder, name = posixpath.split(part)
        where = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(where):
            return {}
        found: dict[str, Link] = {}
        with self.open(where) as stream:
            for tag, about in xml.elements(stream):
                if tag == "Relationship" and about.get("TargetMode") != "External":
                    target = posixpath.join("/", folder, about.get("Target", ""))
                    kind = about.get("Type", "").rpartition("/")[2]
                    path = posixpath.normpath(target).lstrip("/")
                    found[about.get("Id", "")] = Link(kind, path)
        return found


def opened(path: Path, expanded: int, expansion: int) -> Package:
    """The package of a workbook file, safe to read part by part.

    Errors: Refusal when it is damaged, encrypted, holds macros, is another format, or
    would expand beyond `expanded` bytes or `expansion` times its size.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        raise Refusal("is damaged and not a readable workbook; save it again") from None
    parts = archive.infolist()
    names = {part.filename.casefold(): part.filename for part in parts}
    _refuse_expansion(parts, path.stat().st_size, expanded, expansion)
    if len(names) < len(parts) or any(part.flag_bits & ENCRYPTED for part in parts):
        raise Refusal("is encrypted or damaged; save it without a password")
    if any(part.compress_type not in METHODS for part in parts):
        raise Refusal("is compressed in a way that no workbook is; save it again")
    package = Package(archive, names)
    _refuse_other_formats(package)
    return package


def _refuse_expansion(
    parts: list[zipfile.ZipInfo], size: int, expanded: int, expansion: int
) -> None:
    total = sum(part.file_size for part in parts)
    if total > most(size, expanded, expansion) or len(parts) > PARTS:
        raise Refusal(EXPANDS)


def most(size: int, expanded: int, expansion: int) -> int:
    """How many bytes a file of `size` may expand to."""
    return min(expanded, max(FLOOR, size * expansion))


def _refuse_other_formats(package: Package) -> None:
    if package.has("mimetype"):
        raise Refusal("is an OpenDocument file; save it as an Excel workbook (.xlsx)")
    if package.has("xl/workbook.bin"):
        raise Refusal("is a binary workbook (.xlsb); save it as .xlsx")
    if not package.has(TYPES):
        raise Refusal("is a ZIP file and no Excel workbook")
    with package.open(TYPES) as stream:
        types = stream.read(TYPES_SIZE)
    macros = any(name.endswith("vbaproject.bin") for name in package.names)
    if macros or b"macroEnabled" in types:
        raise Refusal("holds macros; save it as an Excel workbook without (.xlsx)")
