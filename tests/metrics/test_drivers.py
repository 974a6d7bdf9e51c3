"""Which dimensions go with the score, against worked figures and known truth."""

from itertools import permutations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.typing.polars import DataFrame

from data.schemas.cells import Answers
from metrics.drivers import satisfaction_drivers, shapley
from metrics.frames import Drivers
from metrics.satisfaction import DIMENSIONS

LAW = settings(max_examples=25, deadline=None)
WORKED = np.array(
    [[1, 0.5, 0.4, 0.3], [0.5, 1, 0.6, 0.3], [0.4, 0.6, 1, 0.2], [0.3, 0.3, 0.2, 1]]
)


def answers(size: int, seed: int = 1, pull: float = 1.0) -> pl.DataFrame:
    """Answers whose score follows the service, as strongly as `pull` says."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=size)
    rated = {
        name: np.clip(np.round(4 + 0.5 * mood + rng.normal(size=size)), 1, 5)
        for name in DIMENSIONS
    }
    raw = 7 + pull * (rated["service"] - 4) + rng.normal(size=size)
    score = np.clip(np.round(raw), 0, 10)
    people = (np.arange(size) // 2).astype(str)
    whole = {name: values.astype(int) for name, values in rated.items()}
    return pl.DataFrame({"customer_id": people, "score": score.astype(int), **whole})


def drivers(frame: pl.DataFrame) -> DataFrame[Drivers]:
    return satisfaction_drivers(Answers.validate(frame.lazy()))


def test_the_worked_shares_are_found() -> None:
    phi = shapley(WORKED)
    assert phi == pytest.approx([0.158035, 0.080881, 0.050431], rel=1e-4)
    assert phi.sum() == pytest.approx(0.289347, rel=1e-5)
    assert phi / phi.sum() == pytest.approx([0.54618, 0.27953, 0.17429], rel=1e-4)


def r2(chosen: tuple[int, ...], y: np.ndarray, x: np.ndarray) -> float:
    design = np.column_stack([np.ones(len(y)), x[:, list(chosen)]])
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return 1 - residual.var() / y.var()


@LAW
@given(st.integers(0, 10**6))
def test_the_parts_are_mean_gains_over_every_order_of_entry(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(60, 3)) @ rng.normal(size=(3, 3))
    y = x @ rng.normal(size=3) + rng.normal(size=60)
    gains = np.zeros(3)
    for order in permutations(range(3)):
        for place, j in enumerate(order):
            before = order[:place]
            gains[j] += (r2((*before, j), y, x) - r2(before, y, x)) / 6
    found = shapley(np.corrcoef(np.column_stack([y, x]).T))
    assert found == pytest.approx(gains, abs=1e-8)


def test_two_dimensions_that_say_the_same_share_equally() -> None:
    same = np.array([[1, 0.6, 0.6], [0.6, 1, 1], [0.6, 1, 1]])
    assert shapley(same) == pytest.approx([0.18, 0.18])


def test_service_is_found_where_the_score_follows_service() -> None:
    frame = answers(2000)
    found = drivers(frame)
    service = found.row(by_predicate=pl.col("dimension") == "service", named=True)
    rest = found.filter(pl.col("dimension") != "service")
    assert service["ci_low"] > rest.get_column("ci_high").max()
    assert found.get_column("importance").sum() == pytest.approx(1)
    assert found.get_column("phi").sum() == pytest.approx(service["r2"])
    assert service["performance"] == frame.get_column("service").mean()
    columns = frame.select("score", *DIMENSIONS).to_numpy().T
    assert found.get_column("phi").to_list() == pytest.approx(
        shapley(np.corrcoef(columns))
    )
    assert (found.get_column("n") == 2000).all()


def test_the_same_answers_print_the_same_in_any_order() -> None:
    frame = answers(400)
    assert drivers(frame).equals(drivers(frame.reverse()))


def test_incomplete_answers_are_dropped_and_counted() -> None:
    blank = pl.when(pl.int_range(pl.len()) >= 50).then("delivery").alias("delivery")
    frame = answers(500).with_columns(blank)
    found = drivers(frame)
    assert found.select("n", "dropped").row(0) == (450, 50)
    assert drivers(frame.tail(450)).drop("dropped").equals(found.drop("dropped"))


def test_a_dimension_that_never_varies_leaves_with_a_note() -> None:
    found = drivers(answers(500).with_columns(support=pl.lit(5)))
    row = found.row(by_predicate=pl.col("dimension") == "support", named=True)
    assert (row["importance"], row["performance"], row["hidden"]) == (None, 5.0, True)
    assert found.get_column("importance").sum() == pytest.approx(1)


def test_a_dimension_nobody_rated_does_not_cost_the_others() -> None:
    frame = answers(500).with_columns(support=pl.lit(None, pl.Int64))
    found = drivers(frame)
    assert found.get_column("n").to_list() == [500] * 5
    assert found.get_column("hidden").to_list() == [False] * 4 + [True]


def test_too_few_answers_show_means_and_no_shares() -> None:
    found = drivers(answers(99))
    assert (found.get_column("reason") == "n too small").all()
    assert found.get_column("importance").null_count() == 5
    assert found.get_column("performance").null_count() == 0


def test_scores_that_are_all_the_same_have_no_drivers() -> None:
    found = drivers(answers(200).with_columns(score=pl.lit(9)))
    assert (found.get_column("reason") == "all scores are the same").all()


def test_nobody_answered_is_five_unknown_rows() -> None:
    found = drivers(answers(0))
    assert found.get_column("dimension").to_list() == list(DIMENSIONS)
    assert found.get_column("importance").null_count() == 5
    assert found.get_column("hidden").all()


def test_many_customers_have_the_intervals_of_a_bootstrap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 6,000 answers, the normal limit against drawing them 1,000 times."""
    drawn = drivers(answers(6_000))
    monkeypatch.setattr("metrics.drivers.MANY", 0)
    limit = drivers(answers(6_000))
    wide = (drawn["ci_high"] - drawn["ci_low"]).to_numpy()
    for bound in ("ci_low", "ci_high"):
        apart = (drawn[bound] - limit[bound]).abs().to_numpy()
        assert (apart < 0.2 * wide).all()
        assert apart.max() > 0
