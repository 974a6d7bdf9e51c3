"""What the disk or the engine lacks, told in words instead of a crash."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import duckdb

from data.errors import UnavailableError, UsageError

ENVIRONMENT = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.EIO,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.EEXIST,
    }
)

NO_SYNC = "fsync failed"  # DuckDB's word for it


@contextmanager
def told(root: Path) -> Iterator[None]:
    """Turn what the environment does to a store into an UnavailableError."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        reason = lacking(error)
        if reason is None:
            raise
        raise UnavailableError(
            f"The store {root} cannot be used ({reason}); nothing was published."
        ) from error


@contextmanager
def private_file(path: Path) -> Iterator[BinaryIO]:
    """A new file that only its owner can read.

    Errors: UsageError where a file is there, UnavailableError where none can be made.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            yield file
    except FileExistsError:
        raise UsageError(f"{path} is there already; name another place.") from None
    except OSError as error:
        reason = lacking(error) or type(error).__name__
        raise UnavailableError(f"{path} cannot be written ({reason}).") from error


def lacking(error: OSError | duckdb.Error) -> str | None:
    """What the environment lacks, if that is the reason; DuckDB says so in words."""
    words = {code: os.strerror(code) for code in ENVIRONMENT}
    if isinstance(error, OSError):
        return words.get(error.errno or 0)
    text = str(error).replace(NO_SYNC, words[errno.EIO])
    found = next((each for each in words.values() if each in text), None)
    starved = isinstance(error, (duckdb.IOException, duckdb.OutOfMemoryException))
    return found or (type(error).__name__ if starved else None)
