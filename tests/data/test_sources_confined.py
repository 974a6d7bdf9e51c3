"""The process that parses has no key, ends with its work, and may die."""

from pathlib import Path

import psutil
import pytest

from data.door import batches
from data.errors import RefusedError
from data.limits import Limits
from data.settings import Settings
from data.sources import confined
from tests.data.conftest import NOW, Source
from tests.data.refusals import MB, children, refused
from tests.data.workbooks import GOOD, book, header_xml, inline, raw


def test_nobody_asking_any_more_ends_the_confined_process(source: Source) -> None:
    raw(source, header_xml() + f"<row>{''.join(map(inline, GOOD))}</row>" * 65_000)
    found = batches("orders", source.folder, Settings(), now=NOW)
    assert next(found).rows_in == 20_000
    found.close()
    assert children() == []


def test_the_confined_process_has_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMER_HEALTH_KEY", "11" * 32)
    with confined.started(512 * MB) as process:
        environment = psutil.Process(process.pid).environ()
        process.kill()
    assert "CUSTOMER_HEALTH_KEY" not in environment


def test_a_confined_process_that_dies_is_a_refusal(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    book(source, GOOD)
    monkeypatch.setattr(confined, "KEPT", ())
    monkeypatch.setattr("sys.executable", "/bin/false")
    refused(source, "is damaged and cannot be read")


def test_a_confined_process_dead_before_it_is_asked_is_a_refusal_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    dead = confined.started(1)
    dead.wait()
    with pytest.raises(RefusedError, match="is damaged and cannot be read"):
        asked(confined.Confined(Limits(), dead))


def asked(reader: confined.Confined) -> list[object]:
    with reader:
        return list(reader.ask("xlsx", Path("orders.xlsx"), "orders.xlsx"))
