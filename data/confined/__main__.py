"""The confined process: `python -m data.confined BYTES`, one task a line."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from data.confined import bounds
from data.confined.parquet import read as parquet
from data.confined.refusal import Refusal
from data.confined.workbook import read as workbook

KINDS: Final[Mapping[str, Callable[[dict[str, Any]], Iterator[dict[str, Any]]]]] = {
    "parquet": parquet,
    "workbook": workbook,
}


def main() -> int:
    """Do what each line asks; the last message about a file ends or refuses it."""
    bounds.confine(memory=int(sys.argv[1]))
    try:
        for line in sys.stdin:
            task = json.loads(line)
            bounds.allow(task["seconds"])
            _do(task)
    except MemoryError:
        return bounds.EXCEEDED
    return 0


def _do(task: dict[str, Any]) -> None:
    try:
        for message in KINDS[task["kind"]](task):
            _say(message)
        _say({"end": True})
    except Refusal as refusal:
        _say({"refused": str(refusal)})


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message, separators=(",", ":")) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
