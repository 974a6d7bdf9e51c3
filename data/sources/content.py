"""What a file is, by its name and by its first bytes, which have to agree."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from data.errors import RefusedError

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".parquet": "parquet",
        ".xlsx": "workbook",
        ".gz": "compressed",
        ".zip": "compressed",
    }
)
TABLES: Final = (".csv.gz", ".csv.zip", ".csv", ".parquet", ".xlsx", ".zip")
REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".xls": "is an old Excel workbook; save it as .xlsx",
        ".xlsm": "is an Excel workbook with macros; save it as .xlsx",
        ".xlsb": "is a binary Excel workbook; save it as .xlsx",
        ".ods": "is an OpenDocument file; save it as .xlsx",
    }
)
ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0"
PASSWORD: Final = "EncryptedPackage".encode("utf-16-le")
SEARCHED: Final = 64 * 1024 * 1024


def split(name: str) -> tuple[str, str]:
    """A file's name without its ending, and the ending that a table's file has."""
    lower = name.lower()
    ends = (end for end in (*TABLES, *REFUSED) if lower.endswith(end))
    end = next(ends, "")
    return lower.removesuffix(end), end


def kind(path: Path, shown: str) -> str:
    """How a file is read: text, compressed, parquet or workbook.

    Errors: RefusedError when it is none of these, or not what its name says.
    """
    suffix = path.suffix.lower()
    if suffix in REFUSED:
        raise RefusedError(f"{shown} {REFUSED[suffix]}.")
    found = KINDS.get(suffix, "text")
    if found == "workbook":
        _refuse_other_workbooks(path, shown)
    return found


def _refuse_other_workbooks(path: Path, shown: str) -> None:
    with path.open("rb") as file:
        head = file.read(SEARCHED if file.read(4) == OLE else 0)
        file.seek(0)
        start = file.read(4)
    if start == OLE:
        words = (
            "is protected by a password; save it without one"
            if PASSWORD in head
            else "is an old Excel workbook under a new name; save it as .xlsx"
        )
        raise RefusedError(f"{shown} {words}.")
    if start != ZIP:
        raise RefusedError(f"{shown} is not an Excel workbook; save it as .xlsx.")
