"""Answers about customers' scores: means by segment and date, and each customer's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection
from pandera.typing.polars import DataFrame

from dashboard import cells, healths, periods
from dashboard.answers.counted import column
from dashboard.answers.view import HISTORY, View, offered
from dashboard.cells import KEYS
from dashboard.reader import Wanted
from data.marts import sql
from data.schemas.health import Factors, HealthCells
from metrics.estimates import EVERYONE

NOT_KEPT = "no score is kept of this date; ask for it with --as-of"
CURRENT = "SELECT c.customer_id, s.*, {keys} FROM health_scores AS s {named}"
NAMED = "INNER JOIN current_customers AS c ON c.customer_key = s.customer_key"
ESTIMATE = {
    "segment": pl.String,
    "value": pl.Float64,
    "n": pl.Int64,
    "ci_low": pl.Float64,
    "ci_high": pl.Float64,
}


def score(view: View) -> pl.DataFrame:
    """The mean score of the customers in view, by segment or date; or each one's."""
    if "per-customer" in view.options:
        return each(view)
    if view.by in HISTORY:
        return _history(view)
    found = HealthCells.validate(cells_of(view).lazy())
    confidence = view.reader.settings.confidence
    told: pl.DataFrame = view.metric.function(
        found, by=column(view.by), confidence=confidence
    )
    return told


def each(view: View) -> pl.DataFrame:
    """One row per customer of the view, those with the lowest score first."""
    lowest = "loyalty" if view.metric.name == "loyalty_index" else "health"
    rows = cells.matching(_scores(view), view.where)
    shown = ("customer_id", *KEYS, *healths.SHOWN[1:])
    return rows.drop_nulls(lowest).select(shown).sort(lowest, "customer_id")


def kept(view: View) -> tuple[date, ...]:
    """The dates of which a snapshot keeps sums of scores."""
    rows = view.reader.rows("SELECT DISTINCT as_of FROM health_cells ORDER BY 1")
    return tuple(rows["as_of"])


def cells_of(view: View) -> pl.DataFrame:
    """The sums of scores of a view: the kept ones, else made now."""
    wanted = Wanted("health_cells", view.spans, view.where, view.by)
    cube = wanted.cube()
    if cube is None or view.as_of not in kept(view):
        return _summed(view)
    rows = view.reader.rows("SELECT * FROM health_cells")
    mine = pl.col("cube") == cube, pl.col("as_of") == view.as_of
    return cells.matching(rows.filter(*mine), view.where)


def scored(view: View) -> DataFrame[Factors]:
    """The scores of everybody as of a view's date, by number."""

    def ask(cursor: DuckDBPyConnection) -> pl.DataFrame:
        settings, seen = view.reader.settings, healths.signals(cursor)
        healths.lay_states(cursor)
        return healths.score(cursor, settings, view.as_of, seen)

    layout = cells.Layout((periods.span(view.as_of, "all"),))
    found = view.reader.latest(
        "scores", view.as_of, lambda: view.reader.laid_out(layout, ask)
    )
    return Factors.validate(found)


def _history(view: View) -> pl.DataFrame:
    """One row per date; unknown where the snapshot keeps no sums."""
    plain, days = replace(view.question, by=None), kept(view)
    frames = [
        score(replace(view, question=plain, as_of=span.as_of)).with_columns(
            pl.lit(None, pl.String).alias("reason")
        )
        if span.as_of in days
        else pl.DataFrame([{"segment": EVERYONE, "n": 0, "reason": NOT_KEPT}])
        for span in view.spans
    ]
    named = [
        frame.with_columns(pl.lit(span.as_of.isoformat()).alias("segment"))
        for span, frame in zip(view.spans, frames, strict=True)
    ]
    return pl.concat(named, how="diagonal_relaxed").select(
        *ESTIMATE, pl.exclude(*ESTIMATE)
    )


def _scores(view: View) -> pl.DataFrame:
    """Everybody's scores with the attributes of the view's date."""
    if view.as_of == offered(view.reader)[-1]:
        keys = ", ".join(f"c.{key}" for key in KEYS)
        query = CURRENT.format(keys=keys, named=NAMED)
        with view.reader.snapshot.cursor() as cursor:
            return cells.frame(cursor, query)
    layout = cells.Layout((periods.span(view.as_of, "all"),), crossed=True)
    people = view.reader.laid_out(layout, lambda c: cells.frame(c, sql("named_keys")))
    return scored(view).join(people, on="customer_key", how="inner")


def _summed(view: View) -> pl.DataFrame:
    """Sums by every attribute at once, of the customers in view."""
    layout = cells.Layout(
        (periods.span(view.as_of, "all"),), where=view.where, crossed=True
    )

    def ask(cursor: DuckDBPyConnection) -> pl.DataFrame:
        settings, seen = view.reader.settings, healths.signals(cursor)
        healths.lay_states(cursor)
        found = healths.score(cursor, settings, view.as_of, seen)
        cells.put(cursor, "health_sums", healths.sums(settings, found, view.as_of))
        return cells.frame(cursor, sql("health_cells"))

    key = ("health cells", view.as_of, view.where)
    return view.reader.remember(key, lambda: view.reader.laid_out(layout, ask))
