"""Whom a viewer reaches: the customers there are for it, and who looks after them."""

from collections.abc import Sequence

from dashboard import queries
from dashboard.answers.people import chosen
from dashboard.watchlist import held
from data.errors import UnavailableError

ADMITTED = """
SELECT c.customer_id FROM current_customers AS c
WHERE list_contains($asked, c.customer_id) AND {}
"""
OWNERS = """
SELECT DISTINCT o.owner FROM {table} AS o
INNER JOIN current_customers AS c ON c.customer_key = o.customer_key
WHERE o.owner IS NOT NULL AND {clauses} ORDER BY 1
"""


def admitted(customers: Sequence[str]) -> frozenset[str]:
    """Which of these customers there are, as far as the viewer's rows go."""
    clauses, values = chosen("c", queries.viewer().rights.rows)
    text, given = ADMITTED.format(clauses), {"asked": list(customers), **values}
    with queries.reader().snapshot.cursor() as cursor:
        found = cursor.execute(text, given).fetchall()
    return frozenset(row[0] for row in found)


def _owners(table: str) -> list[str]:
    """Who is named as owner in a table with a row per customer the viewer may see."""
    clauses, values = chosen("c", queries.viewer().rights.rows)
    text = OWNERS.format(table=table, clauses=clauses)
    here = queries.reader()

    def ask() -> list[str]:
        with here.snapshot.cursor() as cursor:
            return [row[0] for row in cursor.execute(text, values).fetchall()]

    return here.remember(("owners", table, queries.viewer().rights.rows), ask)


def owners() -> tuple[str, ...]:
    """Who looks after customers of the watchlist, by the data and by the book."""
    here = queries.reader()
    try:
        written = held.owners(here)
    except UnavailableError:  # every page asks: without a key the data's own remain
        written = ()
    return tuple(sorted({*_owners("churn_scores"), *written}))


def visit_owners() -> tuple[str, ...]:
    """Who looks after customers: their declared owner, else who saw them last."""
    return tuple(_owners("visit_owners"))
