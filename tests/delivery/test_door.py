"""The door out: what it refuses in whatever notation, and what nobody on the other side can make it do."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from stamm.delivery.destination import destination_of, is_everybodys, may_be_own, own_hosts_in
from stamm.delivery.door import Door, UnreachableError
from stamm.lang.errors import ProjectError, UsageError
from tests.delivery.receiver import receiving, replied

#: addresses that are not everybody's, in the notations in which people hid them
HIDDEN = (
    *("127.0.0.1", "127.1", "127.0.1", "127.000.000.001", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433"),
    *("017700000001", "0x7F.1", "0", "0.0.0.0", "0x0", "10.0.0.1", "10.1", "172.16.0.1", "172.31.255.255"),
    *("192.168.1.1", "192.168.257", "3232235777", "169.254.169.254", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376"),
    *("100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "192.0.2.1", "224.0.0.1"),
    *(
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "192.88.99.1",
        "127.0.0.1.",
        "localhost.",
        "1.2.3.4.5",
        "08.8.8.8",
    ),
    *(
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[::ffff:0:7f00:1]",
    ),
    *("[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]"),
    *(
        "[2001:0:7f00:1::]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[fe80::1%eth0]",
        "[fec0::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
    ),
    *(
        "[ff02::1]",
        "[2001:db8::1]",
        "[3fff::1]",
        "[5f00::1]",
        "[100::1]",
        "[::ffff:8.8.8.8]",
        "[v1.127]",
        "[127.0.0.1]",
    ),
    *("localhost", "①②⑦.0.0.1", "\uff11\uff12\uff17.0.0.1", "127。0。0。1", "ⓛocalhost"),
)
#: addresses that two programs read differently, or that carry more than an address
ODD = (
    *("", "example.com", "//example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/"),
    *("javascript:alert(1)", "http:///x", "http://", "https://user@example.com/", "https://user:pw@example.com/"),
    *("https://example.com@127.0.0.1/", "https://127.0.0.1#@example.com/", "https://example.com\\@127.0.0.1/"),
    *("https://example.com/\r\nHost: x", "https://example.com/ x", "https://exa\tmple.com/", "\nhttps://example.com/"),
    *("https://example.com:22/", "https://example.com:25/", "https://example.com:0/", "https://example.com:99999/"),
    *(
        "https://example.com:x/",
        "https://exam ple.com/",
        "https://-x.com/",
        "https://a..b/",
        "https://[::1/",
        "https://[]/",
    ),
    f"https://example.com/{'x' * 2_000}",
)


def leading(*addresses: str) -> Door:
    """The door where every name leads to these."""
    return Door(resolve=lambda *_: addresses, seconds=2)


@pytest.mark.parametrize("host", HIDDEN)
def test_no_notation_leads_into_a_network_of_ones_own(host: str) -> None:
    for url in (f"http://{host}/", f"https://{host}:8443/x?y"):
        with pytest.raises(UsageError):
            Door(seconds=2).check(url)
        with pytest.raises(UsageError):
            Door(seconds=2).post(url, b"{}", {})


@pytest.mark.parametrize("url", ODD)
def test_what_can_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        leading("93.184.216.34").check(url)


def test_whose_a_name_is_decides_where_it_leads() -> None:
    assert leading("93.184.216.34", "2606:2800:220:1::1").check("https://Hooks.Example.com/a?b=c").url == (
        "https://hooks.example.com/a?b=c"
    )
    assert leading("64:ff9b::5db8:d822").check("https://example.com/").place == "example.com"  # through NAT64
    for among in (
        ("93.184.216.34", "10.0.0.1"),
        ("::1",),
        ("fe80::1%eth0",),
        ("::ffff:127.0.0.1",),
        ("64:ff9b::a00:1",),
    ):
        with pytest.raises(UsageError, match="not everybody's"):
            leading(*among).check("https://example.com/")
    with pytest.raises(UsageError, match="cannot be found"):
        leading().check("https://example.com/")


def test_what_python_calls_not_global_is_never_everybodys() -> None:
    chance = Random(8)
    for _ in range(2_000):
        four, six = IPv4Address(chance.getrandbits(32)), IPv6Address(chance.getrandbits(128) >> chance.randrange(128))
        for address in (four, six):
            if is_everybodys(str(address)):
                assert (address.is_global, address.is_multicast, address.is_reserved) == (True, False, False)
    assert is_everybodys("8.8.8.8")
    assert is_everybodys("2a00:1450:4001::1")


def test_a_host_of_ones_own_is_one_that_the_owner_named_with_its_port() -> None:
    with receiving() as receiver, receiving() as other:
        door = Door(own_hosts={receiver.place}, seconds=2)
        door.check(f"http://{receiver.place}/")
        assert door.post(f"http://{receiver.place}/", b"{}", {}).is_fine
        with pytest.raises(UsageError):
            door.post(f"http://{other.place}/", b"{}", {})
        assert other.connected == 0
    for never in ("169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "64:ff9b::a9fe:a9fe", "::ffff:127.0.0.1"):
        assert not may_be_own(never)
        with pytest.raises(UsageError):
            Door(own_hosts={"inside.example"}, resolve=lambda *_, found=never: [found]).check("http://inside.example/")
    assert own_hosts_in({"own_hosts": ["automation.internal", "10.0.0.5:8443"]}, "") == {
        "automation.internal",
        "10.0.0.5:8443",
    }
    for wrong in ("http://x/", "x/y", "10.0.0.0/8", "*", "X.example", 7, "a b", ""):
        with pytest.raises(ProjectError, match="own_hosts"):
            own_hosts_in({"own_hosts": [wrong]}, "stamm.toml")


def test_a_name_that_leads_elsewhere_after_it_was_checked_leads_nowhere() -> None:
    with receiving() as receiver:
        answers = iter((["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]))
        door = Door(resolve=lambda *_: next(answers), seconds=2)
        door.check(f"http://rebound.example:{receiver.port}/")  # as it was saved
        with pytest.raises(UsageError, match="not everybody's"):
            door.post(f"http://rebound.example:{receiver.port}/", b"{}", {})
        assert receiver.connected == 0


def test_a_name_is_looked_up_once_and_the_connection_goes_where_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, real = [], socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: asked.append(given[0]) or real(*given, **more))
    with receiving() as receiver:
        looked: list[str] = []

        def resolve(host: str, port: int) -> list[str]:
            looked.append(host)
            return ["127.0.0.1"] if len(looked) == 1 else ["127.0.0.2"]

        door = Door(own_hosts={"inside.example"}, resolve=resolve, seconds=2)
        assert door.post(f"http://inside.example:{receiver.port}/in?a=b", b"{}", {"X-A": "1"}).status == 200
        assert (looked, asked) == (["inside.example"], [])
    (request,) = receiver.requests
    assert request.line == "POST /in?a=b HTTP/1.1"
    assert request.headers["host"] == f"inside.example:{receiver.port}"
    assert (request.headers["accept-encoding"], request.headers["x-a"], request.body) == ("identity", "1", b"{}")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with receiving() as other, receiving() as receiver:
        told = replied(status, f"Location: http://{other.place}/")
        receiver.answer = lambda connection: connection.sendall(told)
        door = Door(own_hosts={receiver.place, other.place}, seconds=2)
        reply = door.post(f"http://{receiver.place}/", b"{}", {})
        assert (reply.status, reply.is_fine, other.connected) == (status, False, 0)


@pytest.mark.parametrize(
    "begin",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=",
    ],
)
def test_slow_drops_end_with_the_whole_time(begin: bytes) -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(begin)
        for _ in range(150):
            connection.sendall(b"1")
            time.sleep(0.02)

    with receiving() as receiver:
        receiver.answer = answer
        began = time.monotonic()
        with pytest.raises(UnreachableError, match="in time"):
            Door(own_hosts={receiver.place}, seconds=0.4).post(f"http://{receiver.place}/", b"{}", {})
        assert time.monotonic() - began < 2


def test_one_who_says_again_and_again_that_it_goes_on_is_left() -> None:
    def answer(connection: socket.socket) -> None:
        for _ in range(10_000):
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 50)

    with receiving() as receiver:
        receiver.answer = answer
        with pytest.raises(UnreachableError):
            Door(own_hosts={receiver.place}, seconds=0.4).post(f"http://{receiver.place}/", b"{}", {})


def test_one_who_reads_nothing_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(UnreachableError, match="in time"):
            Door(own_hosts={place}, seconds=0.4).post(f"http://{place}/", b"x" * 50_000_000, {})
        assert time.monotonic() - began < 2


def test_a_name_server_that_does_not_answer_is_left() -> None:
    began = time.monotonic()
    ended = threading.Event()
    door = Door(resolve=lambda *_: [str(ended.wait(5))], seconds=0.3)
    with pytest.raises(UnreachableError, match="leads nowhere"):
        door.post("http://slow.example/", b"{}", {})
    assert time.monotonic() - began < 2
    ended.set()


def test_an_endless_or_packed_body_is_read_no_further_and_never_unpacked() -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(500):
            connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")

    with receiving() as receiver:
        door, url = Door(own_hosts={receiver.place}, seconds=5), f"http://{receiver.place}/"
        receiver.answer = endless
        assert door.post(url, b"{}", {}).body == b"x" * 65_536
        bomb = gzip.compress(b"\0" * 20_000_000)
        receiver.answer = lambda connection: connection.sendall(replied(200, "Content-Encoding: gzip", body=bomb))
        assert door.post(url, b"{}", {}).body == bomb
        receiver.answer = lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 1_000_000)
        with pytest.raises(UnreachableError, match="as a web server does"):
            door.post(url, b"{}", {})


@pytest.mark.parametrize(
    "told", [b"SSH-2.0-x\r\n", b"HTTP/9.9 nine\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"]
)
def test_what_is_no_answer_is_told_as_such(told: bytes) -> None:
    with receiving() as receiver:
        receiver.answer = lambda connection: connection.sendall(told)
        with pytest.raises(UnreachableError):
            Door(own_hosts={receiver.place}, seconds=2).post(f"http://{receiver.place}/", b"{}", {})


@pytest.mark.parametrize(
    "headers", [{"X": "a\r\nHost: x"}, {"X\r\nY": "a"}, {"X: y": "a"}, {"X": "ü"}, {"X": "a\0"}, {"": "x"}]
)
def test_a_header_is_one_header(headers: dict[str, str]) -> None:
    with receiving() as receiver:
        with pytest.raises(UsageError, match="header"):
            Door(own_hosts={receiver.place}).post(f"http://{receiver.place}/", b"{}", headers)
        assert receiver.connected == 0


def test_no_proxy_of_the_surroundings_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://{proxy.place}")
        assert Door(own_hosts={receiver.place}).post(f"http://{receiver.place}/", b"{}", {}).is_fine
        assert proxy.connected == 0


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for good.example, and the other side that has it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "good.example")]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("good.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "good.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return file, context


def test_the_certificate_is_one_of_the_name_though_the_connection_goes_to_a_number(
    certified: tuple[Path, ssl.SSLContext],
) -> None:
    file, context = certified
    hosts, trusting = {"good.example", "evil.example"}, lambda: ssl.create_default_context(cafile=file)
    with receiving(context) as receiver:
        door = Door(own_hosts=hosts, resolve=lambda *_: ["127.0.0.1"], trust=trusting, seconds=3)
        assert door.post(f"https://good.example:{receiver.port}/", b"{}", {}).is_fine
        with pytest.raises(UnreachableError, match="certificate"):
            door.post(f"https://evil.example:{receiver.port}/", b"{}", {})
        stranger = Door(own_hosts=hosts, resolve=lambda *_: ["127.0.0.1"], seconds=3)
        with pytest.raises(UnreachableError, match="certificate"):
            stranger.post(f"https://good.example:{receiver.port}/", b"{}", {})
    assert len(receiver.requests) == 1


def test_one_who_never_ends_shaking_hands_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(UnreachableError, match="in time"):
            Door(own_hosts={place}, seconds=0.4).post(f"https://{place}/", b"{}", {})


def test_what_goes_wrong_tells_no_word_of_an_address() -> None:
    for url in ("https://example.com/services/T0/B0/secret", "https://localhost/services/secret"):
        with pytest.raises((UsageError, UnreachableError)) as caught:
            leading().check(url)
        assert "secret" not in str(caught.value)
    assert destination_of("https://example.com/services/secret").place == "example.com"
    assert ip_address("127.0.0.1").is_loopback
