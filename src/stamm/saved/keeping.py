"""Keeping segments: each change is a version more, and nothing is written over.

To undo is one version more, equal to one before; to delete is to put away, and can be undone as well. A segment has a
key for ever, by which rules, commands and addresses call it, and a name that may change. All is done in the transaction
that is open (`people.database.Run`), with the act beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment
from stamm.segments.named import key_of, names_in, resolved
from stamm.segments.ready import READY
from stamm.segments.rule import Rule, rule_of

#: codes of versions
MADE, CHANGED, RENAMED, BACK, DELETED, RESTORED = "made", "changed", "renamed", "went_back", "deleted", "restored"
#: keys that mean something else where segments are asked by them
TAKEN = frozenset({"personas"})
#: letters of a key, a name and a note
LONGEST_KEY, LONGEST_NAME, LONGEST_NOTE = 60, 100, 1_000
_COLUMNS = "s.id, s.key, v.revision, v.name, v.note, v.rule, v.removed, v.what, v.who, v.at"
_FROM = "FROM segment s JOIN segment_version v ON v.segment_id = s.id"
_NEWEST = f"SELECT {_COLUMNS} {_FROM} AND v.revision = s.revision"


class MeanwhileError(UsageError):
    """What somebody wanted to change was changed by somebody else since they looked."""


@dataclass(frozen=True)
class Segment:
    """A segment as it is, or was in one version: by whom it became so, and the code of what they did; `at` is UTC."""

    id: int
    key: str
    revision: int
    name: str
    note: str
    #: the rule as JSON
    written: str
    removed: bool
    what: str
    who: str
    at: datetime

    @property
    def rule(self) -> Rule:
        """Whom it holds of; raises UsageError where nobody knows any more what that means."""
        return rule_of(self.written)


class Rules(Mapping[str, Rule]):
    """The rules of some segments by their keys, each read when it is asked for."""

    def __init__(self, found: Sequence[Segment]) -> None:
        self._found = {each.key: each for each in found}

    def __getitem__(self, key: str) -> Rule:
        return self._found[key].rule

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


# -- asking --------------------------------------------------------------------------------------------------
def segments(run: Run, *, removed: bool = False) -> list[Segment]:
    """All that are kept, or those that were deleted, by name."""
    rows = run(f"{_NEWEST} WHERE v.removed = ?", (int(removed),))
    return sorted((_segment(row) for row in rows), key=lambda each: (each.name.casefold(), each.key))


def segment_of(run: Run, name: str) -> Segment:
    """One by its key or its name, deleted or not; raises UsageError where there is none."""
    rows = run(f"{_NEWEST} WHERE s.key = ?", (key_of(name),))
    if not rows:
        raise UsageError(f"There is no saved segment named {name!r}.", remedy="`stamm segment` lists all there are.")
    return _segment(rows[0])


def versions_of(run: Run, found: Segment) -> list[Segment]:
    """How it became what it is, the newest first."""
    rows = run(f"SELECT {_COLUMNS} {_FROM} WHERE s.id = ? ORDER BY v.revision DESC", (found.id,))
    return [_segment(row) for row in rows]


def users_of(run: Run, key: str) -> list[Segment]:
    """The other segments whose rules name it."""
    return [each for each in segments(run) if any(key_of(name) == key for name in names_in(each.rule))]


# -- doing ---------------------------------------------------------------------------------------------------
def save_segment(run: Run, name: str, rule: Rule, *, note: str = "", who: str, now: datetime) -> Segment:
    """A new segment, or one that was deleted with another rule.

    Raises UsageError for a name that is taken or is none, and for a rule that names what is not there.
    """
    name, key = _checked(name), key_of(name)
    if key in READY or key in TAKEN:
        raise UsageError(f"A segment that comes ready is called {key!r}.", remedy="Choose another name.")
    run("INSERT INTO segment (key, revision) VALUES (?, 0) ON CONFLICT (key) DO NOTHING", (key,))
    ((number, revision),) = run("SELECT id, revision FROM segment WHERE key = ?", (key,))
    if revision and not (found := segment_of(run, key)).removed:
        raise UsageError(f"There is a segment named {found.name!r} already.", remedy="Choose another name.")
    made = Segment(int(number), key, int(revision), name, _noted(note), _told(rule), False, MADE, who, now)
    return _write(run, made, "segment_saved")


def change_segment(
    run: Run, found: Segment, rule: Rule, *, note: str | None = None, who: str, now: datetime, what: str = CHANGED
) -> Segment:
    """Another rule or note from now on; `found` is what was seen of it. The same again is no change.

    Raises MeanwhileError where there is a newer version, UsageError for a rule that cannot be.
    """
    _check_there(found)
    wanted = replace(found, written=_told(rule), note=found.note if note is None else _noted(note))
    if wanted == found:
        return found
    return _write(run, replace(wanted, what=what, who=who, at=now), "segment_changed")


def rename_segment(run: Run, found: Segment, name: str, *, who: str, now: datetime) -> Segment:
    """Another name from now on; its key stays, so that no rule that names it breaks."""
    name = _checked(name)
    _check_there(found)
    if name == found.name:
        return found
    return _write(run, replace(found, name=name, what=RENAMED, who=who, at=now), "segment_changed")


def delete_segment(run: Run, found: Segment, *, who: str, now: datetime) -> None:
    """Away from all lists, until it is restored; raises UsageError where the rule of another names it."""
    if found.removed:
        return
    if users := users_of(run, found.key):
        named = ", ".join(each.name for each in users)
        raise UsageError(f"Other segments are made of this one: {named}.", remedy="Take it out of their rules first.")
    _write(run, replace(found, removed=True, what=DELETED, who=who, at=now), "segment_deleted")


def restore_segment(run: Run, found: Segment, revision: int | None = None, *, who: str, now: datetime) -> Segment:
    """As it was in an earlier version, or, where it was deleted, as it was then.

    Raises UsageError where there is no such version, or its rule names what is not there any more.
    """
    if revision is None:
        then = found
        if not found.removed:
            raise UsageError("It is not deleted.", remedy="Name the version that you want it to be like.")
    else:
        earlier = next((each for each in versions_of(run, found) if each.revision == revision), None)
        if earlier is None:
            raise UsageError(f"There is no version {revision}.", remedy="`stamm segment versions` shows all.")
        then = earlier
    what = RESTORED if found.removed else BACK
    back = replace(then, revision=found.revision, removed=False, what=what, who=who, at=now)
    return _write(run, back, "segment_restored" if found.removed else "segment_changed")


def _write(run: Run, wanted: Segment, act: str) -> Segment:
    """One version more, if the newest one is the one that was seen."""
    run("UPDATE segment SET revision = revision", ())  # no two who are saved at once can come to name each other
    taken = run(
        "UPDATE segment SET revision = revision + 1 WHERE id = ? AND revision = ? RETURNING revision",
        (wanted.id, wanted.revision),
    )
    if not taken:
        raise MeanwhileError(
            "Somebody else has changed this segment meanwhile.",
            remedy="Look at what it is now, and change it again if need be.",
        )
    ((revision,),) = taken
    if not wanted.removed:
        others = [each for each in segments(run) if each.id != wanted.id]
        if any(each.name.casefold() == wanted.name.casefold() for each in others):
            raise UsageError(f"There is a segment named {wanted.name!r} already.", remedy="Choose another name.")
        resolved(wanted.rule, Rules([*others, wanted]), wanted.key)
    written = replace(wanted, revision=int(revision))
    run(
        "INSERT INTO segment_version (segment_id, revision, name, note, rule, removed, what, who, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            written.id,
            written.revision,
            written.name,
            written.note,
            written.written,
            int(written.removed),
            written.what,
            written.who,
            written.at,
        ),
    )
    record(run, Act(written.at, written.who, act, f"segment {written.id}"))
    return written


def _check_there(found: Segment) -> None:
    if found.removed:
        raise UsageError("This segment is deleted.", remedy="Bring it back first.")


# -- checking ------------------------------------------------------------------------------------------------
def _checked(name: str) -> str:
    """A name without space around it; raises UsageError for what is none."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or not 0 < len(key_of(name)) <= LONGEST_KEY:
        raise UsageError(
            f"A name has letters, and at most {LONGEST_KEY} of them.", remedy="Write one such as Slipping regulars."
        )
    if "@" in name:
        raise UsageError("A name is read by everybody, and an address has no place in it.", remedy="Leave it out.")
    return name


def _noted(note: str) -> str:
    note = note.replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE or not all(sign.isprintable() or sign == "\n" for sign in note):
        raise UsageError(f"A note has at most {LONGEST_NOTE} signs.", remedy="Write less.")
    return note


def _told(rule: Rule) -> str:
    return json.dumps(rule.written(), ensure_ascii=False, sort_keys=True)


def _segment(row: Sequence[object]) -> Segment:
    number, key, revision, name, note, written, removed, what, who, at = row
    return Segment(
        int(str(number)),
        str(key),
        int(str(revision)),
        str(name),
        str(note),
        str(written),
        bool(removed),
        str(what),
        str(who),
        as_moment(at),
    )
