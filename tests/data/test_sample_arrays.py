"""What the sample company is drawn with, against plain ways to say the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.sample.arrays import ascending
from data.sample.dice import dice, pick, pick_by
from data.sample.labels import chosen, numbered

SHARES = ((0.5, 0.2, 0.3), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))


@given(st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 3)))
def test_equal_numbers_stay_in_their_order(numbers: list[int]) -> None:
    plain = sorted(range(len(numbers)), key=lambda at: numbers[at])
    assert ascending(np.array(numbers, dtype=np.int64)).tolist() == plain


@given(st.lists(st.integers(0, 2)), st.integers(0, 99))
def test_a_place_is_the_first_whose_running_share_reaches_the_draw(
    kinds: list[int], seed: int
) -> None:
    drawn = dice(seed, 1, "test").random(len(kinds))
    plain = [
        sum(draw > limit for limit in np.cumsum(SHARES[kind])[:-1])
        for draw, kind in zip(drawn, kinds, strict=True)
    ]
    places = pick_by(np.array(kinds, dtype=np.int64), SHARES, dice(seed, 1, "test"))
    assert places.tolist() == plain


def test_places_come_as_often_as_their_shares() -> None:
    places = pick(100_000, SHARES[0], dice(1, 1, "test"))
    shares = np.bincount(places) / len(places)
    assert shares == pytest.approx(SHARES[0], abs=0.01)


@given(st.lists(st.integers(-3, 12_000)), st.integers(1, 5))
def test_names_are_the_number_from_one_on_with_leading_zeros(
    numbers: list[int], width: int
) -> None:
    plain = [f"S{at + 1:0{width}}" if at >= 0 else None for at in numbers]
    names = numbered("S", np.array(numbers, dtype=np.int64), width)
    assert names.to_list() == plain


@given(st.lists(st.integers(-2, 2)))
def test_a_negative_place_has_no_name(places: list[int]) -> None:
    plain = ["abc"[place] if place >= 0 else None for place in places]
    assert chosen(tuple("abc"), np.array(places, dtype=np.int64)).to_list() == plain
