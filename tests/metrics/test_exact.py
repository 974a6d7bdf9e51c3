"""Sums that are the same in any order."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.exact import exact_sums, exact_total, whole_steps

amounts = st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=50)


@given(amounts, st.randoms(use_true_random=False))
def test_the_order_of_amounts_does_not_matter(
    given_amounts: list[float], chance: random.Random
) -> None:
    mixed = given_amounts.copy()
    chance.shuffle(mixed)
    assert exact_total(np.array(mixed)) == exact_total(np.array(given_amounts))


@given(amounts)
def test_the_sum_is_that_of_the_amounts(given_amounts: list[float]) -> None:
    largest = max(map(abs, given_amounts))
    found = exact_total(np.array(given_amounts))
    assert found == pytest.approx(
        math.fsum(given_amounts), rel=1e-12, abs=largest / 1e13 + 1e-290
    )


def test_amounts_are_summed_by_their_group() -> None:
    whole, step = whole_steps(np.array([0.1, 0.2, 0.4, -0.8]))
    sums = exact_sums(whole, step, np.array([2, 0, 2, 0]), 4)
    assert sums == pytest.approx([-0.6, 0, 0.5, 0])


def test_nothing_sums_to_nothing() -> None:
    assert exact_total(np.zeros(0)) == 0
    assert exact_total(np.zeros(3)) == 0
