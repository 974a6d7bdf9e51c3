"""Tiers against plain SQL over raw orders: who is where, who moved, for how long."""

from collections import Counter
from datetime import date
from functools import cache

import polars as pl
import pytest

from dashboard.answers import answer, offered
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.settings import Settings
from data.warehouse import open_current
from tests.oracle.raw import MEMBERS, Oracle, where

BOUNDS = {
    "spend": (("diamond", 50_000), ("gold", 10_000), ("silver", None)),
    "hml": (("high", 20_000), ("medium", 5_000), ("low", None)),
}
FACTS = f"""
    {MEMBERS}
    SELECT b.customer_id, MAX(b.day) AS last, COUNT(*) AS orders,
        MAX(f.spend) AS spend, MAX(t.total) AS total
    FROM bought b JOIN chosen USING (customer_id)
    JOIN facts f USING (customer_id)
    JOIN (SELECT customer_id, SUM(net) AS total FROM ledger GROUP BY 1) t
        USING (customer_id)
    GROUP BY 1
"""


def facts(oracle: Oracle, question: Question, day: date) -> dict[str, tuple]:
    text = FACTS.format(where=where(question))
    found = oracle.connection.execute(text, {"as_of": day, "start": day, "before": day})
    return {row[0]: row[1:] for row in found.fetchall()}


def tier(scheme: str, day: date, fact: tuple) -> str:
    last, _, spend, _ = fact
    if scheme == "spend" and (day - last).days >= 365:
        return "dormant"
    bounds = BOUNDS[scheme]
    return next(n for n, b in bounds if b is None or (spend or 0) >= b)


def ask(company: Reader, metric: str, **given) -> pl.DataFrame:
    options = tuple(sorted(given.pop("options", {}).items()))
    return answer(company, LOCAL, Question(metric, options=options, **given))


@pytest.mark.parametrize("scheme", BOUNDS)
@pytest.mark.parametrize("region", [None, "华东"])
def test_a_distribution_counts_whom_the_orders_put_there(
    company: Reader, oracle: Oracle, scheme: str, region: str | None
) -> None:
    chosen = (Condition("region", (region,)),) if region else ()
    for day in (offered(company)[-1], offered(company)[-8]):
        question = Question("tier_distribution", day, where=chosen)
        expected = Counter(
            tier(scheme, day, fact) for fact in facts(oracle, question, day).values()
        )
        options = {"scheme": scheme}
        found = ask(
            company, "tier_distribution", as_of=day, where=chosen, options=options
        )
        kept = found.filter(pl.col("segment") != "unknown", pl.col("customers") > 0)
        assert dict(kept.select("segment", "customers").iter_rows()) == expected


@pytest.mark.parametrize("scheme", BOUNDS)
def test_a_migration_is_two_distributions_of_the_same_customers(
    company: Reader, oracle: Oracle, scheme: str
) -> None:
    before, after = offered(company)[-14], offered(company)[-2]
    was, now = (facts(oracle, Question("x"), day) for day in (before, after))
    people = was.keys() | now.keys()
    pairs = {
        who: (
            tier(scheme, before, was[who]) if who in was else "new",
            tier(scheme, after, now[who]) if who in now else "gone",
        )
        for who in people
    }
    options = {"scheme": scheme, "from": before.isoformat()}
    found = ask(company, "tier_migration", as_of=after, options=options)
    counted = {(r[0], r[1]): r[3] for r in found.iter_rows()}
    assert counted == Counter(pairs.values())
    for pair, money_from, money_to in found.select(
        pl.concat_list("tier_from", "tier_to"), "revenue_from", "revenue_to"
    ).iter_rows():
        inside = [who for who, each in pairs.items() if each == tuple(pair)]
        spent = [sum(float(f[w][2] or 0) for w in inside if w in f) for f in (was, now)]
        assert (money_from or 0, money_to or 0) == pytest.approx(spent, abs=0.01)
    listed = ask(company, "tier_moves", as_of=after, options=options)
    told = {row[0]: (row[1], row[2]) for row in listed.iter_rows()}
    assert told == pairs


def test_rows_sum_to_the_earlier_distribution_and_columns_to_the_later_one(
    company: Reader,
) -> None:
    before, after = offered(company)[-5], offered(company)[-1]
    for scheme in ("spend", "hml", "rfm"):
        options = {"scheme": scheme, "from": before.isoformat()}
        found = ask(company, "tier_migration", options=options)
        for side, day in (("tier_from", before), ("tier_to", after)):
            shares = ask(
                company, "tier_distribution", as_of=day, options={"scheme": scheme}
            )
            held = shares.filter(
                pl.col("customers") > 0, pl.col("segment") != "unknown"
            )
            sums = found.group_by(side).agg(pl.col("customers").sum())
            moved = {k: n for k, n in sums.iter_rows() if k not in ("new", "gone")}
            assert moved == dict(held.select("segment", "customers").iter_rows())


def test_a_history_tells_the_tier_of_every_month_end(
    company: Reader, oracle: Oracle
) -> None:
    days = offered(company)
    stays = ask(company, "tier_history", options={"scheme": "spend"})
    for day in (days[3], days[len(days) // 2], days[-1]):
        until = pl.col("until_on").fill_null(date.max)
        held = stays.filter(pl.col("from_on") <= day, until > day)
        expected = {
            who: tier("spend", day, fact)
            for who, fact in facts(oracle, Question("x"), day).items()
        }
        assert dict(held.select("customer_id", "tier").iter_rows()) == expected
    joined = stays.with_columns(
        pl.col("until_on").shift(1).over("customer_id").alias("before"),
        pl.col("tier").shift(1).over("customer_id").alias("last_tier"),
    )
    touching = joined.filter(pl.col("before") == pl.col("from_on"))
    assert touching.filter(pl.col("tier") == pl.col("last_tier")).is_empty()


def test_scores_are_shares_of_strictly_smaller_values(
    company: Reader, oracle: Oracle
) -> None:
    day = offered(company)[-1]
    known = facts(oracle, Question("x"), day)

    @cache
    def score(place: int, value: object) -> int:
        values = [fact[place] for fact in known.values()]
        return 1 + 5 * sum(each < value for each in values) // len(values)

    scored = ask(company, "rfm_scores")
    assert set(scored["customer_id"]) == known.keys()
    for row in scored.iter_rows(named=True):
        last, orders, _, total = known[row["customer_id"]]
        later = sum(fact[0] > last for fact in known.values())
        assert row["recency"] == 6 - (1 + 5 * later // len(known))
        assert row["frequency"] == score(1, orders)
        assert row["monetary"] == score(3, total)
    grid = ask(company, "rfm_grid")
    assert (
        grid.height == grid.unique(["recency", "frequency", "monetary"]).height == 125
    )
    assert grid["customers"].sum() == len(known)
    segments = grid.group_by("segment").agg(pl.col("customers").sum())
    shares = ask(company, "tier_distribution", options={"scheme": "rfm"})
    named = {k: n for k, n in segments.iter_rows() if n}
    assert named == dict(shares.select("segment", "customers").iter_rows())


def test_a_simulation_gives_what_a_refresh_with_those_rules_gives(
    company: Reader, company_source, tmp_path
) -> None:
    changed = {"set": "diamond.annual_spend_min=32000,dormant.days_since_last_min=200"}
    simulated = ask(company, "tier_simulation", options=changed)
    rules = [rule.model_dump() for rule in Settings().tiers["spend"]]
    rules[0]["days_since_last_min"], rules[1]["annual_spend_min"] = 200, 32_000
    settings = Settings.model_validate({"tiers": {"spend": rules}})
    refresh(company_source, tmp_path / "store", settings)
    made = ask(Reader(open_current(tmp_path / "store")), "tier_distribution")
    kept = made.filter(pl.col("segment") != "unknown")
    expected = {row[0]: (row[1], row[4]) for row in kept.iter_rows()}
    for row in simulated.iter_rows(named=True):
        customers, share = expected[row["segment"]]
        assert row["customers_then"] == customers
        assert row["revenue_share_then"] == pytest.approx(share or 0, abs=1e-12)


def worth(company: Reader, day: date) -> pl.DataFrame:
    """Each customer's lifetime value and loyalty, as the command line tells them."""
    each = {"per-customer": "true"}
    values, loyalty = (
        ask(company, name, as_of=day, options=each) for name in ("clv", "loyalty_index")
    )
    return values.select("customer_id", "clv").join(
        loyalty.select("customer_id", "loyalty", "recency"), on="customer_id"
    )


def by_value(clv: float, loyalty: float, recency: float) -> str:
    if recency == 0:  # no purchase for 365 days
        return "dormant"
    if clv >= 50_000 and loyalty >= 50:
        return "strategic"
    return "growth" if clv >= 10_000 and loyalty >= 30 else "basic"


@pytest.mark.parametrize("place", [-1, -6])
def test_value_tiers_follow_from_lifetime_value_and_loyalty(
    company: Reader, place: int
) -> None:
    """Dormant wins over what a customer is worth."""
    day = offered(company)[place]
    options = {"scheme": "value"}
    expected = Counter(by_value(*row[1:]) for row in worth(company, day).iter_rows())
    found = ask(company, "tier_distribution", as_of=day, options=options)
    assert dict(found.select("segment", "customers").iter_rows()) == expected
    moved = ask(company, "tier_migration", options=options | {"from": f"{day}"}) \
        if place < -1 else None  # fmt: skip
    if moved is not None:
        before = moved.filter(pl.col("tier_from") != "new").group_by("tier_from")
        counts = before.agg(pl.col("customers").sum())
        assert dict(counts.iter_rows()) == expected


def test_a_simulated_bound_of_value_is_counted_by_hand(company: Reader) -> None:
    options = {"scheme": "value", "set": "strategic.clv_min=20000"}
    found = ask(company, "tier_simulation", options=options)
    rows = worth(company, offered(company)[-1])
    strategic = rows.filter(
        pl.col("recency") > 0, pl.col("clv") >= 20_000, pl.col("loyalty") >= 50
    )
    assert (
        found.row(by_predicate=pl.col("segment") == "strategic", named=True)[
            "customers_then"
        ]
        == strategic.height
    )


def test_value_tiers_of_a_date_without_a_model_are_unknown(company: Reader) -> None:
    long_ago = offered(company)[-20]
    for metric in ("tier_distribution", "tier_migration", "tier_simulation"):
        found = ask(company, metric, as_of=long_ago, options={"scheme": "value"})
        assert found["reason"][0] is not None
