"""Kill a refresh many times over and judge what is left of the store each time.

`python -m tests.faults.kills FOLDER random SEED COUNT` kills at random moments of a
refresh of a company of 1,000 orders with all its marts.
`python -m tests.faults.kills FOLDER calls SHARE SHARES` kills before each system call
by which a refresh changes the disk, by strace; SHARE of SHARES takes every such.
`python -m tests.faults.kills FOLDER failing EVERY` fails every so many syncs.

Prints one JSON line per fault.
"""

import itertools
import json
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults import forks
from tests.faults.company import count_orders
from tests.faults.trial import Company

ROWS = 1_000
ERRORS = ("EIO", "EDQUOT", "EIO", "ENOSPC")
LAST = 8  # syncs around the moment when the new snapshot begins to serve
CALLS = (
    "write,pwrite64,writev,pwritev,pwritev2,fdatasync,fsync,sync_file_range,msync,"
    "rename,renameat,renameat2,unlink,unlinkat,ftruncate,truncate,fallocate,"
    "copy_file_range,sendfile,link,linkat,mkdir,mkdirat,rmdir"
)
CALL = re.compile(r"(?P<pid>\d+) +(?P<call>\w+)\(")


@dataclass(frozen=True)
class Moment:
    """Before the n-th call of a kind that touches a path.

    strace counts by thread; what touches one file is done by one thread at a time.
    """

    call: str
    path: str
    number: int

    def meets(self, fault: str) -> list[str]:
        """What strace is to do then."""
        inject = f"inject={self.call}:{fault}:when={self.number}"
        return ["-P", self.path, "-e", inject]


class Range:
    """Where refreshes are killed: a folder with a company, whose children die."""

    def __init__(self, folder: Path, *, real: bool) -> None:
        self.folder = folder
        self.log = folder / "child.log"
        self.real = real
        self.company = self._made()

    def _made(self) -> Company:
        """The company, made in a child: its threads must not be this process's."""
        build = None if self.real else count_orders
        made = self.folder / "made.json"

        def make() -> None:
            company = Company(self.folder, build, rows=ROWS)
            made.write_text(json.dumps([company.old, company.new]), encoding="utf-8")

        assert forks.done(make, self.log) == 0, self.log.read_text()
        old, new = json.loads(made.read_text(encoding="utf-8"))
        return Company.known(self.folder, build, old=tuple(old), new=tuple(new))

    def judged(self) -> str:
        """Which snapshot served after a fault; all else is an error."""
        word = self.folder / "word"

        def judge() -> None:
            word.write_text(self.company.survives(), encoding="utf-8")

        assert forks.done(judge, self.log) == 0, self.log.read_text()
        return word.read_text(encoding="utf-8")

    def seconds(self) -> float:
        """How long a whole refresh takes."""
        self.company.restore()
        begun = time.monotonic()
        assert forks.done(self.company.deliver, self.log) == 0, self.log.read_text()
        return time.monotonic() - begun

    def traced(self, *options: str) -> tuple[int, list[str]]:
        """A refresh under strace: how it ended, and the calls that were seen."""
        self.company.restore()
        trace = self.folder / "trace"
        pid = forks.child(self._same_names, self.log, stopped=True)
        command = ["strace", "-f", "-y", "-qq", "-p", str(pid), "-o", str(trace)]
        given = [*command, "-e", f"trace={CALLS}", *options]
        strace = subprocess.Popen(given, stderr=subprocess.DEVNULL)
        while "TracerPid:\t0\n" in Path(f"/proc/{pid}/status").read_text():
            assert strace.poll() is None, "strace cannot attach"
            time.sleep(0.001)
        os.kill(pid, signal.SIGCONT)
        code = forks.ended(pid)
        assert code is not None, "the traced refresh hangs"
        strace.wait()
        lines = trace.read_text(errors="replace").splitlines()
        return code, [line for line in lines if CALL.match(line)]

    def _same_names(self) -> None:
        """A refresh whose snapshot has the same name each time, for strace to know."""
        secrets.token_hex = lambda nbytes=None: "0" * 2 * (nbytes or 16)
        self.company.deliver()

    def moments(self) -> list[Moment]:
        """The calls by which a whole refresh changes the store, in their order."""
        code, lines = self.traced()
        assert code == 0, self.log.read_text()
        seen: Counter[tuple[str, str]] = Counter()
        found = []
        for call, paths in filter(None, map(self.told, lines)):
            seen.update((call, path) for path in set(paths))
            found.append(Moment(call, paths[0], seen[call, paths[0]]))
        return found

    def told(self, line: str) -> tuple[str, list[str]] | None:
        """The call in a line of strace and the paths of the store that it names."""
        name = re.escape(str(self.company.store))
        paths = re.findall(rf'{name}[^">]*', line)
        call = CALL.match(line)
        return (call["call"], paths) if call and paths else None


def at_random(place: Range, seed: int, count: int) -> Iterator[dict[str, object]]:
    """Kill at moments spread evenly over a whole refresh, until so many were met.

    One that is over before its moment is judged too, and not counted.
    """
    dice, killed = random.Random(seed), 0
    longest = place.seconds()
    while killed < count:
        place.company.restore()
        moment = dice.uniform(0, longest)
        pid = forks.child(place.company.deliver, place.log)
        code = forks.ended(pid, moment)
        code = forks.killed(pid) if code is None else code
        killed += code == -signal.SIGKILL
        building = place.company.building()
        yield {
            "moment": round(moment / longest, 3),
            "code": code,
            "building": building,
            "served": place.judged(),
        }


def at_calls(place: Range, share: int, shares: int) -> Iterator[dict[str, object]]:
    """Kill before each call that changes the store."""
    whole = place.moments()
    for moment in whole[share::shares]:
        code, lines = place.traced(*moment.meets("signal=SIGKILL"))
        call, paths = place.told(lines[-1]) or ("", [""])
        yield {
            "call": moment.call,
            "of": len(whole),
            "exact": (call, paths[0]) == (moment.call, moment.path),
            "code": code,
            "served": place.judged(),
        }


def failing(place: Range, every: int) -> Iterator[dict[str, object]]:
    """Fail some syncs and DuckDB's writes as a broken disk or a full quota does."""
    whole = place.moments()
    syncs = [moment for moment in whole if moment.call == "fsync"]
    writes = [moment for moment in whole if moment.call == "pwrite64"]
    met = dict.fromkeys([*syncs[::every], *syncs[-LAST:], *writes])
    for moment, error in zip(met, itertools.cycle(ERRORS), strict=False):
        code, _ = place.traced(*moment.meets(f"error={error}"))
        yield {
            "call": moment.call,
            "error": error,
            "code": code,
            "said": place.log.read_text(encoding="utf-8"),
            "building": place.company.building(),
            "served": place.judged(),
        }


def main() -> None:
    folder, kind, *numbers = sys.argv[1:]
    place = Range(Path(folder).resolve(), real=kind == "random")
    given = [int(number) for number in numbers]
    kills = {"random": at_random, "calls": at_calls}
    found = kills[kind](place, *given) if kind in kills else failing(place, *given)
    for outcome in found:
        print(json.dumps(outcome), flush=True)  # noqa: T201 what the test reads


if __name__ == "__main__":
    main()
