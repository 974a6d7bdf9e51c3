"""Personal fields at rest: encrypted per customer, found again only by exact value.

A master key outside the store gives every other key. Each customer has a random salt
in a small table of the store; the customer's key comes from both, so that deleting the
salt makes everything about the customer unreadable, in every snapshot at once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
NO_DIGITS = re.compile(r"[^0-9+]")
CHINA = re.compile(r"^(\+86|0086|86(?=1\d{10}$))")
FORMAT = b"\x01"
CHECK = b"which key a store was made with"
HASH_BLOCK = 64  # RFC 2104
INNER, OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
Owner = tuple[str, bytes]  # a customer's id and salt
Find = Callable[[Sequence[str]], Mapping[str, bytes]]


@dataclass(frozen=True)
class Place:
    """Where an encrypted value belongs: moved to another place it cannot be read."""

    table: str
    key: str

    def bound(self) -> bytes:
        """The associated data that AES-GCM authenticates with the value."""
        return f"{self.table}\x1f{self.key}".encode()


class Mac:
    """HMAC-SHA256 under one key, three times as fast as asking for each by its key."""

    def __init__(self, key: bytes) -> None:
        block = key.ljust(HASH_BLOCK, b"\0")
        self._inner = hashlib.sha256(block.translate(INNER))
        self._outer = hashlib.sha256(block.translate(OUTER))

    def __call__(self, content: bytes) -> bytes:
        """The 32 bytes for a content."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(content)
        outer.update(inner.digest())
        return outer.digest()


class Vault:
    """Encrypts, decrypts and indexes with keys that come from one master key."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise ValueError("a master key has 32 bytes")
        self._customers = Mac(_derive(master, b"customer"))
        self._rows = AESGCM(_derive(master, b"quarantine"))
        self._digests = Mac(_derive(master, b"digest"))
        self._indexes = {name: Mac(_derive(master, name.encode())) for name in NORMAL}
        self.identity = _derive(master, CHECK).hex()

    def seal(self, place: Place, owner: Owner, text: str) -> bytes:
        """Encrypt a customer's value; `owner` is the customer's id and salt."""
        return self.seal_all(place.table, [(place.key, owner, text)])[0]

    def seal_all(
        self, table: str, values: Sequence[tuple[str, Owner, str]]
    ) -> list[bytes]:
        """Encrypt many values: the keys of their rows, their owners and their texts."""
        sealed = []
        for nonce, (key, owner, text) in zip(_nonces(len(values)), values, strict=True):
            place = f"{table}\x1f{key}".encode()
            cipher = self._cipher(owner).encrypt(nonce, text.encode(), place)
            sealed.append(FORMAT + nonce + cipher)
        return sealed

    def open(self, place: Place, owner: Owner, sealed: bytes) -> str:
        """Decrypt a customer's value.

        Errors: UnavailableError with another key, or when it was moved or changed.
        """
        return _decrypt(self._cipher(owner), place, sealed)

    def seal_row(self, place: Place, text: str) -> bytes:
        """Encrypt a whole rejected row, which may belong to no known customer."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._rows.encrypt(nonce, text.encode(), place.bound())
        return FORMAT + nonce + sealed

    def open_row(self, place: Place, sealed: bytes) -> str:
        """Decrypt a rejected row.

        Errors: UnavailableError with another key, or when it was moved or changed.
        """
        return _decrypt(self._rows, place, sealed)

    def digest(self, place: Place, text: str) -> str:
        """Tells whether a value has changed, without telling the value or its twins."""
        return self.digest_all(place.table, [(place.key, text)])[0]

    def digest_all(self, table: str, values: Iterable[tuple[str, str]]) -> list[str]:
        """The digests of many values: the keys of their rows and their texts."""
        mac = self._digests
        return [
            mac(f"{table}\x1f{key}\x1f{text}".encode())[:16].hex()
            for key, text in values
        ]

    def index(self, name: str, value: str | None) -> str | None:
        """The blind index of a value: equal for equal values, empty for none."""
        normal = NORMAL[name](value) if value else None
        return self._indexes[name](normal.encode())[:16].hex() if normal else None

    def _cipher(self, owner: Owner) -> AESGCM:
        customer, salt = owner
        return AESGCM(self._customers(salt + customer.encode()))


class Salts:
    """The salt of each customer; new customers get one.

    `find` tells the salts that are not in memory yet, of those who have one.
    """

    def __init__(self, known: Mapping[str, bytes], find: Find | None = None) -> None:
        self._known = dict(known)
        self._made: dict[str, bytes] = {}
        self._find = find

    def owner(self, customer: str) -> Owner:
        """The customer's id and salt, as `Vault.seal` takes it."""
        return self.owners([customer])[0]

    def owners(self, customers: Sequence[str]) -> list[Owner]:
        """The ids and salts of many customers."""
        strange = [each for each in set(customers) if each not in self._known]
        if strange and self._find:
            self._known.update(self._find(strange))
        new = [each for each in strange if each not in self._known]
        drawn = os.urandom(SALT_BYTES * len(new))
        for place, customer in enumerate(new):
            start = place * SALT_BYTES
            self._made[customer] = drawn[start : start + SALT_BYTES]
            self._known[customer] = self._made[customer]
        return [(each, self._known[each]) for each in customers]

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


def _nonces(count: int) -> Iterator[bytes]:
    drawn = os.urandom(NONCE_BYTES * count)
    return (drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES))


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
    if not (value.isascii() and value.isdecimal()):
        value = NO_DIGITS.sub("", unicodedata.normalize("NFKC", value))
    return CHINA.sub("", value)


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
