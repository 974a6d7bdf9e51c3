"""Answers: rights before frames, errors that help, histories that add up."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from dashboard import periods
from dashboard.answers import answer, missing, offered
from dashboard.catalogue import METRICS, Metric, find
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL, Rights, Viewer
from data.errors import UsageError

EAST = Condition("region", ("华东",))


def value(reader: Reader, metric: str, **view: object) -> float:
    frame = answer(reader, LOCAL, Question(metric, **view))  # type: ignore[arg-type]
    found: float = frame["value"][0]
    return found


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_of_the_catalogue_answers(company: Reader, metric: Metric) -> None:
    """Reliability 16: no figure is NaN."""
    one = (("customer", "C0000001"),) if metric.options[:1] == ("customer",) else ()
    frame = answer(company, LOCAL, Question(metric.name, options=one))
    assert frame.height
    floats = frame.select(pl.selectors.float())
    assert not floats.select(pl.any_horizontal(pl.all().is_nan()).any()).item()


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_is_defined_in_both_languages(metric: Metric) -> None:
    name = metric.name
    found = find(name)
    for line in ("Formula:", "Grain:", "Units:", "Source:"):
        assert line in found.definition, line
    assert len(found.definition_zh) > 10
    assert found.en != found.zh


def test_a_viewer_of_one_region_gets_that_region_and_no_more(company: Reader) -> None:
    regional = Viewer("regional", "regional", Rights(rows=(EAST,)))
    own = answer(company, regional, Question("revenue"))["value"][0]
    assert own == pytest.approx(value(company, "revenue", where=(EAST,)))
    assert own < value(company, "revenue")
    segments = answer(company, regional, Question("revenue", by="region"))["segment"]
    assert segments.to_list() == ["华东"]
    other = Question("revenue", where=(Condition("region", ("华南",)),))
    assert answer(company, regional, other)["value"][0] in (None, 0)


def test_a_part_is_not_measured_against_everyones_target(company: Reader) -> None:
    regional = Viewer("regional", "regional", Rights(rows=(EAST,)))
    asked = Question("repurchase_rate")
    assert answer(company, LOCAL, asked)["target"][0] is not None
    assert answer(company, regional, asked)["target"][0] is None
    filtered = Question("repurchase_rate", where=(EAST,))
    assert answer(company, LOCAL, filtered)["target"][0] is None


@pytest.mark.parametrize("metric", ["clv", "concentration", "expected_purchases"])
def test_rights_hold_where_customers_are_listed(company: Reader, metric: str) -> None:
    regional = Viewer("regional", "regional", Rights(rows=(EAST,)))
    n = answer(company, regional, Question(metric))["n"][0]
    assert n == answer(company, LOCAL, Question(metric, where=(EAST,)))["n"][0]
    assert 0 < n < answer(company, LOCAL, Question(metric))["n"][0]


@pytest.mark.parametrize(
    ("question", "hint"),
    [
        (Question("repurchase"), "repurchase_rate"),
        (Question("nps", by="regoin"), "region"),
        (Question("nps", where=(Condition("teir", ("gold",)),)), "tier"),
        (Question("nps", window="ninety"), "365"),
        (Question("nps", window="0"), "365"),
        (Question("nps", options=(("horizon", "90"),)), "--compare"),
        (Question("clv", options=(("model", "magic"),)), "mbgnbd"),
        (Question("clv", options=(("horizon", "-1"),)), "--horizon"),
        (Question("nps", options=(("compare", "decade"),)), "previous"),
        (Question("concentration", options=(("top", "many"),)), "--top"),
        (Question("concentration", options=(("top", "0"),)), "--top"),
        (Question("rate_change", options=(("of", "revenue"),)), "repurchase_rate"),
        (Question("tier_distribution", options=(("scheme", "magic"),)), "spend"),
    ],
    ids=lambda item: str(item) if isinstance(item, str) else item.metric,
)
def test_a_wrong_question_is_told_what_is_right(
    company: Reader, question: Question, hint: str
) -> None:
    with pytest.raises(UsageError, match=hint):
        answer(company, LOCAL, question)


def test_another_date_names_the_nearest(company: Reader) -> None:
    last = offered(company)[-1]
    with pytest.raises(UsageError, match=last.isoformat()):
        answer(company, LOCAL, Question("nps", as_of=last - timedelta(days=1)))


def test_a_change_is_the_difference_of_two_answers(company: Reader) -> None:
    dates = offered(company)
    now = dates[-2]
    asked = Question("repurchase_rate", as_of=now, options=(("compare", "year"),))
    row = answer(company, LOCAL, asked).row(0, named=True)
    past = value(company, "repurchase_rate", as_of=periods.year_before(now))
    assert row["before"] == pytest.approx(past)
    assert row["change"] == pytest.approx(row["value"] - past)


def test_no_change_is_claimed_before_the_history_starts(company: Reader) -> None:
    early = offered(company)[2]
    asked = Question("revenue", as_of=early, options=(("compare", "previous"),))
    row = answer(company, LOCAL, asked).row(0, named=True)
    assert (row["before"], row["change"]) == (None, None)


@pytest.mark.parametrize("by", ["region", "tier", "acquisition_channel"])
@pytest.mark.parametrize("name", ["repurchase_rate", "nps", "churn_rate"])
def test_the_parts_of_a_change_add_up_to_it(
    company: Reader, name: str, by: str
) -> None:
    as_of = offered(company)[-1]
    options = (("of", name), ("compare", "year"))
    window = find(name).window
    asked = Question("rate_change", as_of=as_of, window=window, by=by, options=options)
    parts = answer(company, LOCAL, asked)
    whole = Question(name, as_of=as_of, options=(("compare", "year"),))
    change = answer(company, LOCAL, whole)["change"][0]
    assert parts["total"].sum() == pytest.approx(change)


def test_months_add_up_to_all_revenue(company: Reader) -> None:
    months = answer(company, LOCAL, Question("revenue", by="month"))
    orders = answer(company, LOCAL, Question("orders", by="month"))
    assert months["segment"].str.len_chars().unique().to_list() == [7]
    counted = orders["value"].drop_nulls().sum()
    first = orders.filter(pl.col("value").is_null()).height
    assert first <= 1  # the month in which the history starts may be incomplete
    assert counted <= value(company, "orders", window="all")


def test_a_history_ends_with_the_present(company: Reader) -> None:
    for metric in ("nps", "revenue", "clv", "customers"):
        history = answer(company, LOCAL, Question(metric, by="as_of"))
        assert history["segment"][-1] == offered(company)[-1].isoformat()
        assert history["value"][-1] == pytest.approx(value(company, metric))


def test_a_window_of_its_own_equals_the_kept_one(company: Reader) -> None:
    """Summed on demand from events, and read from the cells that a snapshot keeps."""
    kept = answer(company, LOCAL, Question("repurchase_rate", window="90"))
    around = [value(company, "orders", window=str(days)) for days in (89, 90, 91)]
    assert sorted(around) == around
    crossed = Question(
        "repurchase_rate",
        window="90",
        where=(Condition("store", ("none of ours",), negate=True),
               Condition("tier", ("none",), negate=True)),
    )  # fmt: skip
    columns = ("value", "n", "ci_low", "ci_high", "state")
    assert answer(company, LOCAL, crossed)[columns].equals(kept[columns])


def test_is_not_is_the_rest(company: Reader) -> None:
    rest = replace(EAST, negate=True)
    for metric in ("customers", "revenue", "orders"):
        inside = value(company, metric, where=(EAST,))
        outside = value(company, metric, where=(rest,))
        assert inside + outside == pytest.approx(value(company, metric))


def test_a_hostile_value_is_only_text(company: Reader) -> None:
    """Reliability 26: a value that is SQL."""
    for text in ("' OR 1=1 --", "华东'; DROP TABLE names; --", "*", ""):
        where = (Condition("store", (text,)), Condition("tier", (text,)))
        found = answer(company, LOCAL, Question("active_customers", where=where))
        assert found["value"][0] in (None, 0)
    assert value(company, "customers") > 0


def test_each_customers_value_adds_up_to_the_total(company: Reader) -> None:
    total = answer(company, LOCAL, Question("clv")).row(0, named=True)
    each = answer(company, LOCAL, Question("clv", options=(("per-customer", "yes"),)))
    assert each.height == total["n"]
    assert each["clv"].sum() == pytest.approx(total["total"], rel=1e-9)


def test_values_of_tiers_add_up(company: Reader) -> None:
    total = answer(company, LOCAL, Question("clv"))["total"][0]
    parts = answer(company, LOCAL, Question("clv", by="tier"))
    assert parts["total"].sum() == pytest.approx(total, rel=1e-9)
    crossed = Question("clv", by="tier", where=(Condition("store", ("S001",)),))
    alone = value(company, "clv", where=(Condition("store", ("S001",)),))
    rows = answer(company, LOCAL, crossed)
    weighted = (rows["value"] * rows["n"]).sum() / rows["n"].sum()
    assert weighted == pytest.approx(alone, rel=1e-9)


def test_nothing_is_missing_from_a_full_company(company: Reader) -> None:
    assert not [metric.name for metric in METRICS if missing(company, metric)]


def test_windows_are_half_open_and_whole_days() -> None:
    asked = periods.span(date(2026, 3, 31), "30")
    assert asked.starts_after == date(2026, 3, 1)
    assert asked.previous_after == date(2026, 1, 30)
    month = periods.span(date(2026, 2, 28), "month")
    assert month.starts_after == date(2026, 1, 31)
    assert periods.year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert periods.year_before(date(2025, 2, 28)) == date(2024, 2, 29)


@pytest.mark.parametrize("metric", ["customers", "clv", "repurchase_within"])
def test_a_state_has_no_window(company: Reader, metric: str) -> None:
    with pytest.raises(UsageError, match="leave --window out"):
        answer(company, LOCAL, Question(metric, window="90"))
    whole = answer(company, LOCAL, Question(metric, window="all"))
    assert whole["value"][0] == answer(company, LOCAL, Question(metric))["value"][0]
