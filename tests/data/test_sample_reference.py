"""The reference case is inside the sample company, whatever the seed."""

from itertools import pairwise

import pytest

from tests.data.sample_sql import Readback, company

SEEDS = (1, 2, 7)
REPURCHASE = """
SELECT count(*) FILTER (days >= 2) / count(*)
FROM (
    SELECT customer_id, count(DISTINCT day) AS days FROM purchases
    WHERE day > {until} - {ago} - 365 AND day <= {until} - {ago}
    GROUP BY customer_id
)"""
TIERS = """
WITH spend AS (
    SELECT customer_id,
        coalesce(sum(revenue) FILTER (day > {until} - 365), 0) AS annual,
        sum(revenue) AS ever
    FROM purchases GROUP BY customer_id
), tiers AS (
    SELECT *, CASE WHEN annual = 0 THEN 'dormant' WHEN annual >= 50000 THEN 'diamond'
        WHEN annual >= 10000 THEN 'gold' ELSE 'silver' END AS tier FROM spend
)
SELECT tier, count(*) / sum(count(*)) OVER (), sum(annual) / sum(sum(annual)) OVER ()
FROM tiers GROUP BY tier"""
TOP_5 = """
WITH ranked AS (
    SELECT sum(revenue) AS spend, count(*) OVER () AS customers,
        row_number() OVER (ORDER BY sum(revenue) DESC) AS place
    FROM purchases GROUP BY customer_id
)
SELECT sum(spend) FILTER (place <= ceil(customers / 20)) / sum(spend) FROM ranked"""
NPS = """
SELECT 100 * avg(CAST(score >= 9 AS INTEGER) - CAST(score <= 6 AS INTEGER))
FROM answers JOIN home USING (customer_id)
WHERE day > {until} - {ago} - {days} AND day <= {until} - {ago} AND {region}"""
HOME = """
CREATE TABLE IF NOT EXISTS home AS
SELECT DISTINCT customer_id, coalesce(stores.region, customers.region) AS region
FROM customers LEFT JOIN stores USING (store_id)"""


@pytest.fixture(params=SEEDS)
def readback(request: pytest.FixtureRequest) -> Readback:
    return company(request.param)


def repurchase(readback: Readback, ago: int) -> float:
    return readback.value(REPURCHASE.replace("{ago}", str(ago)))


def nps(readback: Readback, days: int, ago: int = 0, region: str = "true") -> float:
    readback.sql.execute(HOME)
    query = NPS.replace("{days}", str(days)).replace("{ago}", str(ago))
    return readback.value(query.replace("{region}", region))


def test_diamonds_are_5_percent_of_customers_and_40_percent_of_revenue(
    readback: Readback,
) -> None:
    tiers = {tier: (share, money) for tier, share, money in readback.rows(TIERS)}
    share, revenue = tiers["diamond"]
    assert 0.04 <= share <= 0.06
    assert 0.36 <= revenue <= 0.45
    assert 0.15 <= tiers["gold"][0] <= 0.28
    assert 0.20 <= tiers["silver"][0] <= 0.35
    assert 0.35 <= tiers["dormant"][0] <= 0.52


def test_the_top_5_percent_bring_about_40_percent_of_all_revenue(
    readback: Readback,
) -> None:
    assert 0.36 <= readback.value(TOP_5) <= 0.45


def test_repurchase_rises_from_15_to_32_percent(readback: Readback) -> None:
    last_year_end = 1643 - 365
    assert 0.12 <= repurchase(readback, last_year_end) <= 0.18
    assert 0.29 <= repurchase(readback, 0) <= 0.35


def test_repurchase_rises_gradually(readback: Readback) -> None:
    half_years = [repurchase(readback, ago) for ago in range(1277, -1, -182)]
    steps = [b - a for a, b in pairwise(half_years)]
    assert all(-0.01 < step < 0.06 for step in steps)


def test_order_values_suit_a_shop_for_home_and_electronics(readback: Readback) -> None:
    middle, margin, smallest = readback.rows(
        "SELECT median(revenue), 1 - sum(cost) / sum(revenue), min(revenue)"
        " FROM purchases"
    )[0]
    assert 1_500 <= middle <= 6_000
    assert 0.35 <= margin <= 0.60
    assert smallest > 0


def test_nps_is_between_30_and_50_and_one_region_is_clearly_below_40(
    readback: Readback,
) -> None:
    assert 30 <= nps(readback, 90) <= 50
    late = nps(readback, 180, region="region = '西南'")
    others = nps(readback, 180, region="region != '西南'")
    assert late < 35
    assert others > 42


def test_that_region_fell_because_of_its_deliveries(readback: Readback) -> None:
    before = nps(readback, 360, ago=220, region="region = '西南'")
    assert nps(readback, 180, region="region = '西南'") < before - 12
    gaps = {}
    for dimension in ("product_quality", "service", "delivery"):
        mean = f"""
            SELECT avg({dimension}) FILTER (region = '西南')
                - avg({dimension}) FILTER (region != '西南')
            FROM answers JOIN home USING (customer_id) WHERE day > {{until}} - 180"""
        gaps[dimension] = readback.value(mean)
    assert gaps["delivery"] < -0.4
    assert abs(gaps["product_quality"]) < 0.2
    assert abs(gaps["service"]) < 0.2


def test_every_third_to_fourth_survey_is_answered(readback: Readback) -> None:
    rate = readback.value(
        "SELECT count(answered_at) / count(*) FROM surveys"
        " WHERE TRY_CAST(sent_at AS TIMESTAMP) > {until} - 90"
    )
    assert 0.25 <= rate <= 0.35


def test_the_dormant_who_were_woken_bought_in_12_percent_of_cases(
    readback: Readback,
) -> None:
    shares = dict(readback.rows(CONVERSION.format(campaign="CP10")))
    assert 0.10 <= shares["treatment"] <= 0.14
    assert shares["control"] < 0.06


def test_messages_about_abandoned_carts_sell_35_percent_more(
    readback: Readback,
) -> None:
    shares = dict(readback.rows(CONVERSION.format(campaign="CP12")))
    lift = readback.truth("campaigns")["CP12"]["lift"]["treatment"]["relative"]
    assert lift == pytest.approx(0.35, abs=0.02)
    assert 0.15 <= shares["treatment"] / shares["control"] - 1 <= 0.60


CONVERSION = """
SELECT arm, avg(CAST(EXISTS (
    SELECT 1 FROM purchases WHERE purchases.customer_id = members.customer_id
    AND day > CAST(assigned_at AS DATE)
    AND day <= CAST(assigned_at AS DATE) + CAST(outcome_days AS INTEGER)
) AS INTEGER))
FROM (SELECT DISTINCT campaign_id, customer_id, arm, assigned_at
    FROM campaign_members WHERE arm IS NOT NULL) AS members
JOIN campaigns USING (campaign_id)
WHERE campaign_id = '{campaign}'
GROUP BY arm"""
