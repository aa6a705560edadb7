"""Sound things made unsound: a value put in another's place, bytes cut, doubled and changed."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.thorough import turns

#: of each of the two files of long tests: with what is collected and made, two minutes for all of them
SECONDS = float(turns(110, 50))
PIECES = (
    b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\\ud800", b"\\u0000", b"\0", b"-", b"e9", b"1e999", b"NaN",
    b"null", b"true", b"\n", b"\r", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"=", b"'", b'"""', b"\t", b";",
    b"9" * 400, b"[" * 3000,
)  # fmt: skip
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**25), 10**25),
    st.floats(),
    st.sampled_from(
        ["", " ", "x", "\0", "-5", "12.30", "1e999", "1e-400", "NaN", "EUR", "2024-02-30", "2024-03-31T02:30:00",
         "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "31.02.2024", "\ud800", "x" * 300, "http://["]
    ),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["id", "amount", "type", "x"]), st.integers(), max_size=2),
    st.just([[[[[[]]]]]]),
)  # fmt: skip


def places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to each value within a value."""
    if before:
        yield before
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from places(one, (*before, name))


def _put(value: Any, place: tuple[Any, ...], junk: Any) -> None:
    for name in place[:-1]:
        value = value[name]
    value[place[-1]] = deepcopy(junk)


@st.composite
def _other_values(draw: st.DrawFn, bodies: Sequence[bytes]) -> bytes:
    """Something in JSON, one object or one a line, with other values in some places."""
    body = draw(st.sampled_from(bodies))
    try:
        lines = [json.loads(body)]
    except ValueError:
        lines = [json.loads(line) for line in body.splitlines()]
    for _ in range(draw(st.integers(1, 3))):
        if found := list(places(lines)):
            _put(lines, draw(st.sampled_from(found)), draw(JUNK))
    ascii_only = draw(st.booleans())
    return b"\n".join(json.dumps(line, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass") for line in lines)


@st.composite
def other_bytes(draw: st.DrawFn, bodies: Sequence[bytes], pieces: Sequence[bytes] = PIECES) -> bytes:
    """Something with other bytes in some places."""
    body = draw(st.sampled_from(bodies))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        new = draw(st.one_of(st.sampled_from(pieces), st.binary(max_size=6), st.just(body[start : start + 30] * 2)))
        body = body[:start] + new + body[start + draw(st.integers(0, 12)) :]
    return body


def spoilt_json(bodies: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Something in JSON, spoilt in any way, or no JSON at all."""
    return st.one_of(_other_values(bodies), _other_values(bodies), other_bytes(bodies), st.binary(max_size=60))


def for_seconds(
    seconds: float, bodies: st.SearchStrategy[bytes], check: Callable[[bytes], None], *, turns: int = 200
) -> int:
    """Check one after the other for so long, `turns` of them with one seed; how many.

    What is found is made small and shown, however long it takes.
    """
    until = time.monotonic() + seconds
    done = turn = 0

    def one(body: bytes) -> None:
        nonlocal done, until
        if time.monotonic() < until:
            done += 1
            try:
                check(body)
            except BaseException:
                until = math.inf
                raise

    while time.monotonic() < until:
        quiet = settings(
            max_examples=turns,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        seed(turn)(quiet(given(bodies)(one)))()
        turn += 1
    return done
