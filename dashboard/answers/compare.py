"""What changed: the same question asked of an earlier window, and what the change is
made of."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
from pandera.typing.polars import LazyFrame

from dashboard import periods
from dashboard.answers.counted import NOT_COVERED, cells
from dashboard.answers.view import HISTORY, View
from data.errors import UsageError
from data.schemas.cells import RateCells
from metrics.change import rate_change
from metrics.estimates import EVERYONE
from metrics.frames import Effects

WAYS = ("previous", "year")
BASES = {
    "repurchase_rate": ("repeat_buyers", "buyers"),
    "returning_share": ("returning_buyers", "buyers"),
    "churn_rate": ("lost_buyers", "previous_buyers"),
    "nps": ("total", "n"),
    "response_rate": ("total", "n"),
}
MEASURES = {"nps": "nps", "response_rate": "response"}
REASON = {"reason": pl.String()}
POINTS = {"nps": 100.0}


def earlier(view: View, way: str) -> View | None:
    """The view that a view is compared with; None where the data do not reach back."""
    if way not in WAYS:
        raise UsageError(f"--compare {way}: it is one of {', '.join(WAYS)}")
    before = replace(view, as_of=_day_before(view, way))
    day = before.as_of
    covered = before.complete(periods.span(day, view.period))
    return before if day >= view.first_day and covered else None


def _day_before(view: View, way: str) -> date:
    """A window's own start, a year ago, or for a state the month end before."""
    if way == "year":
        return periods.year_before(view.as_of)
    start = periods.previous(view.as_of, view.period) if view.metric.window else None
    return start or view.as_of.replace(day=1) - timedelta(days=1)


def compared(
    view: View, frame: pl.DataFrame, ask: Callable[[View], pl.DataFrame]
) -> pl.DataFrame:
    """The answer with what it was before: columns before, before_n, change."""
    if view.by in HISTORY:
        raise UsageError("--compare does not go with a history; leave --by out")
    if "value" not in frame.columns:
        raise UsageError(f"--compare needs one value; {view.metric.name} has none here")
    before = earlier(view, view.options["compare"])
    keys = [c for c in ("segment", "horizon_days", "dimension") if c in frame.columns]
    if before is None:
        unknown = pl.lit(None, pl.Float64)
        return frame.with_columns(
            unknown.alias("before"), pl.lit(None, pl.Int64).alias("before_n"),
            unknown.alias("change"),
        )  # fmt: skip
    past = ask(before).select(
        *keys, pl.col("value").alias("before"), pl.col("n").alias("before_n")
    )
    return frame.join(past, on=keys, how="left", maintain_order="left").with_columns(
        (pl.col("value") - pl.col("before")).alias("change")
    )


def explained(view: View) -> pl.DataFrame:
    """A ratio's change since the earlier window, split into rate and mix by segment."""
    name = view.options.get("of", "repurchase_rate")
    if name not in BASES:
        raise UsageError(f"--of {name}: it is one of {', '.join(BASES)}")
    before = earlier(view, view.options.get("compare", "previous"))
    by = view.by or "region"
    if before is None:
        row = {"segment": EVERYONE, "reason": NOT_COVERED}
        return pl.DataFrame([row], schema={**Effects.empty().schema, **REASON})
    effects = rate_change(_parts(before, name, by), _parts(view, name, by), by=by)
    return effects.with_columns(pl.lit(None, pl.String).alias("reason"))


def _parts(view: View, name: str, by: str) -> LazyFrame[RateCells]:
    """Numerator and denominator of a ratio, per cell."""
    answers = name in MEASURES
    found = cells(view, "answer_cells" if answers else "purchase_cells", by)
    if answers:
        found = found.filter(pl.col("measure") == MEASURES[name])
    part, whole = (pl.col(column).cast(pl.Float64) for column in BASES[name])
    scaled = part * POINTS.get(name, 1.0)
    parts = (scaled.alias("numerator"), whole.alias("denominator"))
    return RateCells.validate(found.lazy().select(by, *parts))
