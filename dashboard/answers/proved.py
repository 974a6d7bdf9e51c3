"""The track record of the forecast: kept for everybody, else compared now."""

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import backtests
from dashboard.answers.valued import members
from dashboard.answers.view import View, offered


def backtest(view: View) -> pl.DataFrame:
    """The forecast of a past day beside what came; of the customers of the view."""
    if not view.where and view.as_of == offered(view.reader)[-1]:
        return view.reader.rows(f"SELECT * FROM {backtests.TABLE}")  # noqa: S608 our own name
    settings = view.reader.settings
    size = backtests.length(view.first_day, view.as_of, settings.clv.horizon_days)
    keys = members(view).select("customer_key") if view.where else None

    def ask(cursor: DuckDBPyConnection) -> pl.DataFrame:
        return backtests.compared(cursor, settings, view.as_of, size, keys)

    layout = backtests.layout(view.as_of, size)
    key = ("backtest", view.as_of, view.where)
    return view.reader.remember(key, lambda: view.reader.laid_out(layout, ask))
