"""A server that speaks TLS, and one that would like to hear the password itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from data.errors import UnavailableError
from tests.databases import servers
from tests.databases.conftest import ask
from tests.databases.servers import TRUSTING, Server

pytestmark = pytest.mark.database
ONE = "SELECT 1 AS order_id, 1 AS customer_id, '2026-01-02' AS ordered_at, 1 AS amount"


def certificate(*names: x509.GeneralName) -> tuple[bytes, bytes]:
    """A certificate that signs itself, and the same with its private key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = signed.public_bytes(Encoding.PEM)
    how = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return public, public + key.private_bytes(*how)


@pytest.fixture(scope="module", params=["postgresql", "mariadb"])
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Path]]:
    """A server with a certificate for this address, and that certificate."""
    public, whole = certificate(x509.IPAddress(ip_address("127.0.0.1")))
    path = tmp_path_factory.mktemp("trusted") / "ca.pem"
    path.write_bytes(public)
    with getattr(servers, request.param)(whole) as server:
        yield server, path


def test_a_server_is_known_by_the_certificate_that_is_trusted(
    shop: tuple[Server, Path], tmp_path: Path
) -> None:
    server, trusted = shop
    for mode in ("prefer", "require"):
        assert ask(server, tmp_path, ONE, sslmode=mode).rows_in == 1
    for mode in ("verify-ca", "verify-full"):
        found = ask(server, tmp_path, ONE, sslmode=mode, ca_file=str(trusted))
        assert found.rows_in == 1


def test_a_server_that_nobody_vouches_for_is_not_spoken_to(
    shop: tuple[Server, Path], tmp_path: Path
) -> None:
    server, trusted = shop
    other = tmp_path / "other.pem"
    other.write_bytes(certificate(x509.DNSName("elsewhere"))[0])
    unknown = {"sslmode": "verify-full"}
    strange = {"sslmode": "verify-ca", "ca_file": str(other)}
    misnamed = {
        "sslmode": "verify-full",
        "ca_file": str(trusted),
        "host": "localhost",
    }
    for mistrust in (unknown, strange, misnamed):
        with pytest.raises(UnavailableError, match="did not answer"):
            ask(server, tmp_path, ONE, **mistrust)


def test_the_password_itself_is_sent_over_tls_only(
    postgresql: Server, tmp_path: Path
) -> None:
    with pytest.raises(UnavailableError):
        ask(postgresql, tmp_path, ONE, user=TRUSTING, sslmode="prefer")


def test_over_tls_a_server_may_ask_for_the_password_itself(tmp_path: Path) -> None:
    _, whole = certificate(x509.IPAddress(ip_address("127.0.0.1")))
    with servers.postgresql(whole) as server:
        found = ask(server, tmp_path, ONE, user=TRUSTING, sslmode="require")
    assert found.rows_in == 1
