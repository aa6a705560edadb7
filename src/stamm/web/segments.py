"""What pages share about segments: which are saved, who may change them, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404

from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.people.accounts import run
from stamm.people.roles import Role
from stamm.saved import keeping
from stamm.saved.keeping import Rules, Segment
from stamm.segments.named import key_of
from stamm.segments.ready import READY

__all__ = ["EDITORS", "kept_or_missing", "saved_now", "saved_rules", "titles"]

#: who saves segments, changes and deletes them
EDITORS = frozenset({Role.OWNER, Role.ANALYST})


def saved_now() -> list[Segment]:
    """All saved segments, by name."""
    return keeping.segments(run)


def saved_rules() -> Rules:
    """Their rules by their keys."""
    return Rules(saved_now())


def kept_or_missing(key: str) -> Segment:
    """One of them, deleted or not; raises Http404 where there is none."""
    try:
        return keeping.segment_of(run, key)
    except UsageError as error:
        raise Http404 from error


def titles(say: Language) -> Mapping[str, str]:
    """What each segment is called, by its key: the saved ones first, then those that come ready."""
    saved = {each.key: each.name for each in saved_now()}
    return {**saved, **{key_of(key): ready.title.of(say.code) for key, ready in READY.items()}}
