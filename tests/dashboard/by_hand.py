"""Ten customers by hand: refunds, returns, free and nameless orders, blank answers."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from dashboard.answers import answer
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.settings import Settings
from data.warehouse import open_current
from tests.faults.company import write

LAST = date(2024, 3, 31)
ORDER = dict.fromkeys(
    ("amount", "refund", "refunded_at", "cost", "status", "store_id"), ""
)
ORDERS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("A", "2024-01-10", {"amount": 100, "store_id": "S1"}),
    ("A", "2024-02-29", {"amount": 50, "store_id": "S2"}),
    ("A", "2024-02-29", {"amount": 50, "store_id": "S2"}),
    ("B", "2024-01-15", {"amount": 80, "refund": 80, "refunded_at": "2024-03-05"}),
    ("B", "2024-03-20", {"amount": 40, "cost": 30, "store_id": "S3"}),
    ("C", "2024-02-01", {"amount": 60, "refund": 20, "store_id": "S1"}),
    ("C", "2024-03-01", {"amount": -60, "status": "returned", "store_id": "S1"}),
    ("", "2024-03-10", {"amount": 500, "store_id": "S1"}),
    ("", "2024-03-10", {"amount": 300, "store_id": "S2"}),
    ("D", "2024-03-31", {"amount": 0, "store_id": "S1"}),
    ("E", "2023-03-31", {"amount": 10, "store_id": "S1"}),
    ("E", "2024-03-31", {"amount": 10, "store_id": "S2"}),
    ("F", "2024-03-31", {"amount": 10, "status": "cancelled"}),
    ("G", "2024-04-02", {"amount": 70}),
)
SURVEYS = (
    ("A", "2024-03-01", "2024-03-02", 10),
    ("A", "2024-03-10", "2024-03-12", 3),
    ("Q", "2024-03-10", "2024-04-12", 9),
    ("Q", "2024-03-11", "2024-03-12", ""),
    ("B", "2023-12-31", "2024-03-12", 7),
)


def hand_made(folder: Path, **settings: object) -> Reader:
    orders: list[Mapping[str, object]] = [
        {
            "order_id": f"O{place}",
            "customer_id": who,
            "ordered_at": day,
            **ORDER,
            **more,
        }
        for place, (who, day, more) in enumerate(ORDERS)
    ]
    surveys = [
        dict(
            zip(("customer_id", "sent_at", "answered_at", "score"), row, strict=True),
            response_id=f"R{place}",
        )
        for place, row in enumerate(SURVEYS)
    ]
    customers = [{"customer_id": "C", "region": "South", "store_id": "S9"}]
    stores = [{"store_id": f"S{n}", "region": f"R{n}"} for n in (1, 2, 3)]
    tables: dict[str, Any] = {"surveys": surveys, "customers": customers}
    source = write(folder / "source", orders=orders, stores=stores, **tables)
    given = {"allow_anonymous": True, "data_complete_until": LAST} | settings
    refresh(source, folder / "store", Settings.model_validate(given))
    return Reader(open_current(folder / "store"))


def rows(reader: Reader, metric: str, **view: Any) -> list[dict[str, Any]]:
    return answer(reader, LOCAL, Question(metric, **view)).to_dicts()


def by(reader: Reader, metric: str, cut: str) -> dict[str, float]:
    found = rows(reader, metric, by=cut)
    return {row["segment"]: row["value"] for row in found}
