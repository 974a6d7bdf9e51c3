"""What is told on a day knows nothing of what comes after it; and it holds up."""

import csv
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dashboard import healths
from dashboard.churn.known import Sources, cut
from dashboard.churn.models import fitted, with_fit
from dashboard.reader import Reader
from dashboard.refresh import refresh
from data.settings import Settings
from data.warehouse import open_current
from metrics.churn_track import Told

HORIZON = 120
COLUMNS = {
    "orders": "ordered_at",
    "surveys": "sent_at",
    "tickets": "opened_at",
    "points": "occurred_at",
    "interactions": "occurred_at",
}
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def told_of(reader: Reader) -> tuple[date, pl.DataFrame]:
    """The day of the test, and what the rules said of each customer on it."""
    last = date.fromisoformat(reader.snapshot.manifest.as_of)
    with reader.snapshot.cursor() as cursor:
        for table in ("tickets", "points"):
            path = list(map(str, reader.snapshot.parts(table)))
            rows = f"SELECT * FROM read_parquet({path}, union_by_name = true)"
            cursor.execute(f"CREATE TEMP VIEW {table} AS {rows}")
        sources = Sources.read(cursor, healths.signals(cursor), 3)
    now = with_fit(cut(sources, last, None), None, HORIZON)
    found = fitted(sources, now, HORIZON, "mbgnbd")
    assert isinstance(found.told, Told)
    assert found.cuts.tested_on is not None
    test = cut(sources, found.cuts.tested_on, HORIZON)
    names = reader.rows("SELECT customer_key, customer_id FROM profiles")
    rows = pl.DataFrame({"customer_key": test.keys, **found.told.chances})
    both = rows.with_columns(pl.Series("left", found.told.left))
    return found.cuts.tested_on, both.join(names, on="customer_key").sort("customer_id")


def shuffled(source: Path, folder: Path, after: date) -> Path:
    """The extracts with what came after a day given to other customers, by lot."""
    folder.mkdir()
    for path in source.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            head, *rows = list(csv.reader(file))
        column = COLUMNS.get(path.stem)
        if column:
            when, who = head.index(column), head.index("customer_id")
            later = [
                row for row in rows
                if len(row) == len(head) and row[when][:10] > after.isoformat()
            ]  # fmt: skip
            others = [row[who] for row in later]
            random.Random(1).shuffle(others)
            for row, other in zip(later, others, strict=True):
                row[who] = other
        with (folder / path.name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head, *rows])
    return folder


@pytest.fixture(scope="module")
def past(company: Reader) -> tuple[date, pl.DataFrame]:
    return told_of(company)


def test_a_shuffled_future_leaves_what_was_told_unchanged(
    past: tuple[date, pl.DataFrame],
    company_source: Path,
    tmp_path: Path,
) -> None:
    """Reliability 94: all that comes after the day is given to others by lot."""
    day, before = past
    source = shuffled(company_source, tmp_path / "source", day + timedelta(1))
    refresh(source, tmp_path / "store", Settings(), now=NOW)
    same, after = told_of(Reader(open_current(tmp_path / "store")))
    assert same == day
    assert after["customer_id"].equals(before["customer_id"])
    for name in ("model", "recency"):
        assert np.allclose(after[name], before[name], rtol=1e-9, atol=0), name
    assert not after["left"].equals(before["left"])
