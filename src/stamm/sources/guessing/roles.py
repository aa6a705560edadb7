"""Which column is what: its name by the word lists, checked against the look of its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from stamm.sources.guessing.naming import AMONG, EXACT, named, taken_apart, vocabulary
from stamm.sources.guessing.reason import Reason, say
from stamm.sources.guessing.shape import Shape

#: shapes that few columns have by chance speak for a role
_TELLING = {"email": 2, "url": 1, "currency": 2, "person": 1, "code": 1}
#: a second column that is so nearly as good makes the choice doubtful
CLOSE = 1


@dataclass(frozen=True)
class Pick:
    """A column that may play a role, and how much speaks for it (up to 12 points)."""

    role: str
    column: str
    points: int
    #: columns about as good
    rivals: tuple[str, ...] = ()

    @property
    def reason(self) -> Reason:
        """Why this column, in words."""
        if self.rivals:
            return say("by its name; it might be {others} as well", others=self.rivals).doubted()
        if self.points >= EXACT:
            return say("by its name")
        if self.points >= AMONG - 1:
            return say("by a part of its name")
        return say("its name comes near").doubted()


class Roles:
    """The columns of a file by role. Each column plays one role, and each role is played by the best column left."""

    def __init__(self, shapes: Iterable[Shape]) -> None:
        self.candidates: dict[str, list[Pick]] = {}
        order = {role: place for place, role in enumerate(vocabulary().roles)}
        picks = [pick for shape in shapes for pick in _picks(shape)]
        places = {pick.column: place for place, pick in enumerate(picks)}
        for pick in sorted(picks, key=lambda pick: (-pick.points, places[pick.column], order[pick.role])):
            self.candidates.setdefault(pick.role, []).append(pick)
        self._played: dict[str, Pick] = {}
        taken: set[str] = set()
        for pick in sorted(picks, key=lambda pick: (-pick.points, order[pick.role], places[pick.column])):
            if pick.role not in self._played and pick.column not in taken:
                taken.add(pick.column)
                self._played[pick.role] = pick
        self._played = {role: self._with_rivals(pick, taken) for role, pick in self._played.items()}

    def _with_rivals(self, pick: Pick, taken: set[str]) -> Pick:
        near = [other for other in self.candidates[pick.role] if pick.points - other.points < CLOSE]
        return replace(pick, rivals=tuple(one.column for one in near if one.column not in taken))

    def __contains__(self, role: object) -> bool:
        return role in self._played

    def __getitem__(self, role: str) -> Pick:
        return self._played[role]

    def first(self, *roles: str) -> Pick | None:
        """The column of the first of these roles that is played."""
        return next((self._played[role] for role in roles if role in self._played), None)

    def column(self, *roles: str) -> str | None:
        """The name of that column."""
        pick = self.first(*roles)
        return pick.column if pick else None

    @property
    def played(self) -> Mapping[str, Pick]:
        """All roles that are played."""
        return self._played


def _picks(shape: Shape) -> Iterable[Pick]:
    roles = vocabulary().roles
    for role, points in named(shape.name).items():
        sure = taken_apart(shape.name) in roles[role].surely
        fitting = [look for look in (*roles[role].shapes, *["text"] * sure) if shape.looks(look)]
        if fitting:
            yield Pick(role, shape.name, points + max(_TELLING.get(look, 0) for look in fitting))
