"""Asking a process of its own to parse risky files, so that they can take no other."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from data.confined.bounds import EXCEEDED
from data.errors import RefusedError
from data.limits import MB, Limits

ROOT: Final = Path(__file__).resolve().parents[2]  # where the package `data` is
FAILED: Final = 1  # exit code of an error that nobody expected
KEPT: Final = ("PATH", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT", "TZDIR", "VIRTUAL_ENV")
THREADS: Final = "2"


@dataclass
class Confined:
    """A process for one table's files: started by the first, ended with the table.

    It is given no key and writes no file.
    """

    limits: Limits
    process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process:
            self.process.kill()
            # What it never read is still in the pipe; closing that must not hide why.
            with suppress(BrokenPipeError), self.process:
                pass

    def ask(
        self, kind: str, path: Path, shown: str, **task: Any
    ) -> Iterator[dict[str, Any]]:
        """What it says about a file, one message at a time.

        Errors: RefusedError with its reason, and when it takes more than its bounds.
        """
        asked = task | {
            "kind": kind,
            "path": str(path),
            "columns": self.limits.columns,
            "seconds": self.limits.seconds,
        }
        process = self.process = self.process or started(self.limits.memory_mb * MB)
        if process.stdin is None or process.stdout is None:
            raise RefusedError(f"{shown} cannot be read: no process can be started.")
        try:
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            yield from _answers(process.stdout, shown)
        except (EOFError, BrokenPipeError):
            raise RefusedError(f"{shown} {_why(process.wait())}.") from None


def started(memory: int) -> subprocess.Popen[str]:
    """A confined process that waits for its first file."""
    known = {name: os.environ[name] for name in KEPT if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "data.confined", str(memory)],
        cwd=ROOT,
        env=known | {"POLARS_MAX_THREADS": THREADS, "PYTHONUTF8": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )


def _answers(stream: IO[str], shown: str) -> Iterator[dict[str, Any]]:
    for line in stream:
        if not line.endswith("\n"):
            break
        message: dict[str, Any] = json.loads(line)
        if "refused" in message:
            raise RefusedError(f"{shown} {message['refused']}.")
        if "end" in message:
            return
        yield message
    raise EOFError


def _why(code: int) -> str:
    if code == FAILED:
        return "is damaged and cannot be read; export it again"
    if code == EXCEEDED or code < 0:
        return (
            "takes more memory or time than [limits] of the settings allow (rule "
            "limit); export it as CSV, or in parts"
        )
    return f"cannot be read: its process ended with code {code}"
