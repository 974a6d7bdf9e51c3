"""Text files inside gzip or ZIP: decompressed as they are read, and only so far."""

import gzip
import stat
import zipfile
import zlib
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Literal, Protocol, Self, cast

from data.errors import RefusedError
from data.limits import MB, Limits

FLOOR: Final = 64 * MB  # what expands to less than this does no harm
DAMAGED: Final = (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error)
GZIP: Final = b"\x1f\x8b"
ENCRYPTED: Final = 0x1
METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Readable(Protocol):
    """Bytes that come in pieces."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, none at the end."""


class Openable(Protocol):
    """Something that can be read from its start again and again, like a path."""

    def open(self, mode: Literal["rb"]) -> AbstractContextManager[Readable]:
        """Open it for reading."""


@dataclass(frozen=True)
class Compressed:
    """A compressed text file that opens like a plain one.

    Errors: RefusedError when it is damaged, cut short, encrypted, holds not exactly one
    file, or expands beyond the limits.
    """

    path: Path
    shown: str
    limits: Limits

    def open(self, mode: Literal["rb"]) -> "Guarded":
        """Open it for reading; `mode` is there because paths take one."""
        size = self.path.stat().st_size
        if self.path.suffix.lower() == ".zip":
            return Guarded(self._member(size), self, size)
        with self.path.open(mode) as file:
            if file.read(2) != GZIP:
                raise RefusedError(
                    f"{self.shown} is not a gzip file; compress it again."
                )
            file.seek(max(size - 4, 0))
            self.check(int.from_bytes(file.read(4), "little"), size)
        return Guarded(cast(IO[bytes], gzip.open(self.path, mode)), self, size)

    def check(self, expanded: int, size: int) -> None:
        """Refuse what expands too far, by what it declares or as it is read."""
        if not self.limits.within(expanded, size, FLOOR):
            raise RefusedError(
                f"{self.shown} expands to far more than its size (rule expansion); "
                "unpack it, or raise the bound in [limits] of the settings."
            )

    def damaged(self) -> RefusedError:
        """What to say when it cannot be decompressed."""
        return RefusedError(f"{self.shown} is cut short or damaged; compress it again.")

    def _member(self, size: int) -> IO[bytes]:
        try:
            archive = zipfile.ZipFile(self.path)
        except (*DAMAGED, NotImplementedError, ValueError):
            raise self.damaged() from None
        with archive:  # an open member keeps the file open
            members = archive.infolist()
            if len(members) != 1 or not _is_plain(members[0]):
                raise RefusedError(
                    f"{self.shown} holds not exactly one plain file; unpack it."
                )
            self.check(members[0].file_size, size)
            return archive.open(members[0])


class Guarded:
    """A decompressed stream that is counted as it is read."""

    def __init__(self, stream: IO[bytes], source: Compressed, size: int) -> None:
        self.stream = stream
        self.source = source
        self.size = size
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stream.close()

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, none at the end."""
        try:
            block = self.stream.read(size)
        except DAMAGED:
            raise self.source.damaged() from None
        self.count += len(block)
        self.source.check(self.count, self.size)
        return block


def _is_plain(member: zipfile.ZipInfo) -> bool:
    mode = member.external_attr >> 16
    kind = stat.S_IFMT(mode)
    return (
        kind in (0, stat.S_IFREG)
        and not member.is_dir()
        and not member.flag_bits & ENCRYPTED
        and member.compress_type in METHODS
    )
