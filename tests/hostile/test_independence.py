"""An oracle that borrows from the product agrees with its faults."""

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ASKS = {"trial", "reading", "comparing"}  # they run the product and read what it kept
KNOWS = sorted(
    path
    for path in FOLDER.glob("*.py")
    if path.stem not in ASKS and not path.stem.startswith("test_")
)


def imported(path: Path) -> set[str]:
    """The packages that a file imports from."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        if isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", KNOWS, ids=lambda path: path.stem)
def test_what_the_oracle_knows_it_does_not_know_from_the_product(path: Path) -> None:
    packages = {name.partition(".")[0] for name in imported(path)}
    assert not packages & {"data", "metrics", "dashboard", "pages"}
    asked = {f"tests.hostile.{name}" for name in ASKS}
    assert not imported(path) & asked
