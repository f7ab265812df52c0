"""Encryption, with a certificate made for the test."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from mail.composing.message import Message, compose
from mail.delivering.outcomes import Accepted, Deferred, DeferredKind
from mail.preview.samples import CREATED_AT, samples
from mail.settings import MailSettings
from mail.wording.languages import Language
from support.smtp import SmtpRecorder, deliver_alone

TO = "salma@example.org"
TLS = Literal["none", "starttls", "tls"]


def _settings(port: int, tls: TLS) -> MailSettings:
    return MailSettings(
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_tls=tls,
        smtp_timeout_seconds=5,
        smtp_username="mumaris",
        smtp_password=SecretStr("right"),
        mail_from="letters@mumaris.example.org",
    )


def _message() -> Message:
    return compose(
        samples(Language.EN)[0].facts,
        to=TO,
        letter_id=UUID(int=1),
        created_at=CREATED_AT,
        settings=_settings(25, "none"),
    )


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.org")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
async def server(server_tls: ssl.SSLContext) -> AsyncIterator[SmtpRecorder]:
    async with SmtpRecorder(tls=server_tls, credentials=("mumaris", "right")) as recorder:
        yield recorder


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts the certificate, as it would an authority's."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


async def test_a_letter_goes_over_starttls(server: SmtpRecorder, trusted: None) -> None:
    """The credentials only after the line is encrypted."""
    outcome = await deliver_alone(_message(), to=TO, settings=_settings(server.port, "starttls"))

    assert isinstance(outcome, Accepted)
    verbs = [command.split()[0] for command in server.commands]
    assert verbs.index("STARTTLS") < verbs.index("AUTH")


async def test_a_letter_goes_over_tls_from_the_first_byte(
    server_tls: ssl.SSLContext, trusted: None
) -> None:
    """Port 465's way."""
    credentials = ("mumaris", "right")
    async with SmtpRecorder(tls=server_tls, implicit_tls=True, credentials=credentials) as server:
        outcome = await deliver_alone(_message(), to=TO, settings=_settings(server.port, "tls"))

    assert isinstance(outcome, Accepted)


async def test_a_certificate_that_nobody_vouches_for_gets_no_password(server: SmtpRecorder) -> None:
    """The letter waits until somebody has looked."""
    outcome = await deliver_alone(_message(), to=TO, settings=_settings(server.port, "starttls"))

    assert isinstance(outcome, Deferred)
    assert outcome.kind is DeferredKind.CONFIGURATION
    assert not [command for command in server.commands if command.startswith("AUTH")]


async def test_a_server_that_lost_its_starttls_gets_no_password() -> None:
    """Somebody in between may have taken it out."""
    async with SmtpRecorder(credentials=("mumaris", "right")) as server:
        outcome = await deliver_alone(
            _message(), to=TO, settings=_settings(server.port, "starttls")
        )

    assert isinstance(outcome, Deferred)
    assert outcome.kind is DeferredKind.CONFIGURATION
    assert not [command for command in server.commands if command.startswith("AUTH")]


async def test_a_server_that_speaks_no_tls_defers() -> None:
    """TLS from the first byte was asked for, and something else answers."""
    async with SmtpRecorder() as server:
        outcome = await deliver_alone(_message(), to=TO, settings=_settings(server.port, "tls"))

    assert isinstance(outcome, Deferred)
