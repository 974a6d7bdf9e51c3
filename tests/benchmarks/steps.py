"""The steps that are measured, each in a process of its own."""

import json
import statistics
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

import duckdb
import polars as pl

from dashboard.answers import answer
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.values import valued
from dashboard.viewer import LOCAL
from data.sample import write_company
from data.schemas.cells import CustomerHistory
from data.settings import ClvSettings, Settings
from data.warehouse import open_current
from tests.benchmarks.day import write_day
from tests.benchmarks.measured import Cost, Size, timed

HERE = Path(__file__).parent
UNTIL = date(2026, 10, 31)
PAGE = ("nps", "repurchase_rate", "clv", "active_customers", "revenue", "churn_rate")
FILTERS = (
    (),
    (Condition("region", ("华东",)),),
    (Condition("tier", ("gold",)),),
    (Condition("acquisition_channel", ("store",), negate=True),),
)
CROSSED = (Condition("store", ("S001", "S002")), Condition("tier", ("gold",)))


def sample(folder: Path, size: Size, kind: str) -> Cost:
    """Write the sample company."""
    source = folder / kind
    form: Literal["csv", "parquet"] = "parquet" if kind == "parquet" else "csv"
    cost = timed(
        lambda: write_company(
            source,
            customers=size.customers,
            orders=size.orders,
            seed=1,
            until=UNTIL,
            format=form,
        )
    )
    return replace(cost, rows=_rows(source))


def _rows(source: Path) -> int:
    """Rows of all tables, lines of a text counted without its header."""
    tables = [pl.scan_parquet(path) for path in source.glob("*.parquet")]
    count = sum(each.select(pl.len()).collect().item() for each in tables)
    for path in source.glob("*.csv"):
        with path.open("rb") as lines:
            count += sum(1 for _ in lines) - 1
    return int(count)


def bare(folder: Path, _size: Size, kind: str) -> Cost:
    """Plain SQL over the same orders: RFM, cohorts, tier migration; best of two."""
    connection = duckdb.connect()
    text = (HERE / "bare.sql").read_text(encoding="utf-8").format(folder=folder)
    connection.execute(
        "CREATE VIEW orders AS SELECT customer_id, channel,"
        " CAST(ordered_at AS DATE) AS ordered_on, CAST(amount AS DECIMAL(18, 2)) AS"
        f" amount FROM read_parquet('{folder / kind}/orders*.parquet')"
        " WHERE TRY_CAST(ordered_at AS DATE) IS NOT NULL"
    )
    runs = [timed(lambda: connection.execute(text)) for _ in range(2)]
    (orders,) = connection.execute("SELECT count(*) FROM orders").fetchall()[0]
    return replace(min(runs, key=lambda run: run.seconds), rows=orders)


def load(folder: Path, _size: Size, kind: str) -> Cost:
    """Refresh an empty store from the whole company."""
    store = folder / f"store-{kind}"
    return timed(lambda: refresh(folder / kind, store, Settings()))


def day(folder: Path, _size: Size, kind: str) -> Cost:
    """Refresh that store with the extracts of the day after."""
    rows = write_day(folder / kind, folder / "day", UNTIL)
    store = folder / f"store-{kind}"
    cost = timed(lambda: refresh(folder / "day", store, Settings()))
    return replace(cost, rows=rows)


def anew(folder: Path, _size: Size, kind: str) -> Cost:
    """Refresh with the same day once more, and make every table anew."""
    store = folder / f"store-{kind}"
    return timed(lambda: refresh(folder / "day", store, Settings(), full=True))


def values(folder: Path, _size: Size, kind: str) -> Cost:
    """Fit the models of customer value on all customers, and score them."""
    query = (HERE / "histories.sql").read_text(encoding="utf-8")
    orders = f"{folder / kind}/orders*.parquet"
    parameters = {"orders": orders, "as_of": UNTIL}
    seen = duckdb.connect().execute(query, parameters).pl()
    known = CustomerHistory.validate(seen)
    cost = timed(lambda: valued(known, UNTIL, "mbgnbd").values(ClvSettings()))
    return replace(cost, rows=len(seen))


def cold(folder: Path, _size: Size, kind: str) -> Cost:
    """Ask for the Overview's figures, first time after a start."""
    reader = Reader(open_current(folder / f"store-{kind}"))
    return timed(lambda: ask(reader, ()))


def page(folder: Path, _size: Size, kind: str) -> Cost:
    """Ask for them after a filter change: the median."""
    reader = Reader(open_current(folder / f"store-{kind}"))
    ask(reader, ())
    runs = [timed(partial(ask, reader, where)) for where in FILTERS * 3]
    middle = statistics.median(run.seconds for run in runs)
    return Cost(middle, statistics.median(run.cpu for run in runs))


def crossing(folder: Path, _size: Size, kind: str) -> Cost:
    """Ask for them under a filter that no cube holds, first time."""
    reader = Reader(open_current(folder / f"store-{kind}"))
    ask(reader, ())
    return timed(lambda: ask(reader, CROSSED))


def ask(reader: Reader, where: tuple[Condition, ...]) -> None:
    """Ask for what the Overview shows."""
    for metric in PAGE:
        answer(reader, LOCAL, Question(metric, where=where))


STEPS: dict[str, Callable[[Path, Size, str], Cost]] = {
    each.__name__: each
    for each in (sample, bare, load, day, anew, values, cold, page, crossing)
}


def main() -> None:
    """Run one step and print its cost as JSON."""
    name, folder, size, kind = sys.argv[1:]
    cost = STEPS[name](Path(folder), Size.parse(size), kind)
    sys.stdout.write(json.dumps(asdict(cost)) + "\n")


if __name__ == "__main__":
    main()
