"""Customer value: models fitted on the histories of a date, customers scored."""

from dataclasses import dataclass
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection
from pandera.typing.polars import DataFrame

from dashboard import cells, periods, serving
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
    value_sums,
)
from metrics.frames import ClvModel, CustomerValue
from metrics.purchase_fit import PurchaseFit, fit, triples
from metrics.spend_model import SpendFit, fit_spend

KEPT_MONTHS = 13
MODELS = "clv_models"


@dataclass(frozen=True)
class Valuation:
    """The models of one date, the histories behind them, why they may not be used."""

    as_of: date
    customers: DataFrame[CustomerHistory]
    purchases: PurchaseFit
    spend: SpendFit
    reason: str | None

    def model(self) -> DataFrame[ClvModel]:
        """The fitted models as one row."""
        return clv_model(
            self.purchases, self.spend, as_of=self.as_of, reason=self.reason
        )

    def values(self, clv: ClvSettings) -> DataFrame[CustomerValue]:
        """What each customer is worth; nobody where the models may not be used."""
        usable = self.reason is None
        return customer_values(
            CustomerHistory.validate(self.customers if usable else self.customers[:0]),
            self.purchases,
            self.spend,
            horizon_days=clv.horizon_days,
            discount_rate=clv.discount_rate,
        )


def histories(
    connection: DuckDBPyConnection, as_of: date
) -> DataFrame[CustomerHistory]:
    """Purchase histories of a date laid out on a connection, in days and money.

    Beside them stand the customer's number and its cells.
    """
    days, mean = pl.col("frequency"), pl.col("repeat_revenue") / pl.col("frequency")
    seen = frame(
        connection,
        f"SELECT * FROM ({sql('purchase_histories')}) WHERE as_of = DATE '{as_of}'",  # noqa: S608 a date
    )
    return CustomerHistory.validate(
        seen.select(
            "customer_key",
            "cell_one",
            "cell_two",
            days.cast(pl.Int64),
            (pl.col("last_day") - pl.col("first_day")).dt.total_days().alias("recency"),
            (pl.lit(as_of) - pl.col("first_day")).dt.total_days().alias("T"),
            pl.when((days > 0) & (mean > 0)).then(mean).alias("monetary_value"),
            "revenue",
            "margin",
        ).pipe(serving.beside, connection, as_of)
    )


def valued(customers: DataFrame[CustomerHistory], as_of: date, model: str) -> Valuation:
    """Fit the models on the histories of one date."""
    counted = triples(customers.lazy())
    purchases, spend = fit(counted, model=model), fit_spend(customers)
    reason = failing_condition(counted, purchases, spend)
    return Valuation(as_of, customers, purchases, spend, reason)


def known(
    customers: DataFrame[CustomerHistory], model: DataFrame[ClvModel]
) -> Valuation:
    """The models of one date as they were kept, with the histories of that date."""
    purchases, spend = fitted(model), spend_fitted(model)
    return Valuation(model["as_of"][0], customers, purchases, spend, purchases.reason)


def value(
    connection: DuckDBPyConnection, settings: Settings, day: date, *, fit: bool
) -> DataFrame[CustomerValue]:
    """What each customer of a date that is laid out is worth.

    With `fit` the models are fitted and kept, and so are the sums by cell. Customers
    are valued by the model as it is kept, so that they are worth the same when it is
    used again.
    """
    customers = histories(connection, day)
    if fit:
        _add(connection, valued(customers, day, settings.clv.model).model())
    kept = frame(connection, f"SELECT * FROM {MODELS} WHERE as_of = DATE '{day}'")  # noqa: S608 a date
    found = known(customers, ClvModel.validate(kept)).values(settings.clv)
    if fit:
        cells.put(connection, "value_sums", sums(found, day))
        cells.append(connection, "value_cells")
    return found


def sums(values: DataFrame[CustomerValue], day: date) -> pl.DataFrame:
    """The sums of the values of a date by cell."""
    found = value_sums(values, ("cell_one", "cell_two"))
    return found.with_columns(pl.lit(day).alias("as_of"))


def dates(first: date, last: date) -> tuple[date, ...]:
    """The dates whose values are kept: a year of month ends, the last day."""
    recent = periods.month_ends(first, last)[-KEPT_MONTHS - 1 :]
    year = periods.year_before(last)
    return tuple(sorted({*recent, *([year] if year >= first else [])}))


def _add(connection: DuckDBPyConnection, model: DataFrame[ClvModel]) -> None:
    connection.register("incoming", model)
    connection.execute(f"CREATE TABLE IF NOT EXISTS {MODELS} AS FROM incoming LIMIT 0")
    connection.execute(f"INSERT INTO {MODELS} SELECT * FROM incoming")  # noqa: S608 our own name
    connection.unregister("incoming")
