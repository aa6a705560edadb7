"""What the door tells programs about itself: its addresses, shapes and codes, as OpenAPI writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from stamm.ingest.place import JSON, Place
from stamm.ingest.published import REF, Answer, Batch, Event, Fault, Refused, shape
from stamm.ingest.refusals import REQUESTS
from stamm.lang.version import __version__
from stamm.sources.hooks import HOOKS

_KEYS = {
    "basic": {"type": "http", "scheme": "basic", "description": "The key as the user name, and no password."},
    "bearer": {"type": "http", "scheme": "bearer", "description": "The key."},
}
_WAIT = {
    "Retry-After": {"description": "Seconds.", "required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}
}
_HEADERS = {401: {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}, 429: _WAIT, 503: _WAIT}
_PACKED = "Plain, or packed as `Content-Encoding: gzip` says; a limit holds for what it unpacks to."


def document(places: Iterable[Place]) -> dict[str, Any]:
    """The description of these addresses, as OpenAPI 3.1."""
    _, shapes = msgspec.json.schema_components((Event, Batch, Fault, Answer, Refused), ref_template=REF)
    refusals: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for place in places:
        paths.setdefault(place.path, {})[place.method.lower()] = _operation(place, refusals)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Stamm: the door",
            "version": __version__,
            "description": "Events come in here, and are acknowledged when they are on the disk.",
        },
        "paths": paths,
        "components": {"schemas": shapes, "responses": refusals, "securitySchemes": _KEYS},
    }


def _operation(place: Place, refusals: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", place.method.lower() + place.path),
        "summary": place.says,
        "responses": {str(status): answer for status, answer in sorted(_answers(place, refusals).items())},
        "security": [{name: []} for name in _KEYS] if place.key else [],
    }
    if "body" in place.key:
        told["security"].append({})
    named = [
        {"name": name, "in": "path", "required": True, "schema": {"enum": sorted(HOOKS.keys())}}
        for name in re.findall(r"{(\w+)}", place.path)
    ]
    if place.method == "POST":
        body = {"description": _PACKED, "required": True, "content": {JSON: {"schema": place.takes}}}
        told["requestBody"] = body
    return told | ({"parameters": named} if named else {})


def _answers(place: Place, refusals: dict[str, Any]) -> dict[int, Any]:
    """By status: what it means, and how it is written. Refusals of several places are written once."""
    kind, given = (place.gives, {}) if isinstance(place.gives, str) else (JSON, place.gives)
    found: dict[int, Any] = {200: {"description": place.says, "content": {kind: {"schema": given}}}}
    codes: dict[int, list[str]] = {}
    for code in place.refuses:
        codes.setdefault(REQUESTS[code][0], []).append(code)
    for status in codes.keys() - place.also.keys():
        name = ".".join(codes[status])
        refusals[name] = _refusal(status, codes[status])
        found[status] = {"$ref": f"#/components/responses/{name}"}
    told: dict[str, Any]
    for status, meaning in place.also.items():
        told = {"description": meaning, "content": {kind: {"schema": given}}}
        if status in codes:
            refused = _refusal(status, codes[status])
            told["description"] = f"{meaning} {refused['description']}"
            told["content"] = {kind: {"schema": {"anyOf": [given, refused["content"][JSON]["schema"]]}}}
        found[status] = told
    return found


def _refusal(status: int, codes: list[str]) -> dict[str, Any]:
    told = {
        "description": " ".join(REQUESTS[code][1] for code in codes),
        "content": {JSON: {"schema": {**shape(Refused), "properties": {"code": {"enum": codes}}}}},
    }
    return told | ({"headers": _HEADERS[status]} if status in _HEADERS else {})
