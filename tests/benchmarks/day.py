"""The extracts of the day after: what happened on the last day, a day later."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import polars.selectors as cs

HAPPENED = {
    "orders": "ordered_at",
    "customers": "acquired_at",
    "surveys": "sent_at",
    "interactions": "occurred_at",
    "tickets": "opened_at",
    "points": "occurred_at",
    "contacts": "contacted_at",
    "leads": "reached_at",
}
NEW_PERSON = (  # of a customer like one of the day before
    pl.col("phone").str.replace("^1380", "1381"),
    pl.col("email").str.replace("^", "n"),
    pl.col("birth_date").dt.offset_by("1d"),
    pl.lit(None, pl.String).alias("id_number"),
)
ANSWER = {"score": 9, "product_quality": 5, "service": 4, "delivery": 5}


def write_day(source: Path, folder: Path, last: date) -> int:
    """Write a day's extracts as Parquet, and say how many rows they have.

    They hold a day's new rows of every table that grows by the day, and answers to
    surveys of the days before: rows that replace others.
    """
    folder.mkdir(exist_ok=True)
    tables = {table: _next_day(source, table, last) for table in HAPPENED}
    tables["order_items"] = _items(source, last)
    tables["customers"] = tables["customers"].with_columns(*NEW_PERSON)
    answers = _answers(source, last, len(tables["surveys"]))
    tables["surveys"] = pl.concat([tables["surveys"], answers])
    for table, rows in tables.items():
        rows.write_parquet(folder / f"{table}.parquet")
    return sum(map(len, tables.values()))


def renamed(key: pl.Expr) -> pl.Expr:
    """Give a row that is like another a name of its own."""
    return key.str.replace("^", "N")


def _on(source: Path, table: str, last: date) -> pl.LazyFrame:
    rows = pl.scan_parquet(source / f"{table}.parquet")
    return rows.filter(pl.col(HAPPENED[table]).dt.date() == last)


def _next_day(source: Path, table: str, last: date) -> pl.DataFrame:
    """Take the rows of the last day, under new names and a day later."""
    later = cs.datetime().dt.offset_by("1d")
    return _on(source, table, last).with_columns(renamed(pl.nth(0)), later).collect()


def _items(source: Path, last: date) -> pl.DataFrame:
    orders = _on(source, "orders", last).select("order_id").unique()
    items = pl.scan_parquet(source / "order_items.parquet")
    items = items.join(orders, on="order_id", how="semi", maintain_order="left")
    return items.with_columns(renamed(pl.col("order_id"))).collect()


def _answers(source: Path, last: date, most: int) -> pl.DataFrame:
    """Answer surveys of the last week that had no answer."""
    week = last - timedelta(days=7)
    sent = pl.scan_parquet(source / "surveys.parquet").filter(
        pl.col("sent_at").dt.date() > week,
        pl.col("answered_at").is_null(),
        pl.col("score").is_null(),
    )
    answered = pl.lit(last + timedelta(days=1)).cast(pl.Datetime("us"))
    cells = (pl.lit(value, pl.Int64).alias(name) for name, value in ANSWER.items())
    hour = answered.dt.offset_by("10h").alias("answered_at")
    return sent.head(most).with_columns(hour, *cells).collect()
