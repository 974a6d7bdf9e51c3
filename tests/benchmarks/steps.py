"""The steps that are measured, each in a process of its own."""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

from dashboard.answers import answer
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.sample import write_company
from data.settings import Settings
from data.warehouse import open_current

UNTIL = date(2026, 10, 31)
PAGE = ("nps", "repurchase_rate", "clv", "active_customers", "revenue", "churn_rate")
FILTERS = (
    (),
    (Condition("region", ("华东",)),),
    (Condition("tier", ("gold",)),),
    (Condition("acquisition_channel", ("store",), negate=True),),
)
CROSSED = (Condition("store", ("S001", "S002")), Condition("tier", ("gold",)))


def sample(folder: Path, customers: int, kind: str) -> float:
    """Write the sample company."""
    name = "parquet" if kind == "parquet" else "csv"
    return timed(
        lambda: write_company(
            folder / kind, customers=customers, seed=1, until=UNTIL, format=name
        )
    )


def bare(folder: Path, _customers: int, kind: str) -> float:
    """Plain SQL over the same orders: RFM, cohorts and tier migration to Parquet."""
    connection = duckdb.connect()
    text = (Path(__file__).parent / "bare.sql").read_text(encoding="utf-8")
    connection.execute(
        "CREATE VIEW orders AS SELECT customer_id, channel,"
        " CAST(ordered_at AS DATE) AS ordered_on, CAST(amount AS DECIMAL(18, 2)) AS"
        f" amount FROM read_parquet('{folder / kind}/orders*.parquet')"
        " WHERE TRY_CAST(ordered_at AS DATE) IS NOT NULL"
    )
    return timed(lambda: connection.execute(text.format(folder=folder)))


def load(folder: Path, _customers: int, kind: str) -> float:
    """A full refresh into an empty store."""
    store = folder / f"store-{kind}"
    return timed(lambda: refresh(folder / kind, store, Settings()))


def page(folder: Path, _customers: int, kind: str) -> float:
    """The Overview's figures after a filter change, warm: the median."""
    reader = Reader(open_current(folder / f"store-{kind}"))
    ask(reader, ())
    return statistics.median(timed(lambda w=w: ask(reader, w)) for w in FILTERS * 3)


def cold(folder: Path, _customers: int, kind: str) -> float:
    """The Overview's figures, first time after a start."""
    reader = Reader(open_current(folder / f"store-{kind}"))
    return timed(lambda: ask(reader, ()))


def crossing(folder: Path, _customers: int, kind: str) -> float:
    """The Overview's figures under a filter that no cube holds, first time."""
    reader = Reader(open_current(folder / f"store-{kind}"))
    ask(reader, ())
    return timed(lambda: ask(reader, CROSSED))


def ask(reader: Reader, where: tuple[Condition, ...]) -> None:
    """What the Overview asks for."""
    for metric in PAGE:
        answer(reader, LOCAL, Question(metric, where=where))


def timed(work: Callable[[], object]) -> float:
    """Seconds of wall time."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


STEPS: dict[str, Callable[[Path, int, str], float]] = {
    each.__name__: each for each in (sample, bare, load, page, cold, crossing)
}


def main() -> None:
    """Run one step and print its seconds and peak memory as JSON."""
    name, folder, customers, kind = sys.argv[1:]
    seconds = STEPS[name](Path(folder), int(customers), kind)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_mb": peak}) + "\n")


if __name__ == "__main__":
    main()
