"""How far a prediction is to be trusted: its data, its gates, and how it did on days it had not seen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import ClassVar, Self

from stamm.analyses.kind import ROWS, Analysis, Column, ColumnUnit, Found, Question, column, row
from stamm.lang.definition import Setting
from stamm.lang.errors import TooLittleError
from stamm.lang.phrase import Phrase
from stamm.lang.registry import Registry
from stamm.metrics import Metric
from stamm.predictions.kind import MODEL, RELIABILITY, Parameter, Prediction
from stamm.predictions.tried import Importance, Part, Quality, Tried, parts_of, quality_of

SPLIT, FEATURES, KINDS, GATES = "split", "features", "kinds", "gates"
UNTRIED = Phrase(
    "It could not be tried: the data do not suffice for a day so far back that its outcome is known.",
    "Erproben lässt sie sich nicht: die Daten reichen nicht für einen Tag, dessen Ausgang schon bekannt ist.",
)


@row
class Split:
    """What was learned from, and the day that it was tried on, of which nothing had been learned."""

    tried_on: str = column("tried on", "erprobt am", "text", key=True)
    known_on: str = column("outcome known on", "Ausgang bekannt am", "text")
    learned_from: str = column("learned from", "gelernt von", "text")
    learned_until: str = column("to", "bis", "text")
    customers: int = column("customers", "Kunden", "count")
    told: float = column("told", "vorhergesagt", "number")
    came: float = column("came", "eingetreten", "number")


@row
class GateMet:
    """How much of something there has to be, and how much there is."""

    gate: str = column("gate", "Bedingung", "text", key=True)
    words: Phrase = column("of what", "wovon", "text")
    least: int = column("at least", "mindestens", "count")
    there: int = column("there are", "vorhanden", "count")
    met: bool = column("enough", "genug", "flag")


class Report(Analysis):
    """How far a prediction is to be trusted.

    It is tried on the last day whose outcome is known, knowing nothing of later, beside ways of telling that need no
    model. With what it is learned from, what it draws its number from, its parameters, and what it needs at least.
    """

    abstract = True  # asked of one prediction, it has no key of its own
    key = "report"
    en = "How far a prediction is to be trusted"
    de = "Wie weit einer Vorhersage zu trauen ist"
    sentence_de = "Woraus eine Vorhersage gelernt ist, und wie gut sie an einem Tag war, den sie nicht kannte."
    tables: ClassVar = {
        ROWS: Quality,
        SPLIT: Split,
        RELIABILITY: Part,
        KINDS: Importance,
        FEATURES: Importance,
        MODEL: Parameter,
        GATES: GateMet,
    }
    splits = False

    prediction = Setting("", "Which prediction: its key.", "Welche Vorhersage: ihr Schlüssel.")

    def __init__(self, asked: Prediction) -> None:
        asked.check_checked()
        super().__init__(prediction=asked.key)
        self.asked = asked

    @property
    def address(self) -> str:
        return f"{self.asked.key}/report"

    def having(self, settings: Mapping[str, object]) -> Self:
        return type(self)(self.asked.having(settings))

    def knowing(self, metrics: Registry[Metric], known: Collection[str] = ()) -> Self:
        return self

    def unit_of(self, column: Column) -> ColumnUnit:
        own = column.name in ("told", "came", "low", "high")
        return self.asked.unit_of_outcome if own else column.unit

    def facts(self) -> tuple[str, ...]:
        return self.asked.facts()

    def beside(self) -> tuple[str, ...]:
        return self.asked.beside()

    def answer(self, question: Question) -> Found:
        try:
            tried = self.asked.tried(question)
            gates = tuple(self._gates(tried.counted))
        except TooLittleError:
            counted = self.asked.measured(question) if question.as_of is not None else {}
            gates = tuple(self._gates(counted))
            empty = {name: () for name in self.tables if name != GATES}
            return Found({**empty, GATES: gates}, notes=(UNTRIED,))
        probable = self.asked.unit_of_outcome == "share"
        return Found(
            {
                ROWS: tuple(quality_of(way, tried.came, probable=probable) for way in tried.ways),
                SPLIT: (self._split(tried),),
                RELIABILITY: tuple(parts_of(tried.told, tried.came, share=probable)),
                KINDS: tried.importance.get(KINDS, ()),
                FEATURES: tried.importance.get(FEATURES, ()),
                MODEL: tried.model,
                GATES: gates,
            },
            notes=tried.notes,
        )

    def _gates(self, counted: Mapping[str, int]) -> Iterator[GateMet]:
        for gate in self.asked.gates:
            there = counted.get(gate.key, 0)
            yield GateMet(gate.key, gate.words, gate.least, there, there >= gate.least)

    def _split(self, tried: Tried) -> Split:
        first, last = tried.learned
        return Split(
            tried_on=tried.on.isoformat(),
            known_on=(tried.on + timedelta(days=self.asked.horizon)).isoformat(),
            learned_from=first.isoformat(),
            learned_until=last.isoformat(),
            customers=len(tried.came),
            told=float(tried.told.mean()),
            came=float(tried.came.mean()),
        )


class Enough(Report):
    """What a prediction needs at least, and how much of it there is."""

    abstract = True
    key = "enough"
    en = "What a prediction needs"
    de = "Was eine Vorhersage braucht"
    sentence_de = "Was eine Vorhersage mindestens braucht, und wie viel davon da ist."
    tables: ClassVar = {ROWS: GateMet}

    @property
    def address(self) -> str:
        return f"{self.asked.key}/enough"

    def answer(self, question: Question) -> Found:
        counted = self.asked.measured(question) if question.as_of is not None else {}
        return Found({ROWS: tuple(self._gates(counted))})
