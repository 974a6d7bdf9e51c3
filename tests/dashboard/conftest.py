"""A place for what the command line notes, and ten customers by hand."""

from pathlib import Path

import pytest

from dashboard.reader import Reader
from tests.dashboard.by_hand import hand_made


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The log of incidents, which is not the user's."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "customer-health" / "incidents.log"


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """The ten customers, opened for questions."""
    return hand_made(tmp_path_factory.mktemp("few"))
