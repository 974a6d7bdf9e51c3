"""Open a store with its key: the same one that it was made with."""

from __future__ import annotations

from pathlib import Path

from data.errors import UnavailableError
from data.vault import KEY, Vault, key_file, load_master, make_master
from data.warehouse import personal, sums
from data.warehouse.staging import Keeper
from data.warehouse.store import Store


def open_keeper(store: Store) -> tuple[Keeper, str | None]:
    """The keys of a store, and what to announce when they were made just now.

    Errors: UnavailableError when a store's key is missing or another one is given, or
    when a file that it is made of is damaged.
    """
    sums.settle(store)
    master, notice = load_master(), None
    if master is None and not _identity(store).exists():
        master = make_master()
        notice = (
            f"A new key for personal fields was made: {key_file()}. Keep a copy in a"
            " safe place: without it they cannot be read again."
        )
    vault = _right_vault(store, master)
    if not _identity(store).exists():
        sums.keep(store, sums.KEY_ID, vault.identity.encode())
    return Keeper(vault, personal.read_salts(store)), notice


def check_key(store: Store) -> None:
    """Refuse a store whose key is not at hand.

    Errors: UnavailableError when the key is missing or another one is given.
    """
    if _identity(store).exists():
        _right_vault(store, load_master())


def open_vault(store: Store) -> Vault:
    """The keys of a store that was made before.

    Errors: UnavailableError when the key is missing or another one is given.
    """
    return _right_vault(store, load_master())


def _right_vault(store: Store, master: bytes | None) -> Vault:
    if master is None:
        raise UnavailableError(
            f"The key of this store is missing: set {KEY}, or put the key file back at"
            f" {key_file()}."
        )
    sums.check(store, sums.KEY_ID)
    vault, identity = Vault(master), _identity(store)
    if identity.exists() and identity.read_bytes() != vault.identity.encode():
        raise UnavailableError(
            f"The key is not the one that this store was made with: check {KEY} and"
            f" {key_file()}."
        )
    return vault


def _identity(store: Store) -> Path:
    return store.personal / sums.KEY_ID
