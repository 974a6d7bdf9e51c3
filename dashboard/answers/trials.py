"""Answers about campaigns: effects, verdicts, splits, power, days, and members."""

from collections.abc import Callable
from datetime import date
from difflib import get_close_matches
from typing import Any

import polars as pl
from pandera.typing.polars import LazyFrame

from dashboard.answers.view import View, offered
from dashboard.cells import frame
from dashboard.question import Condition
from dashboard.tier_queries import literal
from data.errors import UsageError
from data.marts import sql
from data.schemas.trials import CampaignCells, CampaignDays
from metrics import campaigns as effects
from metrics import trial_days, verdicts
from metrics.estimates import EVERYONE
from metrics.trial_members import STAGES, campaign_funnel, campaign_members
from metrics.trial_plans import Plan
from metrics.trial_sums import OUTCOMES, Arms, arms_of
from metrics.verdicts import Rules

SUMMED = r"""
SELECT
    campaign_id, arm, {by} AS segment, MIN(first_on) AS first_on,
    MAX(last_on) AS last_on, MAX(due_on) AS due_on,
    SUM(COLUMNS('^({counts}|.*_(n|x|xx|y|yy|xy))$')) AS '\0'
FROM ({cells}) WHERE {chosen}
GROUP BY campaign_id, arm, segment
"""
COUNTS = "members|contaminated|reached|opened|clicked|redeemed|n|x|xx"
KINDS = ("assigned", *STAGES, "bought", "contaminated")
MEMBERS = """
SELECT
    e.customer_id, e.arm, e.assigned_on, e.reached_on, e.opened_on, e.clicked_on,
    e.redeemed_on, e.store, e.region, e.customer_type, e.acquisition_channel, e.tier,
    e.bought = 1 AS bought, CAST(e.revenue AS DOUBLE) * 0.01 AS revenue
FROM campaign_entries AS e WHERE {chosen}
ORDER BY e.customer_id, e.arm
"""


def effect(view: View) -> pl.DataFrame:
    """The lifts of one campaign: all outcomes, or the primary one by segment."""
    plan = planned(view)
    asked = view.options.get("outcome")
    if asked is not None and asked not in OUTCOMES:
        raise UsageError(f"--outcome {asked}: it is one of {', '.join(OUTCOMES)}")
    usual = (plan.outcome,) if view.by else ()
    return effects.campaign_effect(
        _arms(view, plan.campaign_id),
        plan,
        as_of=view.as_of,
        outcomes=(asked,) if asked else usual,
        confidence=view.reader.settings.confidence,
    )


def gate(view: View) -> pl.DataFrame:
    """The verdict on one campaign."""
    plan = planned(view)
    return verdicts.pilot_gate(_arms(view, plan.campaign_id), plan, rules(view))


def ranked(view: View) -> pl.DataFrame:
    """All campaigns, by what they brought."""
    _last_day(view)
    known = arms_of(CampaignCells.validate(_summed(view, None).lazy()), "segment")
    found = [(known.get(plan.campaign_id, Arms({})), plan) for plan in plans(view)]
    return verdicts.campaigns([each for each in found if each[0].rows], rules(view))


def split(view: View) -> pl.DataFrame:
    """The arms of one campaign against its plan."""
    plan = planned(view)
    return effects.srm(_arms(view, plan.campaign_id), plan)


def power(view: View) -> pl.DataFrame:
    """What one campaign can find, and what a wanted lift takes."""
    plan, how = planned(view), rules(view)
    wanted = view.options.get("lift")
    lift = how.threshold if wanted is None else positive("lift", wanted)
    return verdicts.campaign_power(_arms(view, plan.campaign_id), plan, how, lift)


def monitor(view: View) -> pl.DataFrame:
    """One campaign day by day."""
    plan = planned(view)
    return trial_days.campaign_monitor(_days(view, plan))


def path(view: View) -> pl.DataFrame:
    """The lift of one campaign as it became known."""
    plan = planned(view)
    confidence = view.reader.settings.confidence
    return trial_days.campaign_path(_days(view, plan), plan, confidence=confidence)


def funnel(view: View) -> pl.DataFrame:
    """The members of one campaign by stage."""
    return campaign_funnel(_arms(view, planned(view).campaign_id))


def members(view: View) -> pl.DataFrame:
    """The members of one campaign: all, of an arm, or of a stage."""
    plan, kind = planned(view), view.options.get("stage", "assigned")
    if kind not in KINDS:
        raise UsageError(f"--stage {kind}: it is one of {', '.join(KINDS)}")
    chosen = [f"e.campaign_id = {literal(plan.campaign_id)}", _stage(kind)]
    if "arm" in view.options:
        chosen.append(f"e.arm = {literal(view.options['arm'])}")
    query = MEMBERS.format(chosen=" AND ".join((*chosen, *clauses(view.where))))
    with view.reader.snapshot.cursor() as cursor:
        return campaign_members(frame(cursor, query))


def rules(view: View) -> Rules:
    """When a campaign is rolled out, by the settings."""
    settings = view.reader.settings
    threshold = settings.thresholds["pilot_gate"]
    return Rules(view.as_of, threshold, settings.min_n, settings.confidence)


def plans(view: View) -> list[Plan]:
    """Every campaign as planned, by id."""
    rows = view.reader.rows("SELECT * FROM campaign_plans ORDER BY campaign_id")
    return [_as_planned(row) for row in rows.to_dicts()]


def positive(name: str, text: str) -> float:
    """A positive number given as an option.

    Errors: UsageError for anything else.
    """
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise UsageError(f"--{name} {text}: a number above 0 is needed")
    return number


def _as_planned(row: dict[str, Any]) -> Plan:
    cost = row["cost"]
    names = (
        *("campaign_id", "name", "kind", "design", "outcome", "outcome_days"),
        *("starts_on", "ends_on", "planned_share", "planned_members", "target"),
    )
    given = {name: row[name] for name in names}
    return Plan(**given, cost=None if cost is None else float(cost))


def planned(view: View) -> Plan:
    """The campaign that is asked for; without a word, the one that began last."""
    _last_day(view)
    known = {plan.campaign_id: plan for plan in plans(view)}
    asked = view.options.get("campaign")
    if asked is None and known:
        return max(known.values(), key=lambda plan: (plan.starts_on, plan.campaign_id))
    if asked not in known:
        near = get_close_matches(asked or "", known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UsageError(f"there is no campaign {asked!r}{hint}")
    return known[asked]


def _last_day(view: View) -> date:
    last = offered(view.reader)[-1]
    if view.as_of != last:
        raise UsageError(f"campaigns are told as of the last day, {last}")
    return last


def _arms(view: View, campaign: str) -> Arms:
    cells = CampaignCells.validate(_summed(view, campaign).lazy())
    return arms_of(cells, "segment").get(campaign, Arms({}))


def _summed(view: View, campaign: str | None) -> pl.DataFrame:
    """Sums by segment and arm: of kept cells, or of members where stores are asked."""
    chosen = list(clauses(view.where))
    if campaign is not None:
        chosen.append(f"campaign_id = {literal(campaign)}")
    clause, cells = " AND ".join(chosen or ["TRUE"]), "SELECT * FROM campaign_cells"
    if any(each.attribute == "store" for each in view.where):
        some = f"(SELECT * FROM campaign_entries WHERE {clause})"  # noqa: S608 literals are quoted
        cells, clause = sql("campaign_cells").replace("campaign_entries", some), "TRUE"
    by = view.by or f"'{EVERYONE}'"
    return view.reader.rows(
        SUMMED.format(by=by, cells=cells, chosen=clause, counts=COUNTS)
    )


def _days(view: View, plan: Plan) -> LazyFrame[CampaignDays]:
    if view.where:
        raise UsageError("the days of a campaign are kept for all its members together")
    one = literal(plan.campaign_id)
    query = f"SELECT * FROM campaign_days WHERE campaign_id = {one}"  # noqa: S608 quoted
    return CampaignDays.validate(view.reader.rows(query).lazy())


def _stage(kind: str) -> str:
    if kind == "contaminated":
        return "e.contaminated = 1"
    clean = "e.contaminated = 0"
    if kind == "bought":
        return f"{clean} AND e.mature = 1 AND e.bought = 1"
    return clean if kind == "assigned" else f"{clean} AND e.{kind}_on IS NOT NULL"


def clauses(where: tuple[Condition, ...]) -> tuple[str, ...]:
    """Conditions as SQL, each on a column of its attribute's name."""
    return tuple(
        f"{each.attribute} {'NOT IN' if each.negate else 'IN'}"
        f" ({', '.join(map(literal, each.values))})"
        for each in where
    )


ROWS: dict[str, Callable[[View], pl.DataFrame]] = {
    "campaigns": ranked,
    "campaign_effect": effect,
    "pilot_gate": gate,
    "srm": split,
    "campaign_power": power,
    "campaign_monitor": monitor,
    "campaign_path": path,
    "campaign_funnel": funnel,
    "campaign_members": members,
}
