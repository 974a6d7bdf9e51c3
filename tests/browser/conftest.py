"""The dashboard served over the sample company, and a browser to look at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATHS = {
    "overview": "",
    "satisfaction": "satisfaction",
    "tiers": "tiers",
    "campaigns": "campaigns",
    "life_cycle": "life_cycle",
    "loyalty": "loyalty",
    "churn_watchlist": "churn_watchlist",
    "service": "service",
    "visits": "visits",
    "retention": "retention",
    "lifetime_value": "lifetime_value",
    "customer_360": "customer_360",
    "data_quality": "data_quality",
    "definitions": "definitions",
}
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'


@pytest.fixture(scope="session")
def address(company_store: Path) -> Iterator[str]:
    """The address of the app in a process of its own."""
    yield from serve(company_store)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, or the one that playwright installed."""
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        launched = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield launched
        launched.close()


def serve(store: Path) -> Iterator[str]:
    """Serve a store; the address while the generator is open."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py"]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    environment = {**os.environ, "CUSTOMER_HEALTH_STORE": str(store)}
    process = subprocess.Popen([*command, *options], cwd=ROOT, env=environment)
    try:
        _await(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def settled(page: Page, address: str) -> None:
    """Go to an address and wait until the script has run and charts are drawn."""
    page.goto(address)
    page.wait_for_selector(READY, timeout=60_000)
    page.wait_for_function(
        "() => !document.querySelector('[data-testid=\"stSkeleton\"]')"
        " && [...document.querySelectorAll('[data-testid=\"stPlotlyChart\"]')]"
        ".every(chart => chart.querySelector('.main-svg'))",
        timeout=60_000,
    )


def _await(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urlopen(address, timeout=2).close()
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(address)
