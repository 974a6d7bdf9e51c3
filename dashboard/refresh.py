"""From a folder of extracts to a published snapshot, or to a reason why not."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import duckdb

from dashboard import filling
from dashboard.delivery import Build, Desk, Job, Progress, Step
from dashboard.report import RefreshReport
from dashboard.watching import watched
from data.errors import RefusedError, UnavailableError, UsageError
from data.marts import layout
from data.schemas import INPUTS
from data.settings import Settings
from data.vault import KEY_BYTES, Salts, Vault
from data.warehouse import gate, look_alikes, marts, scores
from data.warehouse.disk import told
from data.warehouse.intake import Intake, untouched, workshop
from data.warehouse.keys import open_keeper
from data.warehouse.manifest import (
    Delivery,
    Inspected,
    Manifest,
    Part,
    logical_hash,
)
from data.warehouse.personal import keep_salts
from data.warehouse.publish import Building, building, publish
from data.warehouse.staging import Keeper
from data.warehouse.store import Store, checksum, exclusive, write_durably

__all__ = ["Build", "Progress", "Step", "check", "last_day", "refresh"]


@dataclass(frozen=True)
class Content:
    """What goes into a snapshot."""

    intakes: tuple[Intake, ...]
    parts: tuple[Part, ...]
    notices: tuple[str, ...]


def silent(_: Step) -> None:
    """Show no progress."""


def refresh(  # noqa: PLR0913 a test brings its own marts and clock
    source: Path,
    store: Path,
    settings: Settings,
    *,
    progress: Progress = silent,
    full: bool = False,
    build: Build | None = None,
    now: datetime | None = None,
) -> RefreshReport:
    """Check, merge and publish what a folder holds; all of it or nothing.

    The snapshot's database is brought up to date from the last one where little has
    changed; `full` makes it anew. `build` makes it, by default `dashboard.build.build`
    (then alerts and overdue follow-ups are looked at too: `dashboard.watching`);
    `now` is what the clock says. Snapshots are told apart by their sequence, never by
    the clock.

    Errors: RefusedError when the input cannot be published, UnavailableError when the
    environment fails; the snapshot that served goes on serving either way.
    """
    here = Store(store.resolve())
    at = (now or datetime.now(UTC)).astimezone(UTC)
    job = Job(source, settings, build or _build(), progress, at, not (full or build))
    with told(here.root):
        here.prepare()
        with exclusive(here):
            report = _attempt(here, job)
    return report if build else _watched(here, report)


def check(
    source: Path, settings: Settings, *, progress: Progress = silent
) -> RefreshReport:
    """Check what a folder holds as a first refresh would; publish and keep nothing.

    Errors: RefusedError when a refresh would be refused.
    """
    job = Job(source, settings, _nothing, progress, datetime.now(UTC))
    with TemporaryDirectory(prefix="customer-health-") as folder, told(Path(folder)):
        store = Store(Path(folder).resolve())
        store.prepare()
        keeper = Keeper(Vault(os.urandom(KEY_BYTES)), Salts({}))
        with building(store) as begun, workshop(begun) as shop:
            intakes = Desk(shop, begun, keeper, job).intakes()
            _pass_gate(begun, intakes, settings)
    files = [each.as_dict() for intake in intakes for each in intake.reports]
    return RefreshReport(tuple(files))


def _watched(store: Store, report: RefreshReport) -> RefreshReport:
    """The report, and what alerts there are now that the snapshot serves."""
    return replace(report, notices=(*report.notices, *watched(store.root)))


def last_day(newest: date, settings: Settings, now: datetime) -> date:
    """The last complete business day, as of which the snapshot tells the numbers.

    It is the setting `data_complete_until`, else the newest day of the data if that
    day was over at `now`, else the day before it.
    """
    if settings.data_complete_until is not None:
        return settings.data_complete_until
    today = now.astimezone(ZoneInfo(settings.timezone)).date()
    return newest if newest < today else newest - timedelta(days=1)


def _refuse_outside(day: date, first: date, job: Job) -> None:
    """Only the setting can lie before the data or ahead of today."""
    today = job.now.astimezone(ZoneInfo(job.settings.timezone)).date()
    if job.settings.data_complete_until and not first <= day <= today:
        raise UsageError(
            f"data_complete_until is {day}; the data begin on {first}, and today is"
            f" {today}."
        )


def _nothing(_: duckdb.DuckDBPyConnection, __: Settings, ___: date) -> None:
    """A check builds no marts."""


def _build() -> Build:
    from dashboard.build import build  # the models are slow to import

    return build


def _attempt(store: Store, job: Job) -> RefreshReport:
    """Publish, or leave the reason beside the snapshot that serves."""
    try:
        with building(store) as begun:
            manifest, notices = _publish(begun, job)
    except RefusedError as error:
        _note(store, error)
        raise
    store.refused.unlink(missing_ok=True)
    return RefreshReport.of(manifest, notices)


def _publish(begun: Building, job: Job) -> tuple[Manifest, tuple[str, ...]]:
    keeper, notice = open_keeper(begun.store)
    if notice:
        job.progress(Step(notice, lasting=True))
    with workshop(begun) as shop:
        intakes = Desk(shop, begun, keeper, job).intakes()
    keep_salts(begun.store, keeper.salts)
    _pass_gate(begun, intakes, job.settings)
    parts = [part for intake in intakes for part in intake.parts]
    content = Content(
        intakes=intakes,
        parts=(*untouched(begun, (each.table for each in intakes)), *parts),
        notices=(notice,) if notice else (),
    )
    job.progress(Step("computing the numbers"))
    manifest = _fill(begun, job, content)
    job.progress(Step("publishing"))
    publish(begun, manifest)
    return manifest, content.notices


def _pass_gate(begun: Building, intakes: Sequence[Intake], settings: Settings) -> None:
    reports = [report for intake in intakes for report in intake.reports]
    found = gate.too_many_rejects(reports, settings.max_reject_share)
    for intake in intakes:
        if intake.table == "orders":
            found += gate.objections(intake.delivery, gate.past(begun.previous))
        found += gate.emptier(
            intake.table, intake.delivery, begun.previous, settings.max_fill_drop
        )
    if found:
        raise gate.QualityError(found, reports)


def _fill(begun: Building, job: Job, content: Content) -> Manifest:
    """Build the snapshot's database, count it again from the closed file, and tell."""
    now = job.now
    base = filling.base(begun, job, content.intakes)
    with marts.opened(begun, content.parts, base) as connection:
        first, newest = marts.limits(connection)
        day = last_day(newest, job.settings, now)
        _refuse_outside(day, first, job)
        if base is None:
            job.build(connection, job.settings, day)
        else:
            filling.fill(connection, job, day, content.intakes)
        found = marts.found(connection)
        spelt = look_alikes.spelt_alike(connection)
    if marts.recounted(begun) != found.rows:
        raise UnavailableError("The new snapshot lost rows; nothing was published.")
    parts = scores.examined(begun, content.parts, spelt)
    deliveries = _deliveries(begun, content.intakes)
    return Manifest(
        id=begun.id,
        sequence=begun.sequence,
        created_at=now.isoformat(timespec="seconds"),
        as_of=day.isoformat(),
        first_day=first.isoformat(),
        timezone=job.settings.timezone,
        currency=job.settings.currency,
        hash=logical_hash(content.parts),
        settings=job.settings.model_dump(mode="json"),
        tables=_rows(content.parts, "parts"),
        files=[each.as_dict() for i in content.intakes for each in i.reports],
        totals=found.totals,
        parts=list(parts),
        marts=found.rows,
        marts_sha256=checksum(begun.marts),
        deliveries=deliveries,
        quarantined=_rows(content.parts, "quarantine"),
        released={i.table: i.released for i in content.intakes if i.released},
        warnings=[*found.warnings, *_skew(begun.previous, now)],
        layout=layout(),
        quality=_quality(begun, job, day, parts, deliveries),
    )


def _rows(parts: Sequence[Part], kind: str) -> dict[str, int]:
    """Rows per table, in the contract's order; tables without a row are left out."""
    rows = dict.fromkeys(INPUTS, 0)
    for part in parts:
        if part.kind == kind:
            rows[part.table] += part.rows
    return {table: count for table, count in rows.items() if count}


def _deliveries(begun: Building, intakes: Sequence[Intake]) -> dict[str, Delivery]:
    """The last delivery of every table; the next one is compared with it."""
    now = {each.table: each.delivery for each in intakes if each.reports}
    return gate.remembered(now, begun.previous)


def _quality(
    begun: Building,
    job: Job,
    day: date,
    parts: Sequence[Part],
    deliveries: dict[str, Delivery],
) -> list[Inspected]:
    """How good the data are now, after what was kept of how good they were."""
    due = scores.last_due(job.settings, job.now)
    found = scores.Inspection(parts, deliveries, job.settings, due).scores()
    at = job.now.isoformat(timespec="seconds")
    now = Inspected(begun.id, at, day.isoformat(), found)
    return scores.history(begun.previous, now)


def _skew(previous: Manifest | None, now: datetime) -> tuple[str, ...]:
    """A word about a clock that goes back; nothing else depends on it."""
    if previous is None or now >= datetime.fromisoformat(previous.created_at):
        return ()
    return (
        f"The clock says {now:%Y-%m-%d %H:%M} UTC, which is before the last refresh"
        f" ({previous.created_at}): check the clock of this machine.",
    )


def _note(store: Store, error: RefusedError) -> None:
    """Leave word for the dashboard of a refresh that published nothing."""
    found = error.objections if isinstance(error, gate.QualityError) else ()
    note = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "reason": str(error),
        "objections": [asdict(e) | {"dimension": e.dimension} for e in found],
    }
    text = json.dumps(note, ensure_ascii=False, indent=1)
    write_durably(store.refused, text.encode())
