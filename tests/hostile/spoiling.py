"""What goes wrong with a sound row: a cell, the relation of two, or its shape."""

from datetime import timedelta
from decimal import Decimal

from tests.hostile import moments, numbers, texts
from tests.hostile.cells import Cell
from tests.hostile.contract import SEQUENCES, TABLES
from tests.hostile.moments import Moment
from tests.hostile.rows import SPOILED, Author, Row

FLAWS = ("short", "long")


def spoiled(author: Author, row: Row) -> Row:
    """The row with one thing wrong, or two."""
    for _ in range(author.pen.rng.choice((1, 1, 1, 2))):
        row = author.pen.rng.choice((_cell, _cell, _relation, _gap, _shape))(
            author, row
        )
    return row


def _cell(author: Author, row: Row) -> Row:
    name = author.pen.pick(list(row.cells))
    column = TABLES[author.table][name]
    return row.but(**{name: SPOILED[column.kind](author.pen, column)})


def _gap(author: Author, row: Row) -> Row:
    """A required cell that is missing, a time that never was or is hardly possible."""
    odd = moments.skipped_hour(author.pen) if author.pen.odds(0.4) else None
    times = [n for n in row.cells if TABLES[author.table][n].kind == "moment"]
    if odd is not None and times:
        return row.but(**{author.pen.pick(times): odd})
    if times and author.pen.odds(0.4):
        name, when = author.pen.pick(times), moments.edge(author.pen)
        return row.but(**{name: author.moment(TABLES[author.table][name], when)})
    required = [n for n in row.cells if TABLES[author.table][n].required]
    return row.but(**{author.pen.pick(required): texts.missing(author.pen)})


def _shape(author: Author, row: Row) -> Row:
    return Row(row.cells, author.pen.pick(FLAWS))


def _relation(author: Author, row: Row) -> Row:
    pairs = [
        (late, early)
        for late, early in SEQUENCES.get(author.table, ())
        if {late, early} <= row.cells.keys()
        and isinstance(row.cells[early].value, Moment)
    ]
    if pairs and author.pen.odds(0.6):
        late, early = author.pen.rng.choice(pairs)
        return _too_early(author, row, late, early)
    if author.table == "orders":
        return _money(author, row)
    if author.table == "points" and isinstance(row.cells["points"].value, int):
        return row.but(
            points=numbers.spelled_whole(author.pen, -row.cells["points"].value)
        )
    return _cell(author, row)


def _too_early(author: Author, row: Row, late: str, early: str) -> Row:
    first = row.cells[early].value
    assert isinstance(first, Moment)
    before = first.first - timedelta(hours=author.pen.rng.choice((1, 5, 30, 300)))
    return row.but(**{late: author.moment(TABLES[author.table][late], before)})


def _money(author: Author, row: Row) -> Row:
    """A refund above its order, or a negative order that is no return."""
    amount = row.cells["amount"].value
    if not isinstance(amount, Decimal):
        return row
    if "refund" in row.cells and author.pen.odds(0.6):
        more = max(amount, Decimal(0)) + Decimal("0.01")
        return row.but(refund=numbers.spelled_amount(author.pen, more))
    less = row.but(amount=numbers.spelled_amount(author.pen, -abs(amount)))
    if "status" in row.cells and row.cells["status"].value == "returned":
        return less.but(status=Cell("pending", "pending"))
    return less
