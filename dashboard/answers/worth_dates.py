"""The dates as of which a tier scheme is told, and why it is not as of others."""

from datetime import date

import polars as pl

from dashboard.answers.view import View, offered
from dashboard.reader import Reader
from dashboard.tier_queries import scheme_of
from dashboard.worth_tiers import whole
from data.tiers import of_worth

MODELS = "SELECT as_of, reason FROM clv_models"
NOT_TOLD = "this scheme is told as of the last day and the month ends of a year"
LAST_DAY = "rules that ask for lifetime value are simulated as of the last day"
VALUED = (
    "SELECT customer_key, CAST(days_since_last AS BIGINT) AS days_since_last,"
    " annual_spend, clv, loyalty FROM health_scores WHERE clv IS NOT NULL"
)


def dates(reader: Reader, scheme: str) -> tuple[date, ...]:
    """The dates of a scheme: all, or those with a usable model of lifetime value."""
    days = offered(reader)
    if not of_worth(reader.settings.tiers[scheme]):
        return days
    usable = reader.rows(MODELS).filter(pl.col("reason").is_null())
    return tuple(day for day in days if day in set(usable["as_of"]))


def told(view: View, scheme: str) -> tuple[date, ...]:
    """The dates of a scheme on the view's snapshot."""
    return dates(view.reader, scheme)


def unknown(view: View, option: str = "scheme") -> str | None:
    """Why a scheme is not told as of the view's date; nothing where it is."""
    if view.as_of in told(view, scheme_of(view, option)):
        return None
    models = view.reader.rows(MODELS).filter(pl.col("as_of") == view.as_of)
    return f"no forecast: {models['reason'][0]}" if models.height else NOT_TOLD


def unsimulated(view: View) -> str | None:
    """Why a scheme cannot be simulated as of the view's date; nothing where it can."""
    worth = of_worth(view.reader.settings.tiers[scheme_of(view)])
    late = worth and view.as_of != offered(view.reader)[-1]
    return LAST_DAY if late else unknown(view)


def empty(reason: str) -> pl.DataFrame:
    """One row that says why there is nothing."""
    return pl.DataFrame([{"segment": "all", "reason": reason}])


def valued(view: View) -> pl.DataFrame:
    """What the rules look at as of the last day, of customers with a lifetime value."""
    rows = view.reader.rows(VALUED)
    units = [
        pl.Series(name, whole(rows[name]))
        for name in ("annual_spend", "clv", "loyalty")
    ]
    none = (pl.lit(0, pl.Int64).alias(name) for name in ("orders", "revenue"))
    return rows.with_columns(*units, *none)
