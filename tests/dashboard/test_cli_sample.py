"""The command that writes a sample company."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dashboard.commands import run

pytestmark = pytest.mark.usefixtures("state")


def test_a_sample_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for name in ("a", "b"):
        result = run(
            "sample", tmp_path / name, "--customers", 30, "--seed", 4,
            "--until", "2026-10-20",
        )  # fmt: skip
        assert result.exit_code == 0
    pairs = list(files(tmp_path / "a"))
    assert pairs
    for name, content in pairs:
        assert (tmp_path / "b" / name).read_bytes() == content


def test_a_sample_has_about_as_many_orders_as_asked_for(tmp_path: Path) -> None:
    arguments = ("--customers", 300, "--until", "2026-10-20", "--orders")
    result = run("sample", tmp_path / "a", *arguments, 3_000)
    assert result.exit_code == 0
    orders = (tmp_path / "a" / "orders.csv").read_text("utf-8").splitlines()
    assert len(orders) == pytest.approx(3_000, rel=0.1)


def test_more_orders_than_customers_make_are_a_usage_error(tmp_path: Path) -> None:
    arguments = ("--customers", 10, "--until", "2026-10-20", "--orders")
    result = run("sample", tmp_path / "a", *arguments, 501)
    assert result.exit_code == 2
    assert "10 customers can have 20 to 500 orders" in " ".join(result.output.split())


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()
