"""The command line: everything that a page shows, and all that feeds it."""

from dashboard.cli import (
    alike,
    asking,
    keeping,
    loading,
    people,
    rejects,
    serving,
    writing,
)
from dashboard.cli.shell import app

__all__ = [
    "alike",
    "app",
    "asking",
    "keeping",
    "loading",
    "main",
    "people",
    "rejects",
    "serving",
    "writing",
]


def main() -> None:
    """Run `customer-health`."""
    app()
