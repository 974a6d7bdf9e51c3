"""How a record lies in the tables: its words encrypted, everything else in plain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from dashboard.book.records import NOTHING, NotAllowedError, Record, Seen
from dashboard.book.tables import RECORDS, VERSIONS
from data.vault import Place, Vault


def standing() -> Select[Any]:
    """Every record as it stands."""
    holds = (RECORDS.c.id == VERSIONS.c.record_id) & (
        RECORDS.c.version == VERSIONS.c.version
    )
    return select(VERSIONS).join(RECORDS, holds)


def held(connection: Connection, vault: Vault, wanted: str) -> Record:
    """A record as it stands.

    Errors: NotAllowedError when there is none.
    """
    return _one(connection, vault, standing().where(RECORDS.c.id == wanted))


def version(connection: Connection, vault: Vault, seen: Seen) -> Record:
    """One version of a record.

    Errors: NotAllowedError when there is none.
    """
    ours = (VERSIONS.c.record_id == seen.id) & (VERSIONS.c.version == seen.version)
    return _one(connection, vault, select(VERSIONS).where(ours))


def record_of(vault: Vault, row: Row[Any]) -> Record:
    """A record of a row, its words decrypted."""
    return Record(
        id=row.record_id,
        kind=row.kind,
        subject=row.subject,
        status=row.status,
        customer_id=row.customer_id,
        owner=row.owner,
        due_on=date.fromisoformat(row.due_on) if row.due_on else None,
        facts=json.loads(row.facts),
        words=_unsealed(vault, row),
        version=row.version,
        created_by=row.created_by,
        created_at=row.created_at,
        written_by=row.written_by,
        written_at=row.written_at,
    )


def row_of(vault: Vault, record: Record) -> dict[str, Any]:
    """The row of a record, its words encrypted."""
    return {
        "record_id": record.id,
        "version": record.version,
        "kind": record.kind,
        "subject": record.subject,
        "status": record.status,
        "customer_id": record.customer_id,
        "owner": record.owner,
        "due_on": record.due_on.isoformat() if record.due_on else None,
        "facts": json.dumps(dict(record.facts), ensure_ascii=False, sort_keys=True),
        "words": _sealed(vault, record),
        "created_by": record.created_by,
        "created_at": record.created_at,
        "written_by": record.written_by,
        "written_at": record.written_at,
    }


def _one(connection: Connection, vault: Vault, asked: Select[Any]) -> Record:
    row = connection.execute(asked).first()
    if row is None:
        raise NotAllowedError("gone", "There is no such entry.")
    return record_of(vault, row)


def _sealed(vault: Vault, record: Record) -> bytes | None:
    if not record.words:
        return None
    text = json.dumps(dict(record.words), ensure_ascii=False)
    return vault.seal_row(_at(record.id, record.version), text)


def _unsealed(vault: Vault, row: Row[Any]) -> Mapping[str, str]:
    if row.words is None:
        return NOTHING
    text = vault.open_row(_at(row.record_id, row.version), bytes(row.words))
    found: Mapping[str, str] = json.loads(text)
    return found


def _at(record: str, number: int) -> Place:
    return Place("book", f"{record}:{number}")
