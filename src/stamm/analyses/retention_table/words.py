"""What a retention table says in words: what stands above and below the line, and why a cell is empty."""

from __future__ import annotations

from stamm.analyses.calendar import STEP
from stamm.analyses.kind import Fraction
from stamm.analyses.retention_table.cells import BEFORE, CONTRIBUTION, CUSTOMERS, FIRST, START
from stamm.lang.phrase import Phrase
from stamm.lang.reasons import GROWING, NOT_OVER

MEASURES = {
    "customers": Phrase("back", "wieder da"),
    "orders": Phrase("orders", "Bestellungen"),
    "gross_revenue": Phrase("gross revenue", "Bruttoumsatz"),
    "revenue": Phrase("revenue", "Umsatz"),
    "contribution": Phrase("contribution", "Deckungsbeitrag"),
}
#: by rule: a cell's own time, that of the cell before, that of the first
WHEN = {
    "on": (
        Phrase("in the period", "in der Periode"),
        Phrase("in the period before", "in der Periode davor"),
        Phrase("in period 0", "in Periode 0"),
    ),
    "on_or_after": (
        Phrase("in the period or later", "in der Periode oder später"),
        Phrase("in the period before or later", "in der Periode davor oder später"),
        Phrase("in period 0 or later", "in Periode 0 oder später"),
    ),
    "bracket": (
        Phrase("in these periods", "in diesen Perioden"),
        Phrase("in the periods before", "in den Perioden davor"),
        Phrase("in the first periods", "in den ersten Perioden"),
    ),
}
#: a contribution is cumulative
UP_TO = (
    Phrase("up to the period", "bis zur Periode"),
    Phrase("up to the period before", "bis zur Periode davor"),
    Phrase("in period 0", "in Periode 0"),
)
REASONS = {
    NOT_OVER: Phrase("not over yet for everybody in the cohort", "noch nicht für alle in der Kohorte vorbei"),
    GROWING: Phrase("can still grow", "kann noch wachsen"),
    FIRST: Phrase("no period before it", "keine Periode davor"),
}
CUT = Phrase(
    "The data begin in mid-life, so 'first ever' means: not seen in the data before.",
    "Die Daten beginnen mittendrin; „zum ersten Mal“ heißt also: vorher nicht in den Daten.",
)
#: what the choices of its settings are called
MEASURED = {
    "customers": Phrase("customers", "Kunden"),
    "orders": Phrase("orders", "Bestellungen"),
    "gross_revenue": Phrase("revenue before returns", "Umsatz vor Rücksendungen"),
    "revenue": Phrase("revenue less returns", "Umsatz abzüglich Rücksendungen"),
    "contribution": Phrase("contribution, added up", "Deckungsbeitrag, aufsummiert"),
}
ENTRIES = {
    "first_ever": Phrase("with the first one ever", "mit dem allerersten"),
    "first_in_range": Phrase("with the first in these days", "mit dem ersten in diesen Tagen"),
    "recurring": Phrase("anew in every cohort", "in jeder Kohorte neu"),
}
RULES = {
    "on": Phrase("in the period", "in der Periode"),
    "on_or_after": Phrase("in it or later", "in ihr oder später"),
    "bracket": Phrase("in a group of periods", "in einer Gruppe von Perioden"),
}
PERIODS = {
    "day": Phrase("a calendar day", "ein Kalendertag"),
    "week": Phrase("a calendar week", "eine Kalenderwoche"),
    "month": Phrase("a calendar month", "ein Kalendermonat"),
    "quarter": Phrase("a calendar quarter", "ein Kalenderquartal"),
    "year": Phrase("a calendar year", "ein Kalenderjahr"),
    STEP: Phrase("own days of 24 hours", "eigene Tage zu 24 Stunden"),
}
DENOMINATORS = {
    START: Phrase("period 0", "Periode 0"),
    BEFORE: Phrase("the period before", "die Periode davor"),
    CUSTOMERS: Phrase("customers of the cohort", "Kunden der Kohorte"),
}


def fraction_of(of: str, rule: str, denominator: str) -> Fraction:
    """What is divided by what."""
    what, (now, before, first) = MEASURES[of], UP_TO if of == CONTRIBUTION else WHEN[rule]
    below = _both(what, before if denominator == BEFORE else first)
    if denominator != BEFORE and CUSTOMERS in (of, denominator):
        below = Phrase("customers of the cohort", "Kunden der Kohorte")
    return Fraction("returned" if of == CUSTOMERS else "amount", _both(what, now), "denominator", below)


def _both(what: Phrase, when: Phrase) -> Phrase:
    return Phrase(f"{what.en} {when.en}", f"{what.de} {when.de}")
