"""After a snapshot is published: open what fell below its threshold, mark what is late.

This writes in the book, in transactions of its own, as `system`. The snapshot serves
already: whatever keeps the book from being written is told, and is no failure of the
refresh. The next one does it then.
"""

from collections.abc import Iterator
from pathlib import Path

from dashboard.book import Book, Pen, book_of, follow_ups, rectifications
from dashboard.book.records import WATCH
from dashboard.reader import Reader
from data.errors import DashboardError
from data.warehouse import open_current
from data.warehouse.disk import lacking


def watched(store: Path) -> tuple[str, ...]:
    """What to tell of the serving snapshot's alerts and of overdue follow-ups."""
    try:
        reader = Reader(open_current(store))
        book = book_of(store)
        return (*_opened(reader, book), *_late(reader, book))
    except DashboardError as error:
        return (f"Alerts and overdue follow-ups were not looked at: {error}",)
    except OSError as error:
        why = lacking(error) or type(error).__name__
        return (f"Alerts and overdue follow-ups were not looked at ({why}).",)


def _opened(reader: Reader, book: Book) -> Iterator[str]:
    from dashboard.answers import answer  # the models are slow to import
    from dashboard.answers.alerts import judged
    from dashboard.answers.view import offered

    as_of = offered(reader)[-1]
    now = judged(reader, as_of, answer)
    if book.exists() or (now["verdict"] == "bad").any():
        records = rectifications.watch(book, _pen(reader, "watch"), now, as_of)
        for record in records:
            if record.version == 1 and record.kind != WATCH:
                yield (
                    f"{record.subject} is beyond its threshold: a rectification was"
                    " opened."
                )


def _late(reader: Reader, book: Book) -> Iterator[str]:
    pen = _pen(reader, "escalate")
    late = follow_ups.overdue(book, pen.day(book.clock()))
    if late.height:
        follow_ups.escalate(book, pen)
        yield f"Follow-ups: {late.height:,} are overdue."


def _pen(reader: Reader, what: str) -> Pen:
    manifest = reader.snapshot.manifest
    request = f"{what}:{manifest.id}"
    return Pen(rectifications.SYSTEM, request, manifest.id, manifest.timezone)
