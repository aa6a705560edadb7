"""Segments as they are kept: nothing is written over, none can hold itself, and a person who is erased is in none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stamm.app.leaving.written import Written
from stamm.lang.errors import UsageError
from stamm.people import Database, acts, open_database
from stamm.saved import TABLES, keeping
from stamm.saved.keeping import MeanwhileError, Rules
from stamm.segments.named import key_of, named, resolved
from stamm.segments.rule import Rule, rule_of
from stamm.segments.sentence import read
from stamm.segments.speech import Speech

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)
INES, OLE = "ines@example.com", "ole@example.com"
ONCE, TWICE = (rule_of({"ordered": {"times": times}}) for times in (1, 2))


def rule(text: str) -> Rule:
    return read(text, Speech())


@pytest.fixture
def database(place: tuple[Path, str]) -> Iterator[Database]:
    with closing(open_database(*place, TABLES)) as opened:
        yield opened


def test_each_change_is_a_version_and_can_be_undone(database: Database) -> None:
    with database.transaction() as run:
        first = keeping.save_segment(run, " Gute  Käufer ", TWICE, note="for letters", who=INES, now=NOON)
        assert (first.key, first.name, first.revision) == ("gute_kaeufer", "Gute Käufer", 1)
        second = keeping.change_segment(run, first, ONCE, who=OLE, now=NOON)
        assert (second.revision, second.note) == (2, "for letters")
        assert keeping.change_segment(run, second, ONCE, who=OLE, now=NOON) == second, "the same is no change"
        third = keeping.rename_segment(run, second, "Käufer", who=OLE, now=NOON)
        assert (third.key, third.rule) == ("gute_kaeufer", ONCE)
    with pytest.raises(MeanwhileError), database.transaction() as run:
        keeping.change_segment(run, first, rule("whose country is DE"), who=INES, now=NOON)
    with database.transaction() as run:
        back = keeping.restore_segment(run, third, 1, who=INES, now=NOON)
        assert (back.revision, back.name, back.rule) == (4, "Gute Käufer", TWICE)
        keeping.delete_segment(run, back, who=INES, now=NOON)
        assert keeping.segments(run) == []
        gone = keeping.segment_of(run, "Gute Käufer")
        assert gone in keeping.segments(run, removed=True)
        with pytest.raises(UsageError, match="deleted"):
            keeping.rename_segment(run, gone, "Other", who=INES, now=NOON)
        assert keeping.restore_segment(run, gone, who=OLE, now=NOON).rule == TWICE
        told = [(each.revision, each.what, each.who) for each in keeping.versions_of(run, gone)]
    assert told == [
        (6, "restored", OLE),
        (5, "deleted", INES),
        (4, "went_back", INES),
        (3, "renamed", OLE),
        (2, "changed", OLE),
        (1, "made", INES),
    ]
    assert [act.what for act in acts(database)] == [
        "segment_restored", "segment_deleted", "segment_changed", "segment_changed", "segment_changed", "segment_saved",
    ]  # fmt: skip


def test_one_names_another_but_never_itself(database: Database) -> None:
    with database.transaction() as run:
        made: dict[str, object] = {"who": INES, "now": NOON}
        one = keeping.save_segment(run, "One", ONCE, **made)  # type: ignore[arg-type]
        two = keeping.save_segment(run, "Two", rule("who are in the segment one and whose country is DE"), **made)  # type: ignore[arg-type]
        saved = Rules(keeping.segments(run))
        assert resolved(named("TWO", saved), saved) == rule("who ordered at least once and whose country is DE")
    for refused, words in (
        (lambda run: keeping.change_segment(run, one, rule("who are in the segment Two"), who=OLE, now=NOON), "itself"),
        (lambda run: keeping.change_segment(run, one, rule("who are in the segment one"), who=OLE, now=NOON), "itself"),
        (
            lambda run: keeping.save_segment(run, "X", rule("who are in the segment nothing"), who=OLE, now=NOON),
            "no seg",
        ),
        (lambda run: keeping.delete_segment(run, one, who=OLE, now=NOON), "made of this one: Two"),
        (lambda run: keeping.save_segment(run, "one!", TWICE, who=OLE, now=NOON), "already"),
        (lambda run: keeping.save_segment(run, "Lapsed", TWICE, who=OLE, now=NOON), "comes ready"),
        (lambda run: keeping.save_segment(run, "Like ines@example.com", TWICE, who=OLE, now=NOON), "address"),
        (lambda run: keeping.save_segment(run, "...", TWICE, who=OLE, now=NOON), "letters"),
        (lambda run: keeping.rename_segment(run, two, "one", who=OLE, now=NOON), "already"),
        (lambda run: keeping.restore_segment(run, two, 7, who=OLE, now=NOON), "no version 7"),
        (lambda run: keeping.restore_segment(run, two, who=OLE, now=NOON), "not deleted"),
    ):
        with pytest.raises(UsageError, match=words), database.transaction() as run:
            refused(run)
    with database.transaction() as run:
        assert [(each.key, each.revision) for each in keeping.segments(run)] == [("one", 1), ("two", 1)]
        keeping.delete_segment(run, two, who=OLE, now=NOON)
        keeping.delete_segment(run, keeping.segment_of(run, "one"), who=OLE, now=NOON)
    with pytest.raises(UsageError, match="no segment named 'one'"), database.transaction() as run:
        keeping.restore_segment(run, keeping.segment_of(run, "two"), who=OLE, now=NOON)


def test_of_two_who_save_the_same_name_at_once_one_is_refused(place: tuple[Path, str]) -> None:
    with closing(open_database(*place, TABLES)):
        ready, found = threading.Barrier(2), list[str]()

    def save(who: str) -> None:
        with closing(open_database(*place, TABLES)) as own:
            ready.wait()
            try:
                with own.transaction() as run:
                    keeping.save_segment(run, "Both", ONCE, who=who, now=NOON)
                found.append("saved")
            except UsageError:
                found.append("refused")

    threads = [threading.Thread(target=save, args=(who,)) for who in (INES, OLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["refused", "saved"]


def test_whoever_is_erased_is_named_in_no_version_and_the_rules_still_hold(database: Database) -> None:
    def names(text: str) -> bool:
        return "anna quast" in text.casefold()

    with database.transaction() as run:
        keeping.save_segment(run, "Like Anna Quast", ONCE, note="Anna Quast wrote", who=INES, now=NOON)
        other = rule('who are in the segment like_anna_quast or whose city is Bonn or "Anna Quast"')
        keeping.save_segment(run, "Others", other, who=INES, now=NOON)
    cleaner = Written(database, lambda text: f"erased-{len(text)}")
    assert [place.told("en") for place in cleaner.places(names)] == [
        "segment 1", "segment 1, version 1", "segment 2, version 1",
    ]  # fmt: skip
    assert cleaner.erase(names) == 3
    assert cleaner.erase(names) == 0
    with database.transaction() as run:
        first, second = keeping.segments(run)
        assert (first.key, first.name, first.note) == ("erased_15", "erased-15", "")
        assert second.rule == rule("who are in the segment erased_15 or whose city is Bonn or erased-10")
        saved = Rules([first, second])
        assert resolved(second.rule, saved) == rule("who ordered at least once or whose city is Bonn or erased-10")
    assert key_of("Like Anna Quast") == "like_anna_quast"
