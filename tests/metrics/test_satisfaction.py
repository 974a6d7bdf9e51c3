"""Scores and dimensions from cells of answers, against the answers themselves."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.typing.polars import LazyFrame

from data.schemas.cells import AnswerCells
from metrics.satisfaction import DIMENSIONS, csat, nps, response_rate

LAW = settings(max_examples=25, deadline=None)

Answer = tuple[str, str, int]
"""Customer, tier, value."""


def cells(measure: str, answers: list[Answer]) -> LazyFrame[AnswerCells]:
    """The cells of some answers: a customer has one tier."""
    schema = {"customer": pl.String, "tier": pl.String, "y": pl.Int64}
    frame = pl.LazyFrame(answers, schema=schema, orient="row")
    y, s, m = pl.col("y"), pl.col("s"), pl.col("m")
    customers = frame.group_by("customer", "tier").agg(
        m=pl.len().cast(pl.Int64), s=y.sum(), q=(y * y).sum()
    )
    sums = customers.group_by("tier").agg(
        n=m.sum(),
        total=s.sum(),
        squares=pl.col("q").sum(),
        cluster_squares=(s * s).sum(),
        cluster_product=(s * m).sum(),
        cluster_counts=(m * m).sum(),
    )
    return AnswerCells.validate(sums.with_columns(measure=pl.lit(measure)))


def scores(*values: int) -> LazyFrame[AnswerCells]:
    """One answer per customer, as promoters, passives and detractors."""
    signs = [1 if value >= 9 else -1 if value <= 6 else 0 for value in values]
    return cells("nps", [(str(i), "all of us", y) for i, y in enumerate(signs)])


def test_eight_is_not_a_promoter() -> None:
    assert nps(scores(9, 8, 6)).get_column("value").item() == 0
    assert nps(scores(10, 9, 8)).get_column("value").item() == pytest.approx(200 / 3)


def test_the_worked_score_has_the_worked_interval() -> None:
    found = nps(scores(*[9] * 104, *[7] * 68, *[3] * 28))
    expected = ("all", 38.0, 200, 27.543, 47.334)
    assert found.row(0)[:1] == expected[:1]
    assert found.row(0)[1:] == pytest.approx(expected[1:], rel=1e-4)


@LAW
@given(st.lists(st.integers(0, 10), min_size=1))
def test_nps_ignores_the_order_of_answers(values: list[int]) -> None:
    assert nps(scores(*values)).equals(nps(scores(*reversed(values))))


@LAW
@given(st.lists(st.integers(0, 10), min_size=1))
def test_a_promoter_more_never_lowers_the_score(values: list[int]) -> None:
    before, after = (nps(scores(*some)).row(0) for some in (values, [*values, 10]))
    assert after[1] >= before[1]
    assert -100 <= after[3] <= after[4] <= 100


def test_nobody_answered_is_unknown_and_not_zero() -> None:
    assert nps(scores()).rows() == [("all", None, 0, None, None)]
    assert nps(scores(), by="tier").is_empty()
    assert csat(scores()).get_column("value").null_count() == len(DIMENSIONS)


def test_one_answer_has_a_wide_interval_and_no_error() -> None:
    assert nps(scores(10)).get_column("value").item() == 100


def test_a_mean_and_its_share_of_top_answers_are_as_worked() -> None:
    values = [("a", 5), ("b", 4), ("c", 4), ("d", 3), ("e", 5)]
    mean = cells("service", [(who, "t", y) for who, y in values])
    top = cells("service_top2", [(who, "t", int(y >= 4)) for who, y in values])
    both = AnswerCells.validate(pl.concat([mean, top]))
    row = csat(both).row(by_predicate=pl.col("dimension") == "service", named=True)
    assert row["value"] == pytest.approx(4.2)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((3.1611, 5.0), rel=1e-4)
    assert (row["top2"], row["n"]) == (0.8, 5)
    assert (row["top2_ci_low"], row["top2_ci_high"]) == pytest.approx(
        (0.37553, 0.96376), rel=1e-4
    )


def test_equal_answers_have_a_mean_and_no_interval() -> None:
    row = csat(cells("service", [("a", "t", 4), ("b", "t", 4)])).row(
        by_predicate=pl.col("dimension") == "service", named=True
    )
    assert (row["value"], row["ci_low"], row["ci_high"]) == (4.0, None, None)


def test_answers_are_shares_of_surveys_sent() -> None:
    sent = [(str(i), "t", int(i < 18)) for i in range(40)]
    expected = (0.45, 40, 0.30705, 0.60171)
    found = response_rate(cells("response", sent)).row(0)
    assert found[1:] == pytest.approx(expected, rel=1e-4)


many = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.just("t"), st.sampled_from([-1, 0, 1])),
    min_size=1,
    max_size=40,
)


@LAW
@given(many)
def test_several_answers_of_a_customer_never_narrow_the_interval(
    answers: list[Answer],
) -> None:
    alone = [(str(i), tier, y) for i, (_, tier, y) in enumerate(answers)]
    together, apart = (nps(cells("nps", some)).row(0) for some in (answers, alone))
    assert together[1:3] == apart[1:3]
    width = together[4] - together[3]
    assert (
        width >= (apart[4] - apart[3]) - 1e-9
        or together[4] == 100
        or (together[3] == -100)
    )


def test_answering_twice_the_same_counts_once_in_the_interval() -> None:
    values = [1] * 30 + [-1] * 20
    once = [(str(i), "t", y) for i, y in enumerate(values)]
    twice = nps(cells("nps", [*once, *once])).row(0)
    assert twice[3:] == pytest.approx(nps(cells("nps", once)).row(0)[3:])
    assert twice[2] == 100


tiered = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from([-1, 0, 1])), min_size=1, max_size=40
)


@LAW
@given(tiered)
def test_the_tiers_together_are_everyone(answers: list[tuple[int, int]]) -> None:
    some = cells("nps", [(str(i), "odd" if i % 2 else "even", y) for i, y in answers])
    everyone, parts = nps(some).row(0), nps(some, by="tier")
    weighted = (pl.col("value") * pl.col("n")).sum() / pl.col("n").sum()
    assert parts.get_column("n").sum() == everyone[2] == len(answers)
    assert parts.select(weighted).item() == pytest.approx(everyone[1], abs=1e-9)
    assert everyone[1] == pytest.approx(100 * np.mean([y for _, y in answers]))
