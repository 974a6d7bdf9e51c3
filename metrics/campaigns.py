"""What a campaign caused, by outcome and segment; whether its split can be trusted."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from pandera.typing.polars import DataFrame

from metrics.arms import Sums
from metrics.estimates import CONFIDENCE, EVERYONE
from metrics.guards import ALARM, srm_p_value
from metrics.likelihood import Array
from metrics.multiplicity import benjamini_hochberg, holm, selected_level
from metrics.trial_effects import Columns, Reading, lifts, reading
from metrics.trial_frames import CampaignEffect, Split, columns_of
from metrics.trial_plans import CONTROL, Plan, phase, unplanned
from metrics.trial_sums import OUTCOMES, Arms

NO_CONTROL = "no control group"
NEAR_ZERO = "the control's outcome cannot be told from zero yet: no relative lift"
NO_SPREAD = "every member measured so far has the same outcome"
FEW_SO_FAR = "too few members measured so far for an interval"
RATE = 0.05
Key = tuple[str, str, str]  # segment, outcome, arm


def campaign_effect(
    arms: Arms,
    plan: Plan,
    *,
    as_of: date,
    outcomes: Sequence[str] = (),
    confidence: float = CONFIDENCE,
) -> DataFrame[CampaignEffect]:
    """Lift of each treatment over the control, by assigned member.

    Formula: mean of the treatment less mean of the control over members whose outcome
        window has passed; relative: that / control; adjusted: CUPED with the revenue
        of the year before. Purchases count from the day after assignment on
    Interval: Welch (absolute) and Fieller (relative); always valid while members are
        still added. Primary outcome: Holm over arms; others and segments: Benjamini-
        Hochberg at 5%, the intervals of what is found by Benjamini and Yekutieli
    Grain: one row per segment, outcome and treatment arm
    Units: that of the outcome: share 0 to 1, currency, points; relative is a ratio
    Source: Welch 1947; Fieller 1954; Deng et al. 2013; Waudby-Smith et al. 2024
    """
    return CampaignEffect.validate(
        effects(arms, plan, as_of=as_of, outcomes=outcomes, confidence=confidence)
    )


def effects(
    arms: Arms,
    plan: Plan,
    *,
    as_of: date,
    outcomes: Sequence[str],
    confidence: float,
) -> pl.DataFrame:
    """The rows of `campaign_effect`, for those who check what they make of them."""
    span = arms.span()
    stage = phase(plan, span, as_of)
    how = reading(plan, stage, confidence)
    names = tuple(outcomes) or arms.outcomes(plan)
    treated = [arm for arm in arms.names() if arm != CONTROL]
    keys = [(s, o, a) for s in arms.segments() for o in names for a in treated]
    pairs = [(arms.sums(o, a, s), arms.sums(o, CONTROL, s)) for s, o, a in keys]
    columns = lifts(pairs, how)
    scores = np.array([OUTCOMES[o].unit == "points" for _, o, _ in keys], bool)
    for name in ("relative", "relative_low", "relative_high"):
        columns[name] = np.where(scores, np.nan, columns[name])  # NPS has no true zero
    told = _family(keys, plan, columns, pairs, how)
    rows = [
        _row(key, plan, pair, how)
        | {"reason": why_not(arms, plan, stage, pair, due=span)}
        for key, pair in zip(keys, pairs, strict=True)
    ]
    return _frame(rows, columns | told)


def why_not(
    arms: Arms, plan: Plan, stage: str, pair: tuple[Sums, Sums], due: Any
) -> str | None:
    """Why a lift is unknown; null where it is known."""
    if CONTROL not in arms.names():
        return NO_CONTROL
    if stage == "maturing":
        return f"not mature: the outcome window ends on {due.due_on}"
    if min(each.n for each in pair) == 0:
        return "no data"
    return None


def srm(arms: Arms, plan: Plan) -> DataFrame[Split]:
    """Arm sizes against the plan: an alarm stops every verdict.

    Formula: chi2 = sum (members - expected)^2 / expected, expected = all members times
        the planned share; alarm where p < 0.001. Members in two arms are in neither
    Grain: one row per arm: members, expected, and those who stand in another arm too
    Units: customers; p-value 0 to 1, null without a plan
    Source: Fabijan et al., "Diagnosing Sample Ratio Mismatch", KDD 2019
    """
    names = tuple(sorted({*arms.names(), *plan.shares()}))
    p_value, why = split_p_value(arms, plan)
    total = sum(arms.count("members", arm) for arm in names)
    rows = []
    for arm in names:
        members, share = arms.count("members", arm), plan.shares().get(arm)
        rows.append(
            {
                "segment": arm,
                "members": members,
                "share": members / total if total else None,
                "planned_share": share,
                "expected": None if share is None else share * total,
                "contaminated": arms.count("contaminated", arm),
                "p_value": p_value,
                "alarm": None if p_value is None else p_value < ALARM,
                "reason": why,
            }
        )
    return Split.validate(pl.DataFrame(rows, schema=columns_of(Split)))


def split_p_value(arms: Arms, plan: Plan) -> tuple[float | None, str | None]:
    """The p-value of the split, or why there is none."""
    why = unplanned(plan, arms.names())
    if why is not None:
        return None, why
    shares = plan.shares()
    observed = [arms.count("members", arm) for arm in shares]
    p_value = srm_p_value(observed, list(shares.values()))
    return p_value, None if p_value is not None else "too few members to test the split"


def _family(
    keys: Sequence[Key],
    plan: Plan,
    columns: Columns,
    pairs: Sequence[tuple[Sums, Sums]],
    how: Reading,
) -> Columns:
    """P-values of the primary outcome over arms, and of the family of all others."""
    p_values = columns["p_value"]
    primary = np.array([s == EVERYONE and o == plan.outcome for s, o, _ in keys], bool)
    adjusted = np.full(len(keys), np.nan)
    adjusted[primary] = holm(p_values[primary])
    adjusted[~primary] = benjamini_hochberg(p_values[~primary])
    level = selected_level(p_values[~primary], RATE)
    low, high = np.full((2, len(keys)), np.nan)
    if not np.isnan(level):
        wider = lifts(pairs, Reading(level, how.method, how.planned))
        chosen = ~primary & (adjusted <= RATE)
        low[chosen], high[chosen] = wider["ci_low"][chosen], wider["ci_high"][chosen]
    return {"p_adjusted": adjusted, "selected_low": low, "selected_high": high}


def _row(key: Key, plan: Plan, pair: tuple[Sums, Sums], how: Reading) -> dict[str, Any]:
    segment, outcome, arm = key
    return {
        "segment": segment,
        "outcome": outcome,
        "arm": arm,
        "primary": outcome == plan.outcome,
        "unit": OUTCOMES[outcome].unit,
        "members": pair[0].n,
        "control_members": pair[1].n,
        "n": pair[0].n + pair[1].n,
        "method": how.method,
    }


def _frame(rows: list[dict[str, Any]], columns: dict[str, Array]) -> pl.DataFrame:
    found = pl.DataFrame(columns).with_columns(pl.all().fill_nan(None))
    names = pl.DataFrame(rows, schema=_given(CampaignEffect, found.columns))
    both = names.hstack(found.with_columns(found=pl.col("p_adjusted") <= RATE))
    reason = (
        pl.when(pl.col("reason").is_not_null())
        .then("reason")
        .when(pl.col("ci_low").is_null() & (pl.col("method") == "always_valid"))
        .then(pl.lit(FEW_SO_FAR))
        .when(pl.col("ci_low").is_null())
        .then(pl.lit(NO_SPREAD))
        .when(pl.col("relative_low").is_null() & (pl.col("unit") != "points"))
        .then(pl.lit(NEAR_ZERO))
    )
    return both.with_columns(reason.alias("reason"))


def _given(model: Any, others: Sequence[str]) -> dict[str, Any]:
    told = {*others, "found"}
    return {name: kind for name, kind in columns_of(model).items() if name not in told}
