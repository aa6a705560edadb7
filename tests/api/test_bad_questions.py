"""What makes no sense, or is meant badly: a plain answer in the reader's language, and nothing else happens."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path
from typing import Any

import pytest

from stamm import api
from stamm.api.application import reader_of
from stamm.api.places import PLACES, Place
from stamm.api.problems import Problem
from stamm.app.retelling import retell
from stamm.lang.language import Language
from stamm.people import Scope
from tests.api.conftest import Asking, client_of, run
from tests.api.test_places import filled

HOSTILE = (
    "'; DROP TABLE orders; --",
    '" OR 1=1 --',
    "country='; COPY orders TO '/tmp/x'; --",
    "country=\x00\x1b[2J",
    "../../etc/passwd",
    "{{7*7}}${7*7}",
    "=HYPERLINK(1)",
    "-1",
    "1e309",
    "NaN",
    "٣",
    "9" * 400,
    "x" * 4_000,
    "\u202e\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "",
)


@pytest.mark.parametrize(
    "place",
    [pytest.param(place, marks=() if place.path == "/metrics/{key}/rows" else pytest.mark.long) for place in PLACES],
    ids=lambda place: place.path,
)
def test_nothing_that_is_written_into_a_parameter_does_anything(asking: Asking, place: Place) -> None:
    for parameter in place.parameters:
        for text in HOSTILE:
            answer = asking.get(filled(place.path), Scope.CUSTOMERS, params={parameter.name: text})
            assert answer.status_code < 500, (parameter.name, text, answer.text)
            if answer.status_code != 200:
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["detail"]
    assert asking.told == []


@pytest.mark.parametrize("text", [text for text in HOSTILE if text and "/" not in text])
def test_nothing_that_is_written_into_a_key_does_anything(asking: Asking, text: str) -> None:
    for path in ("/metrics/{}/rows", "/analyses/{}/rows", "/compare/{}"):
        from urllib.parse import quote  # noqa: PLC0415

        answer = asking.get(path.format(quote(text)), Scope.CUSTOMERS)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_place")
    assert asking.told == []


@pytest.mark.parametrize(
    ("place", "asked", "status", "english", "german"),
    [
        ("/metrics/retention/rows", {}, 404, "There is no metric named 'retention'.", "namens 'retention'"),
        ("/metrics/AOV/rows", {"from": "gestern"}, 400, "from cannot be that.", "from kann das nicht sein."),
        ("/metrics/AOV/rows", {"window": "2024-13"}, 400, "'2024-13' is no window.", "'2024-13' ist kein Zeitraum."),
        (
            "/metrics/AOV/rows",
            {"from": "2024-03-01", "to": "2024-02-01"},
            400,
            "The window from 2024-03-01 to 2024-02-01 is empty or runs backwards.",
            "2024-03-01",
        ),
        ("/metrics/AOV/rows", {"segment": "x"}, 400, "There is no parameter 'segment'.", "gibt es nicht."),
        ("/metrics/AOV/rows", {"grain": ["day", "week"]}, 400, "grain is given twice.", "grain ist zweimal angegeben."),
        ("/metrics/AOV/rows", {"param": "x=1"}, 400, "average_order_value has no parameter 'x'.", "'x'"),
        ("/metrics/AOV/rows", {"by": "colour"}, 400, "cannot be split by 'colour'", "lässt sich nicht aufteilen"),
        ("/metrics/AOV/rows", {"as_of": "soon"}, 400, "'soon' is no moment.", "'soon' ist kein Zeitpunkt."),
        ("/metrics/AOV/rows", {"token": "x"}, 400, "A token in an address", "Ein Schlüssel in einer Adresse"),
        ("/metrics/AOV/rows", {"where": "stamm_r_abcdefghijklmnopqrst"}, 400, "A token in an address", "Schlüssel"),
        ("/nothing", {}, 404, "There is nothing at this address.", "Unter dieser Adresse gibt es nichts."),
        ("/analyses/lifecycle/rows", {"table": "x"}, 400, "There is no table 'x' in it.", "Eine Tabelle 'x'"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(
    asking: Asking, place: str, asked: dict[str, Any], status: int, english: str, german: str
) -> None:
    for wish, text in (("en", english), ("de-AT,de;q=0.9,en;q=0.1", german)):
        answer = asking.get(place, params=asked, headers={"Accept-Language": wish})
        assert answer.status_code == status, answer.text
        assert text in answer.json()["detail"]
        assert answer.headers["content-language"] == wish[:2]
        assert "--" not in answer.json().get("remedy", "")


def test_a_token_in_an_address_is_refused_before_anybody_looks_at_it(asking: Asking) -> None:
    for name in ("access_token", "API_KEY", "key"):
        answer = asking.get("/metrics", None, params={name: asking.tokens[Scope.READ]})
        assert (answer.status_code, answer.json()["code"]) == (400, "token_in_address")
        assert asking.tokens[Scope.READ] not in answer.text


def test_other_pages_may_not_ask(asking: Asking) -> None:
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    assert asking.client.options("/api/v1/metrics", headers=headers).status_code == 405
    answer = asking.get("/metrics", headers=headers)
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert answer.headers["cache-control"] == "private, no-cache"


def test_what_a_customer_wrote_runs_in_no_spreadsheet(tmp_path: Path) -> None:
    orders = "order_id,customer_id,ordered_at,amount,channel\n1,=cmd|' /C calc'!A0,2024-01-05,20.00,@SUM(1)\n"
    (tmp_path / "orders.csv").write_text(orders + "2,-5,2024-01-06,7.00,web\n", encoding="utf-8")
    folder = tmp_path / "shop"
    run("init", folder, "--time-zone", "UTC", "--currency", "EUR", "--history", "complete")
    run("import", tmp_path / "orders.csv", "--project", folder)
    for asking in client_of(folder):
        asked = {"window": "2024-01", "by": "channel", "format": "csv"}
        lines = list(csv.DictReader(io.StringIO(asking.get("/metrics/gross_revenue/rows", params=asked).text)))
        assert [(line["channel"], line["value"]) for line in lines] == [("'@SUM(1)", "2000"), ("web", "700")]
        asked = {"window": "2024-01", "format": "csv"}
        place = "/metrics/customer_count/customers"
        lines = list(csv.DictReader(io.StringIO(asking.get(place, Scope.CUSTOMERS, params=asked).text)))
        assert [line["customer_id"] for line in lines] == ["-5", "'=cmd|' /C calc'!A0"]
        told = asking.get(place, Scope.CUSTOMERS, params={"window": "2024-01"}).json()
        assert [row["customer_id"] for row in told["rows"]] == ["-5", "=cmd|' /C calc'!A0"]


def test_a_fault_tells_nothing_of_the_data(simulated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stamm.api import questions  # noqa: PLC0415

    def broken(*_: object) -> None:
        raise RuntimeError("anna@example.com")

    monkeypatch.setattr(questions, "covered", broken)
    for asking in client_of(simulated):
        answer = asking.get("/metrics/AOV/rows", params={"where": "country=secret"})
        assert (answer.status_code, answer.json()["code"]) == (500, "fault")
        assert "anna" not in answer.text
        place = "/api/v1/metrics/{key}/rows"
        assert asking.told == [{"what": "api_failed", "place": place, "error": "RuntimeError"}]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ("", "en"),
        ("de", "de"),
        ("fr, de;q=0.5, en;q=0.4", "de"),
        ("en;q=0.2,de;q=0.1", "en"),
        ("de;q=x", "en"),
        ("*", "en"),
    ],
)
def test_the_reader_is_known_by_their_browser(wish: str, code: str) -> None:
    from starlette.requests import Request  # noqa: PLC0415

    scope = {"type": "http", "headers": [(b"accept-language", wish.encode())]}
    assert reader_of(Request(scope)).code == code


def test_every_sentence_is_there_in_german() -> None:
    """What a Problem is given as text, with something in its gaps."""
    missing = []
    for file in sorted(Path(api.__file__).parent.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == Problem.__name__:
                texts = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "remedy")]
                missing += [text for text in map(_filled, texts) if text and retell(text, Language("de")) == text]
    assert missing == []


def _filled(text: ast.expr) -> str:
    if isinstance(text, ast.Constant):
        return str(text.value)
    if isinstance(text, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in text.values)
    if isinstance(text, ast.IfExp):
        return _filled(text.body)
    return ""
