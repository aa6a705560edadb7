"""What a retention table says in words: what stands above and below the line, and why a cell is empty."""

from __future__ import annotations

from stamm.analyses.kind import Fraction, Words
from stamm.analyses.retention_table.cells import BEFORE, CUSTOMERS, FIRST
from stamm.lang.reasons import GROWING, NOT_OVER

MEASURES = {
    "customers": Words("back", "wieder da"),
    "orders": Words("orders", "Bestellungen"),
    "gross_revenue": Words("gross revenue", "Bruttoumsatz"),
    "revenue": Words("revenue", "Umsatz"),
}
#: by rule: a cell's own time, that of the cell before, that of the first
WHEN = {
    "on": (
        Words("in the period", "in der Periode"),
        Words("in the period before", "in der Periode davor"),
        Words("in period 0", "in Periode 0"),
    ),
    "on_or_after": (
        Words("in the period or later", "in der Periode oder später"),
        Words("in the period before or later", "in der Periode davor oder später"),
        Words("in period 0 or later", "in Periode 0 oder später"),
    ),
    "bracket": (
        Words("in these periods", "in diesen Perioden"),
        Words("in the periods before", "in den Perioden davor"),
        Words("in the first periods", "in den ersten Perioden"),
    ),
}
REASONS = {
    NOT_OVER: Words("not over yet for everybody in the cohort", "noch nicht für alle in der Kohorte vorbei"),
    GROWING: Words("can still grow", "kann noch wachsen"),
    FIRST: Words("no period before it", "keine Periode davor"),
}
CUT = Words(
    "The data begin in mid-life, so 'first ever' means: not seen in the data before.",
    "Die Daten beginnen mittendrin; „zum ersten Mal“ heißt also: vorher nicht in den Daten.",
)


def fraction_of(of: str, rule: str, denominator: str) -> Fraction:
    """What is divided by what."""
    what, (now, before, first) = MEASURES[of], WHEN[rule]
    below = _both(what, before if denominator == BEFORE else first)
    if denominator != BEFORE and CUSTOMERS in (of, denominator):
        below = Words("customers of the cohort", "Kunden der Kohorte")
    return Fraction("returned" if of == CUSTOMERS else "amount", _both(what, now), "denominator", below)


def _both(what: Words, when: Words) -> Words:
    return Words(f"{what.en} {when.en}", f"{what.de} {when.de}")
