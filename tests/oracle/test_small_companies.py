"""Small companies full of refunds, returns and free orders, against plain Python."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dashboard.answers import answer, offered
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.settings import Settings
from data.warehouse import open_current
from tests.faults.company import write

START, UNTIL = date(2022, 12, 30), date(2025, 2, 20)
DAWN = date(1, 1, 1)
YEAR = timedelta(days=365)
WINDOWS = ("30", "45", "365", "month", "all")
SETTINGS = {"allow_anonymous": True, "margin_rate": 0.5, "data_complete_until": UNTIL}


@dataclass(frozen=True)
class Line:
    """An order as it stands on a date."""

    day: date
    net: Decimal
    margin: Decimal
    store: str
    bought: bool


def order(dice: random.Random, number: int) -> dict[str, Any]:
    day = START + timedelta(days=dice.randrange(800))
    status = dice.choice(["completed"] * 6 + ["returned", "cancelled"])
    sign = -1 if status == "returned" else 1
    amount = sign * dice.choice([50, 3000, 5000, 10000, 50000, 0][: 5 + (sign > 0)])
    refunded = amount > 0 and status == "completed" and dice.random() < 0.35
    later = day + timedelta(days=dice.randrange(200))
    return {
        "order_id": number,
        "customer_id": dice.choice([*"ABCDEFGHI", ""]),
        "ordered_at": day,
        "amount": amount,
        "refund": dice.choice([amount, amount // 2]) if refunded else 0,
        "refunded_at": dice.choice(["", later]) if refunded else "",
        "cost": dice.choice(["", 10]),
        "status": status,
        "store_id": dice.choice(["S1", "S2", "S3", ""]),
    }


def standing(orders: Iterable[dict[str, Any]], as_of: date) -> dict[str, list[Line]]:
    """What each customer's orders amount to, as known on a date."""
    found: dict[str, list[Line]] = {}
    for row in orders:
        if row["ordered_at"] > as_of or row["status"] == "cancelled":
            continue
        known = (row["refunded_at"] or row["ordered_at"]) <= as_of
        net = Decimal(row["amount"] - (row["refund"] if known else 0))
        margin = net / 2 if row["cost"] == "" else net - row["cost"]
        line = Line(row["ordered_at"], net, margin, row["store_id"], bought=net > 0)
        if net:
            found.setdefault(row["customer_id"], []).append(line)
    return found


def tier(customer: str, lines: list[Line], as_of: date) -> str:
    days = [line.day for line in lines if line.bought]
    if not customer or not days:
        return "unknown"
    if max(days) <= as_of - YEAR:
        return "dormant"
    spend = sum(line.net for line in lines if line.day > as_of - YEAR)
    return "diamond" if spend >= 50_000 else "gold" if spend >= 10_000 else "silver"


def home(customer: str, lines: list[Line], _: date) -> str:
    visits = [(x.store, x.day) for x in lines if x.bought and x.store and customer]
    ranked = [
        (sum(s == store for s, _ in visits), max(d for s, d in visits if s == store))
        for store, _ in visits
    ]
    stores = {s: rank for (s, _), rank in zip(visits, ranked, strict=True)}
    return max(sorted(stores), key=stores.__getitem__, default="unknown")


def starts(as_of: date, window: str) -> tuple[date, date]:
    """The days before a window and before the one before it."""
    if window == "all":
        return DAWN, DAWN
    if window == "month":
        start = as_of.replace(day=1) - timedelta(days=1)
        return start, start.replace(day=1) - timedelta(days=1)
    length = timedelta(days=int(window))
    return as_of - length, as_of - 2 * length


def counted(customer: str, lines: list[Line], starts: tuple[date, date]) -> Any:
    """What one customer adds to each metric's value, and to its base."""
    start, before = starts
    inside = [line for line in lines if line.day > start]
    days = {line.day for line in lines if line.bought and customer}
    now, earlier = ({d for d in days if d > start}, {d for d in days if d <= start})
    previous = {day for day in earlier if day > before}
    return {
        "revenue": (sum(line.net for line in inside), 0),
        "margin": (sum(line.margin for line in inside), 0),
        "orders": (sum(line.bought for line in inside), 0),
        "customers": (bool(days), 0),
        "active_customers": (bool(now), 0),
        "repurchase_rate": (len(now) > 1, bool(now)),
        "returning_share": (bool(now and earlier), bool(now)),
        "churn_rate": (bool(previous) and not now, bool(previous)),
    }


@pytest.fixture(scope="module", params=[1, 2])
def small(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Reader, list[dict[str, Any]]]:
    dice = random.Random(request.param)
    folder: Path = tmp_path_factory.mktemp("small")
    orders = [order(dice, number) for number in range(90)]
    write(folder / "source", orders=orders)
    refresh(folder / "source", folder / "store", Settings.model_validate(SETTINGS))
    return Reader(open_current(folder / "store")), orders


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(("cut", "place"), [("tier", tier), ("store", home)])
def test_every_cell_holds_what_plain_python_counts(
    small: tuple[Reader, list[dict[str, Any]]], window: str, cut: str, place: Any
) -> None:
    reader, orders = small
    for as_of in offered(reader)[2::6]:
        told: dict[tuple[str, str], Any] = {}
        for customer, lines in standing(orders, as_of).items():
            segment = place(customer, lines, as_of)
            added = counted(customer, lines, starts(as_of, window))
            for metric, (part, base) in added.items():
                before = told.get((metric, segment), (0, 0))
                told[metric, segment] = (before[0] + part, before[1] + base)
        for metric in {metric for metric, _ in told}:
            asked = Question(metric, as_of, window, by=cut)
            if metric == "customers":
                asked = replace(asked, window=None)
            found = answer(reader, LOCAL, asked).to_dicts()
            wanted = {s: v for (m, s), v in plain(told).items() if m == metric}
            assert shown(found) == wanted, (metric, as_of)


def plain(told: dict[tuple[str, str], Any]) -> dict[tuple[str, str], float]:
    """Sums, and shares of a base where there is one; nothing where it is empty."""
    rates = ("repurchase_rate", "returning_share", "churn_rate")
    values = {
        key: (part / base if base else None) if key[0] in rates else float(part)
        for key, (part, base) in told.items()
    }
    return {key: round(float(v), 6) for key, v in values.items() if v}


def shown(rows: list[dict[str, Any]]) -> dict[str, float]:
    return {row["segment"]: round(row["value"], 6) for row in rows if row["value"]}
