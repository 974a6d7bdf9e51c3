"""The app run without a browser, on a store of the test's choice."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.refresh import refresh
from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "overview",
    "satisfaction",
    "retention",
    "lifetime_value",
    "tiers",
    "campaigns",
    "life_cycle",
    "loyalty",
    "churn_watchlist",
    "service",
    "visits",
    "customer_360",
    "data_quality",
    "definitions",
)
Opener = Callable[..., AppTest]

HEADERS = "订单号,客户号,下单时间,实付金额"
MAPPING = """
[tables.orders]
file = "订单.csv"

[tables.orders.columns]
order_id = "订单号"
customer_id = "客户号"
ordered_at = "下单时间"
amount = "实付金额"
"""


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Opener:
    """Open a page of the app over a store, with an address's parameters."""

    def opener(store: Path, page: str = "overview", **params: Any) -> AppTest:
        monkeypatch.setenv("CUSTOMER_HEALTH_STORE", str(store))
        app = AppTest.from_file(ROOT / "dashboard/app.py", default_timeout=60)
        app.context = {"locale": params.pop("locale", "zh-CN")}
        app.query_params.update(params)
        app.run()
        if page != "overview":
            app.switch_page(f"../pages/{page}.py").run()
        return app

    return opener


@pytest.fixture(scope="session")
def orders_only_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of one orders file with Chinese headers, and nothing else."""
    source = tmp_path_factory.mktemp("orders-only")
    lines = [
        f"D{number},C{number % 60},2026-{1 + number % 10:02}-{1 + number % 28:02},"
        f"{100 + number}"
        for number in range(400)
    ]
    text = "\n".join([HEADERS, *lines]) + "\n"
    (source / "订单.csv").write_text(text, encoding="utf-8")
    settings = Settings.model_validate(_mapping())
    store = tmp_path_factory.mktemp("orders-only-store")
    refresh(source, store, settings)
    return store


@pytest.fixture
def own_store(orders_only_store: Path, tmp_path: Path) -> Path:
    """A copy of that store in which a test may write."""
    return Path(shutil.copytree(orders_only_store, tmp_path / "store"))


def written(app: AppTest) -> str:
    """Everything that the page wrote as HTML, in order."""
    return "\n".join(block.proto.body for block in app.get("html"))


def _mapping() -> dict[str, Any]:
    import tomllib

    return tomllib.loads(MAPPING)
