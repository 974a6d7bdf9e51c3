"""Laws of the score distribution and of the counts of rows."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.quality import Deliveries, Holdings, accepted_share, rows_held
from metrics.scores import score_distribution

SCORES = st.lists(st.one_of(st.none(), st.integers(0, 10)))
FILES = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 99), st.integers(0, 99))
)


def answers(scores: list[int | None]) -> pl.DataFrame:
    return pl.DataFrame({"score": scores}, schema={"score": pl.Int64})


@given(SCORES)
def test_every_answer_with_a_score_is_counted_once(scores: list[int | None]) -> None:
    scored = [score for score in scores if score is not None]
    found = score_distribution(answers(scores))
    assert found["answers"].to_list() == [scored.count(score) for score in range(11)]
    if scored:
        assert found["value"].sum() == pytest.approx(1)
        assert (found["ci_low"] <= found["value"]).all()
        assert (found["value"] <= found["ci_high"]).all()
    else:
        assert found["value"].null_count() == 11


@given(SCORES)
def test_the_order_of_answers_does_not_matter(scores: list[int | None]) -> None:
    found = score_distribution(answers(scores))
    assert found.equals(score_distribution(answers(scores[::-1])))


@given(FILES)
def test_rows_of_tables_add_up(files: list[tuple[str, int, int]]) -> None:
    rows = [{"table": t, "rows_in": n + q, "quarantined": q} for t, n, q in files]
    schema = {"table": pl.String, "rows_in": pl.Int64, "quarantined": pl.Int64}
    frame = Deliveries.validate(pl.DataFrame(rows, schema=schema).lazy())
    whole = accepted_share(frame).row(0, named=True)
    parts = accepted_share(frame, by="table")
    accepted = sum(n for _, n, _ in files)
    assert parts["n"].sum() == whole["n"] == accepted + sum(q for *_, q in files)
    if whole["n"]:
        assert whole["value"] * whole["n"] == pytest.approx(accepted)
    else:
        assert whole["value"] is None


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 99)))
def test_rows_held_add_up_over_tables(held: dict[str, int]) -> None:
    columns = {"table": list(held), "rows": list(held.values())}
    schema = {"table": pl.String, "rows": pl.Int64}
    frame = Holdings.validate(pl.DataFrame(columns, schema=schema).lazy())
    assert rows_held(frame)["value"].to_list() == [float(sum(held.values()))]
    assert rows_held(frame, by="table")["value"].sum() == sum(held.values())
