"""What the product says when it cannot go on, and the exit code that goes with it.

A message names the table, the column, how many rows, and what to do. It never holds a
personal value: no name, phone, e-mail, identity number, comment or cell content.
"""

CLEAN, QUARANTINED, USAGE, REFUSED, UNAVAILABLE = 0, 10, 2, 20, 30


class DashboardError(Exception):
    """Something a user can understand and mend."""

    exit_code = UNAVAILABLE


class UsageError(DashboardError):
    """The command, an option or the settings file is wrong."""

    exit_code = USAGE


class RefusedError(DashboardError):
    """The input cannot be accepted; nothing was published."""

    exit_code = REFUSED


class UnavailableError(DashboardError):
    """The environment does not allow it: no store, no key, disk full, busy."""

    exit_code = UNAVAILABLE
