"""Answers, scores and drivers equal plain SQL and plain least squares."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from dashboard.answers import answer
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from tests.oracle.raw import Oracle


@pytest.mark.parametrize("by", ["region", "tier", "survey_store", "mode"])
@pytest.mark.parametrize("metric", ["nps", "response_rate"])
def test_answers_of_segments_add_up(company: Reader, metric: str, by: str) -> None:
    total = answer(company, LOCAL, Question(metric, window="365"))
    parts = answer(company, LOCAL, Question(metric, window="365", by=by))
    assert parts["n"].sum() == total["n"][0]
    weighted = (parts["value"] * parts["n"]).sum() / parts["n"].sum()
    assert weighted == pytest.approx(total["value"][0])


def test_nps_equals_plain_sql(company: Reader, oracle: Oracle) -> None:
    last = oracle.last
    start = last - timedelta(days=90)
    n, score = oracle.one(
        "SELECT COUNT(score), 100.0 * (COUNT(*) FILTER (score >= 9)"
        " - COUNT(*) FILTER (score <= 6)) / COUNT(score) FROM surveys"
        " WHERE score IS NOT NULL AND COALESCE(answered_on, sent_on) > $start"
        " AND COALESCE(answered_on, sent_on) <= $last",
        start=start,
        last=last,
    )
    found = answer(company, LOCAL, Question("nps")).row(0, named=True)
    assert (found["n"], found["value"]) == (n, pytest.approx(score))


def test_response_rate_counts_the_surveys_that_were_sent(
    company: Reader, oracle: Oracle
) -> None:
    last = oracle.last
    sent, answered = oracle.one(
        "SELECT COUNT(*), COUNT(*) FILTER (answered_on <= $last AND COALESCE(score,"
        " product_quality, service, delivery, communication, support) IS NOT NULL)"
        " FROM surveys WHERE sent_on > $start AND sent_on <= $last",
        start=last - timedelta(days=90),
        last=last,
    )
    found = answer(company, LOCAL, Question("response_rate")).row(0, named=True)
    assert found["n"] == sent
    assert found["value"] == pytest.approx(answered / sent)


@pytest.mark.parametrize(
    "dimension", ["product_quality", "service", "delivery", "communication", "support"]
)
def test_satisfaction_equals_plain_sql(
    company: Reader, oracle: Oracle, dimension: str
) -> None:
    mean, top, n = oracle.one(
        f"SELECT AVG({dimension}), AVG(CASE WHEN {dimension} >= 4 THEN 1.0 ELSE 0 END),"
        f" COUNT(*) FROM surveys WHERE {dimension} IS NOT NULL"
        " AND COALESCE(answered_on, sent_on) > $start"
        " AND COALESCE(answered_on, sent_on) <= $last",
        start=oracle.last - timedelta(days=90),
        last=oracle.last,
    )
    found = answer(company, LOCAL, Question("csat"))
    row = found.filter(pl.col("dimension") == dimension).row(0, named=True)
    assert row["n"] == n
    assert row["value"] == pytest.approx(float(mean))
    assert row["top2"] == pytest.approx(float(top))


def test_the_scores_equal_plain_sql(company: Reader, oracle: Oracle) -> None:
    query = """
        SELECT CAST(score AS VARCHAR), COUNT(*) FROM surveys
        WHERE score IS NOT NULL AND COALESCE(answered_on, sent_on) > $start
            AND COALESCE(answered_on, sent_on) <= $last
        GROUP BY score
    """
    days = {"start": oracle.last - timedelta(days=90), "last": oracle.last}
    rows = oracle.connection.execute(query, days).fetchall()
    found = answer(company, LOCAL, Question("score_distribution"))
    got = dict(found.select("segment", "answers").iter_rows())
    assert {score: n for score, n in got.items() if n} == dict(rows)


def test_drivers_stand_on_the_complete_answers(company: Reader, oracle: Oracle) -> None:
    names = ("product_quality", "service", "delivery", "communication", "support")
    table = oracle.connection.execute(
        f"SELECT score, {', '.join(names)} FROM surveys WHERE score IS NOT NULL"
        " AND COALESCE(answered_on, sent_on) > $start"
        " AND COALESCE(answered_on, sent_on) <= $last",
        {"start": oracle.last - timedelta(days=365), "last": oracle.last},
    ).pl()
    complete = table.drop_nulls()
    score = complete["score"].to_numpy().astype(float)
    columns = [complete[name].to_numpy() for name in names]
    design = np.column_stack([np.ones_like(score), *columns])
    fitted = design @ np.linalg.lstsq(design, score, rcond=None)[0]
    r2 = 1 - ((score - fitted) ** 2).sum() / ((score - score.mean()) ** 2).sum()
    found = answer(company, LOCAL, Question("satisfaction_drivers"))
    assert found["n"].unique().to_list() == [complete.height]
    assert found["r2"][0] == pytest.approx(r2)
    assert found["phi"].sum() == pytest.approx(r2)
