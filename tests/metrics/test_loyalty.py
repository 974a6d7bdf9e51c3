"""Points and members: worked examples, laws, and a simulation with a known truth."""

import numpy as np
import polars as pl
import pytest

from data.schemas.programme import MemberCells, PeerCells, ProgrammeCells
from metrics.members import member_comparison, points_reconciliation
from metrics.points import (
    NEVER,
    breakage,
    points_expiry,
    points_ledger,
    points_liability,
    redemption_rate,
)

OCTOBER = 12 * 2026 + 9


def programme(*rows: tuple[str, int, int]) -> ProgrammeCells:
    """Cells of kind, months before October 2026, and points."""
    frame = pl.DataFrame(
        [("gold", kind, OCTOBER - ago, 1, points) for kind, ago, points in rows],
        schema=["level", "kind", "month", "n", "points"],
        orient="row",
    )
    return ProgrammeCells.validate(frame.lazy())


EXAMPLE = (
    ("opening", OCTOBER, 100),
    ("earn", 13, 400),
    ("earn", 1, 300),
    ("redeem", 1, -150),
    ("expire", 1, -100),
    ("adjust", 0, -20),
    ("lot", 1, 400),
)


def test_closing_is_opening_earned_redeemed_expired_and_adjusted() -> None:
    ledger = points_ledger(programme(*EXAMPLE), until=OCTOBER)
    assert ledger.height == 14
    assert ledger["opening"][0] == 100
    assert ledger.row(12)[1:] == (500, 300, 150, 100, 0, 550)
    assert ledger.row(13)[1:] == (550, 0, 0, 0, -20, 530)


def test_breakage_and_liability_are_those_of_the_worked_example() -> None:
    cells = programme(*EXAMPLE)
    assert breakage(cells, until=OCTOBER)["value"][0] == pytest.approx(0.25)
    owed = points_liability(cells, until=OCTOBER, unit_cost=0.02).row(0, named=True)
    assert owed["n"] == 530
    assert owed["value"] == pytest.approx(530 * 0.02 * 0.75)


def test_without_a_unit_cost_the_liability_is_told_in_points() -> None:
    owed = points_liability(programme(*EXAMPLE), until=OCTOBER, unit_cost=None)
    assert owed["value"][0] is None
    assert owed["expected"][0] == pytest.approx(397.5)
    assert "unit_cost" in owed["reason"][0]


def test_redemption_looks_at_twelve_months() -> None:
    row = redemption_rate(programme(*EXAMPLE), until=OCTOBER).row(0, named=True)
    assert (row["part"], row["whole"], row["value"]) == (150, 300, 0.5)


def test_nothing_known_is_no_zero() -> None:
    none = programme()
    assert points_ledger(none, until=OCTOBER).is_empty()
    assert points_expiry(none).is_empty()
    for share in (breakage(none, until=OCTOBER), redemption_rate(none, until=OCTOBER)):
        assert share["value"][0] is None
        assert share["reason"][0]


def test_months_to_come_are_named() -> None:
    due = [("due", OCTOBER, 5), ("due", -2, 10), ("due", OCTOBER - NEVER, 5)]
    found = points_expiry(programme(*due))
    assert found["month"].to_list() == ["none", "2026-12", "never"]
    assert found["share"].to_list() == [0.25, 0.5, 0.25]


def test_accounts_without_a_balance_are_unchecked_not_wrong() -> None:
    names = [*MemberCells.to_schema().columns]
    given = dict.fromkeys(names, 0) | {"level": "gold", "accounts": 3, "points": 9}
    row = points_reconciliation(MemberCells.validate(pl.LazyFrame([given])))
    assert row["value"][0] is None
    assert row["unchecked"][0] == 3


def peers(seed: int, effect: float) -> pl.LazyFrame:
    """Members who buy more for what they were before, and by `effect` beside."""
    rng = np.random.default_rng(seed)
    n = 3_000
    tier = rng.integers(0, 3, n)
    member = rng.random(n) < 0.2 + 0.25 * tier
    cents = (100 * rng.normal(50 + 40 * tier + effect * member, 20)).astype(int)
    rows = pl.DataFrame(
        {
            "acquisition_channel": "store",
            "tier": "gold",
            "tier_then": tier.astype(str),
            "half_year": 4050,
            "level": "gold",
            "side": np.where(member, "member", "other"),
            "buyers": (cents > 6000).astype(int),
            "cents": cents,
        }
    )
    keys = [name for name in rows.columns if name not in ("buyers", "cents")]
    sums = rows.group_by(*keys).agg(
        pl.len().alias("customers"),
        pl.sum("buyers"),
        pl.sum("cents").alias("revenue"),
        (pl.col("cents") ** 2).sum().alias("squares"),
    )
    return PeerCells.validate(sums.lazy())


def test_a_difference_among_look_alikes_is_covered_by_its_interval() -> None:
    """Of 200 companies about 95% of the intervals hold the true difference of 5."""
    inside = 0
    for seed in range(200):
        row = (
            member_comparison(peers(seed, 5.0))
            .filter(outcome="revenue")
            .row(0, named=True)
        )
        inside += row["ci_low"] <= 5 <= row["ci_high"]
    assert 180 <= inside <= 199


def test_members_who_were_better_before_do_not_look_better() -> None:
    row = member_comparison(peers(1, 0.0)).filter(outcome="revenue").row(0, named=True)
    assert abs(row["value"]) < 3
    assert row["design"] == "matched"


def test_without_look_alikes_there_is_no_comparison() -> None:
    alone = peers(1, 0.0).filter(pl.col("side") == "member")
    found = member_comparison(PeerCells.validate(alone))
    assert found["value"].null_count() == found.height == 2
    assert set(found["n"]) == {0}
