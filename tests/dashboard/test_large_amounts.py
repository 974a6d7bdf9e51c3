"""Amounts as large as the contract allows are tiered and summed, not refused."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl

from dashboard.answers import answer
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.settings import Settings
from data.warehouse import open_current

LARGE = Decimal("99000000000000.1234")


def test_the_largest_amounts_are_in_the_highest_tier(tmp_path: Path) -> None:
    source, store = tmp_path / "source", tmp_path / "store"
    source.mkdir()
    pl.DataFrame(
        {
            "order_id": ["A", "B", "C"],
            "customer_id": ["rich", "poor", "poor"],
            "ordered_at": [date(2026, 3, day) for day in (1, 2, 3)],
            "amount": [LARGE, Decimal(5), Decimal(6)],
        },
        schema_overrides={"amount": pl.Decimal(18, 4)},
    ).write_parquet(source / "orders.parquet")
    refresh(source, store, Settings(), now=datetime(2026, 4, 1, tzinfo=UTC))
    reader = Reader(open_current(store))
    tiers = answer(reader, LOCAL, Question("tier_simulation"))
    held = dict(zip(tiers["segment"], tiers["customers"], strict=True))
    assert held["diamond"] == held["silver"] == 1
    grid = answer(reader, LOCAL, Question("rfm_grid"))
    assert grid["customers"].sum() == 2
    moved = answer(reader, LOCAL, Question("tier_history"))
    assert set(moved["customer_id"]) == {"rich", "poor"}
