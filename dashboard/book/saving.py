"""One request's writes: checked, written and audited in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, insert, select, update

from dashboard.book import chain, rows
from dashboard.book.records import (
    ConflictError,
    Pen,
    Record,
    Seen,
    check_due,
    check_step,
    check_words,
)
from dashboard.book.tables import RECORDS, REQUESTS, VERSIONS
from data.vault import Vault


@dataclass(frozen=True)
class Step:
    """One version that is written, after the one before."""

    action: str
    before: Record | None
    after: Record


@dataclass
class Writing:
    """What one request writes, inside its transaction."""

    pen: Pen
    connection: Connection
    vault: Vault
    at: datetime
    steps: list[Step] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The business day on which this is written."""
        return self.pen.day(self.at)

    @property
    def stamp(self) -> str:
        """The instant at which this is written."""
        return self.at.isoformat(timespec="microseconds")

    def open(self, record: Record) -> Record:
        """Write a new record; who and when come from the pen and the clock.

        Errors: NotAllowedError for a due date before today, or a text that is none.
        """
        made = replace(
            record,
            id=uuid4().hex,
            version=1,
            created_by=self.pen.who,
            created_at=self.stamp,
            written_by=self.pen.who,
            written_at=self.stamp,
        )
        check_due(self.today, made.due_on)
        return self._add("create", None, made)

    def edit(self, seen: Seen, action: str, **changes: Any) -> Record:
        """Write the next version of a record that was read as `seen`.

        Errors: ConflictError when it has been changed since, NotAllowedError for a
        step that it may not take.
        """
        return self.change(self.read(seen), action, **changes)

    def read(self, seen: Seen) -> Record:
        """A record that nobody has changed since it was read as `seen`.

        Errors: ConflictError with both versions when somebody has.
        """
        held = rows.held(self.connection, self.vault, seen.id)
        if held.version != seen.version:
            yours = rows.version(self.connection, self.vault, seen)
            raise ConflictError(yours, held)
        return held

    def change(self, held: Record, action: str, **changes: Any) -> Record:
        """Write the next version of a record that this transaction has read."""
        made = replace(
            held,
            **changes,
            version=held.version + 1,
            written_by=self.pen.who,
            written_at=self.stamp,
        )
        check_step(held, made)
        if made.due_on != held.due_on:
            created = self.pen.day(datetime.fromisoformat(held.created_at))
            check_due(created, made.due_on)
        return self._add(action, held, made)

    def find(self, asked: Select[Any]) -> list[Record]:
        """Records as they stand in this transaction."""
        found = self.connection.execute(asked).all()
        return [rows.record_of(self.vault, row) for row in found]

    def audit(self, action: str, row: Mapping[str, Any], before: str | None) -> None:
        """Add to the audit what becomes of a row: its digests before and after."""
        self.entries.append(
            {
                "at": self.stamp,
                "who": self.pen.who,
                "action": action,
                "kind": row["kind"],
                "record_id": row["record_id"],
                "version": row["version"],
                "before": before,
                "after": chain.digest(self.vault, row),
                "snapshot": self.pen.snapshot,
            }
        )

    def keep(self, head: chain.Head, asked: str) -> chain.Head:
        """Write everything down, with the audit; its new head."""
        self._insert_versions()
        self._insert_records()
        for step in self.steps:
            self._move(step)
        self._note_request(asked)
        if not self.entries:
            return head
        return chain.add(self.connection, self.vault, head, self.entries)

    def _add(self, action: str, before: Record | None, made: Record) -> Record:
        check_words(made)
        self.steps.append(Step(action, before, made))
        return made

    def _insert_versions(self) -> None:
        made = [rows.row_of(self.vault, step.after) for step in self.steps]
        known = {(row["record_id"], row["version"]): row for row in made}
        for step, row in zip(self.steps, made, strict=True):
            self.audit(step.action, row, self._digest(step.before, known))
        if made:
            self.connection.execute(insert(VERSIONS), made)

    def _digest(
        self,
        before: Record | None,
        known: Mapping[tuple[str, int], Mapping[str, Any]],
    ) -> str | None:
        """The digest of the version before, as the database has it."""
        if before is None:
            return None
        row = known.get((before.id, before.version)) or kept(
            self.connection, before.seen
        )
        return chain.digest(self.vault, row)

    def _insert_records(self) -> None:
        new = [
            {
                "id": step.after.id,
                "kind": step.after.kind,
                "customer_id": step.after.customer_id,
                "version": 1,
            }
            for step in self.steps
            if step.before is None
        ]
        if new:
            self.connection.execute(insert(RECORDS), new)

    def _move(self, step: Step) -> None:
        if step.before is None:
            return
        ours = RECORDS.c.id == step.after.id
        was = RECORDS.c.version == step.before.version
        moved = update(RECORDS).where(ours & was).values(version=step.after.version)
        if self.connection.execute(moved).rowcount != 1:
            held = rows.held(self.connection, self.vault, step.after.id)
            raise ConflictError(step.before, held)

    def _note_request(self, asked: str) -> None:
        named: list[tuple[str | None, int | None]] = [
            (step.after.id, step.after.version) for step in self.steps
        ]
        noted = [
            {
                "request": self.pen.request,
                "place": place,
                "asked": asked,
                "record_id": record,
                "version": number,
            }
            for place, (record, number) in enumerate(named or [(None, None)])
        ]
        self.connection.execute(insert(REQUESTS), noted)


def kept(connection: Connection, seen: Seen) -> dict[str, Any]:
    """The row of a version as the database has it."""
    ours = (VERSIONS.c.record_id == seen.id) & (VERSIONS.c.version == seen.version)
    return dict(connection.execute(select(VERSIONS).where(ours)).mappings().one())
