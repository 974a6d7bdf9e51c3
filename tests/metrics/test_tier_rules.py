"""Scores and rules, on examples that can be checked by eye."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from data.settings import Settings
from data.tiers import RFM, SPEND, RfmSettings, version
from metrics.rfm import cells_of
from metrics.tier_rules import Standing, rank_scores, tier_codes


def test_ties_share_the_lower_score() -> None:
    values = np.array([1, 1, 1, 1, 2, 2, 3, 5, 8, 13])
    assert list(rank_scores(values)) == [1, 1, 1, 1, 3, 3, 4, 4, 5, 5]


@given(st.lists(st.integers(-50, 50), min_size=1))
def test_a_score_is_one_plus_five_times_the_share_of_smaller_values(values) -> None:
    """reliability 96: ties, all equal and one customer score by the written rule."""
    n = len(values)
    expected = [1 + 5 * sum(other < v for other in values) // n for v in values]
    assert list(rank_scores(np.array(values))) == expected


@pytest.mark.parametrize(
    ("days", "spend", "tier"),
    [
        (364, "50000", "diamond"),
        (364, "49999.9999", "gold"),
        (0, "10000", "gold"),
        (0, "9999.9999", "silver"),
        (0, "-5", "silver"),
        (365, "60000", "dormant"),
    ],
)
def test_a_bound_belongs_to_the_tier_that_it_opens(
    days: int, spend: str, tier: str
) -> None:
    money = np.array([int(Decimal(spend) * 10_000)])
    standing = Standing(np.array([days]), money, np.array([1]), money)
    assert SPEND[tier_codes(standing, SPEND, RfmSettings())[0]].name == tier


def test_each_of_the_125_cells_has_exactly_one_segment() -> None:
    found = cells_of(RFM)
    assert found.height == found.unique().height == 125
    assert set(found["segment"]) == {rule.name for rule in RFM}


def test_a_version_stands_for_the_rules() -> None:
    changed = (*SPEND[:1], SPEND[1].model_copy(update={"name": "vip"}), *SPEND[2:])
    assert version(SPEND, RfmSettings()) != version(changed, RfmSettings())
    assert version(SPEND, RfmSettings()) == version(tuple(SPEND), RfmSettings())


@pytest.mark.parametrize(
    "tiers",
    [
        {"rfm": [{"name": "top", "recency_score": [5, 5]}]},
        {"rfm": [{"name": "top", "annual_spend_min": 5}, {"name": "other"}]},
        {"spend": [{"name": "top", "recency_score": [5, 5]}, {"name": "other"}]},
        {"x": [{"name": "top", "recency_score": [5, 4]}, {"name": "other"}]},
        {"x": [{"name": "top", "recency_score": [0, 6]}, {"name": "other"}]},
    ],
)
def test_rules_that_do_not_fit_are_refused_as_the_settings_load(tiers) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"tiers": tiers})
