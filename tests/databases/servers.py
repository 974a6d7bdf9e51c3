"""Database servers of the tests' own: private, in a folder, on this machine only."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest

PASSWORD = "korrekt-Pferd-Batterie"  # what no output may ever show
READER = "reader"
TRUSTING = "trusting"  # of whom the server wants the password itself
DATABASE = "shop"
SECONDS = 60
PLAIN = ("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
QUIET = ("-F", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=")


@dataclass(frozen=True)
class Server:
    """A running server, with a database `shop` and a user who may read it."""

    kind: str
    port: int
    owner: str

    def settings(self, **given: Any) -> dict[str, Any]:
        """The section `[database]` that reads from it."""
        usual = {
            "kind": self.kind,
            "host": "127.0.0.1",
            "port": self.port,
            "name": DATABASE,
            "user": READER,
            "password_env": "SHOP_PASSWORD",
            "connect_tries": 1,
        }
        return usual | given

    def run(self, *statements: str, database: str = DATABASE) -> list[Any]:
        """Run statements as the owner; the rows of the last one."""
        if self.kind == "postgresql":
            return self._postgresql(statements, database)
        with (
            closing(self.mysql(database)) as connection,
            connection.cursor() as cursor,
        ):
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def clear(self) -> None:
        """Drop what a test made."""
        if self.kind == "postgresql":
            self.run(
                f"DROP OWNED BY {READER}",
                "DROP SCHEMA public CASCADE",
                "CREATE SCHEMA public",
                "GRANT USAGE ON SCHEMA public TO PUBLIC",
                f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {READER}",
            )
            return
        for (table,) in self.run("SHOW TABLES"):
            quoted = table.replace("`", "``")
            self.run(f"DROP TABLE `{quoted}`")

    def _postgresql(self, statements: tuple[str, ...], database: str) -> list[Any]:
        address = {"host": "127.0.0.1", "port": self.port, "dbname": database}
        with psycopg.connect(
            user=self.owner, gssencmode="disable", autocommit=True, **address
        ) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def mysql(self, database: str) -> "pymysql.Connection[Any]":
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=self.owner,
            database=database or None,
            charset="utf8mb4",
            autocommit=True,
        )


@contextmanager
def postgresql(certificate: bytes = b"") -> Iterator[Server]:
    """A PostgreSQL of the newest version that is installed; with one, it speaks TLS."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_version)
    program = found[-1] if found else shutil.which("postgres")
    if program is None:
        missing("PostgreSQL")
    programs = Path(program).resolve().parent
    owner = _owner("postgres")
    with _folder(owner) as data:
        _call(owner, [programs / "initdb", "-D", data, *PLAIN, "-U", owner])
        (data / "pg_hba.conf").write_text(
            f"host all {owner} 127.0.0.1/32 trust\n"
            f"host all {TRUSTING} 127.0.0.1/32 password\n"
            "host all all 127.0.0.1/32 scram-sha-256\n"
        )
        port = _free_port()
        server = Server("postgresql", port, owner)
        command = [programs / "postgres", "-D", data, *QUIET, "-p", port]
        if certificate:
            file = _private(data / "server.pem", certificate, owner)
            for each in ("ssl=on", f"ssl_cert_file={file}", f"ssl_key_file={file}"):
                command += ["-c", each]
        with _running(owner, command, signal.SIGINT):
            _await(server, "postgres")
            server.run(f"CREATE DATABASE {DATABASE}", database="postgres")
            for user in (READER, TRUSTING):
                server.run(f"CREATE ROLE {user} LOGIN PASSWORD '{PASSWORD}'")
            yield server


@contextmanager
def mariadb(certificate: bytes = b"") -> Iterator[Server]:
    """A MariaDB; with a certificate, it speaks TLS."""
    program = shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin")
    installer = shutil.which("mariadb-install-db")
    if program is None or installer is None:
        missing("MariaDB")
    owner = _owner("mysql")
    with _folder(owner) as data:
        own = ["--no-defaults", f"--datadir={data}"]
        root = "--auth-root-authentication-method=normal"
        _call(owner, [installer, *own, root, "--skip-test-db"])
        port = _free_port()
        listen = [f"--port={port}", "--bind-address=127.0.0.1"]
        files = [
            f"--{each}={data}/{each}" for each in ("socket", "pid-file", "log-error")
        ]
        if certificate:
            file = _private(data / "server.pem", certificate, owner)
            files += [f"--ssl-cert={file}", f"--ssl-key={file}"]
        server = Server("mysql", port, "root")
        with _running(owner, [program, *own, *listen, *files], signal.SIGTERM):
            _await(server, "")
            server.run(
                f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4",
                f"CREATE USER {READER}@'%' IDENTIFIED BY '{PASSWORD}'",
                f"GRANT SELECT ON {DATABASE}.* TO {READER}@'%'",
                database="",
            )
            yield server


def missing(program: str) -> None:
    """Pass over tests whose server is not installed; where all has to run, fail."""
    if os.environ.get("CI"):
        pytest.fail(f"{program} is not installed, and CI asks for all tests")
    pytest.skip(f"{program} is not installed")


def _version(program: Path) -> float:
    return float(program.parent.parent.name)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _owner(service: str) -> str:
    """Who runs the server: no database does as root."""
    if os.geteuid():
        return pwd.getpwuid(os.geteuid()).pw_name
    names: Mapping[str, None] = {each.pw_name: None for each in pwd.getpwall()}
    return service if service in names else "nobody"


@contextmanager
def _folder(owner: str) -> Iterator[Path]:
    """A folder of its owner's, on a path that the owner may walk."""
    with tempfile.TemporaryDirectory(prefix="customer-health-server-") as name:
        folder = Path(name) / "data"
        folder.mkdir(mode=0o700)
        if not os.geteuid():
            folder.parent.chmod(0o711)
            shutil.chown(folder, owner)
        yield folder


def _private(path: Path, content: bytes, owner: str) -> Path:
    path.touch(mode=0o600)
    path.write_bytes(content)
    if not os.geteuid():
        shutil.chown(path, owner)
    return path


def _as(owner: str, command: list[Any], last: signal.Signals) -> list[str]:
    """A command as its owner's; it hears a signal when the tests end, however."""
    user = pwd.getpwnam(owner)
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--init-groups"]
    end = ["--pdeathsig", last.name.removeprefix("SIG")]
    root = ids if os.geteuid() == 0 else []
    return ["setpriv", *root, *end, *(str(word) for word in command)]


def _call(owner: str, command: list[Any]) -> None:
    done = subprocess.run(
        _as(owner, command, signal.SIGTERM),
        check=False,
        timeout=SECONDS,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd="/",
        text=True,
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def _running(owner: str, command: list[Any], last: signal.Signals) -> Iterator[None]:
    process = subprocess.Popen(
        _as(owner, command, last),
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.send_signal(last)
        process.wait(SECONDS)


def _await(server: Server, database: str) -> None:
    end = time.monotonic() + SECONDS
    while True:
        try:
            server.run("SELECT 1", database=database)
        except (psycopg.OperationalError, pymysql.OperationalError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return
