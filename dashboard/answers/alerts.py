"""Answers about alerts: the figures against their thresholds, and what is done."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
from pandera.typing.polars import DataFrame

from dashboard import periods
from dashboard.answers.view import View
from dashboard.book import book_of, rectifications
from dashboard.catalogue import find
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL, Viewer
from data.errors import UsageError
from metrics import rectifications as rules
from metrics.rectifications import WHOLE, YEAR, Alert, Judged, Opened, Rectification
from metrics.trial_frames import columns_of

Ask = Callable[[Reader, Viewer, Question], pl.DataFrame]
OF_CAMPAIGNS = ("pilot_gate",)
PARTS = ("dimension", "horizon_days")
COMPANY = "alerts are about the whole company, which you may not see"


def alerts(view: View, ask: Ask) -> pl.DataFrame:
    """Every figure with a threshold, and who puts it right."""
    if _partial(view):
        return _nothing(Alert, COMPANY)
    now = judged(view.reader, view.as_of, ask)
    if now.is_empty():
        return _nothing(Alert, rules.NONE_JUDGED)
    return rules.alerts(now, _opened(view))


def told(view: View, ask: Ask) -> pl.DataFrame:
    """Every rectification: then, now, and the change."""
    opened = _opened(view)
    if _partial(view) or opened.is_empty():
        why = COMPANY if _partial(view) else rules.NONE_OPENED
        return _nothing(Rectification, why)
    now = judged(view.reader, view.as_of, ask)
    return rules.rectifications(now, opened, as_of=view.as_of)


def judged(reader: Reader, as_of: date, ask: Ask) -> DataFrame[Judged]:
    """Each metric that has a threshold, of everyone, as of a date."""
    rows = [
        row
        for name in sorted(reader.settings.thresholds)
        if name not in OF_CAMPAIGNS
        for row in _rows(reader, as_of, name, ask(reader, LOCAL, Question(name, as_of)))
    ]
    return Judged.validate(pl.DataFrame(rows, schema=columns_of(Judged)))


def _rows(
    reader: Reader, as_of: date, name: str, answer: pl.DataFrame
) -> list[dict[str, Any]]:
    """The rows of one metric, each a part of it; the value of the money as a float."""
    days = _looks_back(name, as_of)
    limit = reader.settings.thresholds[name]
    given = ("value", "n", "ci_low", "ci_high", "state", "verdict")
    return [
        {
            "metric": name,
            "part": next((str(row[p]) for p in PARTS if row.get(p)), WHOLE),
            "threshold": limit,
            "window_days": days,
            **{column: _plain(row.get(column)) for column in given},
        }
        for row in answer.to_dicts()
    ]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int)) else float(value)


def _looks_back(name: str, as_of: date) -> int | None:
    window = find(name).window
    if window is None:
        return YEAR
    return None if window == "all" else periods.length(window, as_of)


def _opened(view: View) -> DataFrame[Opened]:
    found = rectifications.listed(book_of(view.reader.snapshot.store.root))
    return Opened.validate(found.select(list(columns_of(Opened))))


def _partial(view: View) -> bool:
    """Whether only some customers are looked at.

    Errors: UsageError where the question asks for some.
    """
    if view.question.where:
        raise UsageError(f"{view.metric.name} is about everyone: leave --where out.")
    return bool(view.where)


def _nothing(model: Any, why: str) -> pl.DataFrame:
    return pl.DataFrame([{"reason": why}], schema=columns_of(model))
