"""Bring the last snapshot's tables up to date, at the cost of what has changed.

Cells are sums over customers. So the cells of a date that was kept before are the old
ones, less what the customers whose rows have changed were in them, plus what the same
customers are now. Only new dates are summed over all customers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from dashboard import (
    appraisals,
    cells,
    periods,
    programme,
    replay,
    serving,
    stages,
    ticket_times,
    tierings,
    trials,
    values,
    visit_duties,
)
from dashboard.build import (
    EVENTS,
    first_day,
    keep_last_day,
    lay_ground,
)
from dashboard.cells import table
from dashboard.filling import BY_CUSTOMER
from data.marts import sql
from data.settings import Settings
from data.warehouse.rows import read

OF_CUSTOMERS = (*EVENTS, "declared", "home_totals", *cells.SUMMED, "purchase_totals")
FEW = 0.2
"""The share of the customers above which all tables are made anew."""

NUMBERED = """
SELECT
    CAST(COALESCE(
        p.customer_key,
        n.most + ROW_NUMBER() OVER (
            PARTITION BY p.customer_key IS NULL ORDER BY f.customer_id
        )
    ) AS INTEGER) AS customer_key,
    f.* EXCLUDE (customer_key)
FROM temp.main.profiles AS f
SEMI JOIN changed AS c ON c.customer_id = f.customer_id
LEFT JOIN {profiles} AS p ON p.customer_id = f.customer_id
CROSS JOIN (SELECT MAX(customer_key) AS most FROM {profiles}) AS n
"""
NEW_NAMES = """
INSERT INTO {names}
SELECT n.most + ROW_NUMBER() OVER (ORDER BY f.name), f.name
FROM ({found}) AS f
ANTI JOIN {names} AS k ON k.name = f.name
CROSS JOIN (SELECT MAX(code) AS most FROM {names}) AS n
"""
PATCH = (
    """
CREATE OR REPLACE TEMP TABLE delta AS
SELECT {keys}, {sums}
FROM (FROM now_{mart} UNION ALL BY NAME SELECT {keys}, {less} FROM was_{mart})
GROUP BY {keys} HAVING {some}
""",
    """
CREATE OR REPLACE TEMP TABLE patched AS
SELECT {keys}, {sums}
FROM (
    FROM delta
    UNION ALL BY NAME (SELECT m.* FROM {mart} AS m SEMI JOIN delta USING ({keys}))
)
GROUP BY {keys} HAVING {some}
""",
    """
DELETE FROM {mart} WHERE ({keys}) IN (SELECT ({keys}) FROM delta)
""",
    "INSERT INTO {mart} BY NAME FROM patched",
)
STALE = """
SELECT DISTINCT as_of
FROM (
    SELECT as_of FROM (FROM was_states EXCEPT ALL FROM now_states)
    UNION ALL SELECT as_of FROM (FROM now_states EXCEPT ALL FROM was_states)
    UNION ALL SELECT as_of FROM (FROM was_histories EXCEPT ALL FROM now_histories)
    UNION ALL SELECT as_of FROM (FROM now_histories EXCEPT ALL FROM was_histories)
)
"""
HISTORIES = "SELECT * EXCLUDE (cell_one, cell_two) FROM ({})"
STATES = """
SELECT
    d.as_of, p.customer_id, m.first_day, m.last_day, m.revenue, m.margin,
    one.region, one.customer_type, one.acquisition_channel, one.tier, two.store
FROM members AS m
INNER JOIN as_of_dates AS d ON d.place = m.place
INNER JOIN profiles AS p ON p.customer_key = m.customer_key
INNER JOIN cells AS one ON one.cell = m.cell_one
INNER JOIN cells AS two ON two.cell = m.cell_two
"""


def changed(connection: DuckDBPyConnection, files: Sequence[Path]) -> bool:
    """Gather the customers that files name, in the temporary table `changed`.

    A null stands for orders of no customer. Whether they are few is told.
    """
    texts = ["SELECT '' AS customer_id WHERE false"]
    if files:
        read(connection, files).create_view("named", replace=True)
        texts.append("SELECT COALESCE(customer_id, '') FROM named")
    table(connection, "changed", " UNION ".join(texts))
    connection.execute("DROP VIEW IF EXISTS named")
    return _size(connection, "changed") <= FEW * _size(connection, "profiles")


def renew(connection: DuckDBPyConnection, settings: Settings, as_of: date) -> None:
    """Bring the tables up to date with the input views; `changed` comes first.

    The result is that of `build`, but for the numbers that stand for customers and
    names, and for cells in which nothing is left.
    """
    lay_ground(connection, settings)
    kept = _dates(connection, "purchase_cells")
    with _shadows(connection):
        _as_they_were(connection)
        _tell(connection, settings, kept, "was_")
    with _shadows(connection):
        _as_they_are(connection)
        _tell(connection, settings, kept, "now_")
        _replace(connection)
    connection.execute(f"CREATE OR REPLACE TABLE total_days AS {sql('total_days')}")
    serving.renew(connection, settings)
    first = first_day(connection) or as_of
    wanted = periods.kept(first, as_of)
    for mart in replay.KEPT:
        _patch(connection, mart)
        _forget(connection, mart, wanted)
    new = [day for day in wanted if day not in kept]
    if new:
        replay.count(connection, settings, new)
    tierings.build(connection, settings, periods.month_ends(first, as_of))
    keep_last_day(connection, settings, first, as_of)
    programme.keep(connection, as_of)
    stages.keep(connection, first, as_of)
    valued = values.dates(first, as_of)
    appraisals.build(connection, settings, valued, _unfitted(connection, valued))
    trials.keep(connection, as_of)
    ticket_times.keep(connection, settings, as_of)
    visit_duties.keep(connection, settings, as_of)


def _size(connection: DuckDBPyConnection, name: str) -> int:
    count: int = connection.execute(f"SELECT COUNT(*) FROM {name}").fetchall()[0][0]  # noqa: S608 our own names
    return count


def _dates(connection: DuckDBPyConnection, name: str) -> list[date]:
    query = f"SELECT DISTINCT as_of FROM {name} ORDER BY as_of"  # noqa: S608 our own names
    return [day for (day,) in connection.execute(query).fetchall()]


def _kept(connection: DuckDBPyConnection, name: str) -> str:
    """A kept table's full name, past a temporary table of the same name."""
    database = connection.execute("SELECT current_database()").fetchall()[0][0]
    return f"{database}.main.{name}"


@contextmanager
def _shadows(connection: DuckDBPyConnection) -> Iterator[None]:
    """Let the marts read the changed customers alone: temporary tables come first."""
    yield
    for name in (*BY_CUSTOMER, *OF_CUSTOMERS, "total_days"):
        connection.execute(f"DROP TABLE IF EXISTS temp.main.{name}")


def _as_they_were(connection: DuckDBPyConnection) -> None:
    keys = f"SELECT customer_key FROM {_kept(connection, 'profiles')}"  # noqa: S608 our own names
    table(connection, "changed_keys", f"{keys} SEMI JOIN changed USING (customer_id)")
    for name in OF_CUSTOMERS:
        rows = f"SELECT * FROM {_kept(connection, name)} WHERE {_is_changed(name)}"  # noqa: S608 our own names
        table(connection, name, rows)


def _as_they_are(connection: DuckDBPyConnection) -> None:
    for name in BY_CUSTOMER:
        rows = f"SELECT * FROM {_kept(connection, name)}"  # noqa: S608 our own names
        named = "COALESCE(customer_id, '') IN (FROM changed)"
        table(connection, name, f"{rows} WHERE {named}")
    for name in EVENTS:
        table(connection, name, sql(name))
    numbered = NUMBERED.format(profiles=_kept(connection, "profiles"))
    table(connection, "profiles", numbered)
    names = _kept(connection, "names")
    connection.execute(NEW_NAMES.format(names=names, found=sql("names")))
    table(connection, "declared", sql("declared"))
    cells.total(connection, "TEMP TABLE")


def _is_changed(name: str) -> str:
    if name in EVENTS:
        return "customer_id IN (FROM changed)"
    return "customer_key IN (FROM changed_keys)"


def _tell(
    connection: DuckDBPyConnection,
    settings: Settings,
    days: Sequence[date],
    prefix: str,
) -> None:
    """Sum the changed customers into cells, and tell what models see of them."""
    replay.count(connection, settings, days, prefix)
    valued = _dates(connection, "clv_models")
    spans = [periods.span(day, "all") for day in valued]
    cells.lay_out(connection, cells.Layout(spans), settings)
    table(connection, f"{prefix}states", STATES)
    table(connection, f"{prefix}histories", HISTORIES.format(sql("purchase_histories")))


def _replace(connection: DuckDBPyConnection) -> None:
    for name in OF_CUSTOMERS:
        kept = _kept(connection, name)
        connection.execute(f"DELETE FROM {kept} WHERE {_is_changed(name)}")  # noqa: S608 our own names
        connection.execute(f"INSERT INTO {kept} BY NAME FROM temp.main.{name}")


def _patch(connection: DuckDBPyConnection, mart: str) -> None:
    """Take off what the changed customers were, add what they are."""
    told = connection.execute(f"DESCRIBE {mart}").fetchall()
    keys = [name for name, kind, *_ in told if kind in ("VARCHAR", "DATE", "INTEGER")]
    sums = {name: kind for name, kind, *_ in told if name not in keys}
    by, some = ", ".join(keys), " OR ".join(f"SUM({name}) <> 0" for name in sums)
    less = ", ".join(f"-{name} AS {name}" for name in sums)
    summed = ", ".join(f"CAST(SUM({n}) AS {k}) AS {n}" for n, k in sums.items())
    given = {"mart": mart, "keys": by, "sums": summed, "less": less, "some": some}
    for step in PATCH:
        connection.execute(step.format(**given))


def _forget(connection: DuckDBPyConnection, name: str, days: Sequence[date]) -> None:
    """Leave out the dates that are not kept any more."""
    connection.execute(
        f"DELETE FROM {name} WHERE NOT list_contains($days, as_of)",  # noqa: S608 our own names
        {"days": list(days)},
    )


def _unfitted(connection: DuckDBPyConnection, days: Sequence[date]) -> list[date]:
    """The dates without a model; one is forgotten where the histories have changed."""
    stale = {day for (day,) in connection.execute(STALE).fetchall()}
    fit = {*_dates(connection, "clv_models")} - stale
    for name in ("clv_models", "value_cells"):
        _forget(connection, name, [day for day in days if day in fit])
    return [day for day in days if day not in fit]
