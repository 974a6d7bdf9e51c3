"""Members by stage: a stage of which nobody has a day is unknown, not nobody."""

from metrics.trial_members import STAGES, campaign_funnel
from metrics.trial_sums import Arms


def funnel(*rows: tuple[str, int, int, int, int, int]) -> dict[str, list[int | None]]:
    names = ("members", *STAGES)
    arms = {("all", arm): dict(zip(names, n, strict=True)) for arm, *n in rows}
    return campaign_funnel(Arms(arms)).drop("segment").to_dict(as_series=False)


def test_a_stage_without_any_day_is_unknown_in_every_arm() -> None:
    found = funnel(("control", 50, 0, 0, 0, 0), ("treatment", 60, 55, 20, 0, 0))
    assert found["members"] == [50, 60]
    assert found["reached"] == [0, 55]
    assert found["opened"] == [0, 20]
    assert found["clicked"] == found["redeemed"] == [None, None]


def test_an_arm_of_nobody_has_no_members() -> None:
    """All of it stand in another arm too, and are counted in neither."""
    assert funnel(("treatment", 0, 0, 0, 0, 0))["members"] == [0]
