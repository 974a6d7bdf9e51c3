"""Every fault on the list of `docs/reliability.md` is met by a test, or is named there.

A test that meets one says so in the first line of its docstring: `Reliability 37: ...`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CARRIED = re.compile(r"reliability (\d+(?:(?:, | and )\d+)*)\b", re.IGNORECASE)
LISTED = re.compile(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)`")
MISSING = "not met: "


def carried() -> Iterator[tuple[int, str]]:
    """The numbers that tests carry, each with the file it stands in."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                told = CARRIED.match(ast.get_docstring(node) or "")
                for number in re.findall(r"\d+", told[1]) if told else []:
                    yield int(number), path.relative_to(ROOT).as_posix()


def listed() -> dict[int, str]:
    """What the document says of each number."""
    text = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    return {int(number): words for number, words in LISTED.findall(text)}


def test_every_number_is_met_by_a_test_or_said_not_to_be() -> None:
    met, told = {number for number, _ in carried()}, listed()
    assert sorted(told) == [*range(1, 54), *range(85, 95)]
    for number, words in told.items():
        assert (number in met) != words.startswith(MISSING), number


def test_the_document_names_the_tests_that_carry_each_number() -> None:
    found = set(carried())
    for number, words in listed().items():
        named = set(NAMED.findall(words))
        assert named or words.startswith(MISSING), number
        for path in named:
            assert (number, path) in found, f"{path} carries no {number}"
