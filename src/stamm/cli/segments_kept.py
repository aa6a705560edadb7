"""Saved segments on the command line: each change is a version more."""

from __future__ import annotations

import getpass
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from stamm.answers.written import csv_of, json_of
from stamm.cli.session import Session
from stamm.lang.errors import UsageError
from stamm.saved import keeping
from stamm.saved.keeping import Segment
from stamm.segments.named import key_of
from stamm.segments.rule import rule_of
from stamm.segments.sentence import sentence, understood
from stamm.segments.speech import Speech

_COLUMNS = ("version", "at", "who", "what", "name", "note", "rule")


def did(what: str) -> str:
    """The code of a version in English words, to be looked up in a language."""
    words = {
        keeping.MADE: "saved it",
        keeping.CHANGED: "changed it",
        keeping.RENAMED: "renamed it",
        keeping.BACK: "went back to an earlier version",
        keeping.DELETED: "deleted it",
        keeping.RESTORED: "brought it back",
    }
    return words[what]


@dataclass
class Keeping:
    """What is done with saved segments: to which, with which rule and note."""

    say: Session
    names: tuple[str, ...]
    rule: str | None
    note: str | None
    version: int | None
    form: str

    @property
    def _speech(self) -> Speech:
        return Speech(self.say.language.code, self.say.project.organisation.currency)

    def _named(self, count: int = 1) -> str:
        if len(self.names) != count:
            asked = "Name the segment, and its new name." if count == 2 else "Name one segment."
            raise UsageError(asked, remedy="`stamm segment` lists all there are.")
        return self.names[0]

    def save(self) -> None:
        """Saves a rule under a name, or another rule under one that is there."""
        name = self._named()
        if self.rule is None:
            raise UsageError("The rule is missing.", where="--rule", remedy="Give it as --rule 'who ordered ...'.")
        rule = understood(self.rule, self._speech)
        given: dict[str, Any] = {"who": getpass.getuser(), "now": datetime.now(UTC)}
        with closing(self.say.project.people()) as database, database.transaction() as run:
            before = next((each for each in keeping.segments(run) if each.key == key_of(name)), None)
            if before is None:
                found = keeping.save_segment(run, name, rule, note=self.note or "", **given)
            else:
                found = keeping.change_segment(run, before, rule, note=self.note, **given)
        self._tell(found)

    def rename(self) -> None:
        """Another name from now on."""
        name = self._named(2)
        with closing(self.say.project.people()) as database, database.transaction() as run:
            found = keeping.segment_of(run, name)
            found = keeping.rename_segment(run, found, self.names[1], who=getpass.getuser(), now=datetime.now(UTC))
        self._tell(found)

    def delete(self) -> None:
        """Away from all lists, until it is restored."""
        name = self._named()
        with closing(self.say.project.people()) as database, database.transaction() as run:
            found = keeping.segment_of(run, name)
            keeping.delete_segment(run, found, who=getpass.getuser(), now=datetime.now(UTC))
        text = self.say(
            "{name} is deleted. `stamm segment restore {key}` brings it back.", name=found.name, key=found.key
        )
        self.say.out.print(text)

    def restore(self) -> None:
        """As it was in an earlier version, or before it was deleted."""
        name = self._named()
        given: dict[str, Any] = {"who": getpass.getuser(), "now": datetime.now(UTC)}
        with closing(self.say.project.people()) as database, database.transaction() as run:
            found = keeping.restore_segment(run, keeping.segment_of(run, name), self.version, **given)
        self._tell(found)

    def versions(self) -> None:
        """How it became what it is."""
        with closing(self.say.project.people()) as database, database.transaction() as run:
            found = keeping.versions_of(run, keeping.segment_of(run, self._named()))
        if self.form != "table":
            rows = [_row(each) for each in found]
            click.echo(json_of({"rows": rows}) if self.form == "json" else csv_of(_COLUMNS, rows))
            return
        self.say.out.print(found[0].name, style="title")
        for each in found:
            at = f"{self.say.language.moment(each.at)} UTC"
            self.say.out.print(f"{each.revision}  {at} · {each.who} · {self.say(did(each.what))}", style="quiet")
            self.say.out.plain(f"   {sentence(each.rule, self._speech)}")

    def _tell(self, found: Segment) -> None:
        text = self.say(
            "{name} is saved as {key}, version {number}.", name=found.name, key=found.key, number=found.revision
        )
        self.say.out.print(text)
        self.say.out.print(sentence(found.rule, self._speech), style="quiet")


def _row(found: Segment) -> dict[str, Any]:
    told = (found.revision, found.at, found.who, found.what, found.name, found.note, rule_of(found.written).written())
    return dict(zip(_COLUMNS, told, strict=True))
