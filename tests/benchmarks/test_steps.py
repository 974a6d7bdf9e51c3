from pathlib import Path

import pytest

from tests.benchmarks.__main__ import PLAN
from tests.benchmarks.measured import Size, measure


def test_a_step_tells_its_seconds_its_rows_and_its_memory(tmp_path: Path) -> None:
    size = Size(200, 2_000)
    sample = measure("sample", tmp_path, size, "parquet")
    assert sample.cost.rows
    assert sample.cost.rows > 6_000
    bare = measure("bare", tmp_path, size, "parquet")
    assert bare.cost.rows == pytest.approx(2_000, rel=0.1)
    assert min(bare.cost.seconds, bare.cost.cpu) > 0
    assert 20 < bare.peak_mb < 4_000
    for written in ("rfm", "cohort", "migration"):
        assert (tmp_path / f"{written}.parquet").exists()


def test_a_step_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="holds no published data"):
        measure("page", tmp_path, Size(10), "parquet")


@pytest.mark.slow
def test_every_step_of_the_plan_can_be_measured(tmp_path: Path) -> None:
    for step, kind, _ in PLAN:
        assert measure(step, tmp_path, Size(500, 5_000), kind).cost.seconds > 0


def test_sizes_are_customers_or_customers_and_orders() -> None:
    for text, label in (
        ("20000", "20,000"),
        ("1000000:10000000", "1,000,000 with 10,000,000 orders"),
    ):
        assert Size.parse(text).label == label
        assert str(Size.parse(text)) == text
