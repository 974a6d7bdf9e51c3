"""A question made definite: the metric, the dates, the windows and who is looked at."""

from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cached_property

import polars as pl

from dashboard import periods
from dashboard.catalogue import Metric, find
from dashboard.periods import YEAR, Span
from dashboard.question import ATTRIBUTES, Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import Viewer
from data.errors import UsageError

HISTORY = ("as_of", "month")
UNKNOWN = {
    "segment": pl.String,
    "value": pl.Float64,
    "n": pl.Int64,
    "ci_low": pl.Float64,
    "ci_high": pl.Float64,
    "state": pl.String,
    "reason": pl.String,
}
"""The columns of an answer that cannot be told."""

SHORT_BURN_IN = 90  # days, where the history is under two years


@dataclass(frozen=True)
class View:
    """What one question means on one snapshot, the viewer's rights applied."""

    reader: Reader
    metric: Metric
    question: Question
    where: tuple[Condition, ...]
    as_of: date
    period: str
    personal: bool = False  # whether the viewer may see personal fields

    @property
    def by(self) -> str | None:
        """The cut: an attribute, an event's column, `as_of` or `month`."""
        return self.question.by

    @cached_property
    def options(self) -> dict[str, str]:
        """The metric's own options."""
        return dict(self.question.options)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The windows asked for: one, or one per date of a history."""
        if self.by not in HISTORY:
            return (periods.span(self.as_of, self.period),)
        period = "month" if self.by == "month" and self.metric.window else self.period
        return self.over(period)

    def over(self, period: str) -> tuple[Span, ...]:
        """A window of each date up to the view's own."""
        return tuple(periods.span(day, period) for day in self._dates())

    def _dates(self) -> tuple[date, ...]:
        return tuple(day for day in offered(self.reader) if day <= self.as_of)

    @property
    def first_day(self) -> date:
        """The first day of the history that the snapshot stands on."""
        return date.fromisoformat(self.reader.snapshot.manifest.first_day)

    def complete(self, span: Span) -> bool:
        """Whether the history covers the whole window, and the one before for churn."""
        churn = self.options.get("of", self.metric.name) == "churn_rate"
        start = span.previous_after if churn else span.starts_after
        return start == periods.DAWN or start >= self.first_day - timedelta(days=1)

    def burning_in(self, span: Span) -> bool:
        """Whether buyers new in a window may have bought before the history starts."""
        settings = self.reader.settings
        history = offered(self.reader)[-1] - self.first_day
        usual = YEAR if history.days >= 2 * YEAR else SHORT_BURN_IN
        days = usual if settings.burn_in_days is None else settings.burn_in_days
        start = self.first_day + timedelta(days=days - 1)
        return not settings.full_history and span.starts_after < start


def offered(reader: Reader) -> tuple[date, ...]:
    """The dates that may be picked: month ends within the data, and its last day."""
    manifest = reader.snapshot.manifest
    first, last = manifest.first_day, manifest.as_of
    return periods.month_ends(date.fromisoformat(first), date.fromisoformat(last))


def look(reader: Reader, viewer: Viewer, question: Question) -> View:
    """Check a question against the catalogue and the data.

    Errors: UsageError that says what is right.
    """
    metric = find(question.metric)
    _check_cut(metric, question.by)
    _check_options(metric, question)
    where = tuple(sorted({*question.where, *viewer.rights.rows}))
    for condition in where:
        _check_attribute(condition.attribute)
    as_of = _date(reader, question.as_of)
    measured = find(dict(question.options).get("of", metric.name))
    _check_window(measured, question.window)
    period = question.window or measured.window or "all"
    periods.length(period, as_of)
    return View(reader, metric, question, where, as_of, period, viewer.may_see_personal)


def _date(reader: Reader, asked: date | None) -> date:
    dates = offered(reader)
    if asked is None:
        return dates[-1]
    if asked not in dates:
        nearest = min(dates, key=lambda day: abs(day - asked))
        raise UsageError(
            f"--as-of {asked} is neither a month end within the data nor its last day;"
            f" the nearest is {nearest}"
        )
    return asked


def _check_window(metric: Metric, window: str | None) -> None:
    if metric.window is None and window not in (None, "all"):
        raise UsageError(
            f"{metric.name} has no window; it is as of a date: leave --window out"
        )


def _check_cut(metric: Metric, by: str | None) -> None:
    allowed = (*metric.cuts, *(HISTORY if metric.history else ()))
    if by is not None and by not in allowed:
        raise UsageError(
            f"--by {by} does not cut {metric.name}; {_choice(by, allowed)}"
        )


def _check_attribute(attribute: str) -> None:
    if attribute not in ATTRIBUTES:
        raise UsageError(
            f"--where {attribute}: not an attribute; {_choice(attribute, ATTRIBUTES)}"
        )


def _check_options(metric: Metric, question: Question) -> None:
    allowed = (*metric.options, "compare")
    for name, _ in question.options:
        if name not in allowed:
            known = ", ".join(f"--{each}" for each in allowed)
            raise UsageError(f"{metric.name} has no option --{name}; it has {known}")


def _choice(given: str, allowed: tuple[str, ...]) -> str:
    if not allowed:
        return "leave it out"
    near = get_close_matches(given, allowed, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"{hint}It is one of {', '.join(allowed)}"
