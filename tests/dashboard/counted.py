"""What a refresh counted, and what its snapshot serves."""

from pathlib import Path

from dashboard.report import RefreshReport
from data.warehouse import open_current


def counts(report: RefreshReport) -> tuple[int, int, int, int, int]:
    total = report.total
    assert total["rows_in"] == (
        total["accepted"] + total["quarantined"] + total["duplicates"]
    )
    return (
        total["rows_in"],
        total["accepted"],
        total["quarantined"],
        total["duplicates"],
        total["superseded"],
    )


def amounts(store: Path) -> dict[str, object]:
    """What the snapshot serves: orders and their sum, over all customers."""
    with open_current(store).cursor() as cursor:
        whole = cursor.execute("SELECT orders, amount FROM whole").fetchall()
        split = cursor.execute(
            "SELECT CAST(sum(orders) AS BIGINT), sum(amount) FROM by_customer"
        ).fetchall()
    assert whole == split
    return {"orders": whole[0][0], "amount": str(whole[0][1])}


def digest(store: Path) -> str:
    return open_current(store).manifest.hash
