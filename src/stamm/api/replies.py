"""Answers as they go out: JSON, CSV or Parquet, with the snapshot they are of and a mark for asking again."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stamm.analyses.kind import ROWS
from stamm.answers import Answer, TableAnswer, World
from stamm.answers.arrow import arrow_of, as_arrow, parquet_of
from stamm.answers.records import Record
from stamm.answers.remembered import digest
from stamm.answers.written import as_csv, csv_of, json_of, told
from stamm.api import parameters
from stamm.api.parameters import Asked
from stamm.api.places import Place
from stamm.api.problems import Problem
from stamm.api.questions import Given, Listed

#: media types by format
TYPES: Mapping[str, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8; header=present",
    "parquet": "application/vnd.apache.parquet",
}
#: shorter ones are not packed, and how hard it is tried with the others
SMALL_BYTES, PACKING = 1_000, 5
SNAPSHOT_HEADER = "Stamm-Snapshot"


@dataclass(frozen=True)
class Reply:
    """What is sent: without a body where whoever asks has it already."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def replying(place: Place, asked: Asked, known: str, *, packed: bool = False) -> Callable[[World], Reply]:
    """The work of answering one question in a world, all of it, so that the loop has only to send it.

    `known` are the marks of answers that the asker has; `packed` says that the asker takes gzip.
    """

    def work(world: World) -> Reply:
        check_snapshot(world, asked)
        headers = {SNAPSHOT_HEADER: str(world.snapshot)}
        mark = _mark(world, place, asked)
        if mark:
            headers["ETag"] = mark
            if mark in [each.strip() for each in known.split(",")] or known.strip() == "*":
                return Reply(304, headers=headers)
        form = asked[parameters.FORMAT] or "json"
        body = _WRITTEN[form](place.ask(world, asked), asked)
        headers["Content-Type"] = TYPES[form]
        if form != "json":
            headers["Content-Disposition"] = f'attachment; filename="{_name(place, asked)}.{form}"'
        if packed and len(body) >= SMALL_BYTES:
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, PACKING)
        return Reply(200, body, headers)

    return work


def check_snapshot(world: World, asked: Asked) -> None:
    """Raise Problem where another snapshot is wanted than there is."""
    wanted = asked[parameters.SNAPSHOT]
    if wanted is not None and wanted != world.snapshot:
        raise Problem(
            "other_snapshot",
            f"The newest snapshot is {world.snapshot}, not {wanted}.",
            where="snapshot",
            remedy="Begin again, without snapshot or with the newest.",
        )


def _mark(world: World, place: Place, asked: Asked) -> str:
    """A name for the answer, known before it is computed: of what, and of which state; nothing without such a name.

    It is weak, since the same answer may be packed or not.
    """
    if world.remembered is None:
        return ""
    values = sorted((name, str(value)) for name, value in asked.values.items())
    language = asked.say.code if place.spoken else ""
    asking = (place.path, asked.key, values, language, place.discloses(asked))
    return f'W/"{digest(world.remembered.state, *asking)}"'


def _name(place: Place, asked: Asked) -> str:
    """A name for a file: of keys alone, which are letters, digits and underscores."""
    key = "".join(sign for sign in asked.key.lower() if sign.isascii() and (sign.isalnum() or sign == "_"))
    side = place.path.rpartition("/")[2]
    return f"{key}_{side}" if side in ("customers", "report", "check") else key


# -- forms ---------------------------------------------------------------------------------------------------
def content_of(given: Given, asked: Asked) -> Record:
    """An answer as one record; of customers a page."""
    if isinstance(given, Answer | TableAnswer):
        return told(given)
    if not isinstance(given, Listed):
        return given
    limit = asked[parameters.LIMIT]
    first = asked[parameters.OFFSET] or 0
    last = first + (parameters.PAGE if limit is None else limit)
    more = last if last < len(given.rows) else None
    return {
        **given.about,
        "total": len(given.rows),
        "offset": first,
        "next_offset": more,
        "rows": list(given.rows[first:last]),
    }


def _as_json(given: Given, asked: Asked) -> bytes:
    return (json_of(content_of(given, asked)) + "\n").encode()


def _as_csv(given: Given, asked: Asked) -> bytes:
    if isinstance(given, Answer):
        return (as_csv(given) + "\n").encode()
    if isinstance(given, TableAnswer):
        return (as_csv(given, asked[parameters.TABLE] or ROWS) + "\n").encode()
    listed = _listed(given)
    return (csv_of(listed.columns, listed.rows) + "\n").encode()


def _as_parquet(given: Given, asked: Asked) -> bytes:
    if isinstance(given, Answer | TableAnswer):
        return parquet_of(as_arrow(given, asked[parameters.TABLE] or ROWS))
    listed = _listed(given)
    return parquet_of(arrow_of(listed.rows, listed.about, listed.columns))


def _listed(given: Any) -> Listed:
    assert isinstance(given, Listed)  # only tables are written as such
    return given


_WRITTEN: Mapping[str, Callable[[Given, Asked], bytes]] = {"json": _as_json, "csv": _as_csv, "parquet": _as_parquet}
