"""Figures of tickets against plain Python and SQL over the accepted rows."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest

from dashboard.answers import answer, offered
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from data.settings import Settings

ZONE = ZoneInfo("Asia/Shanghai")
LOOP = (
    *("verified", "assigned", "planned", "resolved"),
    *("reported", "called_back", "closed"),
)
LIMITS = dict(zip(LOOP, (24, 8, 48, 96, 48, 72, 72), strict=True))
RESPOND = {"complaint": 4, "enquiry": 8, "request": 8}
RESOLVE = {"complaint": 96, "enquiry": 48, "request": 72}
HOUR = timedelta(hours=1)
Row = dict[str, Any]


@pytest.fixture(scope="module")
def tickets(company: Reader) -> list[Row]:
    connection = duckdb.connect()
    paths = company.snapshot.parts("tickets")
    return connection.read_parquet(paths, union_by_name=True).pl().to_dicts()


def asked(company: Reader, metric: str, **more: Any) -> pl.DataFrame:
    options = tuple(sorted(more.pop("options", {}).items()))
    return answer(company, LOCAL, Question(metric, options=options, **more))


def end_of(day: date) -> datetime:
    """The end of a business day, in UTC without zone, as moments are kept."""
    local = datetime.combine(day + timedelta(days=1), time(), ZONE)
    return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


def seen(tickets: list[Row], day: date) -> Iterator[Row]:
    """Tickets as they looked at the end of a day; what lies later is blank."""
    now = end_of(day)
    for row in tickets:
        if row["opened_at"] < now:
            stamps = {k: v for k, v in row.items() if k.endswith("_at")}
            yield row | {k: v if v and v < now else None for k, v in stamps.items()}


def first_of(row: Row, *names: str) -> datetime | None:
    return next((row[name] for name in names if row[name]), None)


def windowed(tickets: list[Row], day: date, days: int = 90) -> list[Row]:
    start = day - timedelta(days=days)
    return [row for row in seen(tickets, day) if row["opened_on"] > start]


def in_time(rows: list[Row], day: date, hours: dict[str, int], *names: str) -> Any:
    kept = decided = 0
    for row in rows:
        limit, done = hours[row["kind"]] * HOUR, first_of(row, *names)
        good = done is not None and done - row["opened_at"] <= limit
        kept += good
        decided += good or end_of(day) - row["opened_at"] > limit
    return kept, decided


def days_of(company: Reader) -> tuple[date, date]:
    last = offered(company)[-1]
    return last, offered(company)[-5]


@pytest.mark.parametrize("place", [0, 1])
def test_promises_are_kept_as_often_as_counted_by_hand(
    company: Reader, tickets: list[Row], place: int
) -> None:
    day = days_of(company)[place]
    rows = windowed(tickets, day)
    answered = ("first_response_at", "resolved_at", "closed_at")
    for metric, hours, names in (
        ("response_sla", RESPOND, answered),
        ("resolution_sla", RESOLVE, answered[1:]),
    ):
        kept, decided = in_time(rows, day, hours, *names)
        found = asked(company, metric, as_of=day).row(0, named=True)
        assert found["n"] == decided > 30
        assert found["value"] == pytest.approx(kept / decided)


@pytest.mark.parametrize("by", ["team", "agent", "channel", "kind", "month"])
def test_each_desk_s_rates_are_those_counted_by_hand(
    company: Reader, tickets: list[Row], by: str
) -> None:
    last = offered(company)[-1]
    rows = windowed(tickets, last)
    groups: dict[str, list[Row]] = {}
    for row in rows:
        name = f"{row['opened_on']:%Y-%m}" if by == "month" else row[by] or "unknown"
        groups.setdefault(name, []).append(row)
    found = {r["segment"]: r for r in asked(company, "tickets", by=by).to_dicts()}
    assert {name: len(some) for name, some in groups.items()} == {
        name: row["value"] for name, row in found.items()
    }
    rated = asked(company, "ticket_satisfaction", by=by).to_dicts()
    for row in (each for each in rated if each["n"]):
        some = [
            each["satisfaction"]
            for each in groups[row["segment"]]
            if each["satisfaction"] and first_of(each, "resolved_at", "closed_at")
        ]
        assert row["n"] == len(some)
        if some:
            assert row["value"] == pytest.approx(sum(some) / len(some))


def waited(row: Row, day: date) -> tuple[int, bool]:
    done = first_of(row, "resolved_at", "closed_at")
    return int(((done or end_of(day)) - row["opened_at"]) / HOUR * 60), done is not None


def test_the_times_are_those_of_a_curve_made_ticket_by_ticket(
    company: Reader, tickets: list[Row]
) -> None:
    day = offered(company)[-1]
    times = sorted(
        (waited(row, day) for row in windowed(tickets, day)),
        key=lambda each: (each[0], not each[1]),
    )
    kept, reached = 1.0, {}
    for place, (minutes, ended) in enumerate(times):
        kept *= 1 - ended / (len(times) - place)
        for share in (0.5, 0.9):
            if 1 - kept >= share - 1e-9:
                reached.setdefault(share, minutes)
    row = asked(company, "resolution_time").row(0, named=True)
    assert row["value"] == pytest.approx(reached[0.5] / 60)
    assert row["p90"] == pytest.approx(reached[0.9] / 60)


def worked(start: datetime, end: datetime) -> timedelta:
    """How long the desk was open between two moments: day by day, Monday to Friday."""
    total, day = timedelta(), (start + 8 * HOUR).date()
    while day <= (end + 8 * HOUR).date():
        if day.isoweekday() <= 5:
            opens = datetime.combine(day, time(9)) - 8 * HOUR
            closes = datetime.combine(day, time(18)) - 8 * HOUR
            total += max(timedelta(), min(end, closes) - max(start, opens))
        day += timedelta(days=1)
    return total


def test_the_desk_s_clock_runs_from_nine_to_six_on_weekdays(
    company: Reader, tickets: list[Row]
) -> None:
    day = offered(company)[-1]
    rows = windowed(tickets, day)
    spans = sorted(
        (int(worked(r["opened_at"], done or end_of(day)) / HOUR * 60), done is None)
        for r in rows
        for done in [first_of(r, "resolved_at", "closed_at")]
    )
    kept, half = 1.0, None
    for place, (minutes, open_) in enumerate(spans):
        kept *= 1 if open_ else 1 - 1 / (len(spans) - place)
        if half is None and kept <= 0.5 + 1e-9:
            half = minutes
    assert half is not None
    row = asked(company, "resolution_time").row(0, named=True)
    assert row["business_median"] == pytest.approx(half / 60)


def newest(row: Row) -> datetime:
    return max(each for name, each in row.items() if name.endswith("_at") and each)


def standing(tickets: list[Row], day: date) -> dict[str, Row]:
    """Open tickets with their ages and the promises that they break, by hand."""
    now, found = end_of(day), {}
    for row in seen(tickets, day):
        ended = first_of(row, "resolved_at", "closed_at")
        complaint = row["kind"] == "complaint"
        if row["closed_at"] if complaint else ended:
            continue
        age, past = now - row["opened_at"], []
        answered = first_of(row, "first_response_at", "resolved_at", "closed_at")
        if not answered and age > RESPOND[row["kind"]] * HOUR:
            past.append("response")
        if not ended and age > RESOLVE[row["kind"]] * HOUR:
            past.append("resolution")
        if complaint:
            came = [p for p, step in enumerate(LOOP) if row[f"{step}_at"]]
            last = max(came, default=-1)
            since = row[f"{LOOP[last]}_at"] if came else row["opened_at"]
            if now - since > LIMITS[LOOP[last + 1]] * HOUR:
                past.append("step")
        found[row["ticket_id"]] = {"age": age / HOUR, "breach": "+".join(past) or None}
    return found


@pytest.mark.parametrize("place", [0, 1])
def test_every_open_ticket_is_listed_with_its_age_and_what_it_breaks(
    company: Reader, tickets: list[Row], place: int
) -> None:
    day = days_of(company)[place]
    right = standing(tickets, day)
    options = {"show": "open"}
    listed = asked(company, "ticket_list", options=options, as_of=day).to_dicts()
    assert {row["ticket_id"]: row["breach"] for row in listed} == {
        name: row["breach"] for name, row in right.items()
    }
    for row in listed:
        assert row["age_hours"] == pytest.approx(right[row["ticket_id"]]["age"])
    counts = asked(company, "open_tickets", as_of=day).row(0, named=True)
    assert counts["value"] == len(right)
    assert counts["breached"] == sum(1 for row in right.values() if row["breach"])


@pytest.mark.parametrize("by", ["team", "kind", "region", "tier"])
def test_open_tickets_of_segments_add_up_to_all(company: Reader, by: str) -> None:
    whole = asked(company, "open_tickets").row(0, named=True)
    parts = asked(company, "open_tickets", by=by)
    for name in ("value", "breached", "fresh", "response", "resolution", "step"):
        assert parts[name].sum() == whole[name]


@pytest.mark.parametrize(
    "show", ["open", "breached", "fresh", "response", "resolution", "step"]
)
def test_a_list_of_tickets_has_as_many_as_the_count_says(
    company: Reader, show: str
) -> None:
    where = (Condition("region", ("华东",)),)
    counts = asked(company, "open_tickets", where=where).row(0, named=True)
    listed = asked(company, "ticket_list", options={"show": show}, where=where)
    assert listed.height == counts["value" if show == "open" else show]


def test_planted_complaints_that_stand_still_are_all_found_and_none_is_invented(
    company: Reader, company_source: Path, tickets: list[Row]
) -> None:
    planted = pl.read_parquet(company_source / "truth" / "planted.parquet")
    stuck = planted.filter(pl.col("kind") == "loop_stuck")
    day, longest = offered(company)[-1], max(LIMITS.values()) * HOUR
    rows = {row["ticket_id"]: row for row in seen(tickets, day)}
    still = {
        name
        for name in stuck["id"]
        if end_of(day)
        - max(v for k, v in rows[name].items() if k.endswith("_at") and v)
        > longest
    }
    listed = set(asked(company, "ticket_list", options={"show": "step"})["ticket_id"])
    assert len(still) >= 10
    assert still <= listed
    late = {
        t for t, row in standing(tickets, day).items() if "step" in str(row["breach"])
    }
    assert listed == late


def test_the_loop_counts_a_later_step_as_the_ones_before_it(
    company: Reader, tickets: list[Row]
) -> None:
    day = offered(company)[-1]
    rows = [r for r in windowed(tickets, day, 365) if r["kind"] == "complaint"]
    came = [
        1 + max((p for p, s in enumerate(LOOP, 1) if r[f"{s}_at"]), default=0)
        for r in rows
    ]
    found = asked(company, "complaint_loop").to_dicts()
    assert [row["value"] for row in found] == [
        sum(c >= place for c in came) for place in range(1, 9)
    ]
    assert [row["waiting"] for row in found[:7]] == [
        sum(c == place for c in came) for place in range(1, 8)
    ]
    for one, two in pairwise(found):
        assert one["value"] - one["waiting"] == two["value"]


def test_complaints_add_up_and_recur_as_counted_by_hand(
    company: Reader, tickets: list[Row]
) -> None:
    day = offered(company)[-1]
    complaints = [r for r in seen(tickets, day) if r["kind"] == "complaint"]
    recent = [r for r in complaints if r["opened_on"] > day - timedelta(days=90)]
    again = sum(
        any(
            o["customer_id"] == r["customer_id"]
            and o["type"] == r["type"]
            and o["ticket_id"] != r["ticket_id"]
            and timedelta() <= r["opened_at"] - o["opened_at"] <= timedelta(days=90)
            for o in complaints
        )
        for r in recent
    )
    found = asked(company, "complaint_recurrence").row(0, named=True)
    assert found["n"] == len(recent)
    assert found["value"] == pytest.approx(again / len(recent))
    pareto = asked(company, "complaint_pareto")
    assert pareto["value"].sum() == len(recent)
    assert pareto["value"].to_list() == sorted(pareto["value"], reverse=True)
    assert pareto["share_so_far"][-1] == pytest.approx(1)


def test_the_defaults_are_those_of_the_settings() -> None:
    desk = Settings().service
    assert desk.response_hours.hours == RESPOND
    assert desk.resolve_hours.hours == RESOLVE
    assert desk.step_hours.hours == tuple(LIMITS.values())
