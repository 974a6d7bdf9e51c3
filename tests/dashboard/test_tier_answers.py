"""Histories of tiers see who was in view on each date, and names are only names."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from dashboard.answers import answer, offered
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.sample import write_company
from data.settings import Settings
from data.warehouse import open_current

LOW = {"name": "other", "care": {"call": 1}}
SETTINGS = Settings.model_validate({"tiers": {"owner's": [LOW]}})
ASKED = Question("tier_distribution", options=(("scheme", "hml"),))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    folder = tmp_path_factory.mktemp("tiers")
    source, until = folder / "source", date(2026, 10, 31)
    write_company(source, customers=300, seed=5, until=until, format="parquet")
    refresh(source, folder / "store", SETTINGS)
    return Reader(open_current(folder / "store"))


def held(reader: Reader, asked: Question) -> pl.DataFrame:
    return answer(reader, LOCAL, asked).select("segment", "customers").sort("segment")


@pytest.mark.parametrize(
    "where",
    [
        (),
        (Condition("tier", ("gold", "silver")),),
        (Condition("region", ("华东",), negate=True),),
        (Condition("customer_type", ("member",)),),
    ],
)
def test_a_date_of_a_history_says_what_asking_for_that_date_says(
    company: Reader, where: tuple[Condition, ...]
) -> None:
    history = answer(company, LOCAL, replace(ASKED, by="as_of", where=where))
    assert history["revenue"].is_null().all()
    assert history["reason"].is_not_null().all()
    for day in offered(company)[-14::4]:
        alone = held(company, replace(ASKED, as_of=day, where=where))
        told = history.filter(pl.col("as_of") == day).select("segment", "customers")
        assert told.sort("segment").equals(alone), day


@pytest.mark.parametrize(
    "metric", ["tier_distribution", "tier_migration", "tier_history", "tier_moves"]
)
def test_a_scheme_may_have_a_quote_in_its_name(company: Reader, metric: str) -> None:
    named = Question(metric, options=(("scheme", "owner's"),))
    assert answer(company, LOCAL, named).height > 0
    across = replace(named, metric="tier_distribution", by="as_of")
    assert answer(company, LOCAL, across).height > 0


def test_simulated_shares_count_all_revenue_in_view(company: Reader) -> None:
    simulated = answer(company, LOCAL, Question("tier_simulation"))
    kept = answer(company, LOCAL, Question("tier_distribution"))
    both = simulated.join(kept, on="segment", suffix="_kept")
    assert both.height == simulated.height
    assert both["revenue_share"].to_list() == pytest.approx(
        both["revenue_share_kept"].to_list(), abs=1e-12
    )
