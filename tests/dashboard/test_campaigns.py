"""Answers about campaigns: what cannot be told is said in words."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dashboard.answers import answer
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from data.errors import UsageError


def asked(reader: Reader, metric: str, **options: str) -> pl.DataFrame:
    given = tuple(sorted(options.items()))
    return answer(reader, LOCAL, Question(metric, options=given))


def ranked(reader: Reader) -> dict[str, dict[str, Any]]:
    return {row["campaign"]: row for row in asked(reader, "campaigns").to_dicts()}


def test_every_campaign_is_ranked_once_per_arm(company: Reader) -> None:
    found = asked(company, "campaigns")
    arms = found.select("campaign", "arm").unique().height
    assert found.height == arms == 15  # 14 campaigns, one with two arms
    brought = found["incremental_margin"].drop_nulls().to_list()
    assert brought == sorted(brought, reverse=True)
    assert found["incremental_margin"].tail(4).null_count() == 4


def test_a_campaign_of_twelve_is_told_to_be_too_small(company: Reader) -> None:
    row = ranked(company)["CP09"]
    assert 2 <= row["members"] + row["control_members"] <= 12
    assert row["gate"] == "not_decidable"
    assert row["reason"].startswith("too small:")
    assert f"about {row['needed']} are needed" in row["reason"]
    assert row["needed"] > 100


def test_a_campaign_without_control_has_no_effect(company: Reader) -> None:
    for campaign in ("CP01", "CP02", "CP05", "CP11"):
        row = ranked(company)[campaign]
        assert row["design"] == "none"
        assert row["gate"] == "not_decidable"
        assert row["value"] is row["incremental_margin"] is row["roi"] is None
        assert row["reason"].startswith("no control group")


def test_members_in_both_arms_are_reported_and_in_neither(
    company: Reader, company_source: Path
) -> None:
    planted = pl.read_parquet(company_source / "truth" / "planted.parquet")
    some = planted.filter(pl.col("kind") == "in_both_arms")
    listed = asked(company, "campaign_members", campaign="CP03", stage="contaminated")
    assert listed["customer_id"].n_unique() == some.height == 6
    rows = asked(company, "srm", campaign="CP03").to_dicts()
    assert [row["contaminated"] for row in rows] == [6, 6]
    others = asked(company, "campaign_members", campaign="CP03")
    assert not set(others["customer_id"]) & set(listed["customer_id"])


def test_the_cost_counts_once_over_arms(company: Reader) -> None:
    found = asked(company, "campaigns").filter(pl.col("campaign") == "CP14")
    cost = company.rows("SELECT cost FROM campaign_plans WHERE campaign_id = 'CP14'")
    assert found["cost"].sum() == pytest.approx(float(cost["cost"][0]))
    assert found["roi"].null_count() == 2  # still measured


def test_the_last_day_of_the_path_is_the_effect_so_far(company: Reader) -> None:
    path = asked(company, "campaign_path", campaign="CP14")
    effect = asked(company, "campaign_effect", campaign="CP14").filter(
        pl.col("primary")
    )
    for row in effect.to_dicts():
        last = (
            path.filter(pl.col("arm") == row["arm"]).sort("day").tail(1).to_dicts()[0]
        )
        assert last["value"] == pytest.approx(row["relative"])
        assert last["n"] == row["n"]


def test_the_days_add_up_to_the_members(company: Reader) -> None:
    days = asked(company, "campaign_monitor", campaign="CP12")
    for row in asked(company, "srm", campaign="CP12").to_dicts():
        mine = days.filter(pl.col("segment") == row["segment"])
        assert mine["assigned"].sum() == row["members"]
        first, last = days["day"].min(), days["day"].max()
        assert isinstance(first, date)
        assert isinstance(last, date)
        every = pl.date_range(first, last, eager=True)
        assert mine["day"].to_list() == every.to_list()
        assert mine["revenue"].null_count() == 0


def test_what_is_no_campaign_or_stage_says_what_is_right(company: Reader) -> None:
    with pytest.raises(UsageError, match="did you mean CP12"):
        asked(company, "campaign_effect", campaign="CP122")
    with pytest.raises(UsageError, match="--stage"):
        asked(company, "campaign_members", campaign="CP12", stage="seen")
    with pytest.raises(UsageError, match="--outcome"):
        asked(company, "campaign_effect", campaign="CP12", outcome="joy")
    with pytest.raises(UsageError, match="--lift"):
        asked(company, "campaign_power", campaign="CP12", lift="-1")
    with pytest.raises(UsageError, match="as of the last day"):
        answer(company, LOCAL, Question("campaigns", as_of=date(2026, 8, 31)))


def test_a_quote_in_a_name_is_only_a_name(company: Reader) -> None:
    where = (Condition("region", ("x' OR 'a'='a",)),)
    found = answer(company, LOCAL, Question("campaigns", where=where))
    assert found.height == 0
