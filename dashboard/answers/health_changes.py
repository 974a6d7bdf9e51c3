"""What a change of the health score is made of, for the customers in view."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import health_moves
from dashboard.answers import compare
from dashboard.answers.counted import NOT_COVERED, column
from dashboard.answers.view import View
from dashboard.question import Condition
from dashboard.reader import Wanted
from data.errors import UsageError
from data.health import HealthSettings
from data.schemas.health import HealthMoves
from metrics.estimates import EVERYONE
from metrics.health_change import HealthChange, health_change

REASON = {"reason": pl.String()}
KEPT = "SELECT * FROM health_moves"


def changed(view: View) -> pl.DataFrame:
    """The parts of the change since the earlier date, by segment of the cut."""
    before = compare.earlier(view, view.options.get("compare", "previous"))
    if before is None:
        row = {"segment": EVERYONE, "n": 0, "reason": NOT_COVERED}
        return pl.DataFrame([row], schema={**HealthChange.empty().schema, **REASON})
    rows = _in_view(_moves(view, before.as_of), view.where, view.by)
    found = health_change(HealthMoves.validate(rows.lazy()), by=column(view.by))
    return found.with_columns(pl.lit(None, pl.String).alias("reason"))


def _moves(view: View, before: date) -> pl.DataFrame:
    """The moves between two dates: the kept ones, else made now."""
    old = _old_weights(view)
    wanted = Wanted("health_moves", view.spans, view.where, view.by)
    dates = pl.col("before") == before, pl.col("as_of") == view.as_of
    rows = view.reader.rows(KEPT).filter(*dates)
    cube = wanted.cube()
    usual = old == view.reader.settings.health.weights
    if cube is None or rows.is_empty() or not usual:
        return _moves_now(view, before, old)
    return rows.filter(pl.col("cube") == cube)


def _moves_now(view: View, before: date, old: Mapping[str, float]) -> pl.DataFrame:
    days, settings = (before, view.as_of), view.reader.settings

    def ask() -> pl.DataFrame:
        with view.reader.snapshot.cursor() as cursor:
            return _between(cursor)

    def _between(cursor: DuckDBPyConnection) -> pl.DataFrame:
        health_moves.lay_out(cursor, settings, days)
        return health_moves.between(cursor, settings, days, old)

    return view.reader.remember(("health moves", days, tuple(old.items())), ask)


def _old_weights(view: View) -> Mapping[str, float]:
    """The weights of the earlier date: `value=0.4,loyalty=0.2`; others as they are."""
    settings = view.reader.settings.health
    text = view.options.get("old-weights")
    if text is None:
        return settings.weights
    given = dict(part.partition("=")[::2] for part in text.split(","))
    if not given.keys() <= settings.weights.keys():
        known = ", ".join(settings.weights)
        raise UsageError(f"--old-weights {text}: give FACTOR=NUMBER; factors: {known}")
    try:
        told = HealthSettings.model_validate_strings(
            {
                name: str(weight)
                for name, weight in (dict(settings.weights) | given).items()
            }
        )
    except ValueError:
        raise UsageError(f"--old-weights {text}: a weight is 0 or more") from None
    return told.weights


def _in_view(
    rows: pl.DataFrame, where: tuple[Condition, ...], by: str | None
) -> pl.DataFrame:
    """Who stayed in view, came into it or left it; of a cut, in the same segment."""
    was = _meets(where, "_before") & (pl.col("move") != "joined")
    is_now = _meets(where, "") & (pl.col("move") != "left")
    same = (
        pl.lit(1) == 1 if by is None else pl.col(by).eq_missing(pl.col(f"{by}_before"))
    )
    both = was & is_now & same
    left = rows.filter(was & ~both).with_columns(pl.lit("left").alias("move"))
    if by is not None:
        left = left.with_columns(pl.col(f"{by}_before").alias(by))
    joined = rows.filter(is_now & ~both).with_columns(pl.lit("joined").alias("move"))
    return pl.concat([rows.filter(both), joined, left])


def _meets(where: tuple[Condition, ...], suffix: str) -> pl.Expr:
    """Whether the attributes of one of the dates meet every condition."""
    met = pl.lit(1) == 1
    for each in where:
        inside = pl.col(f"{each.attribute}{suffix}").is_in(list(each.values))
        met = met & (~inside if each.negate else inside).fill_null(value=False)
    return met
