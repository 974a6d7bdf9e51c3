"""What each campaign brought, what it was worth, and whether to roll it out."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl
from pandera.typing.polars import DataFrame

from metrics.arms import Sums, plain
from metrics.campaigns import effects, split_p_value
from metrics.estimates import CONFIDENCE
from metrics.guards import ALARM, IMPLAUSIBLE, RANDOM, Evidence, gate, roi
from metrics.power import detectable, unequal
from metrics.trial_frames import (
    ABOVE,
    BELOW,
    UNDECIDED,
    Power,
    Verdict,
    columns_of,
)
from metrics.trial_plans import CONTROL, Plan, phase
from metrics.trial_sums import OUTCOMES, Arms, Row

NO_RATIO = "this outcome has no relative lift"
NOT_RANDOM = "the control group was not drawn at random"
NO_CONTROL = "no control group: what members did is no effect"
SPLIT = "the arms are not split as planned: an effect cannot be told"
SHARES = ("share",)
SAME = ("outcome", "unit", "n", "mean", "control_mean", "p_adjusted")
ABSOLUTE = {
    "absolute": "value",
    "absolute_low": "ci_low",
    "absolute_high": "ci_high",
}
RELATIVE = ("relative", "relative_low", "relative_high")


@dataclass(frozen=True)
class Rules:
    """When a campaign is rolled out, and how many members a verdict needs."""

    as_of: date
    threshold: float = 0.2
    min_n: int = 30
    confidence: float = CONFIDENCE


def pilot_gate(arms: Arms, plan: Plan, rules: Rules) -> DataFrame[Verdict]:
    """Whether to roll a campaign out: the first answer that fits.

    Formula: with the relative lift P and its interval [L, U]: not decidable (no random
        control, a broken split, too few members, no interval); roll out where L is
        above the threshold (default +20%); stop where U is below it: it works below
        target where L > 0, is harmful where U < 0; lean to roll out where P is above it
        and L > 0; else keep piloting
    Interval: Fieller; always valid while members are still added
    Grain: one row per treatment arm: value is the relative lift of the primary outcome;
        aim is the campaign's own target for it, and against_aim where the interval lies
    Units: ratio; money in currency
    Source: first match of the list, so that every campaign has exactly one answer
    """
    rows = _verdicts(arms, plan, rules)
    return Verdict.validate(pl.DataFrame(rows, schema=columns_of(Verdict)))


def campaigns(found: Iterable[tuple[Arms, Plan]], rules: Rules) -> DataFrame[Verdict]:
    """All campaigns ranked by what they brought: incremental margin, then the unknown.

    Formula: incremental margin = lift in margin per member times the arm's members;
        roi = (incremental margin - cost) / cost. The cost counts once: each treatment
        arm bears its share by members; null while members are still measured
    Interval: of the lift, times the members; of the verdict, as `pilot_gate`
    Grain: one row per campaign and treatment arm
    Units: currency; lift and roi are ratios
    Source: Kohavi, Tang, Xu, "Trustworthy Online Controlled Experiments", 2020
    """
    rows = [row for arms, plan in found for row in _verdicts(arms, plan, rules)]
    frame = pl.DataFrame(rows, schema=columns_of(Verdict))
    order = ("incremental_margin", "starts_on", "campaign", "arm")
    ranked = frame.sort(
        order,
        descending=[True, True, False, False],
        nulls_last=[True, False, False, False],
    )
    return Verdict.validate(ranked)


def campaign_power(
    arms: Arms, plan: Plan, rules: Rules, wanted: float
) -> DataFrame[Power]:
    """What a campaign can find with its members, and how many a wanted lift takes.

    Formula: detectable = (z_a/2 + z_b) sqrt(st^2/nt + sc^2/nc), power 80%; needed =
        nt + nc, nc = (z_a/2 + z_b)^2 (st^2 / k + sc^2) / D^2 with k = nt / nc, D the
        wanted lift times the control's mean; days left = missing / members per day
    Grain: one row per treatment arm, for its primary outcome
    Units: members, days; the lift is a ratio
    Source: Chow, Shao, Wang, "Sample Size Calculations in Clinical Research", 2008
    """
    rows = [
        _power(arms, plan, rules, arm, wanted) for arm in arms.names() if arm != CONTROL
    ]
    return Power.validate(pl.DataFrame(rows, schema=columns_of(Power)))


def needed(pair: tuple[Sums, Sums], wanted: float, *, share: bool) -> int | None:
    """Members of both arms that find a wanted relative lift; null where none can tell.

    Without an outcome in the control, both arms together stand for it.
    """
    treatment, control = pair
    base = control if control.y > 0 else control.plus(treatment)
    if base.n < 2 or base.y <= 0 or not treatment.n or not control.n:
        return None
    mean, spread = base.mean(), base.syy() / (base.n - 1)
    other = spread
    if share:
        mean = min(mean, 1 / (1 + wanted) - 1e-9)
        lifted = mean * (1 + wanted)
        spread, other = mean * (1 - mean), lifted * (1 - lifted)
    sizes = unequal((other, spread), mean * wanted, treatment.n / control.n)
    return sum(sizes)


def _verdicts(arms: Arms, plan: Plan, rules: Rules) -> list[Row]:
    return [_verdict(arms, plan, rules, row) for row in _primary(arms, plan, rules)]


def _primary(arms: Arms, plan: Plan, rules: Rules) -> list[Row]:
    names = dict.fromkeys((plan.outcome, "margin"))
    rows = effects(
        arms,
        plan,
        as_of=rules.as_of,
        outcomes=tuple(names),
        confidence=rules.confidence,
    ).to_dicts()
    margins = {row["arm"]: row for row in rows if row["outcome"] == "margin"}
    first = [row for row in rows if row["primary"]]
    return [row | {"money": margins[row["arm"]]} for row in first]


def _verdict(arms: Arms, plan: Plan, rules: Rules, row: Row) -> Row:
    stage, why = phase(plan, arms.span(), rules.as_of), _guard(arms, plan, rules, row)
    shown = _told(why)
    value, low, high = (row[name] if shown else None for name in RELATIVE)
    answer = gate(Evidence(value, low, high, guards=why is None), rules.threshold)
    unknown = None if low is not None else row["reason"] or NO_RATIO
    return {
        **_planned(arms, plan, row["arm"]),
        "phase": stage,
        **{name: row[name] for name in SAME},
        "value": value,
        "ci_low": low,
        "ci_high": high,
        **{name: row[given] if shown else None for name, given in ABSOLUTE.items()},
        "gate": answer,
        "aim": plan.target,
        "against_aim": _against(plan.target, low, high),
        "implausible": why is None and value is not None and value > IMPLAUSIBLE,
        "needed": _needed(arms, plan, row["arm"], rules.threshold),
        **_money(arms, plan, row, stage, told=shown),
        "reason": why or unknown,
    }


def _against(aim: float | None, low: float | None, high: float | None) -> str | None:
    """Whether the lift reached the campaign's own target; null without one."""
    if aim is None:
        return None
    if low is None or high is None:
        return UNDECIDED
    return BELOW if high < aim else ABOVE if low >= aim else UNDECIDED


def _planned(arms: Arms, plan: Plan, arm: str) -> Row:
    """What an arm is, and who is in it."""
    names = ("name", "kind", "starts_on", "ends_on")
    return {
        **{name: getattr(plan, name) for name in names},
        "segment": plan.campaign_id,
        "campaign": plan.campaign_id,
        "arm": arm,
        "design": grade(arms, plan),
        "members": arms.count("members", arm),
        "control_members": arms.count("members", CONTROL),
        "srm_p_value": split_p_value(arms, plan)[0],
        "contaminated": arms.count("contaminated", arm),
    }


def grade(arms: Arms, plan: Plan) -> str:
    """The design as it is: without a control group it is none, whatever was planned."""
    return plan.design if CONTROL in arms.names() else "none"


def _told(why: str | None) -> bool:
    """Whether the lift is shown although no verdict is given: only for few members."""
    return why is None or why.startswith("too small")


def _guard(arms: Arms, plan: Plan, rules: Rules, row: Row) -> str | None:
    """The first guard that fails; null where all hold."""
    if CONTROL not in arms.names():
        return NO_CONTROL
    if plan.design not in RANDOM:
        return NOT_RANDOM
    p_value, _ = split_p_value(arms, plan)
    if p_value is not None and p_value < ALARM:
        return SPLIT
    if row["reason"] is not None and row["reason"].startswith("not mature"):
        return str(row["reason"])
    if min(row["members"], row["control_members"]) < rules.min_n:
        return _too_small(arms, plan, rules, row)
    return None


def _too_small(arms: Arms, plan: Plan, rules: Rules, row: Row) -> str:
    found = _needed(arms, plan, row["arm"], rules.threshold)
    least = max(found or 0, 2 * rules.min_n)
    return (
        f"too small: {row['members']} and {row['control_members']} members measured;"
        f" about {least} are needed to find a lift of {rules.threshold:.0%}"
    )


def _needed(arms: Arms, plan: Plan, arm: str, wanted: float) -> int | None:
    pair = arms.sums(plan.outcome, arm), arms.sums(plan.outcome, CONTROL)
    return needed(pair, wanted, share=OUTCOMES[plan.outcome].unit in SHARES)


def _money(arms: Arms, plan: Plan, row: Row, stage: str, *, told: bool) -> Row:
    """Incremental margin of the arm's measured members, and what its cost brought."""
    money, n = row["money"], row["money"]["members"]
    names = ("value", "ci_low", "ci_high")
    brought = [
        None if not told or money[name] is None else n * money[name] for name in names
    ]
    cost = _cost(arms, plan, row["arm"])
    back = [roi(each, cost) if stage == "over" else None for each in brought]
    parts = ("incremental_margin", "incremental_low", "incremental_high")
    returns = ("roi", "roi_low", "roi_high")
    return {
        **dict(zip(parts, brought, strict=True)),
        "cost": cost,
        **dict(zip(returns, back, strict=True)),
    }


def _cost(arms: Arms, plan: Plan, arm: str) -> float | None:
    """An arm's part of the cost, by members of all treatments."""
    treated = sum(arms.count("members", a) for a in arms.names() if a != CONTROL)
    if plan.cost is None or not treated:
        return None
    return plan.cost * arms.count("members", arm) / treated


def _power(arms: Arms, plan: Plan, rules: Rules, arm: str, wanted: float) -> Row:
    pair = arms.sums(plan.outcome, arm), arms.sums(plan.outcome, CONTROL)
    treatment, control = (plain([each]) for each in pair)
    least = detectable(treatment, control) if min(p.n for p in pair) > 1 else math.nan
    mean, found = pair[1].mean(), _needed(arms, plan, arm, wanted)
    size = pair[0].n + pair[1].n
    return {
        "segment": arm,
        "n": size,
        "control_mean": _known(mean),
        "detectable": _known(least),
        "detectable_relative": _known(least / mean) if mean > 0 else None,
        "wanted_lift": wanted,
        "needed": found,
        **_days_left(arms, rules, found, arm),
        "reason": NO_CONTROL if CONTROL not in arms.names() else None,
    }


def _days_left(arms: Arms, rules: Rules, found: int | None, arm: str) -> Row:
    """Members that are missing, and how long they take at the present rate."""
    span = arms.span()
    assigned = arms.count("members", arm) + arms.count("members", CONTROL)
    missing = None if found is None else max(found - assigned, 0)
    if span is None or span.first_on == span.last_on:
        return {"missing": missing, "per_day": None, "days_left": None}
    rate = assigned / ((span.last_on - span.first_on).days + 1)
    left = None if missing is None else math.ceil(missing / rate)
    return {"missing": missing, "per_day": rate, "days_left": left}


def _known(number: float) -> float | None:
    return None if math.isnan(number) else number
