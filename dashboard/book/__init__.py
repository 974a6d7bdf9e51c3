"""The book: what people write, apart from the snapshots that a refresh makes.

`book_of(store)` opens it. `follow_ups`, `contacts`, `cases`, `rectifications` and
`control` say what can be written there; a page calls them through `dashboard.desk`.
"""

from dashboard.book.ledger import Book, book_of
from dashboard.book.records import ConflictError, NotAllowedError, Pen, Record, Seen

__all__ = [
    "Book",
    "ConflictError",
    "NotAllowedError",
    "Pen",
    "Record",
    "Seen",
    "book_of",
]
