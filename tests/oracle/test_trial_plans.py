"""The planner's usual share against plain SQL, and its file loaded as members."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from dashboard.answers import answer, offered
from dashboard.answers.people import people
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


def test_the_audience_are_the_customers_in_view(company: Reader) -> None:
    everybody = people(company, LOCAL, Question("customers", where=GOLD))
    members = ask(company, "trial_assignment")
    assert set(members["customer_id"]) == set(everybody["customer_id"])
    assert ask(company, "trial_plan")["audience"][0] == members.height


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
