"""What many tests stand on: a sample company, refreshed once for all workers."""

import os
from datetime import date
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock

os.environ.setdefault("STREAMLIT_CLIENT_SHOW_ERROR_DETAILS", "full")

from dashboard.reader import Reader
from dashboard.refresh import refresh
from data.sample import write_company
from data.settings import Settings
from data.warehouse import open_current

# How long an example takes is measured by `make bench`, not judged by a test.
hypothesis.settings.register_profile("here", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("here")

UNTIL = date(2026, 10, 20)
CUSTOMERS = 2_000


@pytest.fixture(scope="session", autouse=True)
def key(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A key of the tests' own, never the user's."""
    os.environ["CUSTOMER_HEALTH_KEY"] = "00" * 32


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all the workers of a run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def company_source(shared_folder: Path) -> Path:
    """The extracts of a small sample company."""
    folder = shared_folder / "company-source"
    with FileLock(shared_folder / "company-source.lock"):
        if not (folder / "done").exists():
            write_company(folder, customers=CUSTOMERS, seed=7, until=UNTIL)
            (folder / "done").touch()
    return folder


@pytest.fixture(scope="session")
def company_store(shared_folder: Path, company_source: Path) -> Path:
    """Its store after one refresh. Read only: every test shares it."""
    store = shared_folder / "company-store"
    with FileLock(shared_folder / "company-store.lock"):
        if not (store / "CURRENT").exists():
            refresh(company_source, store, Settings())
    return store


@pytest.fixture(scope="session")
def company(company_store: Path) -> Reader:
    """The sample company, opened for questions."""
    return Reader(open_current(company_store))


@pytest.fixture(scope="session")
def public_data() -> Path:
    """Public data sets beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the public data sets are not beside this checkout")
    return folder
