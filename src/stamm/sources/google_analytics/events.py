"""The events that Google Analytics 4 exports to BigQuery, written from there as NDJSON or Parquet.

- **Moments** are microseconds since 1970, so no time zone is needed.
- **Who.** The device is `user_pseudo_id`, the customer `user_id`, which is whatever the site told Google; an event
  that has both links the two. One that has neither (without consent) cannot be told apart from others and is left
  out.
- **What.** Parameters are a list of names and values of four types. Page, title, referrer, campaign and value are
  taken out of them, the others stay as properties. An event that says its value and no currency has no value.
- **Number.** Events have none, so one is made of device, moment, name, place in the batch and parameters: the same
  event exported again, also out of the table of the current day, is the same event.
- Purchases stay events. Orders come from the shop, which knows what became of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from stamm.lang.money import exponent, is_currency
from stamm.sources.exports import Documents, FaultError, Known, Rows
from stamm.sources.exports.beginning import columns_of
from stamm.sources.exports.kind import Thing
from stamm.sources.exports.values import Object, at, cell_of, first, listed, number, part, rounded, since_1970, text
from stamm.sources.reading import open_rows
from stamm.sources.reading.objects import Flaw

_MARKS = frozenset({"event_timestamp", "event_name", "event_params", "user_pseudo_id"})
_READ = (
    *_MARKS, "user_id", "platform", "collected_traffic_source", "event_bundle_sequence_id", "batch_page_id",
    "batch_ordering_id", "batch_event_index", "geo", "device",
)  # fmt: skip
_KINDS = {"page_view": "page", "screen_view": "screen", "user_engagement": "stay"}
_VALUES = ("string_value", "int_value", "double_value", "float_value")
#: parameters that have columns of their own, and what only serves Google
_TAKEN = frozenset({"page_title", "page_referrer", "campaign", "medium", "value", "currency"})
_PLACES = ("event_bundle_sequence_id", "batch_page_id", "batch_ordering_id", "batch_event_index")


class GoogleAnalytics(Documents):
    """Events of Google Analytics 4 out of its export to BigQuery, as NDJSON or Parquet."""

    en = "Google Analytics 4"
    de = "Google Analytics 4"
    sentence_de = "Ereignisse von Google Analytics 4 aus dem Export nach BigQuery, als NDJSON oder Parquet."
    cited = "https://support.google.com/analytics/answer/7029846"
    makes = ("events",)
    called: ClassVar[Mapping[str, str]] = {"happened_at": "event_timestamp", "name": "event_name"}

    def ours(self, value: Object) -> bool:
        return value.keys() >= _MARKS

    def recognises(self, what: Path | str) -> bool:
        return columns_of(what) >= _MARKS or super().recognises(what)

    def things(self, path: Path) -> Iterator[Thing[Object]]:
        if not columns_of(path):
            yield from super().things(path)
            return
        with open_rows(path) as rows:
            for piece in rows.chunks([name for name in _READ if name in rows.names]):
                columns = {name: column.to_pylist() for name, column in piece.raw.columns.items()}
                for place, line in enumerate(piece.raw.lines.tolist()):
                    yield Known(line, {name: cells[place] for name, cells in columns.items()})
                yield rows.bytes_read

    def events(self, thing: Known[Object]) -> Rows:
        """An event."""
        event = thing.content
        customer, device = text(event.get("user_id")), text(event.get("user_pseudo_id"))
        if customer is None and device is None:
            yield None
            return
        said, source = _parameters(event), part(event, "collected_traffic_source")
        page = text(said.get("page_location"))
        value, currency = _value(said)
        yield {
            "event_id": _number(event, said),
            "customer_id": customer,
            "anonymous_id": device,
            "happened_at": since_1970(event, "event_timestamp", parts=1_000_000),
            "kind": _KINDS.get(text(event.get("event_name")) or "", "track"),
            "name": event.get("event_name"),
            "page": _path(page) if page else None,
            "title": said.get("page_title"),
            "referrer": said.get("page_referrer"),
            "medium": first(said.get("medium"), source.get("manual_medium")),
            "campaign": first(said.get("campaign"), source.get("manual_campaign_name")),
            "channel": (text(event.get("platform")) or "").lower() or None,
            "value": value,
            "currency": currency,
            "properties": _properties(event, said),
        }


def _parameters(event: Object) -> dict[str, Any]:
    """The parameters by their names."""
    found: dict[str, Any] = {}
    for one in listed(event, "event_params"):
        name, value = text(one.get("key")), part(one, "value")
        if name is not None:
            found[name] = next((value[kind] for kind in _VALUES if value.get(kind) is not None), None)
    return found


def _number(event: Object, said: Mapping[str, Any]) -> str:
    """What tells an event from all others."""
    places = [
        text(event.get(name)) for name in ("user_pseudo_id", "user_id", "event_timestamp", "event_name", *_PLACES)
    ]
    parameters = sorted((name, text(value)) for name, value in said.items())
    return hashlib.blake2b(json.dumps([places, parameters]).encode(), digest_size=16).hexdigest()


def _path(page: str) -> str:
    try:
        return urlsplit(page).path or "/"
    except ValueError as error:
        raise FaultError("page_location", "is no address", page) from error


def _value(said: Mapping[str, Any]) -> tuple[Decimal | None, str | None]:
    """The value in its currency; Google keeps it as a binary number, so it is rounded to whole minor units."""
    code = (text(said.get("currency")) or "").upper()
    if said.get("value") is None or not is_currency(code):
        return None, None
    return rounded(number(said["value"], "value"), exponent(code)), code


def _properties(event: Object, said: Mapping[str, Any]) -> str | None:
    """The other parameters, with device and country."""
    found = {name: value for name, value in said.items() if name not in _TAKEN and value is not None}
    about = {"device_category": at(event, "device", "category"), "country": at(event, "geo", "country")}
    found |= {name: value for name, value in about.items() if value is not None}
    cells = {name: cell for name, value in found.items() if not isinstance(cell := cell_of(value), Flaw)}
    return json.dumps(cells, ensure_ascii=False, sort_keys=True) if cells else None
