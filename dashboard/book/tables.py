"""The book's tables, the same on SQLite and on PostgreSQL.

Instants and days are ISO texts and details are JSON texts, so that a row is the same
bytes on every database: the audit's hashes are over them.
"""

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

LAYOUT = 1
"""Raised when a table changes: a book of another layout is refused, not guessed at."""

METADATA = MetaData()

META = Table(
    "book_meta",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

HEAD = Table(
    "book_head",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""One row, locked by every writer: the last entry of the audit."""

RECORDS = Table(
    "book_records",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("customer_id", Text),
    Column("version", Integer, nullable=False),
    Index("book_records_of_customer", "customer_id"),
    Index("book_records_of_kind", "kind"),
)
"""Which version of a record holds."""

VERSIONS = Table(
    "book_versions",
    METADATA,
    Column("record_id", String(40), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("subject", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("customer_id", Text),
    Column("owner", Text),
    Column("due_on", String(10)),
    Column("facts", Text, nullable=False),
    Column("words", LargeBinary),
    Column("created_by", Text, nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("written_by", Text, nullable=False),
    Column("written_at", String(40), nullable=False),
    Index("book_versions_by_subject", "kind", "subject", "status"),
)
"""Every version of every record, as it was written; `words` are encrypted."""

EPISODES = Table(
    "book_episodes",
    METADATA,
    Column("programme", String(40), primary_key=True),
    Column("customer_id", Text, primary_key=True),
    Column("started_on", String(10), primary_key=True),
    Column("ends_on", String(10), nullable=False),
    Column("control", Integer, nullable=False),
    Column("batch", String(40), nullable=False),
    Index("book_episodes_of_customer", "customer_id"),
    Index("book_episodes_of_batch", "batch"),
)
"""Who was listed by a programme when, and whether held out as control."""

REQUESTS = Table(
    "book_requests",
    METADATA,
    Column("request", String(80), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("asked", String(64), nullable=False),
    Column("record_id", String(40)),
    Column("version", Integer),
)
"""What came of a request, so that one sent again writes nothing."""

AUDIT = Table(
    "book_audit",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("who", Text, nullable=False),
    Column("action", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("record_id", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("before", String(64)),
    Column("after", String(64), nullable=False),
    Column("snapshot", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""Who wrote what when, on which snapshot; `before` and `after` are digests."""

KEPT = "the audit is only added to"

TRIGGERS = {
    "sqlite": tuple(
        f"CREATE TRIGGER book_audit_{verb.lower()} BEFORE {verb} ON book_audit"
        f" BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION book_audit_kept() RETURNS trigger"
        f" LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{KEPT}'; END $$",
        "CREATE TRIGGER book_audit_rows BEFORE UPDATE OR DELETE ON book_audit"
        " FOR EACH ROW EXECUTE FUNCTION book_audit_kept()",
        "CREATE TRIGGER book_audit_all BEFORE TRUNCATE ON book_audit"
        " FOR EACH STATEMENT EXECUTE FUNCTION book_audit_kept()",
    ),
}
"""What keeps the audit from being changed, in each database's own words."""
