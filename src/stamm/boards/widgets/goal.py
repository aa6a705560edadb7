"""A goal."""

from __future__ import annotations

from stamm.boards.asking import Asking
from stamm.boards.drawn import Aimed, Drawn
from stamm.boards.kind import Choice, Widget
from stamm.goals.keeping import Goal as Kept
from stamm.goals.standing import standing_of
from stamm.lang.errors import UsageError
from stamm.reports.goal_words import GoalWords


class Goal(Widget):
    """How far a goal is, whether it is ahead of its path, and where it will end; the board's filters do not move it."""

    de = "Ziel"
    sentence_de = (
        "Wie weit ein Ziel ist, ob vor oder hinter dem Weg, und wo es endet; Filter der Tafel ändern es nicht."
    )
    span = 4

    goal = Choice("", "Goal", "Ziel", among="goals")

    def checked(self, asking: Asking) -> None:
        self._found(asking)

    def _found(self, asking: Asking) -> Kept:
        pursued = asking.aims.goals if asking.aims else ()
        found = next((each for each in pursued if str(each.id) == self.goal), None)
        if found is None:
            raise UsageError("This goal is not there, or archived.", remedy="Choose another goal.")
        return found

    def draw(self, asking: Asking) -> Drawn:
        found = self._found(asking)
        assert asking.aims is not None  # there is one among them
        made = standing_of(found, asking.answers, asking.aims.day)
        words = GoalWords(made, asking.say)
        return Drawn(
            title=found.aim.name,
            about=words.days,
            blocks=(Aimed(words.line, words.bar, words.axis, words.pace, words.looks, words.forecast),),
            goal=found.id,
            simulated=made.answer is not None and made.answer.simulated,
        )
