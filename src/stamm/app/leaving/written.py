"""What people here wrote that is not about one customer: boards, goals, segments, surveys, forms, and the acts.

Tables of Django's are read as plain rows: whoever erases a person from the command line has no Django set up.
A test reads the tables: every column of words stands here, or there with the reason why it names no customer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from stamm.care.leaving import HELD
from stamm.forms.leaving import naming as forms_naming
from stamm.ideas.leaving import naming as naming_in_ideas
from stamm.lang.phrase import Phrase
from stamm.people.database import Database, Run
from stamm.segments.named import key_of
from stamm.segments.operators.in_segment import InSegment
from stamm.store.erasing.ledger import NOBODY
from stamm.surveys.leaving import naming

#: texts that go whole, those that have to say something, the JSON of a board or a goal, that of a segment's rule, in
#: which every text has to say something, and keys, which are made of a name
EMPTIED, RENAMED, BOARD, RULE, KEY = "emptied", "renamed", "board", "rule", "key"
#: each table, its key in what is told, and its columns
WRITTEN: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "boards_board": (("id",), {"name": RENAMED, "written": BOARD}),
    "boards_version": (("board_id", "revision"), {"written": BOARD}),
    "boards_boardlink": (("board_id",), {"note": EMPTIED}),
    "goal_version": (("goal_id", "revision"), {"aim": BOARD}),
    "goal_check_in": (("goal_id",), {"told": RENAMED}),
    "survey": (("id",), {"key": KEY}),
    "survey_version": (("survey_id", "revision"), {"plan": BOARD}),
    "survey_link": (("survey_id",), {"touchpoint": RENAMED}),
    "survey_mailing": (("id",), {"words": BOARD}),
    "survey_by_itself": (("id",), {"about": BOARD}),
    "form": (("id",), {"key": KEY}),
    "form_version": (("form_id", "revision"), {"plan": BOARD}),
    "form_confirmation": (("submission_id",), {"ticked": BOARD}),
    "idea_board": (("id",), {"key": KEY}),
    "idea_board_version": (("board_id", "revision"), {"plan": BOARD}),
    "report": (("id",), {"about": BOARD}),
    "alert": (("id",), {"about": BOARD, "problem": EMPTIED}),
    "webhook": (("id",), {"name": RENAMED}),
    "webhook_message": (("id",), {"content": BOARD}),
    "customer_mail": (("id",), {"about": BOARD, "campaign": EMPTIED}),
    "segment": (("id",), {"key": KEY}),
    "segment_version": (("segment_id", "revision"), {"name": RENAMED, "note": EMPTIED, "rule": RULE}),
    "people_act": (("id",), {"about": RENAMED}),
}
_PLACES = {
    "boards_board": Phrase("board {}", "Tafel {}"),
    "boards_version": Phrase("board {}, version {}", "Tafel {}, Fassung {}"),
    "boards_boardlink": Phrase("a link to board {}", "ein Link auf Tafel {}"),
    "goal_version": Phrase("goal {}, version {}", "Ziel {}, Fassung {}"),
    "goal_check_in": Phrase("a check-in on goal {}", "ein Zwischenstand zu Ziel {}"),
    "survey": Phrase("survey {}", "Umfrage {}"),
    "survey_version": Phrase("survey {}, version {}", "Umfrage {}, Fassung {}"),
    "survey_link": Phrase("a link of survey {}", "ein Link der Umfrage {}"),
    "survey_mailing": Phrase("the words of mailing {} of a survey", "die Worte von Versand {} einer Umfrage"),
    "survey_by_itself": Phrase("choice {} of how a survey asks", "Wahl {}, wie eine Umfrage fragt"),
    "form": Phrase("form {}", "Formular {}"),
    "form_version": Phrase("form {}, version {}", "Formular {}, Fassung {}"),
    "form_confirmation": Phrase(
        "a consent in submission {} of a form", "eine Einwilligung in Einsendung {} eines Formulars"
    ),
    "idea_board": Phrase("board of ideas {}", "Ideenbrett {}"),
    "idea_board_version": Phrase("board of ideas {}, version {}", "Ideenbrett {}, Fassung {}"),
    "idea_post": Phrase("post {} on a board of ideas", "Beitrag {} auf einem Ideenbrett"),
    "idea_step": Phrase("answer {} to an idea", "Antwort {} auf eine Idee"),
    "report": Phrase("report {}", "Bericht {}"),
    "alert": Phrase("alert {}", "Alarm {}"),
    "webhook": Phrase("webhook {}", "Webhook {}"),
    "webhook_message": Phrase("message {} to a webhook", "Nachricht {} an einen Webhook"),
    "customer_mail": Phrase("mail {} to a customer", "Mail {} an einen Kunden"),
    "segment": Phrase("segment {}", "Segment {}"),
    "segment_version": Phrase("segment {}, version {}", "Segment {}, Fassung {}"),
    "people_act": Phrase("act {} of the record", "Nummer {} des Protokolls"),
    "care_note": Phrase("note {}", "Notiz {}"),
    "care_task": Phrase("task {}", "Aufgabe {}"),
    "survey_follow_up": Phrase("note {} about an answer to a survey", "Notiz {} zu einer Antwort auf eine Umfrage"),
    "form_submission": Phrase("what was sent by a form, number {}", "was ein Formular empfing, Nummer {}"),
    "survey_sheet": Phrase("answers {} to a survey", "Antworten {} auf eine Umfrage"),
}
#: in a board or a goal these have to say something
_NEEDED = ("name", "text", "told")


class Place(NamedTuple):
    """Where something stands: a table, and the numbers that tell which of its rows."""

    table: str
    numbers: tuple[int, ...]

    def told(self, code: str) -> str:
        """In words of a language."""
        return _PLACES[self.table].of(code).format(*self.numbers)


@dataclass(frozen=True)
class Written:
    """Finds texts in the database of people, and takes names out; `renamed` gives what must say something its words."""

    database: Database
    renamed: Callable[[str], str]

    def places(self, names: Callable[[str], bool]) -> list[Place]:
        """Where texts stand that name somebody; each row once."""
        with self.database.transaction() as run:
            return [place for place, _, _ in self._found(run, names)]

    def notes(
        self, of_them: Callable[[str], bool], names: Callable[[str], bool], may_name: Callable[[str], bool]
    ) -> list[Place]:
        """Where notes, tasks and answers `may_name` somebody, except those about or by them (`of_them`, `names`)."""
        with self.database.transaction() as run:
            there = [
                Place(table, (number,))
                for table, columns in HELD.items()
                for number, customer, *told in run(
                    f"SELECT {', '.join(('id', 'customer_id', *columns))} FROM {table} ORDER BY id",  # noqa: S608 - ours
                    (),
                )
                if not of_them(customer) and any(may_name(text) for text in told)
            ]
            found = (*naming(run, of_them, may_name), *forms_naming(run, of_them, names, may_name))
            more = naming_in_ideas(run, of_them, names, may_name)
            return [*there, *(Place(*each) for each in (*found, *more))]

    def erase(self, names: Callable[[str], bool]) -> int:
        """Take what names somebody out of all of them; returns how many rows held such. It may be done again."""
        with self.database.transaction() as run:
            found = list(self._found(run, names))
            for place, number, changed in found:
                sets = ", ".join(f"{name} = ?" for name in changed)
                run(f"UPDATE {place.table} SET {sets} WHERE id = ?", (*changed.values(), number))  # noqa: S608 - ours
            touched = {place.table for place, _, _ in found}
        if touched:
            self.database.scrub(*sorted(touched))
        return len(found)

    def _found(self, run: Run, names: Callable[[str], bool]) -> Iterator[tuple[Place, int, dict[str, str]]]:
        """Rows with texts that name somebody: where, the row's own number, and what its columns become."""
        for table in sorted(self.database.tables(run) & WRITTEN.keys()):
            key, columns = WRITTEN[table]
            rows = run(f"SELECT {', '.join(('id', *key, *columns))} FROM {table} ORDER BY id", ())  # noqa: S608 - ours
            for number, *rest in rows:
                told = dict(zip(columns, rest[len(key) :], strict=True))
                cleaned = {name: self._without(told[name], how, names) for name, how in columns.items()}
                changed = {name: text for name, text in cleaned.items() if text is not None}
                if changed:
                    yield Place(table, tuple(rest[: len(key)])), number, changed

    def _without(self, told: Any, how: str, names: Callable[[str], bool]) -> str | None:
        """The text without what names somebody; None where nothing does."""
        if how in (BOARD, RULE):
            content = json.loads(told) if isinstance(told, str) else told
            cleaned = self._cleaned(content, "", names) if how == BOARD else self._ruled(content, "", names)
            return None if cleaned == content else json.dumps(cleaned)
        if how == KEY:
            return self._keyed(told, names)
        if not told or told.startswith(NOBODY) or not names(told):
            return None
        return self.renamed(told) if how == RENAMED else ""

    def _ruled(self, value: Any, within: str, names: Callable[[str], bool]) -> Any:
        """A part of a rule, in which a text that names somebody becomes another: it still reads, and finds nobody."""
        if isinstance(value, dict):
            return {
                key: self._ruled(each, key if isinstance(each, dict) else within, names) for key, each in value.items()
            }
        if isinstance(value, list):
            return [self._ruled(each, within, names) for each in value]
        if not isinstance(value, str):
            return value
        if within == InSegment.key:
            return self._keyed(value, names) or value
        return self.renamed(value) if names(value) and not value.startswith(NOBODY) else value

    def _keyed(self, key: str, names: Callable[[str], bool]) -> str | None:
        """Another key for one that is made of somebody's name, everywhere the same; None for any other."""
        return key_of(self.renamed(key_of(key))) if names(key) or names(key.replace("_", " ")) else None

    def _cleaned(self, value: Any, name: str, names: Callable[[str], bool]) -> Any:
        """A value of a board or a goal: a text that names somebody goes whole, and with it a condition."""
        if isinstance(value, dict):
            return {key: self._cleaned(each, key, names) for key, each in value.items()}
        if isinstance(value, list):
            return [self._cleaned(each, name, names) for each in value if not (isinstance(each, str) and names(each))]
        if isinstance(value, str) and names(value):
            return self.renamed(value) if name in _NEEDED else ""
        return value
