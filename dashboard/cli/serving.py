"""Commands that show: serve a store, and a demonstration from nothing."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.cli.loading import yesterday
from dashboard.cli.shell import STORE, StoreOption, app, opened, out, progress
from dashboard.refresh import Step
from dashboard.refresh import refresh as refresh_store
from data.errors import UnavailableError, UsageError
from data.sample.company import write_company
from data.settings import Settings

HERE = Path(__file__).resolve().parents[1]
LOOPBACK = "127.0.0.1"
NAMES = ("localhost", LOOPBACK, "::1")  # others may be a stranger's that lead here
DEMO = Path(".customer-health")
PortOption = Annotated[int, typer.Option("--port", min=1, max=65_535)]


@app.command()
def serve(
    store: StoreOption = STORE,
    port: PortOption = 8501,
    address: Annotated[str, typer.Option(help="Loopback only.")] = LOOPBACK,
) -> None:
    """Show the dashboard of a store in the browser."""
    host = loopback(address)
    opened(store)
    _free(host, port)
    out.print(f"Customer Health is at http://{_written(host)}:{port} (Ctrl-C ends it).")
    _run(store, host, port)


@app.command()
def demo(
    customers: Annotated[int, typer.Option(min=1)] = 20_000,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    port: PortOption = 8501,
) -> None:
    """Make up a company, load it and show its dashboard; all of it below one folder."""
    _free(LOOPBACK, port)
    source, store = DEMO / f"sample-{customers}-{seed}", DEMO / "demo-store"
    with progress() as tell:
        tell(Step(f"making up {customers:,} customers"))
        write_company(source, customers=customers, seed=seed, until=yesterday())
        report = refresh_store(source, store, Settings(), progress=tell)
    for line in report.lines():
        out.print(line)
    serve(store, port)


def loopback(address: str) -> str:
    """An address that only this machine can reach.

    Errors: UsageError for another one: without a login everyone would see all.
    """
    host = LOOPBACK if address == "localhost" else address.strip("[]")
    try:
        safe = ipaddress.ip_address(host).is_loopback
    except ValueError:
        safe = False
    if not safe:
        raise UsageError(
            f"--address {address} can be reached from other machines, and no login is"
            f" configured: everyone could see all data. Use {LOOPBACK}."
        )
    return host


def _free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise UnavailableError(
                f"Port {port} is taken; choose another one by --port."
            ) from None


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _run(store: Path, host: str, port: int) -> None:
    import streamlit as st  # slow to import, and no other command needs it

    os.environ["CUSTOMER_HEALTH_STORE"] = str(store.resolve())
    # Streamlit looks for its settings beside the script that it believes was started.
    anchor = HERE if (HERE / ".streamlit/config.toml").is_file() else HERE.parent
    sys.argv = [str(anchor / "app.py")]
    config: dict[str, Any] = {
        "server.port": port,
        "server.address": host,
        "server.allowedHosts": [*NAMES, host],
    }
    st.App(HERE / "app.py").run(config=config)
