"""A refresh that was refused is told on the pages until one succeeds."""

from pathlib import Path

import pytest

from dashboard.refresh import refresh
from data.errors import RefusedError
from data.settings import Settings
from tests.faults.company import orders, write
from tests.pages.conftest import Opener, written


def test_a_refused_refresh_is_told_with_the_age_of_the_data_until_one_succeeds(
    open_page: Opener, tmp_path: Path
) -> None:
    """Reliability 39: the banner has the reason, and goes by itself."""
    store = tmp_path / "store"
    refresh(write(tmp_path / "in", orders=orders(100)), store, Settings())
    assert "ch-notice bad" not in written(open_page(store, locale="en-US"))
    few = write(tmp_path / "in", orders=orders(10))
    with pytest.raises(RefusedError):
        refresh(few, store, Settings())
    told = written(open_page(store, locale="en-US"))
    assert "ch-notice bad" in told
    assert "10 rows came in, 100 the last time" in told
    assert "Feb 3, 2026" in told  # the last complete day of the data that serve
    refresh(write(tmp_path / "in", orders=orders(101)), store, Settings())
    assert "ch-notice bad" not in written(open_page(store, locale="en-US"))
