"""A company of a given number of orders: busier customers, the same truths."""

import gc
import math
import weakref
from pathlib import Path

import polars as pl
import pytest

from data.errors import UsageError
from data.sample import behind, write_company
from data.sample import company as companies
from data.sample.base import Chunk
from data.sample.brand import GROUPS
from data.sample.story import Story
from tests.data.sample_sql import UNTIL, Readback, read_back
from tests.data.test_sample import hashes

CUSTOMERS, ORDERS = 6_000, 60_000


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Readback:
    folder = tmp_path_factory.mktemp("busy")
    write_company(folder, customers=CUSTOMERS, seed=1, until=UNTIL, orders=ORDERS)
    return read_back(folder)


@pytest.mark.parametrize(
    ("customers", "orders"), [(2_000, 5_000), (2_000, 20_000), (1_000, 40_000)]
)
def test_a_company_has_about_the_orders_that_were_asked_for(
    tmp_path: Path, customers: int, orders: int
) -> None:
    for seed in (1, 2):
        write_company(
            tmp_path,
            customers=customers,
            seed=seed,
            until=UNTIL,
            format="parquet",
            orders=orders,
        )
        made = pl.read_parquet(tmp_path / "orders.parquet")
        assert len(made) == pytest.approx(orders, rel=0.02)
        assert made["customer_id"].n_unique() <= customers * 1.02


def test_orders_that_so_many_customers_do_not_make_are_refused(tmp_path: Path) -> None:
    for orders in (199, 5_001):
        with pytest.raises(UsageError, match="100 customers can have 200 to 5,000"):
            write_company(tmp_path, customers=100, seed=1, until=UNTIL, orders=orders)


def test_the_same_orders_asked_for_twice_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_company(
            tmp_path / name,
            customers=400,
            seed=3,
            until=UNTIL,
            format="parquet",
            orders=3_000,
        )
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


def test_without_a_number_of_orders_customers_behave_as_the_brand_says(
    tmp_path: Path,
) -> None:
    write_company(tmp_path, customers=50, seed=3, until=UNTIL)
    groups = pl.read_json(tmp_path / "truth" / "company.json")["groups"][0]
    for told, group in zip(groups, GROUPS, strict=True):
        assert (told["alpha"], told["b"]) == (group.alpha, group.b)


def test_busier_customers_spend_and_stay_alike() -> None:
    for group in GROUPS:
        paced = group.paced(2.5)
        per_week = group.r / group.alpha
        assert paced.r / paced.alpha == pytest.approx(2.5 * per_week)
        spend = paced.r / paced.alpha * paced.mean_purchase
        assert spend == pytest.approx(per_week * group.mean_purchase)
        lost = group.a / (group.a + group.b)
        lost_per_week = paced.a / (paced.a + paced.b) * paced.r / paced.alpha
        assert lost_per_week == pytest.approx(lost * per_week)


def test_busier_customers_are_drawn_from_the_distributions_of_the_truth(
    busy: Readback,
) -> None:
    for group in busy.truth("company")["groups"]:
        customers, rate, loss, worth = busy.rows(
            "SELECT count(*), avg(purchases_per_week), avg(loss_chance),"
            f" avg(mean_purchase) FROM {busy.truth_rows('customers')}"
            f" WHERE \"group\" = '{group['name']}'"
        )[0]
        mean = group["r"] / group["alpha"]
        error = math.sqrt(group["r"]) / group["alpha"] / math.sqrt(customers)
        assert abs(rate - mean) < 4.5 * error
        chance = group["a"] / (group["a"] + group["b"])
        assert abs(loss - chance) < 4.5 * math.sqrt(chance / customers)
        money = group["p"] * group["gamma"] / (group["q"] - 1)
        spread = money / math.sqrt(group["q"] - 2)
        assert abs(worth - money) < 4.5 * spread / math.sqrt(customers)


def test_nobody_buys_after_being_lost_however_busy(busy: Readback) -> None:
    after = busy.value(f"""
        SELECT count(*) FROM purchases JOIN {busy.truth_rows("customers")} AS truth
        USING (customer_id) WHERE NOT alive AND day > lost_on""")
    assert after == 0


def test_planted_points_and_follow_ups_stay_planted(busy: Readback) -> None:
    wrong = busy.rows("""
        WITH entries AS (
            SELECT DISTINCT entry_id, customer_id, TRY_CAST(points AS INTEGER) points,
                CAST(balance AS INTEGER) AS balance
            FROM points WHERE regexp_matches(entry_id, '^P[0-9]+$')
        )
        SELECT customer_id FROM entries GROUP BY customer_id
        HAVING sum(points) != arg_max(balance, entry_id) ORDER BY 1""")
    overdue = busy.rows(
        "SELECT DISTINCT contact_id FROM contacts"
        " WHERE regexp_matches(contact_id, '^K[0-9]+$')"
        " AND CAST(follow_up_due AS DATE) < {until} AND follow_up_done_at IS NULL"
        " ORDER BY 1"
    )
    for kind, found in (("points_mismatch", wrong), ("follow_up_overdue", overdue)):
        planted = busy.rows(
            f"SELECT id FROM {busy.truth_rows('planted')}"
            f" WHERE kind = '{kind}' ORDER BY 1"
        )
        assert found == planted


def test_a_cart_message_sells_35_percent_more_to_busy_customers_too(
    busy: Readback,
) -> None:
    report = busy.truth("campaigns")["CP12"]
    assert report["lift"]["treatment"]["relative"] == pytest.approx(0.35, abs=0.02)
    assert 0 < report["conversion"]["control"] < report["conversion"]["treatment"] < 1


def test_other_tables_grow_with_the_orders_or_the_customers(busy: Readback) -> None:
    def rows(table: str) -> float:
        return busy.value(f"SELECT count(*) FROM {table}")

    orders, customers = rows("orders"), rows("customers")
    assert 1.2 < rows("order_items") / orders < 1.6
    assert 0.3 < rows("surveys") / orders < 0.8
    assert 0.05 < rows("tickets") / orders < 0.2
    assert 0.2 < rows("points") / orders < 0.6
    assert 4 < rows("interactions") / customers < 12
    assert 1 < rows("leads") / customers < 3
    assert 0.5 < rows("contacts") / customers < 3
    assert 1 < rows("campaign_members") / customers < 3


def test_one_chunk_of_customers_is_held_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories: list[weakref.ref[Story]] = []
    queued: list[int] = []
    tell, do = companies.tell, behind.Behind.do

    def told(chunk: Chunk) -> Story:
        gc.collect()
        assert [story for story in stories if story() is not None] == []
        story = tell(chunk)
        stories.append(weakref.ref(story))
        return story

    def watched(self: behind.Behind, work: object) -> None:
        do(self, work)
        queued.append(len(self.waiting))

    monkeypatch.setattr(companies, "CUSTOMERS_PER_CHUNK", 100)
    monkeypatch.setattr(companies, "tell", told)
    monkeypatch.setattr(behind.Behind, "do", watched)
    write_company(tmp_path, customers=500, seed=1, until=UNTIL, format="parquet")
    assert len(stories) == 5
    assert max(queued) <= behind.AHEAD
    groups = pl.read_parquet(tmp_path / "customers.parquet")
    assert len(groups) >= 500


def test_a_table_that_cannot_be_written_stops_the_company(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("data.sample.extracts.Extracts._write", full)
    with pytest.raises(OSError, match="No space left"):
        write_company(tmp_path, customers=50, seed=1, until=UNTIL, format="parquet")
    assert list(tmp_path.rglob("*.parquet")) == []


def test_a_company_that_was_not_finished_leaves_no_parquet_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("data.sample.company._write_plans", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_company(tmp_path, customers=50, seed=1, until=UNTIL, format="parquet")
    assert list(tmp_path.rglob("*.parquet")) == []
