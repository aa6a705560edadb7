"""PostHog's events (`/capture/`, `/batch/`) in Segment's shape.

PostHog has one id for devices and customers. An event belongs to a customer where an `$identify` or `$create_alias`
has named the id, which nobody knows when a single event is read; so the id is taken for the customer's unless the
event says that it is not identified, or that it has a device of its own beside it.
"""

from __future__ import annotations

from typing import Any

from stamm.sources.segment.occurrences import STAY
from stamm.sources.segment.values import Object, inner, text

#: PostHog's own properties: told by their columns, or about the library
_OWN = "$"


def is_posthog(said: Object) -> bool:
    """Whether a message is in PostHog's shape: it names an event and the one id there is, and no type of Segment's."""
    distinct = "distinct_id" in said or "distinct_id" in inner(said, "properties") or "$distinct_id" in said
    return distinct and "event" in said and "userId" not in said and "anonymousId" not in said


def as_segment(said: Object) -> Object:
    """The same message in Segment's shape."""
    event, told = text(said, "event"), inner(said, "properties")
    properties = {name: value for name, value in told.items() if not name.startswith(_OWN) and name not in _NOT_KEPT}
    made: dict[str, Any] = {
        "timestamp": said.get("timestamp"),
        "sentAt": said.get("sent_at"),
        "context": _context(told),
        "properties": properties,
        **_who(said, told, event),
    }
    made |= _TYPES.get(event or "", {"type": "track", "event": event})
    if event in ("$identify", "$set"):
        traits = {**inner(told, "$set_once"), **inner(said, "$set_once"), **inner(told, "$set"), **inner(said, "$set")}
        made["traits"] = traits
    elif event == "$groupidentify":
        made |= {"groupId": told.get("$group_key"), "traits": inner(told, "$group_set")}
    elif event == "$create_alias":
        # as its clients say it: the id before, and the current one
        former = text(told, "distinct_id") or text(said, "distinct_id")
        made |= {"previousId": former, "userId": told.get("alias"), "anonymousId": None}
    elif event in ("$pageview", "$screen"):
        made["name"] = told.get("$screen_name") or told.get("title")
        made["properties"] = {**properties, **_page(told)} if event == "$pageview" else properties
    return made


_NOT_KEPT = ("distinct_id", "token", "alias")
_TYPES: dict[str, dict[str, Any]] = {
    "$pageview": {"type": "page"},
    "$screen": {"type": "screen"},
    "$pageleave": {"type": "track", "event": STAY},
    "$identify": {"type": "identify"},
    "$set": {"type": "identify"},
    "$groupidentify": {"type": "group"},
    "$create_alias": {"type": "alias"},
}


def _who(said: Object, told: Object, event: str | None) -> dict[str, Any]:
    distinct = text(said, "distinct_id", "$distinct_id") or text(told, "distinct_id")
    device = text(told, "$anon_distinct_id", "$device_id")
    if event != "$identify" and (told.get("$is_identified") is False or distinct == device):
        return {"anonymousId": distinct}
    if told.get("$process_person_profile") is False:
        return {"anonymousId": distinct}
    return {"userId": distinct, "anonymousId": device if device != distinct else None}


def _page(told: Object) -> dict[str, Any]:
    referrer = text(told, "$referrer")
    return {
        "url": told.get("$current_url"),
        "path": told.get("$pathname"),
        "title": told.get("title") or told.get("$title"),
        "referrer": None if referrer == "$direct" else referrer,
    }


def _context(told: Object) -> dict[str, Any]:
    campaign = {"name": told.get("utm_campaign"), "medium": told.get("utm_medium"), "source": told.get("utm_source")}
    library = text(told, "$lib") or ""
    context: dict[str, Any] = {"campaign": campaign, "timezone": told.get("$timezone")}
    if text(told, "$current_url", "$pathname"):
        context["page"] = _page(told)
    if any(name in library for name in ("ios", "android", "flutter", "react-native")):
        context["app"] = {"name": told.get("$app_name") or library}
    return context
