"""What a board holds, and what can be done to it: plain values, without a database.

Every change names the revision that whoever made it had seen. Changes to different things are joined; a change to
something that has changed meanwhile is refused, so that of two who work at once neither loses anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import msgspec
from msgspec.structs import replace

from stamm.facts.filter import filter_of
from stamm.lang.errors import UsageError
from stamm.lang.window import GRAINS, Window, windows

#: columns of the grid, and the widths that a widget may have on it
COLUMNS, SPANS = 12, (3, 4, 6, 8, 12)
#: signs of a name, and widgets of a board
MOST_NAME, MOST_WIDGETS = 120, 40


class MeanwhileError(UsageError):
    """What somebody wanted to change was changed by somebody else since they looked."""


class Kept(msgspec.Struct, frozen=True):
    """What all widgets of a board are kept to: a grain, a window (none: the newest whole one), and conditions."""

    grain: str = "month"
    window: str = ""
    where: tuple[str, ...] = ()

    def checked(self) -> Kept:
        """The same in its one written form; raises UsageError for what is no grain, window or condition."""
        if self.grain not in GRAINS:
            raise UsageError(f"There is no grain {self.grain!r}.", remedy=f"Choose one of {', '.join(GRAINS)}.")
        if self.window:
            window = Window.parse(self.window)
            if windows(window.start, window.end, self.grain) != (window,):
                raise UsageError(
                    f"{self.window} is no {self.grain}.", remedy="Write 2024, 2024-Q1, 2024-02, 2024-W07 or 2024-02-10."
                )
        return replace(self, where=tuple(str(condition) for condition in filter_of(self.where)))


class Placed(msgspec.Struct, frozen=True):
    """A widget at its place: `number` stays its own, `span` is its width in columns.

    `changed` is the revision in which it got its settings. An empty title is that of what it shows.
    """

    number: int
    kind: str
    settings: Mapping[str, Any]
    title: str = ""
    span: int = 4
    changed: int = 1


class Content(msgspec.Struct, frozen=True):
    """All of a board, widgets in reading order; `changed` is the revision of its name and of what it is kept to."""

    name: str
    kept: Kept = Kept()
    widgets: tuple[Placed, ...] = ()
    next: int = 1
    changed: int = 1

    def widget(self, number: int) -> Placed | None:
        """The widget of that number."""
        return next((widget for widget in self.widgets if widget.number == number), None)

    def written(self) -> dict[str, Any]:
        """As it is kept."""
        return dict(msgspec.to_builtins(self))


def content_of(written: Mapping[str, Any]) -> Content:
    """The content from how it is kept."""
    return msgspec.convert(written, Content)


def checked_name(name: str) -> str:
    """A board's name in one line; raises UsageError for none, and for a long one."""
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not 0 < len(name) <= MOST_NAME:
        raise UsageError(
            f"A board needs a name of at most {MOST_NAME} signs.", remedy="Write what it is looked at for."
        )
    return name


# -- changes -------------------------------------------------------------------------------------------------
class Change(Protocol):
    """Something done to a board; `what` is its code in the list of versions."""

    what: ClassVar[str]

    def of(self, content: Content, seen: int, revision: int) -> Content:
        """The content after it, which becomes `revision`; who made it had seen revision `seen`.

        Raises MeanwhileError where somebody else has changed the same since, UsageError for what cannot be.
        """


@dataclass(frozen=True)
class Rename:
    """Another name."""

    what: ClassVar[str] = "renamed"
    name: str

    def of(self, content: Content, seen: int, revision: int) -> Content:
        if content.name == self.name:
            return content
        _same_since(content.changed, seen)
        return replace(content, name=checked_name(self.name), changed=revision)


@dataclass(frozen=True)
class KeepTo:
    """Another window, grain or filter for the whole board."""

    what: ClassVar[str] = "kept_to"
    kept: Kept

    def of(self, content: Content, seen: int, revision: int) -> Content:
        kept = self.kept.checked()
        if content.kept == kept:
            return content
        _same_since(content.changed, seen)
        return replace(content, kept=kept, changed=revision)


@dataclass(frozen=True)
class Add:
    """One more widget, at the end."""

    what: ClassVar[str] = "added"
    kind: str
    settings: Mapping[str, Any]
    title: str = ""
    span: int = 4

    def of(self, content: Content, seen: int, revision: int) -> Content:
        if len(content.widgets) >= MOST_WIDGETS:
            raise UsageError(f"A board has at most {MOST_WIDGETS} widgets.", remedy="Begin another board.")
        placed = Placed(content.next, self.kind, self.settings, self.title, self.span, revision)
        return replace(content, widgets=(*content.widgets, placed), next=content.next + 1)


@dataclass(frozen=True)
class Alter:
    """Other settings or another title of a widget."""

    what: ClassVar[str] = "altered"
    number: int
    settings: Mapping[str, Any]
    title: str = ""

    def of(self, content: Content, seen: int, revision: int) -> Content:
        placed = _there(content, self.number)
        if (placed.settings, placed.title) == (self.settings, self.title):
            return content
        _same_since(placed.changed, seen)
        return _with(content, replace(placed, settings=self.settings, title=self.title, changed=revision))


@dataclass(frozen=True)
class Resize:
    """A widget a step wider (1) or narrower (-1)."""

    what: ClassVar[str] = "resized"
    number: int
    step: int

    def of(self, content: Content, seen: int, revision: int) -> Content:
        placed = _there(content, self.number)
        place = SPANS.index(placed.span) + (1 if self.step > 0 else -1)
        return _with(content, replace(placed, span=SPANS[min(max(place, 0), len(SPANS) - 1)]))


@dataclass(frozen=True)
class Move:
    """A widget to before another one, or to the end (0)."""

    what: ClassVar[str] = "moved"
    number: int
    before: int

    def of(self, content: Content, seen: int, revision: int) -> Content:
        placed = _there(content, self.number)
        if self.before == self.number:
            return content
        others = [widget for widget in content.widgets if widget.number != self.number]
        numbers = [widget.number for widget in others]
        place = numbers.index(self.before) if self.before in numbers else len(others)
        return replace(content, widgets=(*others[:place], placed, *others[place:]))


@dataclass(frozen=True)
class Remove:
    """A widget away; an earlier version has it still."""

    what: ClassVar[str] = "removed"
    number: int

    def of(self, content: Content, seen: int, revision: int) -> Content:
        placed = content.widget(self.number)
        if placed is None:
            return content
        _same_since(placed.changed, seen)
        return replace(content, widgets=tuple(widget for widget in content.widgets if widget is not placed))


@dataclass(frozen=True)
class GoBack:
    """As it was in an earlier version."""

    what: ClassVar[str] = "went_back"
    earlier: Content

    def of(self, content: Content, seen: int, revision: int) -> Content:
        if content == self.earlier:
            return content
        if seen != revision - 1:
            raise _meanwhile()
        widgets = tuple(replace(widget, changed=revision) for widget in self.earlier.widgets)
        return replace(self.earlier, widgets=widgets, next=max(content.next, self.earlier.next), changed=revision)


def _there(content: Content, number: int) -> Placed:
    placed = content.widget(number)
    if placed is None:
        raise MeanwhileError("This widget is no longer on the board.", remedy="An earlier version of the board has it.")
    return placed


def _with(content: Content, placed: Placed) -> Content:
    return replace(content, widgets=tuple(placed if w.number == placed.number else w for w in content.widgets))


def _same_since(changed: int, seen: int) -> None:
    if changed > seen:
        raise _meanwhile()


def _meanwhile() -> MeanwhileError:
    return MeanwhileError(
        "Somebody else has changed this meanwhile.", remedy="Look at what it is now, and change it again if need be."
    )
