"""Segments over HTTP: which there are, how many are in one on a day and over time, and who."""

from __future__ import annotations

from datetime import date
from typing import Any

from stamm.answers import World
from stamm.answers.personas import personas_of
from stamm.answers.personas_told import record_of
from stamm.answers.records import Record
from stamm.answers.segment_sizes import days_of, sizes_over
from stamm.answers.segments import Segments, Size
from stamm.api import parameters
from stamm.api.definitions import both
from stamm.api.parameters import Asked
from stamm.api.problems import Problem
from stamm.api.questions import Listed
from stamm.lang.errors import UsageError
from stamm.lang.formula import share
from stamm.lang.language import CODES
from stamm.segments.named import Saved, key_of, named
from stamm.segments.ready import READY
from stamm.segments.rule import Rule
from stamm.segments.sentence import sentence, understood
from stamm.segments.speech import Speech


def segments(world: World, asked: Asked) -> Record:
    """All segments, the saved ones first, or a rule of one's own; where a day is named, how many were in it then."""
    if (text := asked[parameters.RULE]) is not None:
        return _of_rule(world, text, asked[parameters.ON])
    saved = world.saved()
    rules = _all(saved)
    on = asked[parameters.ON]  # all of them take as long as a page of numbers, and a list is often asked for its keys
    sizes = Segments(world, saved).told(rules, on)[0] if on else {}
    found = [{**_told(world, key, rule), **_size(sizes.get(key))} for key, rule in rules.items()]
    return {"snapshot": world.snapshot, "segments": found}


def segment(world: World, asked: Asked) -> Record:
    """One segment: its rule as a sentence and as JSON, and how many were in it when a day began, of all."""
    door, rule = _named(world, asked)
    size = door.size(rule, door.day(asked[parameters.ON], rule))
    return {"snapshot": world.snapshot, **_told(world, key_of(asked.key), rule), **_size(size)}


def segment_members(world: World, asked: Asked) -> Listed:
    """Who was in a segment when a day began."""
    door, rule = _named(world, asked)
    on = door.day(asked[parameters.ON], rule)
    who = door.members(rule, on)["customer_id"].to_pylist()
    holds = {"segment": key_of(asked.key), "snapshot": world.snapshot, "day": on}
    return Listed(about=holds, columns=("customer_id",), rows=[{"customer_id": each} for each in who])


def segment_sizes(world: World, asked: Asked) -> Record:
    """How many were in a segment at the start of each window and at the end, and how many had come and gone since."""
    door, rule = _named(world, asked)
    grain = asked[parameters.GRAIN] or "month"
    days = days_of(door, rule, asked[parameters.START], asked[parameters.END], grain)
    rows: list[Record] = [each.record() for each in sizes_over(door, rule, days, grain)]
    return {"snapshot": world.snapshot, "segment": key_of(asked.key), "rows": rows}


def segment_overlaps(world: World, asked: Asked) -> Record:
    """How many a segment has in common with each other one when a day began, and which part of those in either."""
    door, rule = _named(world, asked)
    key, on = key_of(asked.key), door.day(asked[parameters.ON], rule)
    found = door.overlaps_of(key, _all(door.saved), on)
    rows: list[Record] = [
        {
            "segment": each.other,
            "customers": each.in_one,
            "in_other": each.in_other,
            "in_both": each.in_both,
            "share_of_this": share(each.in_both, each.in_one),
            "share_of_other": share(each.in_both, each.in_other),
            "jaccard": each.jaccard,
        }
        for each in found
    ]
    return {"snapshot": world.snapshot, "segment": key, "day": on, "rows": rows}


def personas(world: World, asked: Asked) -> Record:
    """Personas: groups of customers who behave alike, found in the data, each with a rule, its traits and its size."""
    found = personas_of(Segments(world, {}), asked[parameters.ON])
    return {"snapshot": world.snapshot, **record_of(found, world.organisation.currency)}


def _all(saved: Saved) -> dict[str, Rule]:
    """All there are, the saved ones first."""
    return {**{key: saved[key] for key in saved}, **{key: each.rule for key, each in READY.items()}}


def _of_rule(world: World, text: str, on: date | None) -> Record:
    rule = understood(text, Speech("en", world.organisation.currency))
    door = Segments(world)
    told = {**_told(world, "", rule), "key": None, "saved": False}
    return {"snapshot": world.snapshot, "segments": [{**told, **_size(door.size(rule, door.day(on, rule)))}]}


def _named(world: World, asked: Asked) -> tuple[Segments, Rule]:
    saved = world.saved()
    try:
        return Segments(world, saved), named(asked.key, saved)
    except UsageError as error:
        raise Problem("no_such_place", error.what, remedy="/api/v1/segments tells all there are.") from error


def _told(world: World, key: str, rule: Rule) -> Record:
    speech = {code: Speech(code, world.organisation.currency) for code in CODES}
    return {
        "key": key,
        "name": both(READY[key].title) if key in READY else None,
        "saved": key not in READY,
        "sentence": {code: sentence(rule, each) for code, each in speech.items()},
        "rule": rule.written(),
    }


def _size(size: Size | None) -> dict[str, Any]:
    on: date | None = size.on if size else None
    return {
        "day": on,
        "customers": size.customers if size else None,
        "everybody": size.everybody if size else None,
        "share": size.share if size else None,
    }
