"""The cells of a replay are those of the texts that answer any question.

The texts are asked for the same dates and windows; tests/oracle compares both with
accepted rows.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import polars as pl
import pytest
from duckdb import DuckDBPyConnection

from dashboard import cells, periods, replay
from dashboard.build import lay_ground, make_events
from data.marts import sql
from data.settings import Settings

FIRST, LAST = date(2024, 2, 10), date(2026, 3, 20)
DAYS = periods.kept(FIRST, LAST)
STORES = ["A", "B", "C", None]
LARGE = 90_000_000_000_000
MONEY = pl.Decimal(18, 4)


def any_day(rng: random.Random) -> date:
    return FIRST + timedelta(rng.randrange((LAST - FIRST).days + 1))


def order(rng: random.Random, most: int) -> dict[str, object]:
    day, amount = any_day(rng), Decimal(rng.randrange(0, most * 10_000)) / 10_000
    refunded = rng.random() < 0.15
    returned = rng.random() < 0.05
    return {
        "customer_id": rng.choice(
            [f"c{rng.randrange(25)}", f"c{rng.randrange(25)}", None]
        ),
        "ordered_on": day,
        "store_id": rng.choice(STORES),
        "channel": rng.choice(["web", "shop"]),
        "category": None,
        "employee_id": None,
        "cost": rng.choice([None, amount / 2]),
        "amount": -amount if returned else rng.choice([amount, Decimal(0), amount]),
        "refund": min(amount, Decimal(3)) if refunded and not returned else Decimal(0),
        "refunded_on": day + timedelta(rng.randrange(0, 90)) if refunded else None,
        "status": "returned" if returned else "completed",
    }


def survey(rng: random.Random, number: int) -> dict[str, object]:
    sent = any_day(rng)
    answered = rng.random() < 0.6
    dimensions = ("product_quality", "service", "delivery", "communication", "support")
    return {
        "response_id": f"r{number}",
        "customer_id": f"c{rng.randrange(30)}",
        "store_id": rng.choice(STORES),
        "employee_id": None,
        "mode": "sms",
        "sent_on": rng.choice([sent, None]),
        "answered_on": sent + timedelta(rng.randrange(0, 60)) if answered else None,
        "score": rng.randrange(11) if answered else None,
        **{name: rng.choice([None, rng.randrange(1, 6)]) for name in dimensions},
    }


def customer(rng: random.Random, number: int) -> dict[str, object]:
    told = {
        "store_id": rng.choice(STORES),
        "region": rng.choice(["north", None]),
        "customer_type": rng.choice(["member", None]),
        "acquisition_channel": rng.choice(["ads", "friends"]),
    }
    other = ("acquired_on", "owner", "member_level", "city", "industry", "consent")
    return {"customer_id": f"c{number}", **told, **dict.fromkeys(other)}


def company(seed: int, most: int) -> DuckDBPyConnection:
    """Input tables with late refunds, returns, free orders and unknown stores."""
    rng = random.Random(seed)
    money = dict.fromkeys(("amount", "refund", "cost"), MONEY)
    text = dict.fromkeys(("store_id", "category", "employee_id", "region"), pl.String)
    day = dict.fromkeys(
        ("refunded_on", "answered_on", "sent_on", "acquired_on"), pl.Date
    )
    made = {
        "orders": [order(rng, most) for _ in range(300)],
        "surveys": [survey(rng, number) for number in range(120)],
        "customers": [customer(rng, number) for number in range(20)],
        "stores": [
            {"store_id": name, "region": region, "name": name}
            for name, region in (("A", "north"), ("B", "south"))
        ],
        "targets": [
            {"metric": "nps", "period": "2026", "segment": "all", "value": 40.0}
        ],
    }
    connection = duckdb.connect()
    for name, rows in made.items():
        wanted = {
            column: kind
            for column, kind in (money | text | day).items()
            if column in rows[0]
        }
        frame = pl.DataFrame(rows, schema_overrides=wanted, infer_schema_length=None)
        connection.register("incoming", frame)
        connection.execute(f"CREATE TABLE {name} AS FROM incoming")
    lay_ground(connection, Settings())
    make_events(connection)
    return connection


class Both:
    """A company, and the cells that the texts come to for all its dates and windows."""

    def __init__(self, seed: int, most: int) -> None:
        self.connection = company(seed, most)
        spans = [periods.span(day, each) for day in DAYS for each in periods.STANDARD]
        cells.lay_out(self.connection, cells.Layout(spans), Settings())
        self.texts = {mart: self.connection.sql(sql(mart)).pl() for mart in replay.KEPT}

    def replayed(self, *days: Sequence[date]) -> dict[str, pl.DataFrame]:
        for some in days:
            replay.count(self.connection, Settings(), some)
        found = {mart: self.connection.table(mart).pl() for mart in replay.KEPT}
        for mart in replay.KEPT:
            self.connection.execute(f"DROP TABLE {mart}")
        return found

    def same(self, found: dict[str, pl.DataFrame]) -> None:
        for mart, told in self.texts.items():
            compare(found[mart].select(told.columns), told)


def compare(kept: pl.DataFrame, told: pl.DataFrame) -> None:
    """Both hold the same rows, but for those in which nothing is left."""
    assert kept.schema == told.schema
    assert kept.height > 100
    kinds = told.drop("horizon_days", strict=False).schema
    sums = [name for name, kind in kinds.items() if kind.is_numeric()]
    some = pl.any_horizontal(pl.col(sums) != 0)
    by = [name for name in told.columns if name not in sums]
    assert kept.filter(some).sort(by).equals(told.filter(some).sort(by))


@pytest.fixture(scope="module", params=range(2))
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    found = Both(request.param, 60_000)
    yield found
    found.connection.close()


def test_a_replay_comes_to_the_cells_of_the_texts(both: Both) -> None:
    both.same(both.replayed(DAYS))


def test_customers_may_be_taken_a_few_at_a_time(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.replay.crowd.CHUNK_ROWS", 100)
    both.same(both.replayed(DAYS))


def test_dates_may_be_added_to_those_that_are_kept(both: Both) -> None:
    both.same(both.replayed(DAYS[:9], DAYS[9:]))


def test_of_nobody_there_are_no_cells() -> None:
    with company(0, 10) as connection:
        for name in ("declared", "purchase_totals", "home_totals"):
            connection.execute(f"DELETE FROM {name}")
        replay.count(connection, Settings(), DAYS)
        replay.lay_out(connection, Settings(), DAYS)
        for mart in replay.KEPT:
            assert not connection.table(mart).fetchall()


def test_sums_beyond_the_whole_numbers_of_a_double_are_exact() -> None:
    both = Both(9, LARGE // 50)
    found = both.replayed(DAYS)
    both.connection.close()
    both.same(found)
    most = found["purchase_cells"]["revenue"].max()
    assert isinstance(most, Decimal)
    assert most > 10 * Decimal(2**53) / 10_000


NAMES = ", ".join(f"one.{each}, two.{each} AS {each}_two" for each in cells.KEYS)
LAID = (
    f"SELECT m.* EXCLUDE (cell_one, cell_two), {NAMES} FROM members AS m"
    " INNER JOIN cells AS one ON one.cell = m.cell_one"
    " INNER JOIN cells AS two ON two.cell = m.cell_two",
    f"SELECT r.customer_key, {NAMES} FROM residents AS r"
    " INNER JOIN cells AS one ON one.cell = r.idle_one"
    " INNER JOIN cells AS two ON two.cell = r.idle_two",
    "SELECT m.place, m.customer_key, y.days, y.revenue FROM year_starts AS y"
    " INNER JOIN members AS m ON m.place = y.place AND m.customer_key = y.customer_key"
    " INNER JOIN as_of_dates AS d ON d.place = m.place AND m.day > d.annual_after"
    " WHERE y.days <> 0 OR y.revenue <> 0",
)
"""Customers of every date with their cells by name, and what they had a year before."""


def laid(connection: DuckDBPyConnection) -> list[pl.DataFrame]:
    return [connection.sql(query).pl() for query in LAID]


def test_customers_are_laid_out_as_the_texts_lay_them_out(both: Both) -> None:
    spans = [periods.span(day, "all") for day in DAYS]
    cells.lay_out(both.connection, cells.Layout(spans), Settings())
    told = laid(both.connection)
    replay.lay_out(both.connection, Settings(), DAYS)
    for text, replayed in zip(told, laid(both.connection), strict=True):
        assert text.height > 20
        assert replayed.schema == text.schema
        keys = [name for name in ("place", "customer_key") if name in text.columns]
        assert replayed.sort(keys).equals(text.sort(keys))
