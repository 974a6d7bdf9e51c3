"""Children of a warm process: a refresh begins at once, without importing anything.

Nothing may have started a thread pool before a child is made, so the parent only
imports; all work, setting up too, is done in children.
"""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis  # noqa: F401 pandera would import it in every child
import pandera.polars as pa  # noqa: F401 as above

import dashboard.build
import dashboard.refresh
import dashboard.values  # noqa: F401 as above
from data.errors import DashboardError

FAILED = 99
PATIENCE = 120.0  # seconds


def child(work: Callable[[], object], log: Path, *, stopped: bool = False) -> int:
    """Begin work in a child and tell its process id; what it says goes to `log`.

    A `stopped` child waits for SIGCONT before it begins.
    """
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        if stopped:
            os.waitpid(pid, os.WUNTRACED)
        return pid
    told = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    os.dup2(told, 1)
    os.dup2(told, 2)
    if stopped:
        os.kill(os.getpid(), signal.SIGSTOP)
    code = FAILED
    try:
        code = _done(work)
    finally:
        os._exit(code)


def _done(work: Callable[[], object]) -> int:
    """The exit code of the work, as the command line gives it."""
    try:
        work()
    except DashboardError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except BaseException:  # noqa: BLE001 a child must not go on as the parent
        traceback.print_exc()
        return FAILED
    finally:
        sys.stderr.flush()
    return 0


def ended(pid: int, seconds: float = PATIENCE) -> int | None:
    """The exit code of a child, less than zero for a signal; None if it goes on."""
    until = time.monotonic() + seconds
    while True:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            return None
        time.sleep(0.001)


def killed(pid: int) -> int:
    """Kill a child that goes on; its exit code."""
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def done(work: Callable[[], object], log: Path) -> int:
    """Do work in a child and wait for its end.

    Errors: AssertionError, with what the child said, when it hangs or crashes.
    """
    pid = child(work, log)
    code = ended(pid)
    if code is None:
        killed(pid)
    assert code is not None, f"hangs: {log.read_text()}"
    assert code != FAILED, log.read_text()
    return code


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Give the children these variables."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
