"""A refresh in a process of its own that dies, or fails, at a chosen moment.

`python -m tests.faults.dying SOURCE STORE kill N` kills itself by SIGKILL at the N-th
step at which it opens a file to write, renames, removes or makes a folder. `count 0`
prints how many such steps a refresh has. `space N` lets no file grow above N bytes,
`memory N` leaves N MiB of addresses to it.
"""

import os
import resource
import signal
import sys
from pathlib import Path

from data.errors import DashboardError
from tests.faults.company import load

STEPS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree")
WRITING = os.O_WRONLY | os.O_RDWR
seen = 0


def is_step(event: str, given: tuple[object, ...]) -> bool:
    """Whether something on the disk is about to change below the store."""
    if event == "open":
        path, _, flags = given
        return bool(int(str(flags)) & WRITING) and sys.argv[2] in str(path)
    return event in STEPS and sys.argv[2] in str(given[0])


def die_at(step: int) -> None:
    """Count steps from now on; at the given one the process is gone at once."""

    def watch(event: str, given: tuple[object, ...]) -> None:
        global seen
        if is_step(event, given):
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def main() -> int:
    source, store, fault, number = sys.argv[1:]
    if fault == "space":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(number), int(number)))
    elif fault == "memory":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + (int(number) << 20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    else:
        die_at(int(number) if fault == "kill" else 0)
    try:
        load(Path(source), Path(store))
    except DashboardError as error:
        print(error)  # noqa: T201 what the test reads
        return error.exit_code
    print(seen)  # noqa: T201 what the test reads
    return 0


if __name__ == "__main__":
    sys.exit(main())
