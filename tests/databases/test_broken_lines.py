"""A database that is down, slow, closed to us, or gone at some row."""

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from data.door import batches
from data.errors import UnavailableError
from data.settings import Settings
from data.sources import database, opened
from data.warehouse import open_current
from data.warehouse.store import Store
from tests.databases.conftest import admit, ask, settings
from tests.databases.lines import line
from tests.databases.servers import DATABASE, READER, Server
from tests.faults.company import load

pytestmark = pytest.mark.database
ROWS = 120_000
WIDE = "SELECT *, repeat('x', 500) AS padding FROM orders"  # more than lies in buffers


@pytest.fixture(scope="module")
def shops(postgresql: Server, mariadb: Server) -> dict[str, Server]:
    """The same orders in both, enough for more than one extract."""
    columns = "customer_id varchar(9), ordered_at date, amount numeric(9,2)"
    plain = "'C1', DATE '2026-01-02', 7"
    for server in (postgresql, mariadb):
        server.clear()
    postgresql.run(
        f"CREATE TABLE orders (order_id text, {columns})",
        f"INSERT INTO orders SELECT 'O' || i, {plain}"
        f" FROM generate_series(1, {ROWS}) i",
    )
    mariadb.run(
        f"CREATE TABLE orders (order_id varchar(9), {columns})",
        f"INSERT INTO orders SELECT concat('O', seq), {plain} FROM seq_1_to_{ROWS}",
    )
    return {server.kind: server for server in (postgresql, mariadb)}


@pytest.fixture(params=["postgresql", "mysql"])
def shop(request: pytest.FixtureRequest, shops: dict[str, Server]) -> Server:
    return shops[request.param]


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PAUSES", (0,) * 9)


@pytest.mark.usefixtures("soon")
def test_a_server_that_is_down_is_tried_a_few_times(
    shop: Server, tmp_path: Path
) -> None:
    """Reliability 31: down."""
    with line(shop.port, deaf=99) as dead:
        with pytest.raises(UnavailableError, match=r"did not answer \(3 tries\)"):
            admit(shop, tmp_path, port=dead.port, connect_tries=3)
        assert dead.tried == 3
    with pytest.raises(UnavailableError, match=r"did not answer \(1 tries\)"):
        admit(shop, tmp_path, port=dead_port(shop))


def dead_port(shop: Server) -> int:
    with line(shop.port) as gone:
        return gone.port


@pytest.mark.usefixtures("soon")
def test_a_server_that_comes_up_meanwhile_is_read(shop: Server, tmp_path: Path) -> None:
    with line(shop.port, deaf=2) as late:
        found = admit(shop, tmp_path, port=late.port, connect_tries=3)
    assert found.rows_in == ROWS


@pytest.mark.usefixtures("soon")
def test_a_server_that_says_nothing_is_not_waited_for(
    shop: Server, tmp_path: Path
) -> None:
    with (
        line(shop.port, limit=1, frozen=True) as mute,
        pytest.raises(UnavailableError, match="did not answer"),
    ):
        admit(shop, tmp_path, port=mute.port, connect_seconds=2)


@pytest.mark.usefixtures("soon")
def test_what_is_no_database_is_no_database(shops: dict[str, Server]) -> None:
    for kind, other in (("mysql", "postgresql"), ("postgresql", "mysql")):
        chosen = settings(
            shops[other],
            {"orders": {"database_table": "orders"}},
            kind=kind,
            connect_seconds=2,
        )
        with pytest.raises(UnavailableError, match="did not answer"):
            _read(chosen)


def _read(chosen: Settings) -> None:
    with opened(Path(), chosen):
        pass


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("wrong", ["password", "user", "name", "none"])
def test_who_is_not_let_in_is_told_so_and_not_tried_again(
    shop: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    """Reliability 31: wrong password."""
    given: dict[str, Any] = {"user": {"user": "nobody"}, "name": {"name": "nothing"}}
    if wrong == "password":
        monkeypatch.setenv("SHOP_PASSWORD", "not-the-right-one")
    database = given.get(wrong, {"password_env": None} if wrong == "none" else {})
    with line(shop.port) as counted:
        with pytest.raises(UnavailableError, match="does not let the user in") as told:
            admit(shop, tmp_path, port=counted.port, connect_tries=3, **database)
        assert counted.tried == 1
    assert "not-the-right-one" not in str(told.value)


def test_a_password_that_is_not_there_is_missed_before_anybody_is_asked(
    shop: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOP_PASSWORD")
    with line(shop.port) as unused:
        with pytest.raises(UnavailableError, match="that password_env of") as told:
            admit(shop, tmp_path, port=unused.port)
        assert unused.tried == 0
    assert "SHOP_PASSWORD" not in str(told.value)


@pytest.mark.parametrize("mode", ["require", "verify-full"])
def test_a_server_without_tls_gets_nothing_in_clear_text(
    shop: Server, tmp_path: Path, mode: str
) -> None:
    with pytest.raises(UnavailableError, match=f"TLS as sslmode {mode} asks"):
        admit(shop, tmp_path, sslmode=mode)


def test_a_slow_query_ends_in_time(shop: Server, tmp_path: Path) -> None:
    """Reliability 31: slow."""
    wait = {"postgresql": "pg_sleep(60)", "mysql": "sleep(60)"}[shop.kind]
    with pytest.raises(UnavailableError, match="took longer than statement_seconds"):
        ask(shop, tmp_path, f"SELECT {wait} AS order_id", statement_seconds=1)


def test_a_server_that_freezes_at_some_row_is_not_waited_for(
    shop: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for driver in ("postgresql", "mysql"):
        monkeypatch.setattr(f"data.sources.{driver}.GRACE", 1)
    with (
        line(shop.port, limit=100_000, frozen=True) as mute,
        pytest.raises(UnavailableError, match="nothing was loaded"),
    ):
        admit(shop, tmp_path, port=mute.port, statement_seconds=2)


def test_a_connection_that_breaks_at_some_row_loads_nothing(
    shop: Server, tmp_path: Path
) -> None:
    """Reliability 31: drops at row n, and there is no partial load."""
    tables = {"orders": {"database_table": "orders"}}
    store = tmp_path / "store"
    report = load(tmp_path, store, settings(shop, tables))
    before = open_current(store).manifest
    shop.run("UPDATE orders SET amount = 8")
    for bytes_through in (20_000, 1_000_000, 2_500_000):
        with line(shop.port, limit=bytes_through) as short:
            broken = settings(shop, tables, port=short.port)
            with pytest.raises(UnavailableError, match=r"broke; nothing was loaded"):
                load(tmp_path, store, broken)
        assert open_current(store).manifest == before
    assert not Store(store).refused.exists()
    after = load(tmp_path, store, settings(shop, tables))
    assert report.total["accepted"] == after.total["superseded"] == ROWS
    assert open_current(store).manifest.totals["orders.amount"] == f"{8 * ROWS}.0000"


def test_a_session_that_the_server_ends_loads_nothing(
    shop: Server, tmp_path: Path
) -> None:
    chosen = settings(shop, {"orders": {"database_query": WIDE}})
    with opened(tmp_path, chosen) as source:
        rows = batches("orders", source, chosen)
        next(rows)
        _end_sessions(shop)
        with pytest.raises(UnavailableError, match="broke; nothing was loaded"):
            list(rows)


def _end_sessions(shop: Server) -> None:
    if shop.kind == "postgresql":
        shop.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE usename = '{READER}'"
        )
        return
    running = "SELECT id FROM information_schema.processlist WHERE user = '{}'"
    for (session,) in shop.run(running.format(READER)):
        shop.run(f"KILL {session}")


def test_who_stops_reading_leaves_no_session_behind(
    shop: Server, tmp_path: Path
) -> None:
    threads = threading.active_count()
    chosen = settings(shop, {"orders": {"database_query": WIDE}})
    with opened(tmp_path, chosen) as source:
        next(batches("orders", source, chosen))
    activity = {
        "postgresql": f"pg_stat_activity WHERE usename = '{READER}'",
        "mysql": f"information_schema.processlist WHERE user = '{READER}'",
    }[shop.kind]
    left = 1
    for _ in range(100):
        left = shop.run(f"SELECT count(*) FROM {activity}")[0][0]
        if not left:
            break
    assert left == 0
    assert threading.active_count() == threads


def test_what_the_machine_says_about_other_servers_is_not_used(
    shops: dict[str, Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ambient = {
        "PGHOST": "nowhere.invalid",
        "PGHOSTADDR": "192.0.2.1",
        "PGSERVICE": "none",
        "PGPASSFILE": str(tmp_path / "pgpass"),
        "PGOPTIONS": "-c statement_timeout=1 -c role=nobody",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/none",
        "PGCLIENTENCODING": "LATIN1",
        "PGTZ": "Asia/Tokyo",
        "PGTARGETSESSIONATTRS": "primary",
    }
    for name, value in ambient.items():
        monkeypatch.setenv(name, value)
    assert admit(shops["postgresql"], tmp_path).rows_in == ROWS
    assert {name: os.environ[name] for name in ambient} == ambient


def test_passwords_are_not_taken_from_files_that_lie_about(
    shops: dict[str, Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = shops["postgresql"]
    everything = f"127.0.0.1:*:{DATABASE}:{READER}:{os.environ['SHOP_PASSWORD']}\n"
    (tmp_path / ".pgpass").write_text(everything)
    (tmp_path / ".pgpass").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(UnavailableError, match="does not let the user in"):
        admit(server, tmp_path, password_env=None)


def test_what_fails_on_our_side_is_told_as_it_is(shop: Server, tmp_path: Path) -> None:
    """The session ends first, and what was reading from it later, in silence."""
    chosen = settings(shop, {"orders": {"database_query": WIDE}})
    with pytest.raises(OSError, match="disk full"):
        _fail(chosen, tmp_path)
    with opened(tmp_path, chosen) as source:
        rows = iter(batches("orders", source, chosen))
        next(rows)
    del rows


def _fail(chosen: Settings, folder: Path) -> None:
    with opened(folder, chosen) as source:
        for _ in batches("orders", source, chosen):
            raise OSError("disk full")
