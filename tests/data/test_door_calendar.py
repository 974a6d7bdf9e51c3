"""The ends of the calendar are dates like others: in range, or out of it."""

from datetime import date

import pytest

from tests.data.conftest import Source

HEADER = "order_id,customer_id,ordered_at,amount,refund,status"


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z"])
def test_the_first_and_the_last_day_of_the_calendar_are_only_out_of_range(
    source: Source, zone: str, day: str
) -> None:
    source.orders(
        f"1,C,{day},10,11,",  # the refund is told too, and hides nothing
        "2,C,2025-01-02,10,11,",
        f"3,,{day},10,,",
        header=HEADER,
    )
    found = source.admit(timezone=zone)
    assert [(line, rule) for line, _, rule in found.rules] == [
        (2, "date_range"),
        (3, "refund_above_amount"),
        (4, "missing"),
    ]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_a_campaign_may_be_open_to_the_last_day_of_the_calendar(
    source: Source, zone: str
) -> None:
    header = "campaign_id,name,starts_at,ends_at,planned_share"
    rows = (
        "1,a,2025-01-02,9999-12-31,",
        "2,b,2025-01-02,9999-12-31,half",
        "3,c,9999-12-31,2025-01-02,",
        "4,d,2025-01-02,9999-12-31 23:59:59+00:00,half",
        "5,e,2025-01-02,9999-12-31 23:59:59-05:00,half",
    )
    source.write("campaigns.csv", "\n".join([header, *rows]))
    found = source.admit("campaigns", timezone=zone)
    assert found.column("ends_on") == [date(9999, 12, 31)]
    assert [rule for *_, rule in found.rules][:2] == [
        "planned_share",
        "ends_before_starts",
    ]
