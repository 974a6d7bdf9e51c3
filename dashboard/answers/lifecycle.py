"""Answers about the life cycle: stages and flows, purchase steps, leads and costs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl
from pandera.typing.polars import LazyFrame

from dashboard import periods
from dashboard.answers.people import chosen
from dashboard.answers.valued import clv
from dashboard.answers.view import View, offered
from dashboard.cells import frame, matching
from dashboard.question import Question
from dashboard.reader import Wanted
from data.errors import UsageError
from data.schemas.lifecycle import ChannelCosts, LeadSteps, StageCells, StepCells
from metrics import lifecycle
from metrics.stages import STAGES

PEOPLE = """
SELECT
    c.customer_id, s.stage_from, s.stage, c.store, c.region, c.customer_type,
    c.acquisition_channel, c.tier, c.first_day, c.last_day, c.days, c.annual_revenue
FROM lifecycle_stages AS s
INNER JOIN current_customers AS c ON c.customer_key = s.customer_key
WHERE s.stage <> 'absent' AND {which} AND {clauses}
ORDER BY c.annual_revenue DESC NULLS LAST, c.customer_id
"""
PASSED = {
    "reached": "reached_on",
    "interested": "COALESCE(interested_on, trial_on, converted_on)",
    "trial": "COALESCE(trial_on, converted_on)",
    "converted": "converted_on",
    "repeat": "repeat_on",
}
FUNNEL = """
SELECT
    {by} AS segment, {counts}, {medians}
FROM lead_paths
WHERE reached_on > $start AND {clauses}
GROUP BY {by}
"""
COHORTS = """
SELECT
    acquisition_channel AS segment, first_month, months_since,
    SUM(customers) AS customers, CAST(SUM(margin) AS DOUBLE) AS margin
FROM cohort_cells WHERE cube = 'coarse' AND {clauses} GROUP BY ALL
"""
ONLY = "acquisition_channel"


def staged(view: View) -> pl.DataFrame:
    """Customers by stage."""
    return lifecycle.lifecycle_stage(_stages(view))


def flows(view: View) -> pl.DataFrame:
    """Customers by stage at the month end before, and stage."""
    return lifecycle.lifecycle_flows(_stages(view))


def people(view: View) -> pl.DataFrame:
    """The customers of a stage or a move."""
    _last_day(view)
    which, values = ["TRUE"], {}
    for option, column in (("stage", "stage"), ("stage-from", "stage_from")):
        name = view.options.get(option)
        if name is not None and name not in STAGES:
            raise UsageError(f"--{option} {name}: it is one of {', '.join(STAGES)}")
        if name is not None:
            which.append(f"s.{column} = ${column}")
            values[column] = name
    clauses, more = chosen("c", view.where)
    query = PEOPLE.format(which=" AND ".join(which), clauses=clauses)
    with view.reader.snapshot.cursor() as cursor:
        found = cursor.sql(query, params={**values, **more}).pl()
    return lifecycle.lifecycle_customers(found)


def steps(view: View) -> pl.DataFrame:
    """From each of the first purchases to the next."""
    _last_day(view)
    rows = _cells(view, "SELECT * FROM step_cells")
    confidence = view.reader.settings.confidence
    cells = StepCells.validate(rows.lazy())
    return lifecycle.purchase_steps(cells, confidence=confidence)


def funnel(view: View) -> pl.DataFrame:
    """Leads by channel and stage."""
    _by_channel_alone(view)
    parts = [_leads(view, "'all'"), _leads(view, "channel")]
    found = LeadSteps.validate(pl.concat(parts).lazy())
    confidence = view.reader.settings.confidence
    return lifecycle.acquisition_funnel(found, confidence=confidence)


def costs(view: View) -> pl.DataFrame:
    """What winning customers cost by channel, and when it is earned back."""
    _by_channel_alone(view)
    months = _whole_months(view)
    spent = view.reader.rows("SELECT * FROM channel_costs").rename(
        {"channel": "segment"}
    )
    spend = (
        spent.filter(pl.col("month").is_in(months))
        .group_by("segment")
        .agg(pl.col("amount").sum().cast(pl.Float64).alias("spend"))
    )
    cohorts = _cohorts(view)
    numbers = [12 * day.year + day.month - 1 for day in months]
    inside = pl.col("first_month").is_in(numbers) & (pl.col("months_since") == 0)
    won = cohorts.group_by("segment").agg(
        pl.col("customers").filter(inside).sum().cast(pl.Int64).alias("won")
    )
    rows = won.join(spend, on="segment", how="left").join(
        _worth(view), on="segment", how="left"
    )
    told = [_paid_back(view, cohorts, row) for row in rows.sort("segment").to_dicts()]
    schema = {"segment": pl.String, "won": pl.Int64, "spend": pl.Float64}
    schema |= {"clv": pl.Float64, "payback": pl.Int64}
    table = pl.DataFrame(told, schema=schema).with_columns(months=len(months))
    return lifecycle.cac(ChannelCosts.validate(table.lazy()))


def _paid_back(
    view: View, cohorts: pl.DataFrame, row: dict[str, object]
) -> dict[str, object]:
    """The channel's row with the month by which the mean margin reaches its CAC."""
    spend, won = row["spend"], row["won"]
    if not isinstance(spend, float) or not isinstance(won, int) or not won:
        return {**row, "payback": None}
    last = 12 * view.as_of.year + view.as_of.month - 1
    if view.as_of != periods.month_end(view.as_of):
        last -= 1  # the running month is not over
    mine = cohorts.filter(pl.col("segment") == row["segment"])
    sizes = mine.filter(pl.col("months_since") == 0).select("first_month", "customers")
    so_far = 0.0
    for month in range(last - int(str(mine["first_month"].min())) + 1):
        seen = sizes.filter(pl.col("first_month") + month <= last)
        some = mine.filter(pl.col("months_since") == month).join(
            seen, on="first_month", how="semi"
        )
        so_far += float(some["margin"].sum()) / max(1, int(seen["customers"].sum()))
        if so_far >= spend / won:
            return {**row, "payback": month}
    return {**row, "payback": None}


def _cohorts(view: View) -> pl.DataFrame:
    clauses, values = chosen("cohort_cells", view.where)
    with view.reader.snapshot.cursor() as cursor:
        query = COHORTS.format(clauses=clauses)
        found: pl.DataFrame = cursor.sql(query, params=values).pl()
    return found


def _worth(view: View) -> pl.DataFrame:
    """The mean lifetime value of each channel's customers."""
    question = Question("clv", where=view.where, by=ONLY)
    found = clv(replace(view, question=question))
    return found.select("segment", pl.col("value").alias("clv"))


def _whole_months(view: View) -> list[date]:
    """First days of the calendar months that lie wholly in the window."""
    start, last = view.spans[0].starts_after, view.as_of
    days = view.reader.rows("SELECT DISTINCT month FROM channel_costs ORDER BY 1")
    return [
        day for day in days["month"] if day > start and periods.month_end(day) <= last
    ]


def _leads(view: View, by: str) -> pl.DataFrame:
    counts = ", ".join(f"COUNT({day}) AS {stage}" for stage, day in PASSED.items())
    days = ("reached_on", "interested_on", "trial_on", "converted_on", "repeat_on")
    medians = ", ".join(
        f"MEDIAN({after} - {before}) FILTER ({after} >= {before}) AS {stage}_days"
        for stage, before, after in zip(list(PASSED)[1:], days, days[1:], strict=False)
    )
    clauses, values = chosen("lead_paths", view.where)
    clauses = clauses.replace(f"lead_paths.{ONLY}", "lead_paths.channel")
    query = FUNNEL.format(by=by, counts=counts, medians=medians, clauses=clauses)
    start = view.spans[0].starts_after
    with view.reader.snapshot.cursor() as cursor:
        found = cursor.sql(query, params={"start": start, **values}).pl()
    return _long(found)


def _long(found: pl.DataFrame) -> pl.DataFrame:
    """One row per segment and stage, with the stage before."""
    told = [
        {
            "segment": row["segment"],
            "stage": stage,
            "count": row[stage],
            "before": row[before] if before else None,
            "median_days": row[f"{stage}_days"] if before else None,
        }
        for row in found.sort("segment").to_dicts()
        for before, stage in zip((None, *PASSED), PASSED, strict=False)
    ]
    schema = {"segment": pl.String, "stage": pl.String, "count": pl.Int64}
    schema |= {"before": pl.Int64, "median_days": pl.Float64}
    return pl.DataFrame(told, schema=schema)


def _stages(view: View) -> LazyFrame[StageCells]:
    """The cells of a kept date: the last day, and a year of month ends before it."""
    days = view.reader.rows("SELECT DISTINCT as_of FROM stage_cells")["as_of"].to_list()
    if days and view.as_of not in days:
        raise UsageError(f"stages are kept from {min(days)} on")
    rows = _cells(view, f"SELECT * FROM stage_cells WHERE as_of = DATE '{view.as_of}'")  # noqa: S608 a date
    return StageCells.validate(rows.lazy())


def _cells(view: View, query: str) -> pl.DataFrame:
    """The cells in view, of the cube that tells the customers apart.

    Errors: UsageError for a store crossed with another attribute than its region.
    """
    cube = Wanted("stage_cells", (), view.where).cube()
    if cube is None:
        raise UsageError(
            f"{view.metric.name} is kept by store or by other attributes, not both"
        )
    with view.reader.snapshot.cursor() as cursor:
        found = frame(cursor, f"FROM ({query}) WHERE cube = '{cube}'")
    return matching(found, view.where)


def _by_channel_alone(view: View) -> None:
    """Leads and spend have a channel and nothing else of a customer.

    Errors: UsageError for a filter on another attribute, or another date.
    """
    _last_day(view)
    for each in view.where:
        if each.attribute != ONLY:
            raise UsageError(
                f"{view.metric.name} is told by {ONLY} alone; leave --where"
                f" {each.attribute} out"
            )


def _last_day(view: View) -> None:
    last = offered(view.reader)[-1]
    if view.as_of != last:
        raise UsageError(f"{view.metric.name} is told as of the last day, {last}")


ROWS: dict[str, Callable[[View], pl.DataFrame]] = {
    "lifecycle_stage": staged,
    "lifecycle_flows": flows,
    "lifecycle_customers": people,
    "purchase_steps": steps,
    "acquisition_funnel": funnel,
    "cac": costs,
}
