"""The sample company knows who truly leaves: the model has to come close to it."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dashboard.answers import answer
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.sample import write_company
from data.settings import Settings
from data.warehouse import open_current
from metrics.churn_track import auc
from tests.conftest import UNTIL


def beside_truth(reader: Reader, source: Path) -> tuple[pl.DataFrame, np.ndarray]:
    """Each customer's probabilities, and a future drawn by the true ones."""
    each = Question("churn_probability", options=(("per-customer", "true"),))
    truth = pl.read_parquet(source / "truth" / "customers.parquet")
    both = answer(reader, LOCAL, each).join(truth, on="customer_id").sort("customer_id")
    draw = np.random.default_rng(1).random(both.height)
    return both, draw < both["churn_probability_180"].to_numpy()


def test_the_model_tells_the_true_leavers_better_than_recency(
    company: Reader, company_source: Path
) -> None:
    rows, left = beside_truth(company, company_source)
    found = {
        name: auc(rows[name].to_numpy(), left) or 0
        for name in ("by_model", "by_recency")
    }
    assert rows.height > 500
    assert found["by_model"] > found["by_recency"] + 0.03
    alive = rows.group_by("alive").agg(pl.col("by_model").mean()).sort("alive")
    assert alive["by_model"][0] > alive["by_model"][1] + 0.1


@pytest.mark.slow
def test_twenty_thousand_customers_are_told_with_calibrated_probabilities(
    tmp_path: Path,
) -> None:
    """Reliability 94: out of time, the slope lies between 0.9 and 1.1."""
    source = tmp_path / "source"
    write_company(source, customers=20_000, seed=5, until=UNTIL, format="parquet")
    refresh(source, tmp_path / "store", Settings())
    reader = Reader(open_current(tmp_path / "store"))
    model, rule = answer(reader, LOCAL, Question("churn_model")).to_dicts()
    assert model["used"]
    assert model["difference_low"] > 0.05
    assert 0.9 < model["slope"] < 1.1
    assert abs(model["intercept"]) < 0.15
    assert model["skill"] > 2 * rule["skill"]
    rows, left = beside_truth(reader, source)
    model_auc, rule_auc = (
        auc(rows[name].to_numpy(), left) or 0 for name in ("by_model", "by_recency")
    )
    assert model_auc > rule_auc + 0.05
    errors = (rows["by_model"] - rows["churn_probability_180"]).to_numpy()
    assert (
        abs(errors.mean()) < 0.06
    )  # campaigns bring some back, of which the truth knows not
