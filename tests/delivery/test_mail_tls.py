"""Mail over TLS from a plain connection on, and nothing is said to whom nobody vouches for."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from stamm.delivery.letter import Letter
from stamm.delivery.mail_server import PASSWORD, MailServer
from stamm.delivery.mailing import message_of, send
from stamm.jobs import Done, Retry
from tests.delivery.server import Taken, free_port

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HERE = MailServer("127.0.0.1", 0, "starttls", "shop", "reports@example.com", "Teeladen")
LETTER = Letter("en", "Your numbers", "Hello", (), (), ())


def vouched(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for this machine that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    alone = x509.BasicConstraints(ca=True, path_length=None)
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(alone, critical=True)
        .add_extension(here, critical=False)
        .sign(key, SHA256())
    )
    certificate, secret = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, secret


@contextmanager
def serving(pair: tuple[Path, Path], said: list[tuple[bytes, bytes]]) -> Iterator[tuple[Taken, int]]:
    """A server that lets nobody in but over TLS, by user and password; both are kept in `said`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)

    def let_in(_server: Any, _session: Any, _envelope: Any, _way: str, told: Any) -> AuthResult:
        said.append((told.login, told.password))
        return AuthResult(success=told.password == b"secret")

    taken, port = Taken(), free_port()
    controller = Controller(
        taken,
        hostname="127.0.0.1",
        port=port,
        authenticator=let_in,
        auth_required=True,
        tls_context=context,
        require_starttls=True,
    )
    controller.start()
    try:
        yield taken, port
    finally:
        controller.stop()


def test_a_letter_goes_out_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair, said = vouched(tmp_path, "trusted"), list[tuple[bytes, bytes]]()
    monkeypatch.setenv("SSL_CERT_FILE", str(pair[0]))
    monkeypatch.setenv(PASSWORD, "secret")
    with serving(pair, said) as (taken, port):
        server = replace(HERE, port=port)
        message = message_of(LETTER, "anna@example.com", server, key="one", now=NOW)
        assert send(message, server) == Done()
    assert said == [(b"shop", b"secret")]
    assert [(to, letter["Subject"]) for to, letter in taken.letters] == [("anna@example.com", "Your numbers")]


def test_whom_nobody_vouches_for_is_told_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted, other, said = vouched(tmp_path, "trusted"), vouched(tmp_path, "other"), list[tuple[bytes, bytes]]()
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted[0]))
    monkeypatch.setenv(PASSWORD, "secret")
    with serving(other, said) as (taken, port):
        server = replace(HERE, port=port)
        outcome = send(message_of(LETTER, "anna@example.com", server, key="one", now=NOW), server)
    assert isinstance(outcome, Retry)
    assert "speaks otherwise than asked to" in outcome.reason
    assert (said, taken.letters) == ([], [])


def test_a_server_that_offers_no_tls_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if somebody in between had taken the offer out."""
    monkeypatch.setenv(PASSWORD, "secret")
    taken, port = Taken(), free_port()
    controller = Controller(taken, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        server = replace(HERE, port=port)
        outcome = send(message_of(LETTER, "anna@example.com", server, key="one", now=NOW), server)
    finally:
        controller.stop()
    assert isinstance(outcome, Retry)
    assert taken.letters == []
