"""Personal fields are readable with the right key, and only in their place."""

import base64
import hmac
from collections.abc import Sequence
from pathlib import Path

import pytest

from data.errors import UnavailableError
from data.vault import (
    KEY,
    KEY_FILE,
    Mac,
    Place,
    Salts,
    Vault,
    load_master,
    make_master,
    month_day,
)

MASTER = bytes(range(32))
PLACE = Place("customers", "C1")
SECRET = '{"name":"张三","phone":"13800000000"}'


@pytest.fixture
def key_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(KEY, raising=False)
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "keys" / "key"))
    return tmp_path / "keys" / "key"


def test_what_was_sealed_can_be_opened_again() -> None:
    vault, owner = Vault(MASTER), Salts({}).owner("C1")
    sealed = vault.seal(PLACE, owner, SECRET)
    assert vault.open(PLACE, owner, sealed) == SECRET
    assert "张三".encode() not in sealed


def test_another_key_opens_nothing() -> None:
    owner = Salts({}).owner("C1")
    sealed = Vault(MASTER).seal(PLACE, owner, SECRET)
    with pytest.raises(UnavailableError, match="another key"):
        Vault(bytes(32)).open(PLACE, owner, sealed)


@pytest.mark.parametrize(
    "place", [Place("customers", "C2"), Place("surveys", "C1"), Place("", "")]
)
def test_a_ciphertext_moved_to_another_row_or_table_is_refused(place: Place) -> None:
    vault, owner = Vault(MASTER), Salts({}).owner("C1")
    sealed = vault.seal(PLACE, owner, SECRET)
    with pytest.raises(UnavailableError, match="moved"):
        vault.open(place, owner, sealed)


def test_a_changed_or_truncated_ciphertext_is_refused() -> None:
    vault, owner = Vault(MASTER), Salts({}).owner("C1")
    sealed = vault.seal(PLACE, owner, SECRET)
    flipped = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for broken in (flipped, sealed[:-1], sealed[:5], b""):
        with pytest.raises(UnavailableError):
            vault.open(PLACE, owner, broken)


def test_without_the_salt_a_customer_is_unreadable_for_ever() -> None:
    vault = Vault(MASTER)
    sealed = vault.seal(PLACE, Salts({}).owner("C1"), SECRET)
    with pytest.raises(UnavailableError):
        vault.open(PLACE, Salts({}).owner("C1"), sealed)


def test_one_customers_key_does_not_open_another_customer() -> None:
    vault, salt = Vault(MASTER), bytes(16)
    sealed = vault.seal(PLACE, ("C1", salt), SECRET)
    with pytest.raises(UnavailableError):
        vault.open(PLACE, ("C2", salt), sealed)


def test_sealing_the_same_text_again_gives_another_ciphertext() -> None:
    vault, owner = Vault(MASTER), ("C1", bytes(16))
    sealed = {vault.seal(PLACE, owner, SECRET) for _ in range(20_000)}
    nonces = {each[1:13] for each in sealed}
    assert len(sealed) == len(nonces) == 20_000


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 1000])
def test_a_mac_is_the_hmac_of_the_standard_library(length: int) -> None:
    content = bytes(n % 251 for n in range(length))
    assert Mac(MASTER)(content) == hmac.digest(MASTER, content, "sha256")


def test_salts_are_drawn_once_and_looked_up_for_those_who_have_one() -> None:
    asked: list[str] = []

    def find(customers: Sequence[str]) -> dict[str, bytes]:
        asked.extend(customers)
        return {"C1": bytes(16)} if "C1" in customers else {}

    salts = Salts({}, find)
    owners = salts.owners(["C1", "C2", "C3", "C2"])
    assert [customer for customer, _ in owners] == ["C1", "C2", "C3", "C2"]
    assert owners[0] == ("C1", bytes(16))
    assert owners[1] == owners[3] == salts.owner("C2")
    assert owners[1][1] != owners[2][1]
    assert set(salts.made) == {"C2", "C3"}
    assert sorted(asked) == ["C1", "C2", "C3"]


def test_rejected_rows_are_bound_to_their_place_too() -> None:
    vault = Vault(MASTER)
    sealed = vault.seal_row(PLACE, SECRET)
    assert vault.open_row(PLACE, sealed) == SECRET
    with pytest.raises(UnavailableError):
        vault.open_row(Place("customers", "C2"), sealed)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("phone", "13800138000", "+86 138 0013-8000"),
        ("phone", "13800138000", "008613800138000"),
        ("phone", "１３８００１３８０００", "13800138000"),
        ("email", "Li.Na@Example.ORG", " li.na@example.org"),
        ("id_number", "11010519491231002x", "11010519491231002X"),
        ("name", "Ann  LEE", "ann lee"),
    ],
)
def test_usual_spellings_find_the_same_customer(
    name: str, one: str, other: str
) -> None:
    vault = Vault(MASTER)
    assert vault.index(name, one) == vault.index(name, other)


def test_different_values_fields_and_keys_have_different_indexes() -> None:
    vault = Vault(MASTER)
    indexes = {
        vault.index("phone", "13800138000"),
        vault.index("phone", "13800138001"),
        vault.index("id_number", "13800138000"),
        Vault(bytes(32)).index("phone", "13800138000"),
    }
    assert len(indexes) == 4
    assert vault.index("phone", None) is None
    assert vault.index("phone", "–") is None


def test_a_digest_tells_a_change_but_not_that_two_customers_share_a_value() -> None:
    vault = Vault(MASTER)
    assert vault.digest(PLACE, SECRET) == vault.digest(PLACE, SECRET)
    assert vault.digest(PLACE, SECRET) != vault.digest(PLACE, SECRET + " ")
    assert vault.digest(PLACE, SECRET) != vault.digest(Place("customers", "C2"), SECRET)


def test_a_key_is_read_as_hexadecimal_base64_or_a_long_passphrase(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for text in (MASTER.hex(), base64.b64encode(MASTER).decode()):
        monkeypatch.setenv(KEY, text)
        assert load_master() == MASTER
    monkeypatch.setenv(KEY, "correct horse battery staple")
    first = load_master()
    assert first is not None
    assert first == load_master()
    assert len(first) == 32
    monkeypatch.setenv(KEY, "too short")
    with pytest.raises(UnavailableError, match=KEY):
        load_master()


def test_a_made_key_is_readable_by_its_owner_only(key_path: Path) -> None:
    assert load_master() is None
    made = make_master()
    assert load_master() == made
    assert key_path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        make_master()


def test_a_key_file_that_others_can_read_is_refused(key_path: Path) -> None:
    make_master()
    key_path.chmod(0o644)
    with pytest.raises(UnavailableError, match="chmod 600"):
        load_master()


@pytest.mark.parametrize("content", [b"\xff" * 32, "key".encode("utf-16")])
def test_a_key_file_that_is_no_text_is_refused(key_path: Path, content: bytes) -> None:
    key_path.parent.mkdir()
    key_path.write_bytes(content)
    key_path.chmod(0o600)
    with pytest.raises(UnavailableError, match="cannot be read as text"):
        load_master()


def test_a_passphrase_may_be_of_any_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "\udcff" * 16)
    assert load_master() is not None


def test_care_lists_know_month_and_day_of_birth_only() -> None:
    assert month_day(["1990-02-28", None]) == ["02-28", None]
