"""The fourteen tables are the public contract."""

import re
from datetime import date

import pandera.polars as pa
import polars as pl
import pytest

from data import checks, schemas
from data.errors import RefusedError
from data.remedies import REMEDIES
from data.schemas import INPUTS, accepted_columns, columns, fields, required_columns
from tests.data.conftest import Source

CONTRACT = {  # required columns carry a star
    "orders": "order_id* customer_id* ordered_at* amount* refund refunded_at cost "
    "discount status channel store_id employee_id category campaign_id",
    "order_items": "order_id* line_no* product_id* category quantity* amount* cost",
    "customers": "customer_id* name gender birth_date phone email id_number region "
    "city industry customer_type acquisition_channel acquired_at store_id member_level "
    "owner consent",
    "stores": "store_id* name region city opened_at",
    "surveys": "response_id* customer_id* sent_at answered_at score product_quality "
    "service delivery communication support mode comment order_id store_id employee_id",
    "interactions": "interaction_id* customer_id* occurred_at* kind* channel direction",
    "tickets": "ticket_id* customer_id* opened_at* kind* type cause channel team agent "
    "first_response_at verified_at assigned_at planned_at resolved_at reported_at "
    "called_back_at closed_at reopened satisfaction",
    "campaigns": "campaign_id* name* kind goal theme channel starts_at* ends_at* cost "
    "design planned_share planned_members outcome outcome_days target",
    "campaign_members": "campaign_id* customer_id* arm* assigned_at* reached_at "
    "opened_at clicked_at redeemed_at",
    "leads": "lead_id* channel* reached_at* interested_at trial_at converted_at "
    "customer_id",
    "channel_spend": "channel* month* amount*",
    "points": "entry_id* customer_id* occurred_at* kind* points* expires_at balance",
    "contacts": "contact_id* customer_id* contacted_at* kind* purpose employee_id "
    "outcome feedback follow_up_due follow_up_done_at",
    "targets": "metric* period* value* segment",
}
PERSONAL = ["name", "birth_date", "phone", "email", "id_number", "comment", "feedback"]


def test_the_tables_and_their_columns_are_the_contracts() -> None:
    for table, names in CONTRACT.items():
        starred = [name.rstrip("*") for name in names.split() if name.endswith("*")]
        assert list(fields(table)) == [name.rstrip("*") for name in names.split()]
        assert list(required_columns(table)) == starred
    assert list(INPUTS) == list(CONTRACT)


def test_keys_are_columns_that_a_row_has() -> None:
    compound = {
        "order_items": ("order_id", "line_no"),
        "campaign_members": ("campaign_id", "customer_id", "arm"),
        "channel_spend": ("channel", "month"),
        "targets": ("metric", "period", "segment"),
    }
    for table in INPUTS:
        key = schemas.key_columns(table)
        assert key == compound.get(table, (next(iter(fields(table))),))


def test_personal_columns_are_known_and_leave_the_table() -> None:
    personal = {name for table in INPUTS for name in schemas.personal_columns(table)}
    assert personal == set(PERSONAL)
    assert schemas.personal_columns("customers") == tuple(PERSONAL[:5])
    assert schemas.personal_columns("stores") == ()  # a store's name is no person's
    for table in INPUTS:
        assert not set(columns(table)) & set(schemas.personal_columns(table))


def test_every_moment_has_its_business_day() -> None:
    for table in INPUTS:
        known = accepted_columns(table)
        for name, kind in known.items():
            if isinstance(kind, pl.Datetime):
                assert known[schemas.business_day(name)] == pl.Date()
        event = schemas.event_column(table)
        assert event is None or known[event] == pl.Date()


def test_every_rule_has_a_remedy() -> None:
    laws = {
        check.name.split(": ")[1]
        for model in INPUTS.values()
        for check in model.to_schema().checks
    }
    assert laws | set(checks.CHECKS.values()) <= set(REMEDIES)


def test_a_batch_that_is_no_table_is_refused_as_a_whole() -> None:
    with pytest.raises(RefusedError, match="columns of Orders"):
        checks.failures(pl.DataFrame({"order_id": [1]}), INPUTS["orders"])


def test_a_model_says_its_grain_first() -> None:
    for model in INPUTS.values():
        assert issubclass(model, pa.DataFrameModel)
        assert re.match(r"One row per ", model.__doc__ or "")


EXAMPLES = {  # table: (a good row, bad cells with the rule that each breaks)
    "order_items": (
        {
            "order_id": "1",
            "line_no": "1",
            "product_id": "p",
            "quantity": "1.5",
            "amount": "3",
        },
        {("line_no", "1.5"): "integer", ("quantity", "many"): "number"},
    ),
    "customers": (
        {"customer_id": "1", "birth_date": "1950-02-28", "consent": "是"},
        {
            ("birth_date", "1796-01-01"): "date_range",
            ("birth_date", "2027-01-01"): "date_range",
            ("consent", "perhaps"): "flag",
        },
    ),
    "stores": (
        {"store_id": "1", "opened_at": "1955-05-01"},
        {("store_id", ""): "missing"},
    ),
    "surveys": (
        {
            "response_id": "1",
            "customer_id": "c",
            "sent_at": "2025-01-02",
            "answered_at": "2025-01-03",
            "score": "10",
            "service": "5",
        },
        {
            ("score", "-1"): "range",
            ("score", "11"): "range",
            ("score", "7.5"): "integer",
            ("service", "0"): "range",
            ("service", "6"): "range",
            ("answered_at", "2025-01-01"): "answered_before_sent",
        },
    ),
    "interactions": (
        {
            "interaction_id": "1",
            "customer_id": "c",
            "occurred_at": "2025-01-02 10:00:00",
            "kind": "LOGIN",
        },
        {("kind", "stare"): "choice", ("kind", ""): "missing"},
    ),
    "tickets": (
        {
            "ticket_id": "1",
            "customer_id": "c",
            "opened_at": "2025-01-02 10:00:00",
            "kind": "complaint",
            "first_response_at": "2025-01-02 10:05:00",
            "planned_at": "2027-01-01",
            "resolved_at": "2025-01-02",
            "closed_at": "2025-01-02",
            "satisfaction": "5",
        },
        {
            ("closed_at", "2025-01-01"): "closed_before_opened",
            ("closed_at", "2025-01-02 09:59:59"): "closed_before_opened",
            ("resolved_at", "2025-01-02 09:59"): "resolved_before_opened",
            ("first_response_at", "2025-01-01"): "first_response_before_opened",
            ("satisfaction", "6"): "range",
            ("kind", "rant"): "choice",
        },
    ),
    "campaigns": (
        {
            "campaign_id": "1",
            "name": "n",
            "starts_at": "2027-01-01",
            "ends_at": "2027-01-01",
            "design": "randomised",
            "planned_share": "control=0.1, treatment=0.9",
            "cost": "0",
        },
        {
            ("ends_at", "2026-12-31"): "ends_before_starts",
            ("design", "vibes"): "choice",
            ("planned_share", "half"): "planned_share",
            ("cost", "-1"): "range",
        },
    ),
    "campaign_members": (
        {
            "campaign_id": "1",
            "customer_id": "c",
            "arm": "a",
            "assigned_at": "2025-01-02",
        },
        {("arm", ""): "missing"},
    ),
    "leads": (
        {
            "lead_id": "1",
            "channel": "web",
            "reached_at": "2025-01-02",
            "converted_at": "2025-01-02",
        },
        {("converted_at", "2025-01-01"): "converted_before_reached"},
    ),
    "channel_spend": (
        {"channel": "web", "month": "2025-03", "amount": "1"},
        {("amount", "-1"): "range", ("month", "March"): "date"},
    ),
    "points": (
        {
            "entry_id": "1",
            "customer_id": "c",
            "occurred_at": "2025-01-02",
            "kind": "earn",
            "points": "5",
            "expires_at": "9999-12-31",
            "balance": "0",
        },
        {
            ("points", "-5"): "points_sign",
            ("kind", "redeem"): "points_sign",
            ("balance", "-1"): "range",
        },
    ),
    "contacts": (
        {
            "contact_id": "1",
            "customer_id": "c",
            "contacted_at": "2025-01-02",
            "kind": "call",
            "purpose": "care",
            "follow_up_due": "2027-01-01",
        },
        {("purpose", "chat"): "choice", ("follow_up_due", "soon"): "date"},
    ),
    "targets": (
        {"metric": "nps", "period": "2026-Q3", "value": "0.12345"},
        {("period", "2026-Q5"): "period", ("value", "high"): "number"},
    ),
}


@pytest.mark.parametrize("table", EXAMPLES)
def test_each_table_accepts_a_good_row_and_names_the_rule_of_a_bad_one(
    source: Source, table: str
) -> None:
    """Reliability 20: scores, scales, points, tickets, campaigns."""
    good, bad = EXAMPLES[table]
    rows = [good, *(good | {column: cell} for column, cell in bad)]
    lines = [",".join(f'"{cell}"' for cell in row.values()) for row in rows]
    found = source.write(f"{table}.csv", "\n".join([",".join(good), *lines])).admit(
        table
    )
    assert found.accepted.height == 1
    assert [rule for _, _, rule in found.rules] == list(bad.values())


def test_a_month_is_its_first_day_and_a_birth_date_is_never_shifted(
    source: Source,
) -> None:
    source.write(
        "channel_spend.csv", "channel,month,amount\na,202503,1\nb,2025年3月,1\n"
    )
    assert source.admit("channel_spend").column("month") == [date(2025, 3, 1)] * 2
    source.write("customers.csv", "customer_id,birth_date\n1,1950-02-28\n")
    found = source.admit("customers", naive_timezone="America/New_York")
    assert found.column("birth_date") == [date(1950, 2, 28)]
