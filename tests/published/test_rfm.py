"""The published segments of the R package rfm come out under its own limits."""

import json
from pathlib import Path

import polars as pl
import pytest

from dashboard.answers import answer
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.settings import Settings
from data.warehouse import open_current


@pytest.fixture(scope="module")
def expected(public_data: Path) -> dict:
    found: dict = json.loads((public_data / "expected.json").read_text())["rfm"]
    return found


@pytest.fixture(scope="module")
def published(
    public_data: Path, expected: dict, tmp_path_factory: pytest.TempPathFactory
) -> Reader:
    folder = tmp_path_factory.mktemp("rfm")
    orders = pl.read_parquet(public_data / "rfm" / "rfm_data_orders.parquet")
    source = folder / "source"
    source.mkdir()
    orders.select(
        customer_id=pl.col("customer_id"),
        ordered_at=pl.col("order_date").cast(pl.Date),
        amount=pl.col("revenue").cast(pl.Float64),
    ).with_row_index("order_id").cast({"order_id": pl.String}).write_parquet(
        source / "orders.parquet"
    )
    refresh(source, folder / "store", _settings(expected))
    return Reader(open_current(folder / "store"))


def _settings(expected: dict) -> Settings:
    cuts, limits = expected["cut_points"], expected["limits"]
    rules = [
        {
            "name": name,
            "recency_score": (limits["R"][0][at], limits["R"][1][at]),
            "frequency_score": (limits["F"][0][at], limits["F"][1][at]),
            "monetary_score": (limits["M"][0][at], limits["M"][1][at]),
        }
        for at, name in enumerate(expected["segments_first_match_wins"])
    ]
    return Settings.model_validate(
        {
            "data_complete_until": expected["analysis_date"],
            "rfm": {
                "recency_days": cuts["recency_days"],
                "orders": cuts["orders"],
                "revenue": cuts["amount"],
            },
            "tiers": {"rfm": [*rules, {"name": "other"}]},
        }
    )


def test_the_segments_are_the_published_ones(published: Reader, expected: dict) -> None:
    grid = answer(published, LOCAL, Question("rfm_grid"))
    sums = grid.group_by("segment").agg(pl.col("customers", "orders", "revenue").sum())
    found = {row[0]: row[1:] for row in sums.iter_rows() if row[1]}
    assert found == {
        name: (table["customers"], table["orders"], table["revenue"])
        for name, table in expected["segment_table"].items()
    }


@pytest.mark.parametrize(
    ("letter", "name"), [("R", "recency"), ("F", "frequency"), ("M", "monetary")]
)
def test_the_scores_are_spread_as_published(
    published: Reader, expected: dict, letter: str, name: str
) -> None:
    scores = answer(published, LOCAL, Question("rfm_scores"))
    found = scores.group_by(name).len().sort(name)
    counts = expected["score_distribution"][letter]
    assert {str(k): n for k, n in found.iter_rows()} == counts
