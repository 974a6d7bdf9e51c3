"""Let another snapshot serve, with an entry in the audit of who did it."""

from uuid import uuid4

from dashboard.book import Pen, Record, book_of
from dashboard.book.records import SERVED
from dashboard.viewer import Viewer
from data.errors import DashboardError
from data.warehouse import Manifest, retention
from data.warehouse.store import Store, read_pointer


def roll_back(store: Store, wanted: str, viewer: Viewer) -> tuple[Manifest, str | None]:
    """Turn the pointer; what serves now, and what to tell where the audit lacks it.

    The data come first: a book that cannot be written keeps no snapshot from serving.

    Errors: those of `retention.roll_back`; the snapshot that served goes on serving.
    """
    before = next((each.id for each in read_pointer(store)), None)
    made = retention.roll_back(store, wanted)
    pen = Pen(viewer.name, uuid4().hex, made.id, made.timezone)
    entry = Record("", SERVED, made.id, "done", facts={"before": before})
    try:
        book = book_of(store.root)
        book.write(pen, ["served", before, made.id], lambda work: work.open(entry))
    except DashboardError as error:
        return made, f"The audit has no entry of it: {error}"
    return made, None
