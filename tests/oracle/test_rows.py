"""Rows held and accepted equal a count of the files themselves."""

import csv
from pathlib import Path

import duckdb
import pytest

from dashboard.answers import answer
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from data.schemas import INPUTS


def records(path: Path) -> int:
    """Rows of a CSV file below its header, as Python's own reader sees them."""
    with path.open(encoding="utf-8", newline="") as lines:
        return sum(1 for row in csv.reader(lines) if row) - 1


def test_rows_held_are_those_in_the_store(company: Reader) -> None:
    found = answer(company, LOCAL, Question("rows_held", by="table"))
    held = dict(found.select("segment", "value").iter_rows())
    assert set(held) == set(INPUTS)
    for table, rows in held.items():
        stored = duckdb.read_parquet(company.snapshot.parts(table)).count("*")
        assert stored.fetchall() == [(rows,)], table


def test_the_accepted_share_counts_every_row_of_every_file(
    company: Reader, company_source: Path, company_store: Path
) -> None:
    files = sorted(company_source.glob("*.csv"))
    delivered = sum(records(path) for path in files)
    rejected = sum(
        duckdb.read_parquet(str(path)).count("*").fetchall()[0][0]
        for path in company_store.glob("quarantine/*/*/*.parquet")
    )
    found = answer(company, LOCAL, Question("accepted_share")).row(0, named=True)
    assert (found["n"], len(files)) == (delivered, len(INPUTS))
    assert found["value"] == pytest.approx(1 - rejected / delivered)
