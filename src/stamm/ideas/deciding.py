"""What the shop says of ideas: the state of each with an answer, and which one is the same as another.

Each step is a row that is never changed; the last one of an idea says how it stands. An idea that is merged points to
the other one; its votes stay its own and count there, so that the merge can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from stamm.ideas.keeping import MeanwhileError, hold_board
from stamm.ideas.news import plan_news
from stamm.ideas.posts import IDEA, posts_where
from stamm.intake.words import plain
from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment

#: how an idea stands
NEW, UNDER_REVIEW, PLANNED, DONE, DECLINED = "new", "under_review", "planned", "done", "declined"
STATES = (NEW, UNDER_REVIEW, PLANNED, DONE, DECLINED)
#: of these they are told who asked for it
NEWS = (PLANNED, DONE, DECLINED)
#: what somebody does: says the state and an answer, says that it is the same as another, takes that back
ANSWERED, MERGED, SPLIT = "answered", "merged", "split"
MOST_ANSWER = 2_000
_COLUMNS = "id, board_id, idea_id, revision, what, state, answer, merged_into, who, at"


@dataclass(frozen=True)
class Step:
    """One thing that was said of an idea: from then on it stands so, with that answer, merged into that other one."""

    id: int
    board: int
    idea: int
    revision: int
    what: str
    state: str
    answer: str
    merged_into: int | None
    who: str
    at: datetime


#: of an idea of which nothing was said yet
_BEFORE = (0, NEW, "", None)


def answer_idea(run: Run, idea: int, state: str, answer: str, *, seen: int, who: str, now: datetime) -> bool:
    """Say how an idea stands, with an answer to those who want it; False where that was said already.

    Raises UsageError for what cannot be said, MeanwhileError where somebody said something since the step `seen`.
    """
    said = plain(answer).strip()
    if state not in STATES:
        raise UsageError(f"There is no state {state!r}.", remedy=f"Choose {', '.join(STATES)}.")
    if len(said) > MOST_ANSWER:
        raise UsageError(f"An answer has at most {MOST_ANSWER:,} letters.", remedy="Write less.")
    board = _held(run, idea)
    revision, before, told, merged = _now(run, idea)
    if (before, told) == (state, said):
        return False
    _write(run, board, idea, ANSWERED, (revision, state, said, merged), seen=seen, who=who, now=now)
    record(run, Act(now, who, "idea_answered", f"board of ideas {board}, idea {idea}: {state}"))
    if before != state and state in NEWS and merged is None and _is_shown(run, idea):
        plan_news(run, idea, counting_as(root_of(run, board), idea), revision + 1, state, board=board, now=now)
    return True


def merge_idea(run: Run, idea: int, into: int, *, seen: int, who: str, now: datetime) -> bool:
    """Say that an idea is the same as another of its board, whose votes its own are from now on; False where it is so.

    Raises UsageError for one that is merged itself or is not there, MeanwhileError as `answer_idea` does.
    """
    board = _held(run, idea)
    revision, state, told, merged = _now(run, idea)
    if merged == into:
        return False
    there = posts_where(run, "p.id = ? AND p.kind = ? AND p.board_id = ? AND p.held = ''", (into, IDEA, board))
    if not there or into == idea or root_of(run, board).get(into, into) != into or merged is not None:
        raise UsageError(
            f"Idea {idea} cannot be merged into {into}.",
            remedy="Choose an idea of the same board that is shown, and merged into none itself.",
        )
    _write(run, board, idea, MERGED, (revision, state, told, into), seen=seen, who=who, now=now)
    record(run, Act(now, who, "idea_merged", f"board of ideas {board}, idea {idea} into {into}"))
    return True


def split_idea(run: Run, idea: int, *, seen: int, who: str, now: datetime) -> bool:
    """Take a merge back: the idea stands alone again, with its own votes; False where it does.

    Raises MeanwhileError as `answer_idea` does.
    """
    board = _held(run, idea)
    revision, state, told, merged = _now(run, idea)
    if merged is None:
        return False
    _write(run, board, idea, SPLIT, (revision, state, told, None), seen=seen, who=who, now=now)
    record(run, Act(now, who, "idea_split", f"board of ideas {board}, idea {idea} from {merged}"))
    return True


def steps_of(run: Run, idea: int) -> list[Step]:
    """All that was said of an idea, the first first."""
    return _steps(run, "idea_id = ?", idea)


def last_steps(run: Run, board: int) -> dict[int, Step]:
    """What was said last of each idea of a board of which something was."""
    return {step.idea: step for step in _steps(run, "board_id = ?", board)}


def root_of(run: Run, board: int) -> dict[int, int]:
    """By each idea of a board that was merged, the one as which it counts."""
    return roots(last_steps(run, board))


def roots(steps: Mapping[int, Step]) -> dict[int, int]:
    """The same of what was said last of each."""
    into = {idea: step.merged_into for idea, step in steps.items() if step.merged_into is not None}
    found = {}
    for idea, other in into.items():
        root = other
        while root in into:
            root = into[root]
        found[idea] = root
    return found


def counting_as(root: Mapping[int, int], idea: int) -> set[int]:
    """The idea itself, and those that were merged into it."""
    return {idea, *(each for each, other in root.items() if other == idea)}


def _is_shown(run: Run, idea: int) -> bool:
    return bool(posts_where(run, "p.id = ? AND p.held = ''", (idea,)))


def _held(run: Run, idea: int) -> int:
    """The board of an idea, held until the transaction ends; raises UsageError where there is no such idea."""
    found = posts_where(run, "p.id = ? AND p.kind = ?", (idea, IDEA))
    if not found:
        raise UsageError(f"There is no idea {idea}.", remedy="It may have been erased; load the page anew.")
    hold_board(run, found[0].board)
    return found[0].board


def _now(run: Run, idea: int) -> tuple[int, str, str, int | None]:
    steps = steps_of(run, idea)
    last = steps[-1] if steps else None
    return _BEFORE if last is None else (last.revision, last.state, last.answer, last.merged_into)


def _write(
    run: Run, board: int, idea: int, what: str, now_is: tuple[int, str, str, int | None], *, seen: int, who: str,
    now: datetime,
) -> None:  # fmt: skip
    revision, state, answer, merged = now_is
    if revision != seen:
        raise MeanwhileError(
            "Somebody else has said something of this idea meanwhile.",
            remedy="Look at what it is now, and say it again if need be.",
        )
    run(
        f"INSERT INTO idea_step ({_COLUMNS.removeprefix('id, ')}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - ours
        (board, idea, revision + 1, what, state, answer, merged, who, now),
    )


def _steps(run: Run, condition: str, value: object) -> list[Step]:
    rows = run(f"SELECT {_COLUMNS} FROM idea_step WHERE {condition} ORDER BY idea_id, revision", (value,))  # noqa: S608 - ours
    return [Step(*(*row[:-1], as_moment(row[-1]))) for row in rows]
