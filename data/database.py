"""Where a company's database is, and how long it may take.

The password is no setting: it stands in an environment variable, which the settings
name, and nowhere else.
"""

import re
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from data.mapping import Setting

PORTS: Final = {"postgresql": 5432, "mysql": 3306}
VARIABLE: Final = re.compile("([A-Z][A-Z0-9_]*_)?PASSWORD")
HERE: Final = ("localhost", "127.0.0.1", "::1")


def _plain(text: str) -> str:
    if not text.isprintable():
        raise ValueError("holds a control character")
    return text


def _host(host: str) -> str:
    if any(mark in host for mark in "@,? \\") or "://" in host:
        raise ValueError(
            "must be one host name, an address, or the folder of a socket; user, port"
            " and name of the database are keys of their own"
        )
    return _plain(host)


def _variable(name: str) -> str:
    """Only a password is ever sent to a server: no key, whatever the settings name."""
    if not VARIABLE.fullmatch(name):
        raise ValueError(
            "must be the name of an environment variable that ends in PASSWORD, such as"
            " SHOP_PASSWORD; the password itself never stands in the settings"
        )
    return name


Mode = Literal["disable", "prefer", "require", "verify-ca", "verify-full"]
Name = Annotated[str, Field(min_length=1), AfterValidator(_plain)]


class DatabaseSettings(Setting):
    """A PostgreSQL, MySQL or MariaDB that tables are read from."""

    kind: Literal["postgresql", "mysql"]
    host: Annotated[str, Field(min_length=1), AfterValidator(_host)]
    port: int | None = Field(default=None, ge=1, le=65_535)
    name: Name
    user: Name
    password_env: Annotated[str, AfterValidator(_variable)] | None = None
    sslmode: Mode | None = None
    ca_file: Name | None = None
    connect_seconds: int = Field(default=10, ge=2, le=3_600)
    connect_tries: int = Field(default=3, ge=1, le=10)
    statement_seconds: int = Field(default=3_600, ge=1, le=86_400)

    @model_validator(mode="after")
    def _checkable(self) -> Self:
        if self.sslmode == "verify-ca" and self.ca_file is None:
            raise ValueError("sslmode verify-ca needs a ca_file to verify by")
        if self.ca_file and self.sslmode not in ("verify-ca", "verify-full"):
            raise ValueError("ca_file needs sslmode verify-ca or verify-full")
        return self

    @property
    def at(self) -> int:
        """The port, the usual one if none is set."""
        return self.port or PORTS[self.kind]

    @property
    def tls(self) -> str:
        """The sslmode; by default, nothing leaves this machine in clear text."""
        local = self.host in HERE or self.host.startswith("/")
        return self.sslmode or ("prefer" if local else "require")
