"""The running server answers this machine, and no web site that a browser visits."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def port(company_store: Path) -> Iterator[int]:
    """A server of the sample company; the environment asks for every address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "dashboard.cli", "serve"]
    server = subprocess.Popen(
        [*command, "--store", str(company_store), "--port", str(free)],
        cwd=ROOT,
        env=os.environ | {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(free)
        yield free
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError


def handshake(port: int, host: str, origin: str) -> str:
    """The server's answer to a browser that wants to open the app's websocket."""
    lines = (
        "GET /_stcore/stream HTTP/1.1",
        f"Host: {host}",
        f"Origin: {origin}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )
    with socket.create_connection(("127.0.0.1", port), timeout=30) as browser:
        browser.sendall("\r\n".join([*lines, "", ""]).encode())
        return browser.recv(64).decode().split(" ")[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_browser_of_this_machine_gets_in(port: int, host: str) -> None:
    assert handshake(port, f"{host}:{port}", f"http://{host}:{port}") == "101"


def test_a_site_whose_name_leads_here_stays_out(port: int) -> None:
    evil = f"evil.example:{port}"
    assert handshake(port, evil, f"http://{evil}") == "403"


def test_the_environment_opens_no_other_address(port: int) -> None:
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.2", port)) != 0
