"""What the settings may say of a database, before any server is asked."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from data.database import DatabaseSettings
from data.door import batches, tables_found
from data.errors import RefusedError, UnavailableError, UsageError
from data.settings import Settings, load_settings
from data.sources import Source, opened
from data.sources.database import PAUSES, Chunk, Database, DatabaseError

SHOP = {"kind": "postgresql", "host": "127.0.0.1", "name": "shop", "user": "reader"}
DOCUMENT = (Path(__file__).parents[2] / "docs" / "inputs.md").read_text()
SECRET = "Geheim-7531"


def chosen(table: dict[str, Any] | None = None, **database: Any) -> Settings:
    tables = {"orders": table or {"database_table": "orders"}}
    return Settings.model_validate({"database": SHOP | database, "tables": tables})


@pytest.mark.parametrize(
    ("database", "words"),
    [
        ({"kind": "oracle"}, "'postgresql' or 'mysql'"),
        ({"host": "reader:x@db"}, "must be one host name"),
        ({"host": "postgresql://db/shop"}, "must be one host name"),
        ({"host": "one,two"}, "must be one host name"),
        ({"host": ""}, "at least 1 character"),
        ({"port": 0}, "greater than or equal to 1"),
        ({"user": "rea\nder"}, "control character"),
        ({"password_env": "hunter2"}, "an environment variable that ends in PASSWORD"),
        ({"password_env": "CUSTOMER_HEALTH_KEY"}, "variable that ends in PASSWORD"),
        ({"sslmode": "allow"}, "'disable', 'prefer'"),
        ({"sslmode": "verify-ca"}, "verify-ca needs a ca_file"),
        ({"ca_file": "/ca.pem"}, "needs sslmode verify-ca or verify-full"),
        ({"connect_tries": 0}, "greater than or equal to 1"),
        ({"statement_seconds": 0}, "greater than or equal to 1"),
        ({"password": SECRET}, "Extra inputs"),
    ],
)
def test_a_section_that_makes_no_sense_is_refused(
    database: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        chosen(**database)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"database_table": "a.b.c"}, "must be table or schema.table"),
        ({"database_table": "a."}, "must be table or schema.table"),
        ({"database_table": ""}, "must be table or schema.table"),
        ({"database_query": " ; "}, "must be one SELECT"),
        ({"database_query": "SELECT 1\0"}, "must be one SELECT"),
        ({"database_table": "a", "database_query": "SELECT 1"}, "takes one of file,"),
        ({"database_table": "a", "file": "a.csv"}, "takes one of file, files, query"),
        ({"database_query": "SELECT 1", "query": "SELECT 1"}, "takes one of file,"),
        ({"database_table": "a", "delimiter": ";"}, "is no file; leave out delimiter"),
        ({"database_query": "SELECT 1", "sheet": "a", "header": True}, "header, sheet"),
    ],
)
def test_a_table_says_one_thing(table: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        chosen(table)


def test_a_table_of_a_database_needs_one() -> None:
    given = {"tables": {"orders": {"database_table": "orders"}}}
    with pytest.raises(ValidationError, match=r"needs the section \[database\]"):
        Settings.model_validate(given)


def test_a_password_in_the_settings_is_refused_and_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "customer-health.toml"
    lines = [f'{key} = "{value}"' for key, value in SHOP.items()]
    path.write_text("\n".join(["[database]", *lines, f'password = "{SECRET}"']))
    with pytest.raises(UsageError, match="did you mean password_env") as caught:
        load_settings(path)
    assert SECRET not in str(caught.value)


def test_a_snapshot_is_told_nothing_of_where_data_lie() -> None:
    told = chosen({"database_query": "SELECT 'secret'"}, host="secret").model_dump()
    assert "secret" not in str(told)
    assert Settings.model_validate(told).database is None


def test_nothing_leaves_the_machine_in_clear_text_unless_it_is_asked_to() -> None:
    modes = {
        host: DatabaseSettings.model_validate(SHOP | {"host": host}).tls
        for host in ("127.0.0.1", "localhost", "/var/run/postgresql", "db.example.com")
    }
    assert list(modes.values()) == ["prefer", "prefer", "prefer", "require"]
    asked = chosen(host="db", sslmode="disable").database
    assert asked is not None
    assert asked.tls == "disable"


def test_every_key_of_the_section_stands_in_the_document() -> None:
    assert all(f"`{name}`" in DOCUMENT for name in DatabaseSettings.model_fields)


def test_there_is_a_pause_for_every_try() -> None:
    assert chosen(connect_tries=len(PAUSES) + 1)
    with pytest.raises(ValidationError):
        chosen(connect_tries=len(PAUSES) + 2)


def test_the_drivers_are_loaded_when_a_database_is_read() -> None:
    ask = "import sys, dashboard.cli; print({'psycopg', 'pymysql'} & {*sys.modules})"
    command = [sys.executable, "-c", ask]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"


def test_a_password_that_is_not_set_ends_with_30(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH_PASSWORD", raising=False)
    with (
        pytest.raises(UnavailableError, match="is not set") as caught,
        opened(tmp_path, chosen(password_env="NO_SUCH_PASSWORD")),
    ):
        pass
    assert caught.value.exit_code == 30


def test_certificates_that_are_not_there_are_an_error_of_the_settings(
    tmp_path: Path,
) -> None:
    missing = chosen(sslmode="verify-full", ca_file=str(tmp_path / "ca.pem"))
    with (
        pytest.raises(UsageError, match=r"ca_file .* is no file"),
        opened(tmp_path, missing),
    ):
        pass


def test_a_database_that_no_table_reads_is_not_opened(tmp_path: Path) -> None:
    settings = Settings.model_validate({"database": SHOP})
    with opened(tmp_path, settings) as source:
        assert source == Source(tmp_path)


@dataclass(frozen=True)
class Written:
    """A session whose rows are written here."""

    rows_given: Sequence[str]
    rows_counted: int
    failing: str = ""

    def begin(self) -> None:
        pass

    def table(self, name: str) -> str:
        return name

    def count(self, query: str) -> int:
        return self.rows_counted

    def rows(self, query: str) -> Iterator[Chunk]:
        headers = ("order_id", "customer_id", "ordered_at", "amount")
        for key in self.rows_given:
            cells = {"1": key, "2": "C", "3": "2026-01-02", "4": "7.5"}
            yield Chunk(headers, pl.DataFrame(cells))
        if self.failing:
            raise DatabaseError(self.failing, "57P01")

    def close(self) -> None:
        pass


def admit(session: Written, folder: Path) -> list[tuple[str, int]]:
    source = Source(folder, Database("postgresql", session))
    settings = chosen()
    assert tables_found(source, settings) == ("orders",)
    return [
        row
        for batch in batches("orders", source, settings)
        for row in batch.accepted.select("order_id", "_line").rows()
    ]


def test_lines_go_on_from_chunk_to_chunk(tmp_path: Path) -> None:
    assert admit(Written("abc", 3), tmp_path) == [("a", 1), ("b", 2), ("c", 3)]


@pytest.mark.parametrize("counted", [2, 4])
def test_other_rows_than_were_counted_are_refused(tmp_path: Path, counted: int) -> None:
    with pytest.raises(RefusedError, match=f"counted {counted} rows and gave 3"):
        admit(Written("abc", counted), tmp_path)


def test_what_a_server_says_is_told_by_its_code_alone(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"connection .* broke.*57P01"):
        admit(Written("abc", 3, failing="lost"), tmp_path)
