"""Answers about tickets: times, promises, what is open, complaints and their loop."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboard import periods
from dashboard import ticket_queries as asked
from dashboard.answers.people import chosen
from dashboard.answers.view import UNKNOWN, View, offered
from dashboard.periods import Span
from dashboard.ticket_queries import LOOP, Moment
from data.errors import UsageError
from data.schemas.service import ComplaintSums, LoopSums, OpenSums, TicketSums, Waits
from data.service import STEPS
from metrics import complaints, service, waits
from metrics.estimates import EVERYONE

OWN = ("team", "agent", "channel", "kind", "type", "cause")
CUTS = (*OWN, "region", "store", "customer_type", "acquisition_channel", "tier")
PROMISES = ("response", "resolution", "step")
SHOWN = ("breached", "fresh", *PROMISES, "open")
FRESH = " OR ".join(
    f"s.{name}_over > 0 AND s.{name}_over <= 86400" for name in PROMISES
)
KEPT = "SELECT " + ", ".join(
    f"COUNT({name}) > 0 AS {name}" for name in (*LOOP, "first_response", "ended")
)
NOT_KEPT = {
    "first_response": "no ticket has a first response",
    "ended": "no ticket has a resolution",
}
UNTOLD = {
    "first_response": ("first_response_time", "response_sla"),
    "ended": (
        *("resolution_time", "resolution_rate", "resolution_sla", "open_tickets"),
        *("ticket_list", "reopen_rate", "ticket_satisfaction"),
    ),
}
"""Metrics that cannot be told where no ticket has such a moment."""
OVER = {
    "open": "TRUE",
    "breached": " OR ".join(f"s.{name}_over > 0" for name in PROMISES),
    "fresh": FRESH,
    **{name: f"s.{name}_over > 0" for name in PROMISES},
}
"""Which open tickets are listed: by the promise that is broken."""


def response_time(view: View) -> pl.DataFrame:
    """How long tickets wait for a first response."""
    confidence = view.reader.settings.confidence
    found = Waits.validate(_ask(view, asked.WAITS, moment="responded").lazy())
    return waits.first_response_time(found, confidence=confidence)


def resolution_time(view: View) -> pl.DataFrame:
    """How long tickets wait for their end."""
    confidence = view.reader.settings.confidence
    found = Waits.validate(_ask(view, asked.WAITS, moment="ended").lazy())
    return waits.resolution_time(found, confidence=confidence)


def rate(function: Callable[..., pl.DataFrame]) -> Callable[[View], pl.DataFrame]:
    """The answer of a metric that is a ratio of sums over tickets."""

    def answered(view: View) -> pl.DataFrame:
        sums = TicketSums.validate(_sums(view).lazy())
        confidence = view.reader.settings.confidence
        return function(sums, by=_by(view), confidence=confidence)

    return answered


def volume(view: View) -> pl.DataFrame:
    """How many tickets were opened."""
    return service.tickets(TicketSums.validate(_sums(view).lazy()), by=_by(view))


def standing(view: View) -> pl.DataFrame:
    """How many tickets are open, and past a promise."""
    found = _ask(view, asked.OPEN, which="s.done IS NULL")
    return service.open_tickets(OpenSums.validate(found.lazy()), by=_by(view))


def listed(view: View) -> pl.DataFrame:
    """The tickets that are open; those past a promise, or one promise, with --show."""
    show = view.options.get("show", "open")
    if show not in SHOWN:
        raise UsageError(f"--show {show}: it is one of {', '.join(SHOWN)}")
    texts = {name: view.options[name] for name in OWN if name in view.options}
    some = [f"s.{name} = ${name}" for name in texts]
    over = " AND ".join([f"({OVER[show]})", *some])
    found = _ask(
        view,
        asked.LISTED,
        texts,
        which="s.done IS NULL",
        chosen=over,
        limit=first_of(view),
    )
    return service.ticket_list(found)


def first_of(view: View) -> str:
    """The clause for the first rows alone, where --top asks for so many.

    Errors: UsageError for what is no whole number above 0.
    """
    top = view.options.get("top")
    if top is None:
        return ""
    if not top.isascii() or not top.isdigit() or not int(top):
        raise UsageError(f"--top {top}: a whole number above 0 is needed")
    return f"LIMIT {int(top)}"


def pareto(view: View) -> pl.DataFrame:
    """Complaints by type, or by another cut, the most frequent first."""
    sums = ComplaintSums.validate(_complaints(view, view.by or "type").lazy())
    return complaints.complaint_pareto(sums)


def recurrence(view: View) -> pl.DataFrame:
    """Complaints whose customer had complained of the same not long before."""
    sums = ComplaintSums.validate(_complaints(view, view.by).lazy())
    confidence = view.reader.settings.confidence
    return complaints.complaint_recurrence(sums, by=_by(view), confidence=confidence)


def loop(view: View) -> pl.DataFrame:
    """The closed loop of complaints opened in the window, step by step."""
    steps = _steps(view)
    span = _span(view)
    which = f"s.kind = 'complaint' AND s.opened_on > DATE '{span.starts_after}'"
    rows = _ask(view, asked.LOOPED, which=which, size=str(len(steps)))
    names = dict(zip(LOOP, STEPS, strict=True))
    hours = view.reader.settings.service.step_hours.hours
    limits = dict(zip(LOOP, (None, *hours), strict=True))
    found = rows.with_columns(
        pl.Series("step", [names[name] for name in steps[: rows.height]], pl.String)
    ).drop("place")
    every = pl.DataFrame(
        {"step": STEPS, "limit_hours": [limits[name] for name in LOOP]}
    )
    sums = every.join(found, on="step", how="left", maintain_order="left")
    return complaints.complaint_loop(LoopSums.validate(sums.lazy()))


def _by(view: View) -> str:
    return EVERYONE if view.by is None else "segment"


def _sums(view: View) -> pl.DataFrame:
    key = ("tickets", view.as_of, view.period, view.where, view.by)
    return view.reader.remember(key, lambda: _ask(view, asked.SUMS))


def _complaints(view: View, by: str | None) -> pl.DataFrame:
    days = view.reader.settings.service.recurrence_days
    before = _span(view).previous_after
    far = before > periods.DAWN + timedelta(days=days + 1)
    back = before - timedelta(days=days + 1) if far else periods.DAWN
    return _ask(view, asked.COMPLAINTS, cut=by, days=str(days), back=str(back))


def _ask(
    view: View,
    query: str,
    texts: dict[str, str] | None = None,
    cut: str | None = None,
    **more: str,
) -> pl.DataFrame:
    """The rows of a query over the tickets of a view as of its date."""
    clauses, values = chosen("c", view.where)
    seen = asked.seen(_source(view), _moment(view), clauses, _steps(view))
    row = "p" if "placed" in query else "s"
    given = {"seen": seen, "by": _segment(cut or view.by), **_given(view, row), **more}
    with view.reader.snapshot.cursor() as cursor:
        found: pl.DataFrame = cursor.sql(
            query.format(**given), params={**values, **(texts or {})}
        ).pl()
    return found


def _given(view: View, row: str) -> dict[str, str]:
    """What queries say of the date, the window, the promises and the steps."""
    at, desk, span = _moment(view), view.reader.settings.service, _span(view)
    kept = _kept(view)
    return {
        "now": str(at.now),
        "worked": str(at.worked),
        "start": str(span.starts_after),
        "before": str(span.previous_after),
        "respond": asked.promise(desk.response_hours.hours, row),
        "resolve": asked.promise(desk.resolve_hours.hours, row),
        "answers": str(kept["first_response"]).upper(),
        "fresh": FRESH,
        "ends": str(kept["ended"]).upper(),
        **asked.clocked(desk, at, row),
        **asked.steps(_steps(view), desk, "s"),
    }


def _span(view: View) -> Span:
    """The window; a month is that in which a ticket was opened, not a history."""
    return periods.span(view.as_of, view.period)


def _segment(by: str | None) -> str:
    if by is None:
        return "'all'"
    return "strftime(s.opened_on, '%Y-%m')" if by == "month" else f"s.{by}"


def _moment(view: View) -> Moment:
    day: date = view.as_of
    rows = view.reader.rows(
        f"SELECT ends, worked + closes - opens AS worked FROM service_days WHERE day = DATE '{day}'"  # noqa: S608, E501 a day of ours
    )
    ends, worked = rows.row(0) if rows.height else (0, 0)
    return Moment(day, ends, worked)


def _source(view: View) -> str:
    if view.as_of == offered(view.reader)[-1]:
        return "SELECT * FROM ticket_cases"
    return asked.PAST.format(as_of=view.as_of)


def _kept(view: View) -> dict[str, Any]:
    """Which moments any ticket has: those that the company keeps."""
    row: dict[str, Any] = view.reader.rows(f"{KEPT} FROM ticket_cases").row(
        0, named=True
    )
    return row


def _steps(view: View) -> tuple[str, ...]:
    kept = _kept(view)
    return tuple(name for name in LOOP if name == "opened" or kept[name])


def told(view: View) -> pl.DataFrame:
    """The answer of a metric; where no ticket has what it needs, a row that says so."""
    kept = _kept(view)
    for moment, metrics in UNTOLD.items():
        if view.metric.name in metrics and not kept[moment]:
            row = {"segment": EVERYONE, "n": 0, "reason": NOT_KEPT[moment]}
            return pl.DataFrame([row], schema=UNKNOWN)
    return TOLD[view.metric.name](view)


TOLD: dict[str, Callable[[View], pl.DataFrame]] = {
    "first_response_time": response_time,
    "resolution_time": resolution_time,
    "resolution_rate": rate(service.resolution_rate),
    "response_sla": rate(service.response_sla),
    "resolution_sla": rate(service.resolution_sla),
    "reopen_rate": rate(service.reopen_rate),
    "ticket_satisfaction": rate(service.ticket_satisfaction),
    "tickets": volume,
    "open_tickets": standing,
    "ticket_list": listed,
    "complaint_pareto": pareto,
    "complaint_recurrence": recurrence,
    "complaint_loop": loop,
}
ROWS = dict.fromkeys(TOLD, told)
