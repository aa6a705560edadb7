"""Mail: given to a real server on this machine, its headers inert, its page without any host."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest

from stamm.delivery.letter import File, Letter, Number, Picture
from stamm.delivery.mail_server import PASSWORD, MailServer, checked_address
from stamm.delivery.mailing import Bounced, Unsure, message_of, one_line, send
from stamm.jobs import Cancel, Done, Retry
from stamm.lang.errors import ProjectError, UsageError
from tests.delivery.server import Taken, running

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)
SCRIPT = "<script>alert(1)</script>"
LETTER = Letter(
    "de",
    "Umsatz\r\nBcc: someone@example.com",
    "Januar 2024",
    f"Umsatz {SCRIPT}",
    ["{{ 7 * 7 }} <mj-include path='/etc/passwd' />"],
    [Number(f"Umsatz {SCRIPT}", "12 €", ['"><img src=x onerror=1>'], 'https://shop.example.com/?a=1&b="x')],
    [Picture("board", b"\x89PNG", 'ein "Bild"')],
    ("Öffnen", "https://shop.example.com/"),
    [("Gesendet an anna@example.com", "")],
    [File("Umsatz\r\n.pdf", "application/pdf", b"%PDF"), File("zahlen.csv", "text/csv", b"a\n1\n")],
)


@pytest.fixture
def served() -> Iterator[tuple[Taken, MailServer]]:
    with running() as found:
        yield found


def parts(message: EmailMessage) -> dict[str, Any]:
    return {part.get_content_type(): part for part in message.walk()}


def test_a_letter_arrives_whole(served: tuple[Taken, MailServer]) -> None:
    taken, server = served
    assert send(message_of(LETTER, "Anna@Example.com ", server, key="report:1", now=NOON), server) == Done()
    ((to, message),) = taken.letters
    assert (to, message["To"]) == ("anna@example.com", "anna@example.com")
    assert message["Content-Language"] == "de"
    found = parts(message)
    text = found["text/plain"].get_content()
    assert "Umsatz <script>alert(1)</script>: 12 €" in text
    assert text.rstrip().endswith("Gesendet an anna@example.com")
    html = found["text/html"].get_content()
    assert 'src="cid:board"' in html
    assert found["image/png"]["Content-ID"] == "<board>"
    assert found["application/pdf"].get_filename() == "Umsatz .pdf"
    assert found["text/csv"].get_content() == "a\n1\n"


def test_nothing_that_is_written_becomes_a_header_markup_or_code(served: tuple[Taken, MailServer]) -> None:
    _, server = served
    message = message_of(LETTER, "anna@example.com", server, key="report:1", now=NOON)
    assert message["Bcc"] is None
    assert message["Subject"] == "Umsatz Bcc: someone@example.com"
    assert str(message["From"]) == '"Teeladen Bcc: x@example.com" <reports@example.com>'
    assert b"\nBcc:" not in bytes(message).partition(b"\r\n\r\n")[0]
    html = parts(message)["text/html"].get_content()
    assert SCRIPT not in html
    assert "&lt;script&gt;" in html
    assert "{{ 7 * 7 }}" in html
    assert "<mj-include" not in html
    assert "<img src=x" not in html
    assert "root:" not in html


def test_the_page_asks_no_host_for_anything() -> None:
    html, loads = LETTER.html(), list[str]()

    class Loads(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            loads.extend(value or "" for name, value in attrs if name in ("src", "srcset", "background"))
            assert tag not in ("link", "script", "iframe", "object")

    Loads().feed(html)
    assert loads == ["cid:board"]
    assert "@import" not in html
    assert "url(" not in html
    links = set(re.findall(r"https?://([^/\"']+)", html)) - {"www.w3.org", "schemas.microsoft.com"}
    assert links == {"shop.example.com"}


def test_a_repeat_carries_the_same_number(served: tuple[Taken, MailServer]) -> None:
    _, server = served
    first, again, other = (
        message_of(LETTER, "anna@example.com", server, key=key, now=NOON)["Message-ID"] for key in ("a", "a", "b")
    )
    assert first == again != other


@pytest.mark.parametrize(
    "wrong",
    [
        "anna", "anna@", "@example.com", "a@b", "anna@example.com\r\nBcc: x@example.com", "a@example.com, b@b.de",
        "Anna <anna@example.com>", "anna @example.com", "anna@exa mple.com", "anna@example.com\0", "änna@example.com",
        "anna@[127.0.0.1]", '"a b"@example.com', "a" * 250 + "@example.com", "anna@example..com;x@example.com",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_before_anything_is_sent(wrong: str, served: tuple[Taken, MailServer]) -> None:
    taken, server = served
    with pytest.raises(UsageError, match="no mail address"):
        checked_address(wrong)
    with pytest.raises(UsageError):
        message_of(LETTER, wrong, server, key="x", now=NOON)
    assert taken.letters == []


def test_what_the_server_says_is_heeded(served: tuple[Taken, MailServer]) -> None:
    taken, server = served
    taken.answers = {"gone@example.com": "550 no such user", "full@example.com": "452 full"}

    def came(to: str) -> object:
        return send(message_of(LETTER, to, server, key=to, now=NOON), server)

    taken.answers |= {"none@example.com": "550 5.1.1 no such user", "spam@example.com": "550 5.7.1 not for you"}
    assert came("gone@example.com") == Bounced("the mail server refused it (550)")
    assert came("none@example.com") == Bounced("the mail server refused it (550)", sure=True)
    assert came("spam@example.com") == Cancel("the mail server refused it (550)")
    assert came("full@example.com") == Retry("the mail server refused it (452)")
    taken.farewell = "500 whatever"
    assert came("anna@example.com") == Done()
    taken.silent = {"ben@example.com"}
    assert came("ben@example.com") == Unsure("the mail server fell silent once it had the message")
    assert [to for to, _ in taken.letters] == ["anna@example.com", "ben@example.com"]


def test_a_server_that_is_away_or_speaks_in_the_clear_gets_nothing(served: tuple[Taken, MailServer]) -> None:
    taken, server = served
    message = message_of(LETTER, "anna@example.com", server, key="x", now=NOON)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        away = replace(server, port=free.getsockname()[1])
    assert send(message, away) == Retry("the mail server cannot be reached")
    for security in ("starttls", "tls"):
        outcome = send(message, replace(server, security=security))
        assert isinstance(outcome, Retry), security
    assert taken.letters == []


def test_settings_are_read_and_what_is_unsafe_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD, raising=False)
    assert MailServer.parse({}, "x") is None
    found = MailServer.parse({"server": "smtp.example.com", "user": "u", "sender": "Reports@example.com"}, "x")
    assert found == MailServer("smtp.example.com", 587, "starttls", "u", "reports@example.com", "")
    with pytest.raises(ProjectError, match="not set"):
        assert found.password
    monkeypatch.setenv(PASSWORD, "secret")
    assert found.password == "secret"
    usual = {"server": "smtp.example.com", "sender": "a@example.com"}
    for wrong in (
        {"security": "ssl"},
        {"port": 0},
        {"sender": "nobody"},
        {"security": "none", "user": "u"},
    ):
        with pytest.raises(ProjectError):
            MailServer.parse({**usual, **wrong}, "x")
    assert MailServer.parse({**usual, "server": "127.0.0.1", "security": "none", "user": "u"}, "x") is not None


def test_a_line_is_one_line() -> None:
    assert one_line(" a\r\n\tb\u2028c\u202e\0 ") == "a b c"
    assert len(one_line("x" * 900)) == 200
