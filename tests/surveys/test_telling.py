"""What answers become: facts that the catalogue measures as the results do."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from stamm.answers import Answers
from stamm.app import hearing
from stamm.app.hearing import tell
from stamm.app.project import Project
from stamm.intake.spam import FLOOD
from stamm.lang.errors import BusyError
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window
from stamm.metrics import METRICS
from stamm.people import Database
from stamm.surveys import keeping
from stamm.surveys.ready import ready
from stamm.surveys.results import results_of
from tests.surveys.asked import NOON, opened, personal, send, shared


def test_answers_are_facts_that_the_catalogue_measures_as_the_results_do(tmp_path: Path) -> None:
    """Anna 10 (first 2), ben 9, cleo 7, dora 3; emil skips nothing and is only asked; fay's is held, gus came openly.

    Of 5 scores 3 are promoters (10, 9, 10) and 1 a detractor: 100 x (3 - 1) / 5 = 40.
    """
    project = Project.create(tmp_path / "shop", Organisation(zone="Europe/Berlin"))
    with closing(project.people()) as database:
        survey = opened(database)
        links = personal(database, survey, "anna", "ben", "cleo", "dora", "emil", "fay")
        first = send(database, links["anna"], 1, recommend="2", why="bad")
        tell(project, database)
        send(database, links["anna"], first.revision, recommend="10", at=NOON + timedelta(hours=1))
        for who, score in (("ben", "9"), ("cleo", "7"), ("dora", "3")):
            send(database, links[who], 1, recommend=score, why="=1+1" if who == "ben" else "")
        fay = send(database, links["fay"], 1, recommend="0")
        send(database, shared(database, survey)(), 0, recommend="10", at=NOON + timedelta(minutes=5))
        assert tell(project, database) == 6
        with database.transaction() as run:  # after it was told
            run(
                "UPDATE survey_sheet SET held = ?, told = 0, changed_at = ? WHERE id = ?",
                (FLOOD, NOON + timedelta(hours=2), fay.id),
            )
        assert (tell(project, database), tell(project, database)) == (1, 0)
        with database.transaction() as run:
            made = results_of(run, keeping.survey_of(run, survey), "Europe/Berlin")
    assert (made.asked, made.answered, made.others, made.held) == (5, 4, 1, 1)
    world = project.world()
    rows = {
        (row["customer_id"], row["question"]): row
        for row in world.engine.run(world.engine.table("responses")).to_pylist()
    }
    assert {key for key in rows if key[0] == "fay"} == set()
    assert (rows["anna", "recommend"]["score"], rows["anna", "why"]["comment"]) == (10, None)
    assert (rows["emil", "recommend"]["answered_at"], rows["ben", "why"]["comment"]) == (None, "=1+1")
    assert rows[None, "recommend"]["touchpoint"] == "counter"
    answers = Answers(world)
    window = Window(NOON.date(), NOON.date() + timedelta(days=1))
    (row,) = answers.ask(METRICS["net_promoter_score"](), [window], where=["survey=spring"]).rows
    (question, _) = made.questions
    assert question.score is not None
    assert (row.value, row.low, row.high, row.n) == (
        question.score.value,
        question.score.low,
        question.score.high,
        question.score.n,
    )
    assert (row.value, row.n) == (40, 5)


def test_each_option_chosen_is_a_row_and_what_is_chosen_no_more_is_taken_back(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "shop", Organisation(zone="UTC"))

    def chosen() -> list[tuple[str, str | None]]:
        world = project.world()
        found = world.engine.run(world.engine.table("responses")).to_pylist()
        return sorted((row["question"], row["choice"]) for row in found)

    with closing(project.people()) as database:
        survey = opened(database, ready("exit", "Goodbye"))
        token = personal(database, survey)["anna"]
        tell(project, database)
        assert chosen() == [("why_leaving", None)]
        sheet = send(database, token, 1, "reasons", why_leaving=["price", "delivery"])
        tell(project, database)
        assert chosen() == [("why_leaving", "Too expensive"), ("why_leaving", "Trouble with delivery")]
        sheet = send(database, token, sheet.revision, "reasons", why_leaving="delivery", at=NOON + timedelta(hours=1))
        tell(project, database)
        assert chosen() == [("why_leaving", "Trouble with delivery")]
        send(database, token, sheet.revision, "reasons", why_leaving=["price", "need"], at=NOON + timedelta(hours=2))
        tell(project, database)
        assert chosen() == [("why_leaving", "I no longer need it"), ("why_leaving", "Too expensive")]


def scores(project: Project) -> list[tuple[str, float | None]]:
    world = project.world()
    try:
        found = world.engine.run(world.engine.table("responses")).to_pylist()
    finally:
        world.engine.close()
    return sorted((row["customer_id"], row["score"]) for row in found if row["question"] == "recommend")


def hold(database: Database, number: int) -> None:
    with database.transaction() as run:
        run(
            "UPDATE survey_sheet SET held = ?, told = 0, changed_at = ? WHERE id = ?",
            (FLOOD, NOON + timedelta(hours=2), number),
        )


@pytest.mark.parametrize("at", ["put_said", "mark_told"])
def test_what_was_told_by_who_was_cut_off_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Cut off before the lake's commit, or after it; held afterwards, no answer of anna's stays."""
    project = Project.create(tmp_path / "shop", Organisation(zone="UTC"))

    def cut_off(*_: object) -> None:
        with pytest.raises(BusyError), project.lake().writing(wait_seconds=0):
            raise AssertionError("somebody else told meanwhile")
        raise KeyboardInterrupt

    with closing(project.people()) as database:
        links = personal(database, opened(database), "anna", "ben")
        anna = send(database, links["anna"], 1, recommend="2")
        with monkeypatch.context() as patched:
            patched.setattr(hearing, at, cut_off)
            with pytest.raises(KeyboardInterrupt):
                tell(project, database)
        hold(database, anna.id)
        assert (tell(project, database), tell(project, database)) == (2, 0)
        assert scores(project) == [("ben", None)]


def test_what_is_held_while_the_lake_is_busy_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first worker waits for the lake; anna's answer is held, and a second one tells that before the first."""
    project = Project.create(tmp_path / "shop", Organisation(zone="UTC"))
    with closing(project.people()) as database:
        links = personal(database, opened(database), "anna", "ben")
        anna = send(database, links["anna"], 1, recommend="2")
        lake, told = Project.lake, []

        def waited_for(self: Project) -> Any:
            monkeypatch.setattr(Project, "lake", lake)
            hold(database, anna.id)
            told.append(tell(project, database))
            return lake(self)

        monkeypatch.setattr(Project, "lake", waited_for)
        assert (tell(project, database), told, tell(project, database)) == (0, [2], 0)
        assert scores(project) == [("ben", None)]
