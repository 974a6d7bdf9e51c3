"""The planner's usual share against plain SQL, and its file loaded as members."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from dashboard.answers import answer, offered
from dashboard.answers.people import people
from dashboard.book import Pen, book_of
from dashboard.book.control import Terms, enrol
from dashboard.exports import as_csv, stamped
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.settings import Settings
from data.warehouse import open_current
from tests.oracle.raw import MEMBERS, PURCHASES, Oracle

GOLD = (Condition("tier", ("gold",)),)


def ask(company: Reader, metric: str, **options: str) -> pl.DataFrame:
    return answer(
        company, LOCAL, Question(metric, where=GOLD, options=tuple(options.items()))
    )


@pytest.mark.parametrize("days", [30, 90])
def test_the_usual_share_is_that_of_such_customers_a_window_before(
    company: Reader, oracle: Oracle, days: int
) -> None:
    last = oracle.last
    dates = [day for day in offered(company) if day <= last - timedelta(days)]
    start = dates[-1]
    members = MEMBERS.format(where="tier = 'gold'")
    now = oracle.connection.execute(
        f"SELECT DISTINCT customer_id FROM ({PURCHASES})"
        " WHERE day > $start AND day <= $end",
        {"as_of": last, "start": start, "end": start + timedelta(days)},
    ).fetchall()
    then = oracle.connection.execute(
        f"{members} SELECT customer_id FROM chosen",
        {"as_of": start, "start": start, "before": start},
    ).fetchall()
    bought = len({row[0] for row in now} & {row[0] for row in then})
    told = ask(company, "trial_plan", days=str(days)).row(0, named=True)
    assert told["n"] == len(then)
    assert told["value"] == pytest.approx(bought / len(then))


def test_the_audience_are_the_customers_in_view_who_may_be_contacted(
    company: Reader, oracle: Oracle
) -> None:
    everybody = people(company, LOCAL, Question("customers", where=GOLD))
    refused = oracle.connection.execute(
        "SELECT customer_id FROM customers WHERE consent = FALSE"
    ).fetchall()
    willing = set(everybody["customer_id"]) - {row[0] for row in refused}
    members = ask(company, "trial_assignment")
    assert set(members["customer_id"]) == willing
    told = ask(company, "trial_plan").row(0, named=True)
    assert told["audience"] == members.height
    assert told["spared"] == everybody.height - members.height > 0


def test_who_is_held_out_of_a_programme_is_in_no_test(
    company: Reader, tmp_path: Path
) -> None:
    store = shutil.copytree(company.snapshot.store.root, tmp_path / "store")
    mine = Reader(open_current(store))
    gold = people(mine, LOCAL, Question("customers", where=GOLD))
    listed = gold.select("customer_id", last_purchased_on="last_day")
    last = date.fromisoformat(mine.snapshot.manifest.as_of)
    terms = Terms("churn", last, share=0.5)
    groups = enrol(book_of(store), Pen("me", "once", "s", "UTC"), listed, terms)
    held = set(groups.filter("control")["customer_id"])
    assert held
    members = ask(mine, "trial_assignment")
    assert members.height > 0
    assert not held & set(members["customer_id"])


def test_another_seed_is_another_lot_and_the_same_seed_the_same(
    company: Reader,
) -> None:
    one, again, other = (
        ask(company, "trial_assignment", seed=seed) for seed in ("1", "1", "2")
    )
    assert one.equals(again)
    assert not one.equals(other)


def test_the_file_loads_as_the_members_of_a_campaign(
    company: Reader, tmp_path: Path
) -> None:
    members = ask(company, "trial_assignment", campaign="NEXT", members="50")
    stamp = stamped(company.snapshot.manifest, LOCAL, None, "customer-health metric")
    source = tmp_path / "in"
    source.mkdir()
    (source / "campaign_members.csv").write_bytes(as_csv(members, stamp))
    (source / "campaigns.csv").write_text(
        "campaign_id,name,starts_at,ends_at,design,planned_share\n"
        'NEXT,Next,2026-11-01,2026-11-30,randomised,"control=0.2, treatment=0.8"\n'
    )
    days = pl.date_range(
        pl.date(2026, 9, 1), pl.date(2026, 11, 9), interval="1d", eager=True
    )
    orders = pl.DataFrame({"ordered_at": days}).with_row_index("order_id")
    shown = orders.with_columns(
        pl.lit(members["customer_id"][0]).alias("customer_id"),
        pl.lit(10).alias("amount"),
    )
    shown.write_csv(source / "orders.csv")
    refresh(source, tmp_path / "store", Settings())
    loaded = Reader(open_current(tmp_path / "store"))
    question = Question("srm", options=(("campaign", "NEXT"),))
    arms = answer(loaded, LOCAL, question)
    found = dict(arms.select("segment", "members").iter_rows())
    assert found == {"control": 10, "treatment": 40}
