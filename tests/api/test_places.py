"""Every address, with every token and without one: who comes in, in what form, and how it is asked again."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import jsonschema
import msgspec
import pytest
from starlette.routing import Route

from stamm.api.application import ASSISTANTS
from stamm.api.openapi import document, scopes_of
from stamm.api.places import BASE, PLACES, Place
from stamm.api.problems import PROBLEMS
from stamm.app.project import Project
from stamm.lang.language import Language
from stamm.people import Scope, acts, create_key, key_of, revoke_key
from stamm.people.keys import uses
from tests.api.conftest import NOON, Asking

GERMAN = Language("de")
#: who may ask what; whoever adds an address writes its row
READERS = {
    "/data": "read customers",
    "/metrics": "read customers",
    "/metrics/{key}": "read customers",
    "/metrics/{key}/rows": "read customers",
    "/metrics/{key}/explain": "read customers",
    "/metrics/{key}/customers": "customers",
    "/compare/{key}": "read customers",
    "/analyses": "read customers",
    "/analyses/{key}": "read customers",
    "/analyses/{key}/rows": "read customers",
    "/analyses/{key}/customers": "customers",
    "/segments": "read customers",
    "/segments/personas": "read customers",
    "/segments/{key}": "read customers",
    "/segments/{key}/sizes": "read customers",
    "/segments/{key}/overlaps": "read customers",
    "/segments/{key}/members": "customers",
    "/predictions": "read customers",
    "/predictions/{key}": "read customers",
    "/predictions/{key}/rows": "customers",
    "/predictions/{key}/report": "read customers",
    "/predictions/{key}/check": "read customers",
    "": "read customers write nobody",
    "/": "read customers write nobody",
    "/openapi.json": "read customers write nobody",
    ASSISTANTS: "read customers",
}
#: described elsewhere, or by their own protocol
UNDESCRIBED = {"", "/", "/openapi.json", ASSISTANTS}
KEYS = {
    "/metrics": "customer_count",
    "/compare": "churn",
    "/analyses": "retention_table",
    "/segments": "no_second_order",
    "/predictions": "expected_orders",
}
GIVEN = {"param": ("model=bg_nbd", "parameters=r=1,alpha=30,a=1,b=2")}
MORE = {
    "/analyses/{key}/customers": {"who": ("cohort=2024-01", "period=1")},
    "/predictions/{key}/rows": GIVEN,
    "/predictions/{key}/report": GIVEN,
}


def filled(path: str) -> str:
    return path.replace("{key}", KEYS.get("/" + path.strip("/").split("/")[0], ""))


def test_every_address_has_its_row(asking: Asking) -> None:
    routes = {route.path.removeprefix(BASE) for route in asking.client.app.routes if isinstance(route, Route)}  # type: ignore[attr-defined]
    assert routes == READERS.keys()
    assert {BASE + path for path in READERS.keys() - UNDESCRIBED} == document()["paths"].keys()
    assert {place.path: " ".join(scope.value for scope in scopes_of(place)) for place in PLACES} == {
        path: row for path, row in READERS.items() if path not in UNDESCRIBED
    }


def listing(asking: Asking, scope: Scope | None) -> Any:
    """An assistant asks for the tools."""
    token = {"Authorization": f"Bearer {asking.tokens[scope]}"} if scope else {}
    headers = {**token, "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    return asking.client.post(ASSISTANTS, json=body, headers=headers)


@pytest.mark.parametrize("path", READERS)
@pytest.mark.parametrize("scope", [*Scope, None], ids=lambda scope: scope.value if scope else "nobody")
def test_who_may_ask(asking: Asking, path: str, scope: Scope | None) -> None:
    answer = (
        listing(asking, scope) if path == ASSISTANTS else asking.get(filled(path), scope, params=MORE.get(path, {}))
    )
    may = (scope.value if scope else "nobody") in READERS[path].split()
    assert answer.status_code == (200 if may else 403 if scope else 401), answer.text
    if not may:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == ("wrong_scope" if scope else "no_token")
    assert "access-control-allow-origin" not in answer.headers


def test_a_reading_token_sends_no_events_and_a_sending_one_reads_nothing(asking: Asking) -> None:
    """The other half is in tests/ingest: there a key that reads is refused with wrong_scope."""
    for place in PLACES:
        assert asking.get(filled(place.path), Scope.WRITE).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_is_changed(asking: Asking, method: str) -> None:
    headers = {"Authorization": f"Bearer {asking.tokens[Scope.CUSTOMERS]}"}
    answer = asking.client.request(method, f"{BASE}/metrics", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (405, "wrong_method")
    assert answer.headers["allow"] in ("GET, HEAD", "HEAD, GET")


def test_a_token_ends_at_once_and_may_come_as_a_user_name(asking: Asking) -> None:
    token = asking.tokens[Scope.READ]
    assert asking.client.get(f"{BASE}/metrics", auth=(token, "")).status_code == 200
    people = Project.open(asking.folder).people()
    secret, key = create_key(people, "short", Scope.READ, who="anna", now=NOON, per_second=1)
    headers = {"Authorization": f"Bearer {secret}"}
    answers = [asking.client.get(f"{BASE}/data", headers=headers) for _ in range(12)]
    assert [answer.status_code for answer in answers[:10]] == [200] * 10
    assert (answers[-1].status_code, answers[-1].json()["code"]) == (429, "too_many")
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert key.id in uses(people)
    revoke_key(people, key.id, who="anna", now=NOON)
    ended = asking.client.get(f"{BASE}/data", headers=headers)
    assert (ended.status_code, ended.json()["code"]) == (401, "unknown_token")
    assert "Bearer" in ended.headers["www-authenticate"]
    people.close()


def test_who_read_customers_is_written_down(asking: Asking) -> None:
    people = Project.open(asking.folder).people()
    before = len(acts(people, 10_000))
    asking.get("/metrics/order_count/rows", Scope.CUSTOMERS)
    asking.get("/compare/churn", Scope.READ)
    assert len(acts(people, 10_000)) == before
    asking.get("/metrics/order_count/customers", Scope.CUSTOMERS)  # nobody is named there
    asking.get("/metrics/customer_count/customers", Scope.CUSTOMERS, params={"where": "country=DE"})
    asking.get("/compare/churn", Scope.CUSTOMERS)
    asking.get("/analyses/compare_definitions/rows", Scope.CUSTOMERS, params={"param": "family=churn"})
    key = key_of(people, asking.tokens[Scope.CUSTOMERS])
    assert key is not None
    number = key.id
    last = acts(people, 3)
    assert [(act.who, act.what, act.about) for act in reversed(last)] == [
        (f"key {number} customers", "customers_read", "/metrics/customer_count/customers"),
        (f"key {number} customers", "customers_read", "/compare/churn"),
        (f"key {number} customers", "customers_read", "/analyses/compare_definitions/rows"),
    ]
    people.close()


# -- asking again ----------------------------------------------------------------------------------------
def test_the_same_question_of_the_same_state_is_not_answered_again(asking: Asking) -> None:
    first = asking.get("/metrics/order_count/rows")
    again = asking.get("/metrics/order_count/rows", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert first.headers["stamm-snapshot"] == str(first.json()["snapshot"])
    others = (
        {"path": "/metrics/order_count/rows", "params": {"format": "csv"}},
        {"path": "/metrics/order_count/rows", "params": {"where": "country=DE"}},
        {"path": "/metrics/customer_count/rows"},
    )
    for other in others:
        answer = asking.get(other.pop("path"), headers={"If-None-Match": first.headers["etag"]}, **other)
        assert answer.status_code == 200
    spoken = [asking.get("/compare/churn", headers={"Accept-Language": code}).headers["etag"] for code in ("de", "en")]
    assert len(set(spoken)) == 2
    scopes = [asking.get("/compare/churn", scope).headers["etag"] for scope in (Scope.READ, Scope.CUSTOMERS)]
    assert len(set(scopes)) == 2


def test_a_snapshot_may_be_named(asking: Asking) -> None:
    number = asking.get("/data").json()["snapshot"]
    assert asking.get("/metrics/order_count/rows", params={"snapshot": number}).status_code == 200
    other = asking.get("/metrics/order_count/rows", params={"snapshot": number + 1})
    assert (other.status_code, other.json()["code"]) == (409, "other_snapshot")


def test_pages_of_customers_are_the_whole_list(asking: Asking) -> None:
    place, asked = "/metrics/customer_count/customers", {"window": "2024-03"}
    flat = asking.get(place, Scope.CUSTOMERS, params={**asked, "format": "csv"})
    whole = [line["customer_id"] for line in csv.DictReader(io.StringIO(flat.text))]
    found: list[str] = []
    offset: Any = 0
    while offset is not None:
        page = asking.get(place, Scope.CUSTOMERS, params={**asked, "limit": 7, "offset": offset}).json()
        found += [row["customer_id"] for row in page["rows"]]
        assert page["total"] == len(whole) > 14
        offset = page["next_offset"]
    assert found == whole == sorted(set(whole))
    assert re.fullmatch(r'attachment; filename="[a-z0-9_]+\.csv"', flat.headers["content-disposition"])


def test_a_long_answer_is_packed(asking: Asking) -> None:
    packed = asking.get("/metrics", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    plain = asking.get("/metrics", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert "Accept-Encoding" in packed.headers["vary"]


# -- what is told of it ----------------------------------------------------------------------------------
def test_definitions_are_told_in_both_languages(asking: Asking) -> None:
    listed = asking.get("/metrics").json()["metrics"]
    assert all(one["name"]["de"] and one["sentence"]["en"] for one in listed)
    told = asking.get("/metrics/CRR").json()
    assert told["key"] == "customer_retention_rate"
    assert told["formula"] == {
        "en": "still here at the end / here at the start",
        "de": "am Ende noch da / zu Beginn da",
    }
    assert told["missing"] == []
    table = asking.get("/analyses/retention_table").json()
    assert [column["name"] for column in table["tables"]["rows"]][:3] == ["cohort", "group", "period"]
    data = asking.get("/data").json()
    assert (data["organisation"]["zone"], data["organisation"]["currency"]) == ("Europe/Berlin", "EUR")
    assert {"kind": "orders", "first_day": "2024-01-01", "last_day": "2024-04-30", "simulated": True} in data["facts"]


def test_the_description_fits_what_is_answered(asking: Asking) -> None:
    told = asking.client.get(f"{BASE}/openapi.json").json()
    assert told == msgspec.json.decode(msgspec.json.encode(document()))
    assert told["openapi"].startswith("3.1")
    row = told["components"]["schemas"]["Row"]
    for found in asking.get("/metrics/order_count/rows").json()["rows"]:
        assert set(row["required"]) == found.keys()
    for place in PLACES:
        operation = told["paths"][BASE + place.path]["get"]
        named = {parameter["name"] for parameter in operation["parameters"]} - {"key"}
        assert named == {parameter.name for parameter in place.parameters}
        assert operation["summary"].endswith(".")
        for parameter in operation["parameters"]:
            jsonschema.Draft202012Validator.check_schema(parameter["schema"])
            if "example" in parameter:
                jsonschema.validate(parameter["example"], parameter["schema"])
    ids = [operation["get"]["operationId"] for operation in told["paths"].values()]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
def test_what_is_written_as_an_example_can_be_read(place: Place) -> None:
    for parameter in place.parameters:
        examples = {"grain": "month", "limit": "10", "offset": "10"}
        assert parameter.value([examples.get(parameter.name, parameter.written)]) is not None


def test_every_problem_has_a_german_title() -> None:
    assert [code for code, (_, title) in PROBLEMS.items() if GERMAN(title) == title] == []
