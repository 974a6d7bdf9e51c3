"""From a folder of extracts to a published snapshot, or to a reason why not."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import duckdb

from dashboard.report import RefreshReport
from data.door import batches, tables_found
from data.errors import RefusedError, UnavailableError
from data.marts import layout
from data.schemas import INPUTS
from data.settings import Settings
from data.vault import KEY_BYTES, Salts, Vault
from data.warehouse import gate, marts
from data.warehouse.disk import told
from data.warehouse.intake import Intake, know, take, untouched, workshop
from data.warehouse.keys import open_keeper
from data.warehouse.manifest import Delivery, Manifest, Part, logical_hash
from data.warehouse.merge import Workshop
from data.warehouse.personal import keep_salts
from data.warehouse.publish import Building, building, publish
from data.warehouse.staging import Keeper, Staging
from data.warehouse.store import Store, checksum, exclusive, write_durably

Build = Callable[[duckdb.DuckDBPyConnection, Settings, date], None]


@dataclass(frozen=True)
class Step:
    """What a refresh does now: words for a person, and the rows read so far.

    A `lasting` one is not replaced by the next: a person has to read it.
    """

    text: str
    rows: int | None = None
    lasting: bool = False


Progress = Callable[[Step], None]


@dataclass(frozen=True)
class Job:
    """What to load, by which settings, with what, and whom to tell."""

    source: Path
    settings: Settings
    build: Build
    progress: Progress


@dataclass(frozen=True)
class Content:
    """What goes into a snapshot."""

    intakes: tuple[Intake, ...]
    parts: tuple[Part, ...]
    notices: tuple[str, ...]


def silent(_: Step) -> None:
    """Show no progress."""


def refresh(
    source: Path,
    store: Path,
    settings: Settings,
    *,
    progress: Progress = silent,
    build: Build | None = None,
) -> RefreshReport:
    """Check, merge and publish what a folder holds; all of it or nothing.

    `build` fills the snapshot's database, by default `dashboard.build.build`.

    Errors: RefusedError when the input cannot be published, UnavailableError when the
    environment fails; the snapshot that served goes on serving either way.
    """
    here = Store(store.resolve())
    job = Job(source, settings, build or _build(), progress)
    with told(here.root):
        here.prepare()
        with exclusive(here):
            return _attempt(here, job)


def check(
    source: Path, settings: Settings, *, progress: Progress = silent
) -> RefreshReport:
    """Check what a folder holds as a first refresh would; publish and keep nothing.

    Errors: RefusedError when a refresh would be refused.
    """
    job = Job(source, settings, _nothing, progress)
    with TemporaryDirectory(prefix="customer-health-") as folder:
        store = Store(Path(folder).resolve())
        store.prepare()
        keeper = Keeper(Vault(os.urandom(KEY_BYTES)), Salts({}))
        with building(store) as begun, workshop(begun) as shop:
            intakes = [_take(shop, begun, keeper, job, table) for table in _tables(job)]
            _pass_gate(begun, intakes, settings)
    files = [each.as_dict() for intake in intakes for each in intake.reports]
    return RefreshReport(tuple(files))


def last_day(newest: date, settings: Settings, now: datetime) -> date:
    """The last complete business day, as of which the snapshot tells the numbers.

    It is the setting `data_complete_until`, else the newest day of the data if that
    day was over at `now`, else the day before it.
    """
    if settings.data_complete_until is not None:
        return settings.data_complete_until
    today = now.astimezone(ZoneInfo(settings.timezone)).date()
    return newest if newest < today else newest - timedelta(days=1)


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
    tables = _tables(job)
    keeper, notice = open_keeper(begun.store)
    if notice:
        job.progress(Step(notice, lasting=True))
    with workshop(begun) as shop:
        intakes = [_take(shop, begun, keeper, job, table) for table in tables]
    keep_salts(begun.store, keeper.salts)
    _pass_gate(begun, intakes, job.settings)
    parts = [part for intake in intakes for part in intake.parts]
    content = Content(
        intakes=tuple(intakes),
        parts=(*untouched(begun, tables), *parts),
        notices=(notice,) if notice else (),
    )
    job.progress(Step("computing the numbers"))
    manifest = _fill(begun, job, content)
    job.progress(Step("publishing"))
    publish(begun, manifest)
    return manifest, content.notices


def _tables(job: Job) -> tuple[str, ...]:
    """The tables to read: orders always, for the door to say that they are missing."""
    found = tables_found(job.source, job.settings)
    return tuple(table for table in INPUTS if table == "orders" or table in found)


def _take(
    shop: Workshop, begun: Building, keeper: Keeper, job: Job, table: str
) -> Intake:
    staging = Staging(table, begun.folder / "staging" / table, keeper)
    know(shop, begun, staging)
    for batch in batches(table, job.source, job.settings):
        staging.add(batch)
        job.progress(Step(f"reading {table}", staging.rows_in))
    job.progress(Step(f"merging {table}", staging.rows_in))
    whole = job.settings.table(table).numbered
    return take(shop, begun, staging, whole=whole)


def _pass_gate(begun: Building, intakes: Sequence[Intake], settings: Settings) -> None:
    reports = [report for intake in intakes for report in intake.reports]
    found = gate.too_many_rejects(reports, settings.max_reject_share)
    for intake in intakes:
        if intake.table == "orders":
            found += gate.objections(intake.delivery, _past(begun.previous))
    if found:
        raise gate.QualityError(found, reports)


def _past(previous: Manifest | None) -> gate.Past | None:
    if previous is None or "orders" not in previous.deliveries:
        return None
    waiting = previous.quarantined.get("orders", 0)
    return gate.Past(previous.deliveries["orders"], waiting)


def _fill(begun: Building, job: Job, content: Content) -> Manifest:
    """Build the snapshot's database, count it again from the closed file, and tell."""
    now = datetime.now(UTC)
    with marts.opened(begun, content.parts) as connection:
        first, newest = marts.limits(connection)
        day = last_day(newest, job.settings, now)
        job.build(connection, job.settings, day)
        found = marts.found(connection)
    if marts.recounted(begun) != found.rows:
        raise UnavailableError("The new snapshot lost rows; nothing was published.")
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
        parts=list(content.parts),
        marts=found.rows,
        marts_sha256=checksum(begun.marts),
        deliveries=_deliveries(begun, content.intakes),
        quarantined=_rows(content.parts, "quarantine"),
        warnings=list(found.warnings),
        layout=layout(),
    )


def _rows(parts: Sequence[Part], kind: str) -> dict[str, int]:
    """Rows per table, in the contract's order; tables without a row are left out."""
    rows = dict.fromkeys(INPUTS, 0)
    for part in parts:
        if part.kind == kind:
            rows[part.table] += part.rows
    return {table: count for table, count in rows.items() if count}


def _deliveries(begun: Building, intakes: Sequence[Intake]) -> dict[str, Delivery]:
    before = begun.previous.deliveries if begun.previous else {}
    return before | {intake.table: intake.delivery for intake in intakes}


def _note(store: Store, error: RefusedError) -> None:
    """Leave word for the dashboard of a refresh that published nothing."""
    found = error.objections if isinstance(error, gate.QualityError) else ()
    note = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "reason": str(error),
        "objections": [asdict(each) for each in found],
    }
    text = json.dumps(note, ensure_ascii=False, indent=1)
    write_durably(store.refused, text.encode())
