"""Personal fields at rest: encrypted per customer, found again only by exact value.

A master key outside the store gives every other key. Each customer has a random salt
in a small table of the store; the customer's key comes from both, so that deleting the
salt makes everything about the customer unreadable, in every snapshot at once.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from data.errors import UnavailableError

KEY = "CUSTOMER_HEALTH_KEY"
KEY_FILE = "CUSTOMER_HEALTH_KEY_FILE"
KEY_BYTES, NONCE_BYTES, SALT_BYTES = 32, 12, 16
SHORTEST_PASSPHRASE = 16
FORMAT = b"\x01"
CHECK = b"which key a store was made with"


@dataclass(frozen=True)
class Place:
    """Where an encrypted value belongs: moved to another place it cannot be read."""

    table: str
    key: str

    def bound(self) -> bytes:
        """The associated data that AES-GCM authenticates with the value."""
        return f"{self.table}\x1f{self.key}".encode()


class Vault:
    """Encrypts, decrypts and indexes with keys that come from one master key."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise ValueError("a master key has 32 bytes")
        self._customers = _derive(master, b"customer")
        self._rows = _derive(master, b"quarantine")
        self._digests = _derive(master, b"digest")
        self._indexes = {name: _derive(master, name.encode()) for name in NORMAL}
        self.identity = _derive(master, CHECK).hex()

    def seal(self, place: Place, owner: tuple[str, bytes], text: str) -> bytes:
        """Encrypt a customer's value; `owner` is the customer's id and salt."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher(owner).encrypt(nonce, text.encode(), place.bound())
        return FORMAT + nonce + sealed

    def open(self, place: Place, owner: tuple[str, bytes], sealed: bytes) -> str:
        """Decrypt a customer's value.

        Errors: UnavailableError with another key, or when it was moved or changed.
        """
        return _decrypt(self._cipher(owner), place, sealed)

    def seal_row(self, place: Place, text: str) -> bytes:
        """Encrypt a whole rejected row, which may belong to no known customer."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._rows).encrypt(nonce, text.encode(), place.bound())
        return FORMAT + nonce + sealed

    def open_row(self, place: Place, sealed: bytes) -> str:
        """Decrypt a rejected row.

        Errors: UnavailableError with another key, or when it was moved or changed.
        """
        return _decrypt(AESGCM(self._rows), place, sealed)

    def digest(self, place: Place, text: str) -> str:
        """Tells whether a value has changed, without telling the value or its twins."""
        content = place.bound() + b"\x1f" + text.encode()
        return hmac.digest(self._digests, content, "sha256")[:16].hex()

    def index(self, name: str, value: str | None) -> str | None:
        """The blind index of a value: equal for equal values, empty for none."""
        normal = NORMAL[name](value or "")
        if not normal:
            return None
        return hmac.digest(self._indexes[name], normal.encode(), "sha256")[:16].hex()

    def _cipher(self, owner: tuple[str, bytes]) -> AESGCM:
        customer, salt = owner
        content = salt + customer.encode()
        return AESGCM(hmac.digest(self._customers, content, "sha256"))


class Salts:
    """The salt of each customer; new customers get one."""

    def __init__(self, known: Mapping[str, bytes]) -> None:
        self._known = dict(known)
        self._made: dict[str, bytes] = {}

    def owner(self, customer: str) -> tuple[str, bytes]:
        """The customer's id and salt, as `Vault.seal` takes it."""
        salt = self._known.get(customer) or self._made.get(customer)
        if salt is None:
            salt = self._made[customer] = os.urandom(SALT_BYTES)
        return customer, salt

    @property
    def made(self) -> Mapping[str, bytes]:
        """The salts that are not in the store yet."""
        return self._made


def load_master() -> bytes | None:
    """The master key from the environment, else from the key file; None without one.

    Errors: UnavailableError when it is malformed or others can read the file.
    """
    given = os.environ.get(KEY)
    if given:
        return _parse(given.strip(), f"{KEY} in the environment")
    path = key_file()
    if not path.exists():
        return None
    if path.stat().st_mode & 0o077:
        raise UnavailableError(
            f"The key file {path} can be read by others: run `chmod 600 {path}`."
        )
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise UnavailableError(
            f"The key file {path} cannot be read as text: it holds 32 bytes as"
            " hexadecimal or base64."
        ) from None
    return _parse(text, f"The key file {path}")


def make_master() -> bytes:
    """Make a master key and keep it in the key file, readable by its owner only."""
    master = os.urandom(KEY_BYTES)
    path = key_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{base64.b64encode(master).decode()}\n")
        file.flush()
        os.fsync(file.fileno())
    return master


def key_file() -> Path:
    """Where the key lies unless the environment holds it: outside every store."""
    given = os.environ.get(KEY_FILE)
    if given:
        return Path(given)
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "customer-health" / "key"


def _parse(text: str, where: str) -> bytes:
    for decode in (bytes.fromhex, _base64):
        try:
            master = decode(text)
        except (ValueError, binascii.Error):
            continue
        if len(master) == KEY_BYTES:
            return master
    if len(text) < SHORTEST_PASSPHRASE:
        raise UnavailableError(
            f"{where} is too short: 32 bytes as hexadecimal or base64 are best."
        )
    return Scrypt(salt=CHECK, length=KEY_BYTES, n=2**15, r=8, p=1).derive(
        text.encode("utf-8", "surrogateescape")
    )


def _base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _derive(master: bytes, purpose: bytes) -> bytes:
    return hmac.digest(master, b"customer-health/" + purpose, "sha256")


def _decrypt(cipher: AESGCM, place: Place, sealed: bytes) -> str:
    start = len(FORMAT) + NONCE_BYTES
    try:
        opened = cipher.decrypt(
            sealed[len(FORMAT) : start], sealed[start:], place.bound()
        )
    except (InvalidTag, ValueError) as error:
        raise UnavailableError(
            f"An encrypted value of table {place.table} cannot be read: it was made"
            " with another key, or was changed or moved."
        ) from error
    return opened.decode()


def _plain(value: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


def _without_blanks(value: str) -> str:
    return _plain(value).replace(" ", "")


def _phone(value: str) -> str:
    digits = re.sub(r"[^0-9+]", "", unicodedata.normalize("NFKC", value))
    return re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", digits)


NORMAL: Mapping[str, Callable[[str], str]] = {
    "name": _plain,
    "phone": _phone,
    "email": _without_blanks,
    "id_number": _without_blanks,
}
"""How a value is written before it is indexed, so that usual spellings find it."""


def month_day(birth_dates: Iterable[str | None]) -> list[str | None]:
    """Month and day of ISO dates of birth, for care lists: 1990-02-28 is 02-28."""
    return [date[5:10] if date else None for date in birth_dates]
