"""Customer value: models fitted on the histories of a date, customers scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection
from pandera.typing.polars import DataFrame

from dashboard import cells, periods
from dashboard.cells import frame
from data.marts import sql
from data.schemas.cells import CustomerHistory
from data.settings import ClvSettings, Settings
from metrics.clv import (
    clv_model,
    customer_values,
    failing_condition,
    fitted,
    spend_fitted,
)
from metrics.frames import ClvModel, CustomerValue
from metrics.purchase_fit import PurchaseFit, fit, triples
from metrics.spend_model import SpendFit, fit_spend

KEPT_MONTHS = 13


@dataclass(frozen=True)
class Valuation:
    """The models of one date, the histories behind them, why they may not be used."""

    as_of: date
    customers: pl.DataFrame
    purchases: PurchaseFit
    spend: SpendFit
    reason: str | None

    def model(self) -> pl.DataFrame:
        """The fitted models as one row."""
        return clv_model(
            self.purchases, self.spend, as_of=self.as_of, reason=self.reason
        )

    def values(self, clv: ClvSettings) -> pl.DataFrame:
        """What each customer is worth; nobody where the models may not be used."""
        if self.reason is not None:
            return CustomerValue.empty().with_columns(pl.lit(self.as_of).alias("as_of"))
        scored = customer_values(
            CustomerHistory.validate(self.customers),
            self.purchases,
            self.spend,
            horizon_days=clv.horizon_days,
            discount_rate=clv.discount_rate,
        )
        return scored.with_columns(pl.lit(self.as_of).alias("as_of"))


def histories(connection: DuckDBPyConnection) -> pl.DataFrame:
    """Purchase histories of the dates laid out on a connection, in days and money."""
    days = pl.col("frequency")
    mean = pl.col("repeat_revenue").cast(pl.Float64) / days
    return (
        frame(connection, sql("purchase_histories"))
        .select(
            "as_of",
            "customer_id",
            "frequency",
            (pl.col("last_day") - pl.col("first_day")).dt.total_days().alias("recency"),
            (pl.col("as_of") - pl.col("first_day")).dt.total_days().alias("T"),
            pl.when((days > 0) & (mean > 0)).then(mean).alias("monetary_value"),
            pl.col("revenue").cast(pl.Float64),
            pl.col("margin").cast(pl.Float64),
        )
        .sort("as_of", "customer_id")
    )


def valued(seen: pl.DataFrame, as_of: date, model: str) -> Valuation:
    """Fit the models on the histories of one date."""
    customers = CustomerHistory.validate(seen.filter(pl.col("as_of") == as_of))
    counted = triples(customers.lazy())
    purchases, spend = fit(counted, model=model), fit_spend(customers)
    reason = failing_condition(counted, purchases, spend)
    return Valuation(as_of, customers, purchases, spend, reason)


def known(seen: pl.DataFrame, model: DataFrame[ClvModel]) -> Valuation:
    """The models of one date as they were kept, with the histories of that date."""
    as_of: date = model["as_of"][0]
    customers = CustomerHistory.validate(seen.filter(pl.col("as_of") == as_of))
    purchases, spend = fitted(model), spend_fitted(model)
    return Valuation(as_of, customers, purchases, spend, purchases.reason)


def build(
    connection: DuckDBPyConnection, settings: Settings, dates: Sequence[date]
) -> None:
    """Keep models, customers' values and their cells in the snapshot, date by date."""
    spans = [periods.span(day, "all") for day in dates]
    cells.lay_out(connection, cells.Layout(spans), settings)
    seen = histories(connection)
    for day in dates:
        found = valued(seen, day, settings.clv.model)
        _keep(connection, "clv_models", found.model())
        _keep(connection, "customer_values", found.values(settings.clv))
    cells.append(connection, "value_cells")


def dates(first: date, last: date) -> list[date]:
    """The dates whose values are kept: a year of month ends, the last day."""
    recent = periods.month_ends(first, last)[-KEPT_MONTHS - 1 :]
    year = periods.year_before(last)
    return sorted({*recent, *([year] if year >= first else [])})


def _keep(connection: DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    connection.register("incoming", frame)
    connection.execute(f"CREATE TABLE IF NOT EXISTS {name} AS FROM incoming LIMIT 0")
    connection.execute(f"INSERT INTO {name} SELECT * FROM incoming")  # noqa: S608 our own name
    connection.unregister("incoming")
