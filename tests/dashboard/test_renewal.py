"""A snapshot that is brought up to date is the same as one that is made anew.

The oracle is the full build: every table of both snapshots is compared, by names and
not by the numbers that stand for them.
"""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
import sqlglot
from duckdb import DuckDBPyConnection

from dashboard import renewal
from dashboard.filling import BY_CUSTOMER, FOR_ALL, MADE_ANEW
from dashboard.refresh import refresh
from data import marts
from data.sample import write_company
from data.schemas import INPUTS
from data.settings import Settings
from data.warehouse import open_current

pytestmark = pytest.mark.timeout(900)  # several refreshes of all tables in one test

LAST = date(2026, 10, 31)
NOW = datetime(2026, 11, 5, tzinfo=UTC)
DAYS = {
    "orders": "ordered_at",
    "surveys": "sent_at",
    "tickets": "opened_at",
    "points": "occurred_at",
    "interactions": "occurred_at",
    "contacts": "contacted_at",
}
CELLS = {
    "purchase_cells": ("customers", "buyers", "previous_buyers", "orders", "revenue"),
    "repurchase_cells": ("first_buyers",),
    "response_cells": ("n",),
    "score_cells": ("nps_n", "service_n", "delivery_n", "support_n"),
    "value_cells": ("customers",),
    "health_cells": ("customers",),
    "health_moves": ("customers",),
}
KEYED = (
    "occasions",
    "purchase_totals",
    "home_totals",
    "request_marks",
    "answer_totals",
)
NUMBERED = ("profiles", "current_customers", "churn_scores")
SCORED = (
    "lifecycle_stages",
    "signals",
    "health_scores",
    "serving_costs",
    "visit_duties",
    "visit_owners",
)
SERVING = {"ticket": 30, "call": 8, "visit": 90, "share_campaign_cost": True}
COSTLY = Settings.model_validate({"serving": SERVING})
TOLD = ("clv_backtests",)
PLAIN = (
    *("purchases", "answers", "requests", "goals", "store_regions", "total_days"),
    *("tier_rules", "campaign_plans", "campaign_entries", "campaign_cells"),
    "campaign_days",
    *("stage_cells", "step_cells", "lead_paths", "channel_costs"),
    *("points_due", "programme_cells", "member_cells", "member_peers"),
    "cohort_cells",
    *("churn_model", "churn_calibration", "churn_precision"),
    *("ticket_cases", "service_days"),
)


@pytest.fixture(scope="module")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company's history but for its last two days; each of these; a late change."""
    folder = tmp_path_factory.mktemp("extracts")
    write_company(
        folder / "all", customers=700, seed=4, until=LAST, format="parquet", orders=4000
    )
    for day, name in ((None, "history"), ("30", "day"), ("31", "next_day")):
        (folder / name).mkdir()
        for path in (folder / "all").glob("*.parquet"):
            rows = of_day(pl.read_parquet(path), DAYS.get(path.stem), day)
            if rows.height:
                rows.write_parquet(folder / name / path.name)
    (folder / "late").mkdir()
    late(folder / "all", folder / "late")
    return folder


def of_day(rows: pl.DataFrame, column: str | None, day: str | None) -> pl.DataFrame:
    """The rows of one of the last two days, else all that came before them."""
    if column is None:
        return rows if day is None else rows.clear()
    on = pl.col(column).cast(pl.String).str.slice(0, 10)
    late = [f"2026-10-{each}" for each in ("30", "31")]
    return rows.filter(on == f"2026-10-{day}" if day else ~on.is_in(late))


def late(everything: Path, folder: Path) -> None:
    """Corrections of old orders, a late order, an answer, moved and new customers."""
    orders = pl.read_parquet(everything / "orders.parquet")
    some = (
        orders.filter(pl.col("status") == "completed")
        .unique("order_id")
        .sort("order_id")
    )
    again = some.gather_every(400).with_columns(amount=pl.col("amount") + 10)
    new = some[5:7].with_columns(
        order_id=pl.lit("late-") + pl.col("order_id"),
        customer_id=pl.Series(["N1", "N2"]),
    )
    pl.concat([again, new]).write_parquet(folder / "orders.parquet")
    tickets = pl.read_parquet(everything / "tickets.parquet").sort("ticket_id")
    old = tickets[:3].with_columns(ticket_id=pl.lit("late-") + pl.col("ticket_id"))
    old.write_parquet(folder / "tickets.parquet")
    people = pl.read_parquet(everything / "customers.parquet").unique("customer_id")
    moved = people.sort("customer_id").gather_every(97)
    moved.with_columns(region=pl.lit("西南"), store_id=pl.lit("S003")).write_parquet(
        folder / "customers.parquet"
    )


@pytest.fixture(scope="module")
def base(extracts: Path) -> Path:
    """A store that holds the history."""
    refresh(extracts / "history", extracts / "store", COSTLY, now=NOW)
    return extracts / "store"


@pytest.fixture
def stores(base: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two copies of that store: one to be renewed, one to be made anew."""
    renewed, full = tmp_path / "renewed", tmp_path / "full"
    return shutil.copytree(base, renewed), shutil.copytree(base, full)


def load(
    stores: tuple[Path, Path], news: Path, settings: Settings | None = None
) -> None:
    """Load the same news into both."""
    for store, full in zip(stores, (False, True), strict=True):
        refresh(news, store, settings or COSTLY, now=NOW, full=full)


def difference(renewed: Path, full: Path) -> dict[str, int]:
    """How many rows of which table stand in one snapshot and not in the other."""
    connection = duckdb.connect()
    for name, store in (("renewed", renewed), ("anew", full)):
        made = store / "snapshots" / open_current(store).id / "marts.duckdb"
        connection.execute(f"ATTACH '{made}' AS {name} (READ_ONLY)")
    found = {}
    for table in (*PLAIN, *KEYED, *CELLS, *NUMBERED, *SCORED, *TOLD, "tier_stays"):
        sides = rows("renewed", table), rows("anew", table)
        found[table] = sum(
            connection.execute(
                f"SELECT COUNT(*) FROM ({one} EXCEPT ALL {other})"
            ).fetchall()[0][0]
            for one, other in (sides, sides[::-1])
        )
    return {table: count for table, count in found.items() if count}


def rows(side: str, table: str) -> str:
    """The rows of a table, with names and without what a full build would not have."""
    if table in NUMBERED:
        return f"SELECT * EXCLUDE (customer_key) FROM {side}.{table}"
    if table in KEYED:
        return (
            f"SELECT t.* EXCLUDE (customer_key, cut), p.customer_id, n.name"
            f" FROM {side}.{table} AS t JOIN {side}.profiles AS p USING (customer_key)"
            f" JOIN {side}.names AS n ON n.code = t.cut"
        )
    if table in ("tier_stays", *SCORED):
        return (
            f"SELECT t.* EXCLUDE (customer_key), p.customer_id FROM {side}.{table}"
            f" AS t JOIN {side}.profiles AS p USING (customer_key)"
        )
    if table == "clv_backtests":
        rounded = "ROUND(COLUMNS('value|ci_|actual|naive|error|rank'), 3)"
        return f"SELECT segment, n, {rounded} FROM {side}.{table}"
    if table == "value_cells":
        rounded = "ROUND(COLUMNS('historic|forecast|expected|gradient|cost|loss'), 3)"
        kept = "cube, as_of, store, region, tier, negative"
        return f"SELECT {kept}, {rounded} FROM {side}.{table}"
    some = " OR ".join(f"{name} <> 0" for name in CELLS.get(table, ())) or "true"
    return f"SELECT * FROM {side}.{table} WHERE {some}"


def test_renewals_know_every_input_that_the_kept_tables_are_made_of() -> None:
    """A mart that reads another input would stay as it was when that input changes."""
    read = {
        table.name
        for mart in marts.names()
        for table in sqlglot.parse_one(marts.sql(mart), dialect="duckdb").find_all(
            sqlglot.exp.Table
        )
    }
    assert read & INPUTS.keys() == {*BY_CUSTOMER, *MADE_ANEW}
    assert FOR_ALL == ("stores",)  # read by `lay_ground`, of which names are made


def test_renewed_snapshots_equal_those_made_anew(
    extracts: Path, stores: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day, corrections and moves of long ago, and another day, one after another."""
    renewals: list[date] = []
    renew = renewal.renew

    def noted(connection: DuckDBPyConnection, settings: Settings, day: date) -> None:
        renewals.append(day)
        renew(connection, settings, day)

    monkeypatch.setattr(renewal, "renew", noted)
    for news in ("day", "late", "next_day"):
        load(stores, extracts / news)
        assert difference(*stores) == {}, news
    assert len(renewals) == 3  # one of each delivery, in one of the stores


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "move"),
    [(Settings(margin_rate=0.5), False), (Settings(), True)],
    ids=["other settings", "a store moved"],
)
def test_what_changes_every_customer_is_made_anew(
    extracts: Path, stores: tuple[Path, Path], settings: Settings, *, move: bool
) -> None:
    news = shutil.copytree(extracts / "day", stores[0].parent / "news")
    if move:
        table = pl.read_parquet(extracts / "history" / "stores.parquet")
        table.with_columns(region=pl.lit("华南")).write_parquet(news / "stores.parquet")
    load(stores, news, settings)
    assert difference(*stores) == {}


@pytest.mark.slow
def test_many_changed_customers_are_counted_anew(
    extracts: Path, tmp_path: Path
) -> None:
    """A history that is loaded in two halves changes most customers."""
    half = tmp_path / "half"
    half.mkdir()
    for path in (extracts / "history").glob("*.parquet"):
        pl.read_parquet(path).gather_every(2).write_parquet(half / path.name)
    stores = tmp_path / "renewed", tmp_path / "full"
    for news in (half, extracts / "history"):
        load(stores, news)
    assert difference(*stores) == {}


@pytest.mark.slow
def test_a_base_that_was_damaged_is_not_built_upon(
    extracts: Path, stores: tuple[Path, Path]
) -> None:
    made = stores[0] / "snapshots" / open_current(stores[0]).id / "marts.duckdb"
    content = bytearray(made.read_bytes())
    content[len(content) // 2] ^= 1
    made.write_bytes(content)
    load(stores, extracts / "day")
    assert difference(*stores) == {}
