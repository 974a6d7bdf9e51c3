"""Whom to contact: the expected share that leaves, and the list ranked by money."""

from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import Cells
from metrics.churn_design import MODEL_COLUMNS, RECENCY_COLUMNS
from metrics.churn_frames import ChurnProbability, StopLoss
from metrics.estimates import CONFIDENCE, EVERYONE, normal_quantile, ratio, segments
from metrics.frames import Result
from metrics.winback import Effect, Offer, stop_loss

REASONS = 3
ALONE = {"formula": "habit", "overdue": "overdue"}
"""The only reason of a rule that has no columns."""

TELLING = 0.02
"""Log odds that a column has to add to a customer's risk to be told as a reason."""


class RiskCells(Cells):
    """One row per segment: customers, and sums over those with a probability."""

    customers: pl.Int64 = pa.Field(ge=0)
    told: pl.Int64 = pa.Field(ge=0)
    lost: pl.Float64 = pa.Field(nullable=True)
    spread: pl.Float64 = pa.Field(nullable=True)
    at_risk: pl.Float64 = pa.Field(nullable=True)


class Watched(Result):
    """One row per customer of the list."""

    customer_id: pl.String = pa.Field()
    churn_probability: pl.Float64 = pa.Field(nullable=True)
    horizon_days: pl.Int64 = pa.Field(gt=0)
    reasons: pl.String = pa.Field()
    value_at_risk: pl.Float64 = pa.Field(nullable=True)
    saved_margin: pl.Float64 = pa.Field(nullable=True)
    value_if_kept: pl.Float64 = pa.Field(nullable=True)
    clv: pl.Float64 = pa.Field(nullable=True)
    last_day: pl.Date = pa.Field()
    days_since_last: pl.Int64 = pa.Field(ge=0)
    rhythm_days: pl.Float64 = pa.Field(nullable=True)
    overdue_ratio: pl.Float64 = pa.Field(nullable=True)
    p_alive: pl.Float64 = pa.Field(nullable=True)
    by_formula: pl.Float64 = pa.Field(nullable=True)
    bought: pl.Int64 = pa.Field(ge=0)
    bought_before: pl.Int64 = pa.Field(ge=0)
    touched: pl.Int64 = pa.Field(ge=0, nullable=True)
    touched_before: pl.Int64 = pa.Field(ge=0, nullable=True)
    complaints: pl.Int64 = pa.Field(ge=0, nullable=True)
    expiring: pl.Int64 = pa.Field(ge=0, nullable=True)
    owner: pl.String = pa.Field(nullable=True)
    tier: pl.String = pa.Field()
    region: pl.String = pa.Field()
    store: pl.String = pa.Field()
    method: pl.String = pa.Field()


def churn_probability(
    cells: LazyFrame[RiskCells],
    *,
    by: str = EVERYONE,
    horizon_days: int,
    method: tuple[str, str | None],
    confidence: float = CONFIDENCE,
) -> DataFrame[ChurnProbability]:
    """Churn probability: the expected share with no purchase in the horizon ahead.

    Formula: mean probability of no purchase in the next `horizon_days` (180 by default)
        over the customers with a purchase in the 365 days before; of the calibrated
        model or, where that is better, the recency rule; without enough history of the
        purchase model
    Interval: of the outcomes given the probabilities, 95%: -+ z sqrt(sum p (1 - p)) /
        n; it does not cover a model that is wrong: see its track record
    Grain: one row per segment of `by`: segment, value, n = customers, ci_low, ci_high,
        horizon_days, expected_lost = sum of p, value_at_risk = sum, method, reason =
        why no model is used
    Units: share, 0 to 1; customers; currency
    Source: Batislam, Denizel, Filiztekin, International Journal of Research in
        Marketing 24 (2007); Cox, Biometrika 45 (1958)
    """
    sums = [pl.col(name).sum() for name in ("customers", "told")]
    money = [pl.col(name).sum() for name in ("lost", "spread", "at_risk")]
    rows = segments(cells, by, *sums, *money).collect()
    told = pl.col("told")
    value = ratio(pl.col("lost"), told)
    half = normal_quantile(confidence) * ratio(pl.col("spread").sqrt(), told)
    known = pl.when(told > 0)
    return ChurnProbability.validate(
        rows.select(
            "segment",
            value.alias("value"),
            pl.col("customers").alias("n"),
            (value - half).clip(0.0, 1.0).alias("ci_low"),
            (value + half).clip(0.0, 1.0).alias("ci_high"),
            pl.lit(horizon_days, pl.Int64).alias("horizon_days"),
            known.then(pl.col("lost")).alias("expected_lost"),
            known.then(pl.col("at_risk")).alias("value_at_risk"),
            pl.lit(method[0]).alias("method"),
            pl.lit(method[1], pl.String).alias("reason"),
        )
    )


def watchlist(
    customers: pl.DataFrame, effect: Effect, offer: Offer, *, horizon_days: int
) -> DataFrame[Watched]:
    """Watchlist: the customers to contact, by the money at risk or by what it brings.

    Formula: value_at_risk = churn probability x value if kept, which is the margin
        forecast over the horizon / (1 - P(no purchase) of the purchase model);
        saved_margin = win-back effect x value if kept - contact cost - reward x min(1,
        1 - p + effect); overdue_ratio = days since last / own rhythm, (k own + 2 usual)
        / (k + 2) of k completed gaps; reasons = what adds most to the log odds of
        leaving, against the mean customer, the largest first
    Interval: none; the probability's track record is in `churn_model`
    Grain: one row per customer with a purchase in 365 days, ranked: customer_id,
        churn_probability, horizon_days, reasons, value_at_risk, saved_margin,
        value_if_kept, clv, last_day, days_since_last, rhythm_days, overdue_ratio,
        p_alive, by_formula (P(no purchase) of the purchase model), bought and touched
        (purchase days and touches of 90 days; of the 90 before), complaints, expiring
        points, owner, tier, region, store, method
    Units: share, 0 to 1; currency; days
    Source: Fader, Hardie, Lee, Marketing Science 24 (2005)
    """
    kept, chance = (
        customers[name].fill_null(float("nan")).to_numpy()
        for name in ("value_if_kept", "churn_probability")
    )
    saved = stop_loss(effect.value, kept, chance, offer)
    return Watched.validate(
        customers.with_columns(
            pl.lit(horizon_days, pl.Int64).alias("horizon_days"),
            pl.Series("saved_margin", saved).fill_nan(None),
            pl.Series("reasons", list(map(told_reasons, customers.to_dicts())))
            .cast(pl.String),
            (pl.col("days_since_last") / pl.col("overdue_ratio")).alias("rhythm_days"),
        ).with_columns(pl.col("rhythm_days").fill_nan(None))
    )  # fmt: skip


def told_reasons(row: dict[str, Any]) -> str:
    """The names of the columns that add most to a customer's risk, the largest first.

    One is told only where the fact it names is there: who was touched twice, as before,
    has no fewer touches, even if others have more.
    """
    if row["method"] in ALONE:
        name = ALONE[row["method"]]
        return name if _holds(name, row) else ""
    named = (*MODEL_COLUMNS, *RECENCY_COLUMNS)
    added = {name: row.get(f"c_{name}") or 0.0 for name in named}
    told = [name for name in named if added[name] > TELLING and _holds(name, row)]
    return " ".join(sorted(told, key=lambda name: -added[name])[:REASONS])


def _holds(name: str, row: dict[str, Any]) -> bool:
    """Whether what a reason says is true of the customer itself."""
    facts = {
        "overdue": (row["overdue_ratio"] or 0) > 1,
        "fewer_purchases": row["bought_before"] > row["bought"],
        "fewer_touches": (row["touched_before"] or 0) > (row["touched"] or 0),
        "complaint": row["complaints"],
        "detractor": row["detractor"],
        "dissatisfied": row["dissatisfied"],
        "expiring_points": row["expiring"],
    }
    return bool(facts.get(name, True))


def churn_stop_loss(
    sums: pl.DataFrame,
    effect: Effect,
    offer: Offer,
    *,
    horizon_days: int,
    confidence: float = CONFIDENCE,
) -> DataFrame[StopLoss]:
    """Stop loss: what a contact is expected to bring, less what it costs.

    Formula: win-back effect x value if kept - contact cost - reward x min(1, 1 - p +
        effect): a reward is also paid to those who would have come back; below 0 means
        do not act. The effect is the prior of the settings until the watchlist's own
        control group tells, then both weighed by their precision
    Interval: of the effect, 95%: effect_low, effect_high
    Grain: one row: segment, value = mean over customers, n, worth_contacting =
        customers above 0, total = their sum, break_even = value if kept at which a
        contact of a customer with the mean probability pays, effect, effect_low,
        effect_high, measured, contact_cost, reward, horizon_days, reason
    Units: currency per customer; customers; the effect is a share, 0 to 1
    Source: Rossi, McCulloch, Allenby, Marketing Science 15 (1996)
    """
    row = sums.row(0, named=True)
    low, high = effect.bounds(confidence)
    chance = row["churn_probability"]
    paid = None if chance is None else min(1.0, max(0.0, 1 - chance + effect.value))
    cost = None if paid is None else offer.contact_cost + offer.reward * paid
    told = {
        "segment": EVERYONE,
        "value": row["value"],
        "n": row["n"],
        "worth_contacting": row["worth_contacting"],
        "total": row["total"],
        "break_even": cost / effect.value
        if cost is not None and effect.value > 0
        else None,
        "effect": effect.value,
        "effect_low": low,
        "effect_high": high,
        "measured": effect.measured,
        "contact_cost": offer.contact_cost,
        "reward": offer.reward,
        "horizon_days": horizon_days,
        "reason": None
        if chance is not None
        else "no probabilities, as there is no model",
    }
    return StopLoss.validate(pl.DataFrame([told], schema=StopLoss.empty().schema))
