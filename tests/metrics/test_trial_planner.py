"""Plans of tests: sizes against published figures and simulation, and the lot."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from data.schemas.trials import Candidates
from metrics.trial_planner import Aims, beyond, trial_assignment, trial_plan

SIZES = {"diamond": 7, "gold": 53, "silver": 240, "dormant": 501}


def plan(share: float, lift: float, audience: int = 10**6) -> dict[str, object]:
    aims = Aims(lift=lift, control=0.1, days=30, threshold=0.2, baseline=share)
    return trial_plan(audience, (0, 0), aims).row(0, named=True)


def candidates(seed: int = 0) -> pl.LazyFrame:
    rng = np.random.default_rng(seed)
    tiers = [tier for tier, size in SIZES.items() for _ in range(size)]
    rows = pl.DataFrame(
        {
            "customer_id": [f"C{place:04}" for place in range(len(tiers))],
            "tier": tiers,
            "lot": [f"{number:08x}" for number in rng.permutation(len(tiers))],
            "assigned_at": date(2026, 11, 1),
        }
    )
    return rows.sample(fraction=1.0, shuffle=True, seed=seed).lazy()


def assigned(seed: int = 0, **options: object) -> pl.DataFrame:
    rows = Candidates.validate(candidates(seed))
    given = {"campaign": "T", "control": 0.2, **options}
    return trial_assignment(rows, **given)  # type: ignore[arg-type] # options by name


def test_sizes_of_unequal_arms_are_the_worked_ones() -> None:
    # 10% to 12% with nine treated for one spared.
    told = plan(0.1, 0.2)
    assert (told["treatment"], told["control"]) == (17967, 1997)


@pytest.mark.parametrize(
    ("share", "members"), [(0.02, 27197), (0.05, 10479), (0.10, 4906), (0.15, 3048)]
)
def test_sizes_that_show_more_than_a_threshold_are_the_worked_ones(
    share: float, members: int
) -> None:
    assert beyond(share, 0.2, 0.4, 1.0) == (members, members)


def test_a_planned_test_finds_its_lift_four_times_in_five() -> None:
    told = plan(0.1, 0.3)
    nt, nc = int(str(told["treatment"])), int(str(told["control"]))
    rng = np.random.default_rng(7)
    t, c = rng.binomial(nt, 0.13, 20_000) / nt, rng.binomial(nc, 0.1, 20_000) / nc
    error = np.sqrt(t * (1 - t) / nt + c * (1 - c) / nc)
    found = float(np.mean(np.abs(t - c) > 1.959964 * error))
    assert 0.785 < found < 0.825


def test_the_whole_audience_finds_a_smaller_lift() -> None:
    told = plan(0.1, 0.3, audience=10**6)
    detectable = float(str(told["detectable"]))
    # 2.8016 standard errors of a share of 0.1 with 900,000 and 100,000 members.
    error = (0.1 * 0.9 * (1 / 9e5 + 1 / 1e5)) ** 0.5
    assert detectable == pytest.approx(2.801585 * error / 0.1, rel=1e-5)


@pytest.mark.parametrize(
    ("audience", "bought", "lift", "reason"),
    [
        (0, (0, 0), 0.3, "nobody is in view"),
        (50, (0, 50), 0.3, "nobody of this audience bought"),
        (50, (5, 50), 0.3, "smaller than the members needed"),
        (10**6, (40, 50), 0.3, "to 100% or more"),
    ],
)
def test_what_cannot_be_planned_says_why(
    audience: int, bought: tuple[int, int], lift: float, reason: str
) -> None:
    aims = Aims(lift=lift, control=0.5, days=30, threshold=0.2)
    assert reason in str(trial_plan(audience, bought, aims)["reason"][0])


def test_everybody_gets_one_arm_and_control_is_as_planned_in_each_tier() -> None:
    found = assigned()
    assert found["customer_id"].n_unique() == found.height == sum(SIZES.values())
    for tier, size in SIZES.items():
        spared = found.filter((pl.col("tier") == tier) & (pl.col("arm") == "control"))
        assert abs(spared.height - 0.2 * size) <= 1
    assert (found["arm"] == "control").sum() == round(0.2 * sum(SIZES.values()))


@pytest.mark.parametrize("members", [1, 10, 100, 801, 9999])
def test_so_many_members_are_drawn_each_tier_by_its_share(members: int) -> None:
    found = assigned(members=members)
    wanted = min(members, sum(SIZES.values()))
    assert found.height == wanted
    for tier, size in SIZES.items():
        drawn = (found["tier"] == tier).sum()
        assert abs(drawn - wanted * size / sum(SIZES.values())) <= 1


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = candidates()
    turned = rows.reverse()
    one, two = (
        trial_assignment(Candidates.validate(each), campaign="T", control=0.3)
        for each in (rows, turned)
    )
    assert one.equals(two)


def test_over_many_lots_everybody_is_spared_as_often() -> None:
    times = pl.concat([assigned(seed) for seed in range(200)])
    spared = times.group_by("customer_id").agg((pl.col("arm") == "control").mean())
    # 801 binomial shares of 200 lots: five standard errors of 0.028 either side.
    assert spared["arm"].is_between(0.2 - 0.15, 0.2 + 0.15).all()
    assert spared["arm"].std() == pytest.approx((0.2 * 0.8 / 200) ** 0.5, rel=0.15)
