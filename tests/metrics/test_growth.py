"""Growth accounting closes, whatever the cells say."""

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.typing.polars import LazyFrame

from data.schemas.cells import PurchaseCells
from metrics.growth import growth_accounting

LAW = settings(max_examples=50, deadline=None)
COUNTS = ("buyers", "returning", "previous", "lost")
SCHEMA = {"as_of": pl.Date, "tier": pl.String, **dict.fromkeys(COUNTS, pl.Int64)}
MONTHS = tuple(f"2026-{month:02}" for month in range(1, 6))


def cells(*rows: tuple[date, str, int, int, int, int]) -> LazyFrame[PurchaseCells]:
    """Buyers; how many had bought before, and last month; last month's who did not."""
    frame = pl.LazyFrame(rows, schema=SCHEMA, orient="row")
    zero = pl.lit(0, pl.Int64)
    return PurchaseCells.validate(
        frame.rename(
            {
                "returning": "returning_buyers",
                "previous": "previous_buyers",
                "lost": "lost_buyers",
            }
        ).with_columns(
            zero.alias("customers"),
            zero.alias("repeat_buyers"),
            zero.alias("orders"),
            zero.cast(pl.Decimal(38, 4)).alias("revenue"),
            zero.cast(pl.Decimal(38, 4)).alias("margin"),
        )
    )


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[date, str, int, int, int, int]]:
    """Months in which any number bought, came again, stayed away or moved."""
    few = st.integers(0, 9)
    rows = []
    for month in range(1, draw(st.integers(2, 5))):
        for tier in ("gold", "silver"):
            new, kept, back, lost = (draw(few) for _ in range(4))
            counts = (new + kept + back, kept + back, kept + lost, lost)
            rows.append((date(2026, month, 28), tier, *counts))
    return rows


def test_a_month_is_split_and_its_quick_ratio_told() -> None:
    found = growth_accounting(
        cells(
            (date(2026, 1, 31), "gold", 10, 0, 0, 0),
            (date(2026, 2, 28), "gold", 12, 8, 10, 4),
        ),
        months=MONTHS[:2],
    )
    assert found.row(1, named=True) == {
        "month": "2026-02",
        "segment": "all",
        "buyers": 12,
        "before": 10,
        "new": 4,
        "retained": 6,
        "resurrected": 2,
        "lapsed": 4,
        "quick_ratio": 1.5,
    }
    assert found["quick_ratio"][0] is None  # nobody lapsed


@LAW
@given(histories())
def test_each_month_follows_from_the_one_before(
    history: list[tuple[date, str, int, int, int, int]],
) -> None:
    """Also where customers moved between the segments, or had a month refunded."""
    found = growth_accounting(cells(*history), months=MONTHS, by="tier")
    won, rows = pl.col("new") + pl.col("resurrected"), pl.col("buyers")
    closes = rows == pl.col("before") + won - pl.col("lapsed")
    split = rows == won + pl.col("retained")
    past = pl.col("before") == pl.col("retained") + pl.col("lapsed")
    chain = pl.col("before") == rows.shift(1, fill_value=0).over("segment")
    assert found.select((closes & split & past & chain).all()).item()


def test_a_month_without_a_purchase_stands_between_the_others() -> None:
    rows = [(date(2026, month, 28), "gold", 5, 0, 0, 0) for month in (1, 3)]
    found = growth_accounting(cells(*rows), months=MONTHS[:3])
    assert found["buyers"].to_list() == [5, 0, 5]
    assert found["lapsed"].to_list() == [0, 5, 0]


def test_nobody_gives_no_row() -> None:
    assert growth_accounting(cells(), months=MONTHS).is_empty()
