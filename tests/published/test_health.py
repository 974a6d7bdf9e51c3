"""Scores on public data that has orders alone: weights go to what is known."""

from collections import defaultdict
from datetime import date
from pathlib import Path
from statistics import fmean

import pytest

from dashboard.answers import answer
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.settings import load_settings
from data.warehouse import open_current

pytestmark = pytest.mark.published

MAPPING = Path(__file__).parent / "mappings" / "cdnow.toml"
FULL_SPEND = 10_000
Purchases = dict[str, list[tuple[date, float]]]


@pytest.fixture(scope="module")
def cdnow(public_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    store = tmp_path_factory.mktemp("cdnow")
    refresh(public_data / "cdnow", store, load_settings(MAPPING))
    return Reader(open_current(store))


@pytest.fixture(scope="module")
def purchases(public_data: Path) -> Purchases:
    found: Purchases = defaultdict(list)
    text = (public_data / "cdnow" / "CDNOW_sample.txt").read_text()
    for line in text.splitlines():
        _, customer, day, _, dollars = line.split()
        on = date(int(day[:4]), int(day[4:6]), int(day[6:]))
        found[customer].append((on, float(dollars)))
    return found


def capped(share: float) -> float:
    return 100 * min(1.0, max(0.0, share))


def scores(bought: list[tuple[date, float]], as_of: date) -> tuple[float, float]:
    """Loyalty over recency, frequency, tenure; health over value and loyalty."""
    seen = [(day, dollars) for day, dollars in bought if day <= as_of]
    days = {day for day, _ in seen}
    year = {day for day in days if (as_of - day).days < 365}
    loyalty = (
        30 * capped(1 - (as_of - max(days)).days / 365)
        + 25 * capped(len(year) / 6)
        + 15 * capped((as_of - min(days)).days / 1095)
    ) / 70
    spent = sum(dollars for day, dollars in seen if day in year)
    return (25 * capped(spent / FULL_SPEND) + 30 * loyalty) / 55, loyalty


@pytest.mark.parametrize("as_of", [date(1998, 6, 30), date(1997, 9, 30)])
def test_scores_of_orders_alone_equal_arithmetic_over_the_file(
    cdnow: Reader, purchases: Purchases, as_of: date
) -> None:
    right = {
        customer: scores(bought, as_of)
        for customer, bought in purchases.items()
        if any(day <= as_of for day, _ in bought)
    }
    for place, metric in enumerate(("health_score", "loyalty_index")):
        found = answer(cdnow, LOCAL, Question(metric, as_of=as_of)).row(0, named=True)
        assert found["n"] == len(right)
        mean = fmean(pair[place] for pair in right.values())
        assert found["value"] == pytest.approx(mean, abs=1e-6), metric
    each = Question("health_score", as_of=as_of, options=(("per-customer", "true"),))
    rows = answer(cdnow, LOCAL, each)
    assert rows["satisfaction"].is_null().all()
    assert rows["service"].is_null().all()
    told = {c.lstrip("0"): pair for c, *pair in rows.select(
        "customer_id", "health", "loyalty").iter_rows()}  # fmt: skip
    for customer, pair in right.items():
        assert told[customer.lstrip("0")] == pytest.approx(pair, abs=1e-9)
