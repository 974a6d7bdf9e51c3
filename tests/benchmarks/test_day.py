from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from data.door import batches
from data.sample import write_company
from data.settings import Settings
from tests.benchmarks.day import HAPPENED, write_day
from tests.benchmarks.steps import UNTIL


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    company, day = tmp_path_factory.mktemp("company"), tmp_path_factory.mktemp("day")
    write_company(company, customers=3_000, seed=1, until=UNTIL, format="parquet")
    write_day(company, day, UNTIL)
    return company, day


def test_a_day_has_new_rows_of_every_table_that_grows(
    folders: tuple[Path, Path],
) -> None:
    company, day = folders
    tomorrow = UNTIL + timedelta(days=1)
    for table, moment in HAPPENED.items():
        new = pl.read_parquet(day / f"{table}.parquet")
        old = pl.read_parquet(company / f"{table}.parquet")
        fresh = new.join(old, on=new.columns[0], how="anti")
        assert set(fresh[moment].dt.date()) <= {tomorrow}
        assert len(fresh) < len(old) / 300
        assert len(fresh) > 0 or table in ("contacts", "customers", "tickets")


def test_answers_replace_the_surveys_that_had_none(
    folders: tuple[Path, Path],
) -> None:
    company, day = folders
    surveys = pl.read_parquet(company / "surveys.parquet")
    answered = pl.read_parquet(day / "surveys.parquet").join(
        surveys, on="response_id", suffix="_before"
    )
    assert len(answered) > 0
    assert answered["score_before"].null_count() == len(answered)
    assert answered["score"].null_count() == 0


def test_the_door_accepts_a_day_but_for_the_planted_rows(
    folders: tuple[Path, Path],
) -> None:
    _, day = folders
    for table in (*HAPPENED, "order_items"):
        read = [(b.rows_in, len(b.rejected)) for b in batches(table, day, Settings())]
        rows, rejected = map(sum, zip(*read, strict=True))
        assert rejected <= max(2, rows * 0.03)
