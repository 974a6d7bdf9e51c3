"""Keep what a refresh tells about leaving: who may, by which rule, how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells
from dashboard.churn.known import Sources, cut
from dashboard.churn.models import Day, Fitted, fitted, with_fit
from dashboard.healths import Signal
from data.settings import Settings
from metrics.churn_design import MODEL_COLUMNS, no_purchase, overdue_ratio, since_last
from metrics.churn_frames import ChurnCurve, ChurnPrecision
from metrics.churn_track import (
    FORMULA,
    MODEL,
    RULE,
    churn_calibration,
    churn_model,
    churn_precision,
    not_told,
)
from metrics.clv import fitted as purchase_fit
from metrics.frames import ClvModel
from metrics.purchase_fit import PurchaseFit
from metrics.winback import value_if_kept

OVERDUE = "overdue"
CHANCES = {MODEL: "by_model", RULE: "by_recency", FORMULA: "by_formula"}
PARTS = tuple(f"c_{name}" for name in (*MODEL_COLUMNS, "recency"))
FACTS = (
    *("frequency", "T", "gaps", "own_gap", "bought", "bought_before"),
    *("touched", "touched_before", "complaints", "detractor", "dissatisfied"),
    "expiring",
)
SCORES = """
SELECT
    s.customer_key, c.customer_id, c.store, c.region, c.customer_type,
    c.acquisition_channel, c.tier, p.owner, c.last_day, s.* EXCLUDE (customer_key)
FROM scored AS s
INNER JOIN current_customers AS c ON c.customer_key = s.customer_key
INNER JOIN profiles AS p ON p.customer_key = s.customer_key
ORDER BY s.value_at_risk DESC NULLS LAST, s.churn_probability DESC, c.customer_id
"""


def keep(
    connection: DuckDBPyConnection,
    settings: Settings,
    day: date,
    signals: Mapping[str, Signal],
    worth: pl.DataFrame,
) -> None:
    """Fit the rules anew, score the last day's customers, keep both.

    `worth` is what customers are worth on that day, nobody without a usable model.
    """
    horizon = settings.churn.horizon_days
    sources = Sources.read(connection, signals, settings.health.resolve_days)
    now = with_fit(cut(sources, day, None), _fit(connection, day), horizon)
    found = fitted(sources, now, horizon, settings.clv.model)
    told = _keep_record(connection, found, settings.confidence)
    used = _used(told, now)
    cells.put(connection, "scored", _scores(now, found, used, (worth, horizon)))
    connection.execute(f"CREATE OR REPLACE TABLE churn_scores AS {SCORES}")
    connection.execute("DROP TABLE scored")


def _fit(connection: DuckDBPyConnection, day: date) -> PurchaseFit | None:
    """The purchase model of the last day as it is kept, if it may be used."""
    kept = cells.frame(
        connection,
        f"SELECT * FROM clv_models WHERE as_of = DATE '{day}' AND reason IS NULL",  # noqa: S608 a date
    )
    return None if kept.is_empty() else purchase_fit(ClvModel.validate(kept))


def _keep_record(
    connection: DuckDBPyConnection, found: Fitted, confidence: float
) -> pl.DataFrame:
    """Keep the figures of the evaluation, its curve, and the precision of lists."""
    if found.told is None:
        figures = not_told(found.cuts, found.reason or "")
        curve, tops = ChurnCurve.empty(), ChurnPrecision.empty()
    else:
        figures = churn_model(found.told, found.cuts, confidence=confidence)
        curve = churn_calibration(found.told, confidence=confidence)
        tops = churn_precision(found.told, confidence=confidence)
    cells.keep(connection, "churn_model", figures)
    cells.keep(connection, "churn_calibration", curve)
    cells.keep(connection, "churn_precision", tops)
    return figures


def _used(figures: pl.DataFrame, now: Day) -> str:
    """The rule that is used; days against the own rhythm where there is no model."""
    name = str(figures.filter("used")["segment"][0])
    return OVERDUE if name == FORMULA and now.fit is None else name


def _scores(
    now: Day, found: Fitted, used: str, ahead: tuple[pl.DataFrame, int]
) -> pl.DataFrame:
    facts, (worth, horizon) = now.cut.facts, ahead
    chances = _chances(now, found, horizon)
    unknown = pl.Series([None] * facts.height, dtype=pl.Float64)
    rows = facts.select(
        pl.Series("customer_key", now.cut.keys),
        pl.lit(used).alias("method"),
        pl.Series("churn_probability", chances.get(used, unknown)),
        *(pl.Series(to, chances.get(name, unknown)) for name, to in CHANCES.items()),
        overdue_ratio(now.cut.known.usual_gap),
        pl.lit(now.cut.known.usual_gap, pl.Float64).alias("usual_gap"),
        since_last().alias("days_since_last"),
        *FACTS,
        *_parts(now, found, used),
    )
    return _valued(rows, now, worth, horizon)


def _chances(now: Day, found: Fitted, horizon: int) -> dict[str, pl.Series]:
    told = {name: rule.chance(now.columns) for name, rule in found.rules.items()}
    if now.fit is not None:
        told[FORMULA] = no_purchase(now.cut.facts, now.fit, horizon)[1]
    return {name: pl.Series(each) for name, each in told.items()}


def _parts(now: Day, found: Fitted, used: str) -> list[pl.Series]:
    """What each column adds to a customer's log odds; null where it is not asked."""
    size, rule = len(now.cut.keys), found.rules.get(used)
    told = {} if rule is None else dict(
        zip(rule.names, rule.contributions(now.columns).T, strict=True)
    )  # fmt: skip
    return [
        pl.Series(part, told.get(part[2:], [None] * size), dtype=pl.Float32)
        for part in PARTS
    ]


def _valued(
    rows: pl.DataFrame, now: Day, worth: pl.DataFrame, horizon: int
) -> pl.DataFrame:
    """With what is at risk: probability times the margin of one who does buy."""
    each = ("customer_key", "p_alive", "clv", "expected_spend", "margin_rate")
    known = now.cut.facts.select("frequency", "recency", "T").with_columns(
        rows["customer_key"]
    )
    joined = known.join(
        worth.select(each), on="customer_key", how="left", maintain_order="left"
    )
    fit = now.fit
    kept = (
        np.full(rows.height, np.nan)
        if fit is None
        else value_if_kept(joined, fit, horizon)
    )
    return rows.with_columns(
        joined["p_alive"],
        joined["clv"],
        pl.Series("value_if_kept", kept).fill_nan(None),
    ).with_columns(
        (pl.col("churn_probability") * pl.col("value_if_kept")).alias("value_at_risk")
    )
