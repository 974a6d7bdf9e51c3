"""Three public data sets, read by a mapping file alone, give their known totals."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.door import batches
from data.settings import load_settings

PUBLIC = Path(__file__).parents[3] / "shared" / "data"
MAPPINGS = Path(__file__).parent / "mappings"
NOW = datetime(2026, 11, 27, tzinfo=UTC)
EASTERN = -5  # hours from UTC at both ends of the year


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    path = PUBLIC / "expected.json"
    if not path.exists():
        pytest.skip(f"the public data sets are not at {PUBLIC}")
    figures: dict[str, Any] = json.loads(path.read_text())
    return figures


def accepted(name: str, table: str) -> pl.DataFrame:
    settings = load_settings(MAPPINGS / f"{name}.toml")
    found = list(batches(table, PUBLIC / name, settings, now=NOW))
    assert sum(batch.rejected.height for batch in found) == 0
    rows = pl.concat([batch.accepted for batch in found])
    assert rows.height == sum(batch.rows_in for batch in found)
    return rows


def money(figure: float) -> Decimal:
    return Decimal(str(figure))


def test_cdnow_is_read_whole(expected: dict[str, Any]) -> None:
    figures = expected["cdnow_sample"]["sample_behaviour"]
    orders = accepted("cdnow", "orders")
    assert orders.height == figures["rows"]
    assert orders["order_id"].n_unique() == figures["rows"]
    assert orders["customer_id"].n_unique() == figures["customers"]
    assert orders["amount"].sum() == money(figures["revenue"])
    assert (orders["amount"] == 0).sum() == figures["zero_amount_rows"]
    days = orders.select("customer_id", "ordered_on").n_unique()
    assert days == figures["purchase_days"]
    assert orders["ordered_on"].min() == date.fromisoformat(figures["first_date"])
    assert orders["ordered_on"].max() == date.fromisoformat(figures["last_date"])


def test_the_rfm_orders_are_read_whole(expected: dict[str, Any]) -> None:
    figures = expected["rfm"]
    orders = accepted("rfm", "orders")
    assert orders.height == figures["orders"]
    assert orders["customer_id"].n_unique() == figures["customers"]
    assert orders["amount"].sum() == figures["revenue"]
    assert accepted("rfm", "customers").height == figures["customers"]


def test_the_complete_journey_is_summed_to_baskets_on_local_days(
    expected: dict[str, Any],
) -> None:
    figures = expected["complete_journey"]
    orders = accepted("complete_journey", "orders")
    assert orders.height == figures["baskets"]
    assert orders["customer_id"].n_unique() == figures["households"]
    assert orders["amount"].sum() == money(figures["sales_value"])
    for bound, extreme in (("first", "min"), ("last", "max")):
        utc = getattr(orders["ordered_at"], extreme)()
        local = str(utc + timedelta(hours=EASTERN))
        assert local == figures[f"{bound}_local"]
    moved = (orders["ordered_on"] != orders["ordered_at"].dt.date()).sum()
    assert moved == figures["baskets_whose_calendar_day_differs_utc_vs_local"]
    months = orders.group_by(month=pl.col("ordered_on").dt.strftime("%Y-%m")).agg(
        pl.n_unique("customer_id")
    )
    assert dict(months.iter_rows()) == figures["active_households_by_month_local"]


def test_the_complete_journeys_other_tables_are_read_whole(
    expected: dict[str, Any],
) -> None:
    households = expected["complete_journey"]["households"]
    assert accepted("complete_journey", "customers").height == households
    assert accepted("complete_journey", "campaigns").height == 27
    assert accepted("complete_journey", "campaign_members").height == 6589
