"""Neither the password nor a cell of the database is ever told."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dashboard.cli import app
from tests.databases.lines import line
from tests.databases.servers import PASSWORD, Server

pytestmark = pytest.mark.database
CANARY = "13900007531"
WRONG = "wrong-geheim-7531"


@pytest.fixture(params=["postgresql", "mariadb"])
def shop(request: pytest.FixtureRequest) -> Server:
    server: Server = request.getfixturevalue(request.param)
    server.clear()
    server.run(
        "CREATE TABLE orders (order_id varchar(20), customer_id varchar(20),"
        " ordered_at date, amount varchar(20))",
        "INSERT INTO orders VALUES ('O1', 'C1', '2026-01-02', '5'), ('O2', 'C2',"
        f" '2026-01-02', '{CANARY}x')",
    )
    return server


def source(folder: Path, server: Server, orders: str, **database: Any) -> Path:
    lines = [
        f"{key} = {json.dumps(v)}" for key, v in server.settings(**database).items()
    ]
    folder.mkdir()
    text = "\n".join(["[database]", *lines, "[tables.orders]", orders])
    (folder / "customer-health.toml").write_text(text)
    return folder


@dataclass(frozen=True)
class Terminal:
    """Commands in this process, with all that they or a library of theirs print."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    environment: pytest.MonkeyPatch

    def run(self, *words: object) -> Result:
        done = CliRunner().invoke(app, [str(word) for word in words])
        self.hold(done.output + "".join(self.capture.readouterr()))
        return done

    def hold(self, said: str) -> None:
        """Neither was said, and neither is in a file beside the settings."""
        for path in self.folder.rglob("*"):
            if path.is_file() and path.name != "customer-health.toml":
                said += path.read_bytes().decode("latin-1")
        assert [each for each in (PASSWORD, WRONG, CANARY) if each in said] == []
        assert "Traceback" not in said


@pytest.fixture
def terminal(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Terminal:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Terminal(tmp_path, capfd, monkeypatch)


def test_a_refresh_tells_neither_password_nor_address_nor_query(
    shop: Server, tmp_path: Path, terminal: Terminal
) -> None:
    query = f"database_query = \"SELECT * FROM orders WHERE '{CANARY}' <> 'x'\""
    folder = source(tmp_path / "source", shop, query)
    done = terminal.run("refresh", folder, "--store", tmp_path / "store")
    assert done.exit_code == 10
    assert f"{shop.kind}:orders: 2 rows in: 1 accepted, 1 quarantined" in done.stdout
    assert "2 rows in the database." in done.stdout
    (manifest,) = tmp_path.rglob("manifest.json")
    told = json.loads(manifest.read_text())["settings"]
    assert "database" not in told
    assert "database_query" not in told["tables"]["orders"]
    assert "127.0.0.1" not in manifest.read_text()


@pytest.mark.parametrize(
    ("fault", "code"),
    [("password", 30), ("missing", 30), ("value", 20), ("syntax", 2), ("cut", 30)],
)
def test_what_goes_wrong_is_told_without_them(
    shop: Server, terminal: Terminal, fault: str, code: int
) -> None:
    """Reliability 31: the password is never printed."""
    known = {"password": WRONG, "missing": ""}.get(fault, PASSWORD)
    terminal.environment.setenv("SHOP_PASSWORD", known)
    store = terminal.folder / "store"
    with line(shop.port, limit=3_000 if fault == "cut" else None) as connection:
        orders = ASKED.get(fault, 'database_table = "orders"')
        folder = source(terminal.folder / "source", shop, orders, port=connection.port)
        shop.run(MANY[shop.kind])
        assert terminal.run("check", folder, "--json").exit_code == code
        assert terminal.run("refresh", folder, "--store", store).exit_code == code
    assert not (store / "CURRENT").exists()
    assert (store / "last_refused.json").exists() == (code == 20)


ASKED = {
    "value": f"database_query = \"SELECT 1 + date '{CANARY}' + exp(1e9) AS x\"",
    "syntax": f"database_query = \"SELECT '{CANARY}' FRM orders\"",
}
MANY = {
    "postgresql": f"INSERT INTO orders SELECT '{CANARY}', i::text, '2026-01-02', '1'"
    " FROM generate_series(1, 1000) i",
    "mysql": f"INSERT INTO orders SELECT '{CANARY}', seq, '2026-01-02', '1'"
    " FROM seq_1_to_1000",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": PASSWORD},
        {"password_env": PASSWORD},
        {"host": f"reader:{PASSWORD}@127.0.0.1"},
        {"sslmode": PASSWORD},
        {"port": PASSWORD},
    ],
)
def test_settings_that_hold_a_password_are_refused_without_showing_it(
    tmp_path: Path, terminal: Terminal, wrong: dict[str, str]
) -> None:
    server = Server("postgresql", 1, "nobody")
    folder = source(tmp_path / "source", server, 'database_table = "orders"', **wrong)
    assert terminal.run("check", folder).exit_code == 2
