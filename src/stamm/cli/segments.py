"""Segments on the command line: which there are, and what is asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import click

from stamm.answers.segment_sizes import COLUMNS, days_of, sizes_over
from stamm.answers.segments import Segments, Size
from stamm.answers.written import csv_of, json_of
from stamm.cli import printing
from stamm.cli.session import Session
from stamm.lang.errors import UsageError
from stamm.saved.keeping import Rules, Segment, segments
from stamm.segments import OPERATORS
from stamm.segments.named import key_of, named
from stamm.segments.ready import READY
from stamm.segments.rule import Rule
from stamm.segments.sentence import said, sentence, understood
from stamm.segments.speech import Speech

#: customers that a table for people shows
SHOWN = 20


def print_operators(say: Session) -> None:
    """What can be said of customers: each operator as a sentence."""
    speech = Speech(say.language.code)
    say.heading(say("What can be said of customers"))
    rows = [(said(kind(), speech), kind.sentence(say.language.code)) for kind in OPERATORS]
    printing.print_pairs(say, (say("as it is said"), say("whom it is so of")), rows)


@dataclass
class Asked:
    """What is asked of which segments: by their keys or one by a rule, at the start of which days, or windows."""

    say: Session
    names: tuple[str, ...]
    rule: str | None
    form: str
    grain: str
    as_of: date | None
    start: date | None
    end: date | None

    @cached_property
    def segments(self) -> Segments:
        """The world, asked about segments."""
        return Segments(self.say.project.world(), Rules(tuple(self.kept.values())))

    @cached_property
    def kept(self) -> dict[str, Segment]:
        """The saved segments by their keys."""
        if not self.say.project.has_people:
            return {}
        with closing(self.say.project.people()) as database, database.transaction() as run:
            return {each.key: each for each in segments(run)}

    def _title(self, name: str) -> str:
        """What a segment is called."""
        key = key_of(name)
        if key in self.kept:
            return self.kept[key].name
        return READY[key].title.of(self.speech.code) if key in READY else name

    @property
    def speech(self) -> Speech:
        """As the reader speaks."""
        return Speech(self.say.language.code, self.segments.world.organisation.currency)

    # -- what is asked of ------------------------------------------------------------
    def _rules(self, least: int, most: int | None) -> dict[str, Rule]:
        """The rules by what they are called; raises UsageError for too few or too many of them."""
        found = {name: named(name, self.segments.saved) for name in self.names}
        if self.rule is not None:
            found[self.say("the rule")] = understood(self.rule, self.speech)
        if len(found) < least or (most is not None and len(found) > most):
            asked = self.say("Name one segment, or give a rule.") if most else self.say("Name at least two segments.")
            raise UsageError(asked, remedy=self.say("`stamm segment` lists all there are."))
        return found

    def _one(self) -> tuple[str, Rule]:
        ((name, rule),) = self._rules(1, 1).items()
        return self._title(name), rule

    def _day(self, *rules: Rule) -> date:
        return self.segments.day(self.as_of, *rules)

    # -- what is shown ---------------------------------------------------------------
    def print_list(self) -> None:
        """Every segment there is, the saved ones first: its key, its name, and whom it holds."""
        rules: dict[str, Rule] = {key: each.rule for key, each in self.kept.items()}
        rules |= {key: each.rule for key, each in READY.items()}
        rows = [(key, self._title(key), sentence(rule, self.speech)) for key, rule in rules.items()]
        if self.form != "table":
            self._print(["key", "name", "rule"], [dict(zip(("key", "name", "rule"), row, strict=True)) for row in rows])
            return
        self.say.heading(self.say("Segments"))
        printing.print_pairs(
            self.say,
            (self.say("key"), self.say("whom it holds")),
            [(key, f"{name}: {told}") for key, name, told in rows],
        )
        self.say.out.print()
        self.say.out.print(self.say("`stamm segment show KEY` tells how many are in one."), style="quiet")

    def print_one(self) -> None:
        """How many are in it, of all, and by which rule."""
        name, rule = self._one()
        size = self.segments.size(rule, self._day(rule))
        record = _record(size) | {"sentence": sentence(rule, self.speech), "rule": rule.written()}
        if self.form == "json":
            click.echo(json_of({"segment": name, **record}))
            return
        if self.form == "csv":
            click.echo(csv_of(list(_record(size)), [_record(size)]))
            return
        self.say.out.print(name, style="title")
        self.say.out.print(record["sentence"])
        self.say.out.print()
        self.say.out.print(self._counted(size))
        self._print_note(rule, size.on)

    def print_members(self) -> None:
        """Who is in it."""
        name, rule = self._one()
        on = self._day(rule)
        found = self.segments.members(rule, on)["customer_id"].to_pylist()
        if self.form != "table":
            self._print(["customer_id"], [{"customer_id": who} for who in found])
            return
        self.say.out.print(name, style="title")
        count = self.say.language.counted(len(found), "{count} customer", "{count} customers")
        self.say.out.print(self.say("{count} at the start of {day}", count=count, day=self.say.language.day(on)))
        for who in found[:SHOWN]:
            self.say.out.plain(f"  {who}")
        if len(found) > SHOWN:
            self.say.out.print(self.say("--format csv gives all of them."), style="quiet")

    def print_sizes(self) -> None:
        """How many were in it over time, and how many entered and left."""
        name, rule = self._one()
        days = days_of(self.segments, rule, self.start, self.end, self.grain)
        rows = sizes_over(self.segments, rule, days, self.grain)
        if self.form != "table":
            self._print(COLUMNS, [row.record() for row in rows])
            return
        say = self.say.language
        self.say.out.print(name, style="title")
        table = printing.table(
            *map(self.say, ("at the start of", "entered", "left again", "in it", "of all")), right=(1, 2, 3, 4)
        )
        for row in rows:
            moved = ("" if count is None else say.number(count) for count in (row.entered, row.left))
            open_ = "" if row.complete is not False else f" ({self.say('not a whole window')})"
            cells = (say.number(row.size.customers), say.value(row.size.share, "share"))
            table.add_row(f"{say.day(row.size.on)}{open_}", *moved, *cells)
        self.say.out.show(table)
        if days:
            self._print_note(rule, days[0])

    def print_overlap(self) -> None:
        """How many each two have in common."""
        rules = self._rules(2, None)
        on = self._day(*rules.values())
        found = self.segments.overlap(rules, on)
        if self.form != "table":
            columns = ["one", "other", "in_one", "in_other", "in_both", "jaccard"]
            self._print(columns, [{**vars(each), "jaccard": each.jaccard} for each in found])
            return
        heads = ("one", "the other", "in the one", "in the other", "in both")
        table = printing.table(*(self.say(head) for head in heads), right=(2, 3, 4))
        for each in found:
            counts = (self.say.language.number(n) for n in (each.in_one, each.in_other, each.in_both))
            table.add_row(each.one, each.other, *counts)
        self.say.out.show(table)
        self.say.out.print(self.say("at the start of {day}", day=self.say.language.day(on)), style="quiet")

    def print_moves(self) -> None:
        """Who entered and left between the starts of two days."""
        if self.start is None:
            raise UsageError(self.say("From which day on?"), remedy=self.say("Give it as --from 2024-02-29."))
        name, rule = self._one()
        later = self.segments.day(self.end, rule)
        moves = self.segments.moves(rule, self.segments.day(self.start, rule), later)
        if self.form != "table":
            told = (("stayed", moves.stayed), ("entered", moves.entered), ("left", moves.left))
            rows = [{"customer_id": who, "moved": moved} for moved, everyone in told for who in everyone]
            self._print(["customer_id", "moved"], rows)
            return
        self.say.out.print(name, style="title")
        day = self.say.language.day
        self.say.out.print(
            self.say("From the start of {earlier} to that of {later}", earlier=day(self.start), later=day(later))
        )
        for words, who in (
            (self.say("entered"), moves.entered),
            (self.say("left again"), moves.left),
            (self.say("stayed"), moves.stayed),
        ):
            some = ", ".join(who[:SHOWN]) + (" ..." if len(who) > SHOWN else "")
            self.say.out.plain(f"  {self.say.language.number(len(who))} {words}{': ' if who else ''}{some}")
        self._print_note(rule, self.start)

    def _counted(self, size: Size) -> str:
        say = self.say.language
        return self.say(
            "{count} of {all} customers ({share}) at the start of {day}",
            count=say.number(size.customers),
            all=say.number(size.everybody),
            share=say.value(size.share, "share"),
            day=say.day(size.on),
        )

    def _print_note(self, rule: Rule, on: date) -> None:
        """That something may have been before the data, where the rule looks there."""
        if (first := self.segments.looks_before(rule, on)) is not None:
            day = self.say.language.day(first)
            text = self.say("The data begin on {day}; what was before is not known, and counts as nothing.", day=day)
            self.say.out.print(text, style="quiet")

    def _print(self, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
        click.echo(json_of({"rows": rows}) if self.form == "json" else csv_of(columns, rows))


def _record(size: Size) -> dict[str, Any]:
    return {"day": size.on, "customers": size.customers, "everybody": size.everybody, "share": size.share}
