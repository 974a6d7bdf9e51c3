"""Answers about leaving: probabilities, the list, its record, what saving pays."""

from collections.abc import Callable, Sequence

import polars as pl
from pandera.typing.polars import DataFrame

from dashboard import willing
from dashboard.answers.trials import clauses
from dashboard.answers.view import View, offered
from dashboard.cells import frame, put
from dashboard.tier_queries import literal
from dashboard.watchlist import held
from data.errors import UsageError
from data.settings import Settings
from metrics import watchlist as lists
from metrics.churn_frames import (
    ChurnCurve,
    ChurnEvaluation,
    ChurnPrecision,
    SavedCustomers,
)
from metrics.estimates import EVERYONE, normal_quantile
from metrics.watchlist import RiskCells
from metrics.winback import Effect, Offer, saved_customers, updated

RANKS = {
    "value_at_risk": "s.value_at_risk",
    "saved_margin": "{saved}",
    "churn_probability": "s.churn_probability",
    "overdue_ratio": "s.overdue_ratio",
}
SAVED = """(
    LEAST({effect!r}, s.churn_probability) * s.value_if_kept - {cost!r} - {reward!r}
    * GREATEST(0.0, 1 - s.churn_probability + LEAST({effect!r}, s.churn_probability))
)"""
SUMMED = """
SELECT
    {by} AS segment, COUNT(*) AS customers, COUNT(s.churn_probability) AS told,
    SUM(CAST(1e12 * s.churn_probability AS BIGINT)) / 1e12 AS lost,
    SUM(CAST(1e12 * s.churn_probability * (1 - s.churn_probability) AS BIGINT)) / 1e12
        AS spread,
    SUM(CAST(1e4 * s.value_at_risk AS BIGINT)) / 1e4 AS at_risk
FROM churn_scores AS s WHERE {chosen} GROUP BY ALL ORDER BY 1
"""
LISTED = """
SELECT s.* FROM churn_scores AS s
ANTI JOIN left_alone AS l ON l.customer_id = s.customer_id
WHERE {chosen}
ORDER BY {rank} DESC NULLS LAST, s.overdue_ratio DESC NULLS LAST, s.customer_id
LIMIT {top}
"""
EACH = """
SELECT
    s.customer_id, s.churn_probability, s.value_at_risk, s.value_if_kept,
    s.days_since_last, s.overdue_ratio, s.p_alive, s.by_model, s.by_recency,
    s.by_formula, s.method
FROM churn_scores AS s WHERE {chosen}
ORDER BY s.value_at_risk DESC NULLS LAST, s.overdue_ratio DESC, s.customer_id
"""
WORTH = """
SELECT
    COUNT(*) AS n,
    CASE WHEN COUNT(found) > 0 THEN COUNT(*) FILTER (found > 0) END
        AS worth_contacting,
    SUM(CAST(1e4 * found AS BIGINT)) / 1e4 / COUNT(found) AS value,
    SUM(CAST(1e4 * CASE WHEN found > 0 THEN found WHEN found <= 0 THEN 0 END AS BIGINT))
        / 1e4 AS total,
    SUM(CAST(1e12 * churn_probability AS BIGINT)) / 1e12 / COUNT(churn_probability)
        AS churn_probability
FROM (
    SELECT s.churn_probability, {saved} AS found FROM churn_scores AS s WHERE {chosen}
)
"""
"""Sums are of whole parts, so that no order of adding changes a digit."""

OUTCOMES = """
SELECT
    e.customer_id, e.control, e.ends_on <= DATE '{as_of}' AS mature,
    COUNT(o.day) FILTER (o.days > 0) > 0 AS bought,
    CAST(COALESCE(SUM(o.margin), 0) AS DOUBLE) AS margin
FROM listed_episodes AS e
INNER JOIN profiles AS p ON p.customer_id = e.customer_id
LEFT JOIN occasions AS o
    ON o.customer_key = p.customer_key AND o.day > e.started_on AND o.day <= e.ends_on
    AND o.valid_from <= DATE '{as_of}' AND o.valid_to > DATE '{as_of}'
GROUP BY e.customer_id, e.started_on, e.ends_on, e.control
ORDER BY e.customer_id, e.started_on
"""
OUTCOME = {
    "customer_id": pl.String,
    "control": pl.Boolean,
    "mature": pl.Boolean,
    "bought": pl.Boolean,
    "margin": pl.Float64,
}
EVERYBODY = 10_000_000
"""More rows than a company has customers."""


def probability(view: View) -> pl.DataFrame:
    """The expected share that leaves, by segment, or each customer's probability."""
    _last_day(view)
    if "per-customer" in view.options:
        rows = view.reader.rows
        each = rows(EACH.format(chosen=chosen(view)))
        return each.with_columns(pl.lit(horizon(view), pl.Int64).alias("horizon_days"))
    by = f"s.{view.by}" if view.by else literal(EVERYONE)
    sums = view.reader.rows(SUMMED.format(by=by, chosen=chosen(view)))
    return lists.churn_probability(
        RiskCells.validate(sums.lazy()),
        by="segment",
        horizon_days=horizon(view),
        method=_method(view),
        confidence=view.reader.settings.confidence,
    )


def record(view: View) -> DataFrame[ChurnEvaluation]:
    """The track record of both rules, as the refresh kept it."""
    _last_day(view)
    return ChurnEvaluation.validate(view.reader.rows("FROM churn_model"))


def calibration(view: View) -> DataFrame[ChurnCurve]:
    """The tenths of both rules."""
    _last_day(view)
    return ChurnCurve.validate(view.reader.rows("FROM churn_calibration"))


def precision(view: View) -> DataFrame[ChurnPrecision]:
    """The precision of lists by both rules."""
    _last_day(view)
    return ChurnPrecision.validate(view.reader.rows("FROM churn_precision"))


def ranked(view: View) -> pl.DataFrame:
    """The customers to contact, the most worth it first; nobody who is held out."""
    found = candidates(view)
    shown = found.filter(~pl.col("held_out"))
    return lists.watchlist(shown, effect(view), offer(view), horizon_days=horizon(view))


def candidates(view: View) -> pl.DataFrame:
    """The first of the list, with `held_out` for those of a control group."""
    _last_day(view)
    rank = view.options.get("rank", "value_at_risk")
    if rank not in RANKS:
        raise UsageError(f"--rank {rank}: it is one of {', '.join(RANKS)}")
    query = LISTED.format(
        chosen=chosen(view), rank=RANKS[rank].format(saved=saved(view)), top=_top(view)
    )
    with view.reader.snapshot.cursor() as cursor:
        put(cursor, "left_alone", _left_alone(view))
        rows = frame(cursor, query)
    return rows.with_columns(held.held_out(view.reader, rows, view.as_of))


def _left_alone(view: View) -> pl.DataFrame:
    """Who has refused to be contacted, or rests for now."""
    resting = held.resting(view.reader, view.as_of)
    asleep = pl.DataFrame({"customer_id": resting}, schema={"customer_id": pl.String})
    return pl.concat([willing.refused(view.reader), asleep])


def kept(view: View) -> DataFrame[SavedCustomers]:
    """Who was saved, by the control group of the list."""
    _last_day(view)
    reader, confidence = view.reader, view.reader.settings.confidence
    key = ("saved customers", held.written(reader))
    return reader.remember(
        key, lambda: saved_customers(_outcomes(view), confidence=confidence)
    )


def _outcomes(view: View) -> pl.DataFrame:
    """Every episode: whether it is over, and what was bought within it."""
    listed = held.episodes(view.reader)
    if listed.is_empty():
        return pl.DataFrame(schema=OUTCOME)
    with view.reader.snapshot.cursor() as cursor:
        put(cursor, "listed_episodes", listed)
        return frame(cursor, OUTCOMES.format(as_of=view.as_of))


def worth(view: View) -> pl.DataFrame:
    """What contacts are expected to bring over all customers of the view."""
    _last_day(view)
    sums = view.reader.rows(WORTH.format(saved=saved(view), chosen=chosen(view)))
    return lists.churn_stop_loss(
        sums,
        effect(view),
        offer(view),
        horizon_days=horizon(view),
        confidence=view.reader.settings.confidence,
    )


def horizon(view: View) -> int:
    """How many days ahead the probabilities look."""
    return _settings(view).churn.horizon_days


def effect(view: View) -> Effect:
    """What a contact is believed to add: the prior, and what the control group told."""
    churn, told = _settings(view).churn, kept(view).row(0, named=True)
    prior = Effect(churn.win_back_effect, churn.win_back_spread)
    if told["effect"] is None:
        return prior
    confidence = view.reader.settings.confidence
    width = told["effect_high"] - told["effect_low"]
    return updated(prior, told["effect"], width / 2 / normal_quantile(confidence))


def offer(view: View) -> Offer:
    """What a contact costs, and the reward."""
    churn = _settings(view).churn
    return Offer(float(churn.contact_cost), float(churn.reward))


def saved(view: View) -> str:
    """The expected saved margin of a customer, as SQL."""
    told, costs = effect(view), offer(view)
    return SAVED.format(effect=told.value, cost=costs.contact_cost, reward=costs.reward)


def chosen(view: View) -> str:
    """Which customers are asked for, as SQL.

    An owner has the customers that the data name and those given to them in the book.
    """
    parts = [f"s.{each}" for each in clauses(view.where)]
    if "owner" in view.options:
        owner = view.options["owner"]
        mine = _among(held.owned(view.reader, owner))
        parts.append(f"(s.owner = {literal(owner)} OR {mine})")
    return " AND ".join(parts or ["TRUE"])


def _among(customers: Sequence[str]) -> str:
    named = ", ".join(map(literal, customers))
    return f"s.customer_id IN ({named})" if named else "FALSE"


def _settings(view: View) -> Settings:
    return view.reader.settings


def _method(view: View) -> tuple[str, str | None]:
    """The rule whose probabilities are used, and why there is no model."""
    rows = view.reader.rows("SELECT method FROM churn_scores LIMIT 1")
    used = view.reader.rows("SELECT reason FROM churn_model WHERE used")
    return str(rows["method"][0]) if rows.height else "overdue", used["reason"][0]


def _top(view: View) -> int:
    """How many customers are listed; without a word the day's capacity."""
    asked = view.options.get("top", str(_settings(view).churn.capacity))
    if asked == "all":
        return EVERYBODY
    if not asked.isdecimal() or not 0 < int(asked) <= EVERYBODY:
        raise UsageError(f"--top {asked}: a number of customers, or all")
    return int(asked)


def _last_day(view: View) -> None:
    last = offered(view.reader)[-1]
    if view.as_of != last:
        raise UsageError(f"churn is told as of the last day, {last}")


ROWS: dict[str, Callable[[View], pl.DataFrame]] = {
    "churn_probability": probability,
    "churn_model": record,
    "churn_calibration": calibration,
    "churn_precision": precision,
    "watchlist": ranked,
    "stop_loss": worth,
    "saved_customers": kept,
}
