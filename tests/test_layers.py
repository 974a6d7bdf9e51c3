"""pages -> dashboard -> metrics -> data, never back; each folder keeps its promises."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("data", "metrics", "dashboard", "pages")
NEVER = {
    "pages": {"polars", "duckdb", "metrics", "data"},
    "metrics": {"streamlit", "duckdb", "requests", "pathlib", "socket"},
    "data": {"streamlit", "plotly"},
    "dashboard": set(),
}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def modules(layer: str) -> list[Path]:
    return sorted((ROOT / layer).rglob("*.py"))


@pytest.mark.parametrize("layer", LAYERS)
def test_no_module_imports_a_layer_above_its_own(layer: str) -> None:
    above = set(LAYERS[LAYERS.index(layer) + 1 :])
    back = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(layer)
        for name in imports(path)
        if name.split(".")[0] in above
    }
    assert modules(layer)
    assert not back


@pytest.mark.parametrize("layer", LAYERS)
def test_no_module_imports_what_its_layer_must_not(layer: str) -> None:
    wrong = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(layer)
        for name in imports(path)
        if name.split(".")[0] in NEVER[layer]
    }
    assert not wrong


def test_nothing_in_dashboard_hides_a_package() -> None:
    names = {path.stem for path in (ROOT / "dashboard").iterdir()}
    assert not names & {"data", "metrics", "pages", "tests"}


def test_pages_are_short_and_only_read_aloud() -> None:
    for path in modules("pages"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), path
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 80, path
        assert not any(isinstance(node, ast.If) for node in ast.walk(tree)), path


def test_only_the_engine_opens_duckdb() -> None:
    callers = {
        path.relative_to(ROOT).as_posix()
        for layer in LAYERS
        for path in modules(layer)
        if "duckdb.connect(" in path.read_text(encoding="utf-8")
    }
    assert callers == {"data/engines/duckdb.py"}
