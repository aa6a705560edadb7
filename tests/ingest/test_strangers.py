"""What a hostile stranger sends to a server as it runs: always a defined answer, and never much memory."""

from __future__ import annotations

import base64
import json
import re
import resource
import signal
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stamm.ingest.admission import FRESH_SECONDS
from stamm.ingest.refusals import BATCH_EVENTS
from stamm.ingest.serving import SPARE_FILES
from stamm.people import Scope, create_key, revoke_key
from tests.ingest.server import Server

#: somebody of whom nothing may be written anywhere but into the log
ANNA = b"anna.planted@example.com"
EVENT = b'{"type":"page","messageId":"m","userId":"' + ANNA + b'"}'
BATCH = b'{"batch":[' + EVENT + b"]}"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = Server.of_new_project(tmp_path_factory.mktemp("strangers")).start()
    yield found
    found.end(signal.SIGKILL)


def request(
    path: bytes = b"/v1/batch", *, head: bytes = b"KEY", body: bytes = BATCH, method: bytes = b"POST",
    version: bytes = b"HTTP/1.1", length: object = None,
) -> bytes:  # fmt: skip
    """A request as it goes over the line; `KEY` stands for a header with the key."""
    lines = [method + b" " + path + b" " + version, b"Host: 127.0.0.1", *head.split(b"\r\n")]
    if b"chunked" not in head:
        lines.append(f"Content-Length: {len(body) if length is None else length}".encode())
    return b"\r\n".join(line for line in lines if line) + b"\r\n\r\n" + body


def chunks(*pieces: bytes, trailer: bytes = b"") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n" + trailer + b"\r\n"


def answer(server: Server, sent: bytes, seconds: float = 10) -> tuple[int, bytes]:
    """Status and body of the first answer; 0 where the connection is closed without one."""
    key = b"Authorization: Bearer " + server.key.encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=seconds) as connection:
        try:
            connection.sendall(sent.replace(b"KEY", key))
            got = b""
            while not (found := re.match(rb"HTTP/1.1 (?!100)(\d+).*?\r\n\r\n", got, re.DOTALL)):
                got = got.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
                if not (piece := connection.recv(65_536)):
                    return 0, got
                got += piece
            told = None if sent.startswith(b"HEAD") else re.search(rb"content-length: (\d+)", found[0])
            length = int(told[1]) if told else 0
            while len(got) < found.end() + length:
                got += connection.recv(65_536)
        except ConnectionError:
            return 0, b""
    return int(found[1]), got[found.end() : found.end() + length]


def memory(server: Server) -> int:
    """The most memory that the process ever held, in MB."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def event(**said: object) -> bytes:
    return json.dumps({"batch": [{"type": "page", "userId": ANNA.decode(), **said}]}).encode()


LATIN = b"\xff\xfe"
#: what is sent, and the status of the answer
SENT: dict[str, tuple[bytes, int]] = {
    "as usual": (request(), 200),
    "HTTP/1.0": (request(version=b"HTTP/1.0"), 200),
    "HTTP/9.9": (request(version=b"HTTP/9.9"), 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00" * 20, 400),
    "waits to be asked": (request(head=b"KEY\r\nExpect: 100-continue"), 200),
    # lengths
    "less than is told": (request(length=5), 400),
    "a negative length": (request(length=-5), 400),
    "a length with a sign": (request(length="+5"), 400),
    "a length of many digits": (request(length="9" * 40), 400),
    "a length of much": (request(length=10**12), 413),
    "two lengths": (request(head=b"KEY\r\nContent-Length: 3"), 400),
    "a length and chunks": (request(head=b"KEY\r\nContent-Length: 3\r\n" + CHUNKED, body=chunks(BATCH)), 400),
    "chunks": (request(head=b"KEY\r\n" + CHUNKED, body=chunks(BATCH[:20], BATCH[20:])), 200),
    "chunks of one byte": (request(head=b"KEY\r\n" + CHUNKED, body=chunks(*(bytes([one]) for one in BATCH))), 200),
    "a chunk without end": (request(head=b"KEY\r\n" + CHUNKED, body=b"f" * 20 + b"\r\n{"), 400),
    "a key behind the body": (request(head=CHUNKED, body=chunks(BATCH, trailer=b"KEY\r\n")), 401),
    "another coding": (request(head=b"KEY\r\nTransfer-Encoding: gzip"), 400),
    # addresses and methods
    "an address with a host": (request(b"http://elsewhere/v1/batch"), 200),
    "one step up": (request(b"/v1/../healthz", method=b"GET"), 404),
    "half a sign": (request(b"/v1/%ff%fe"), 404),
    "a slash too many": (request(b"/v1/batch/"), 404),
    "a null": (request(b"/v1/batch%00"), 404),
    "a long address": (request(b"/v1/" + b"a" * 60_000), 404),
    "a longer one": (request(b"/v1/" + b"a" * 70_000), 400),
    "a hook that is none": (request(b"/hooks/..%2f..%2fstamm.toml"), 404),
    "asked for the head": (request(method=b"HEAD", body=b""), 405),
    "put": (request(method=b"PUT"), 405),
    "traced": (request(method=b"TRACE"), 405),
    "brewed": (request(method=b"BREW"), 400),
    "another method is meant": (request(method=b"GET", head=b"KEY\r\nX-HTTP-Method-Override: POST"), 405),
    # keys
    "a key in the address": (request(b"/v1/batch?writeKey=stamm_w_x", head=b""), 401),
    "a key in Russian": (request(head="Authorization: Bearer ключ".encode()), 401),
    "a key of bytes": (request(head=b"Authorization: Bearer " + LATIN), 401),
    "a long key": (request(head=b"Authorization: Bearer " + b"a" * 60_000), 401),
    "half a sign as a key": (request(head=b"Authorization: Basic " + base64.b64encode(b"\xed\xa0\x80:")), 401),
    "two keys": (request(head=b"Authorization: Bearer x\r\nKEY"), 401),
    "half a sign in the body": (request(head=b"", body=b'{"writeKey":"\\ud800","batch":[]}'), 401),
    # headers
    "many headers": (request(head=b"KEY" + b"\r\nX: y" * 2_000), 200),
    "too many": (request(head=b"KEY" + b"\r\nX: y" * 40_000), 0),
    "folded": (request(head=b"KEY\r\nX: a\r\n b"), 400),
    "no header": (request(head=b"KEY\r\nnothing"), 400),
    "a null in a header": (request(head=b"KEY\r\nX: a\0b"), 400),
    "lines that end otherwise": (request().replace(b"\r\n", b"\n"), 400),
    "packed twice": (request(head=b"KEY\r\nContent-Encoding: gzip, gzip"), 415),
    "another protocol is wished for": (request(head=b"KEY\r\nConnection: Upgrade\r\nUPGRADE: h2c"), 200),
    "a socket": (request(method=b"GET", head=b"Connection: upgrade\r\nUpgrade: websocket"), 405),
    "where from in bytes": (request(head=b"KEY\r\nOrigin: " + LATIN), 200),
    # events
    "no id": (request(body=event(messageId="")), 400),
    "a long id": (request(body=event(messageId="m" * 10_000)), 400),
    "a list as an id": (request(body=event(messageId=["m"])), 400),
    "a null in an id": (request(body=event(messageId="\0")), 200),
    "a number without end": (request(body=b'{"batch":[{"type":"page","userId":1e999}]}'), 400),
    "a long number": (request(body=b'{"batch":[{"type":"page","userId":' + b"9" * 9_000 + b"}]}"), 400),
    "no moment": (request(body=event(messageId="t", timestamp="9999-12-31T23:59:59-12:00", sentAt=1e300)), 200),
    "two of a name": (request(body=b'{"batch":[],"batch":[' + EVENT + b"]}"), 200),
    "deep": (request(body=b'{"batch":[' + b'{"a":' * 60_000 + b"1" + b"}" * 60_000 + b"]}"), 400),
    "nothing, often": (request(body=b'{"batch":[' + b"1," * BATCH_EVENTS + b"1]}"), 413),
    "much in common": (
        request(body=b'{"batch":[' + b",".join([EVENT] * 500) + b'],"context":{"a":"' + b"x" * 30_000 + b'"}}'),
        413,
    ),
}


_ANNA = ANNA.decode()
#: the same with somebody in each place where a request can name one
NAMED: dict[str, tuple[bytes, int]] = {
    "in an address": (request(b"/v1/" + ANNA), 404),
    "in an address of a page": (request(b"/" + ANNA, method=b"GET", head=b"", body=b""), 404),
    "behind an address": (request(b"/v1/batch?email=" + ANNA), 200),
    "in a hook": (request(b"/hooks/" + ANNA), 404),
    "in a method": (request(method=ANNA.upper()), 400),
    "as a key": (request(head=b"Authorization: Bearer " + ANNA), 401),
    "as a user": (request(head=b"Authorization: Basic " + base64.b64encode(ANNA + b":" + ANNA)), 401),
    "in headers": (
        request(head=b"KEY\r\nCookie: a=" + ANNA + b"\r\nUser-Agent: " + ANNA + b"\r\n" + ANNA + b": x"),
        400,
    ),
    "as an encoding": (request(head=b"KEY\r\nContent-Encoding: " + ANNA), 415),
    "as an origin": (request(head=b"KEY\r\nOrigin: " + ANNA), 200),
    "in no JSON": (request(body=b'{"batch":[{"email":"' + ANNA), 400),
    "in JSON that is no batch": (request(body=b'["' + ANNA + b'"]'), 400),
    "in an id": (request(body=event(messageId=_ANNA * 50)), 400),
    "as a type": (request(body=event(type=_ANNA)), 400),
    "in what is set aside": (request(body=event(userId=None, traits={"email": _ANNA})), 400),
    "in what is too large": (request(body=event(properties={_ANNA: _ANNA * 2_000})), 400),
    "in what has come otherwise before": (request(body=event(messageId="m", name=_ANNA)), 200),
    "in a moment": (request(body=event(timestamp=_ANNA, sentAt=_ANNA, context={"ip": _ANNA})), 200),
    "where no key is": (request(head=b"", body=b'{"batch":[' + EVENT + b'],"writeKey":"' + ANNA + b'"}'), 401),
    "in a message of PostHog": (request(b"/capture/", body=b'{"event":"x","distinct_id":"' + ANNA + b'"}'), 200),
    "in a call of one": (request(b"/v1/identify", body=b'{"traits":{"email":"' + ANNA + b'"}}'), 400),
}
SENT |= {f"somebody {where}": sent for where, sent in NAMED.items()}


@pytest.mark.parametrize("name", SENT)
def test_an_answer_is_defined(server: Server, name: str) -> None:
    sent, status = SENT[name]
    found, body = answer(server, sent)
    assert found == status, body[:300]


def test_requests_ahead_are_answered_in_turn_until_they_are_too_many(server: Server) -> None:
    status, body = answer(server, request() * 50)
    assert (status, json.loads(body)["success"]) == (200, True)
    assert answer(server, request() * 5_000) == (0, b"")
    assert answer(server, request())[0] == 200


@pytest.mark.long
@pytest.mark.parametrize(
    ("head", "more"),
    [
        (request(head=b"KEY\r\n" + CHUNKED, body=b"1\r\n{\r\n0\r\n"), b"abcdefgh: ijklmnop\r\n" * 500),
        (request(head=b"KEY\r\n" + CHUNKED, body=b""), b"1;" + b"x" * 8_000 + b"\r\n{\r\n"),
        (request(b"/healthz", method=b"GET", head=CHUNKED, body=b""), b"2000\r\n" + b"x" * 0x2000 + b"\r\n"),
        (b"", request(b"/openapi.json", method=b"GET", head=b"", body=b"") * 100),
        (b"", b"\r\n" * 5_000),
    ],
    ids=["headers behind the body", "words about chunks", "a body nobody reads", "answers nobody reads", "empty lines"],
)
def test_what_has_no_end_takes_no_memory(server: Server, head: bytes, more: bytes) -> None:
    answer(server, request())
    before, until = memory(server), time.monotonic() + 0.8
    key = b"Authorization: Bearer " + server.key.encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=0.2) as connection:
        connection.sendall(head.replace(b"KEY", key))
        while time.monotonic() < until:
            try:
                connection.sendall(more)
            except TimeoutError:
                continue
            except ConnectionError:
                break
    assert memory(server) - before < 20
    assert answer(server, request())[0] == 200


def test_connections_leave_files_for_the_log(server: Server) -> None:
    assert server.process is not None
    files, most = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (SPARE_FILES + 150, most))
    try:
        held = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(250)]
        assert held[-1].recv(1) == b"", "one too many is closed at once"
        held[0].sendall(request(b"/readyz", method=b"GET", head=b"", body=b""))
        assert held[0].recv(15) == b"HTTP/1.1 200 OK"
        for one in held:
            one.close()
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (files, most))
    assert ask(server, server.key) == 200


def test_a_key_is_out_at_once_when_it_is_revoked_elsewhere(server: Server) -> None:
    people, now = server.project.people(), datetime.now(UTC)
    secret, key = create_key(people, "other", Scope.WRITE, who="test", now=now)
    read, _ = create_key(people, "other", Scope.READ, who="test", now=now)
    time.sleep(2 * FRESH_SECONDS)
    assert ask(server, secret) == 200
    assert ask(server, read) == 403
    revoke_key(people, key.id, who="test", now=now)
    time.sleep(2 * FRESH_SECONDS)
    assert ask(server, secret) == 401
    people.close()


def ask(server: Server, key: str) -> int:
    return answer(server, request(head=b"Authorization: Bearer " + key.encode()))[0]


def test_nothing_of_it_was_a_fault_of_ours(server: Server) -> None:
    log = (server.project.directory / "server.log").read_text()
    assert "Traceback" not in log
    assert '"level":"error"' not in log
    assert "anna" not in log.lower(), "and it names nobody"
    assert base64.b64encode(ANNA)[:20].decode() not in log
    counted = server.counters()
    assert counted.received == counted.accepted + counted.duplicate + counted.failed
