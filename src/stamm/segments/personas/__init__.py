"""Personas: groups of customers who behave alike, each with the traits that set it apart and a rule that says who.

Everybody with an order in the days before is measured by metrics of the catalogue, each customer alone. Customers are
compared by ranks, so that a single large order decides nothing, and put into groups by k-means. Of each group a short
rule is learned, and a persona is whoever the rule holds of: what it says is all that has to be known of anybody, and
it can be asked, saved and changed like any other rule.
"""

from stamm.segments.personas.finding import EVERYBODY, REASONS, Found, Measured, Persona, find
from stamm.segments.personas.measures import MEASURES, Measure
from stamm.segments.personas.steady import NOWHERE, Tried, alike
from stamm.segments.personas.traits import Trait

__all__ = [
    "EVERYBODY",
    "MEASURES",
    "NOWHERE",
    "REASONS",
    "Found",
    "Measure",
    "Measured",
    "Persona",
    "Trait",
    "Tried",
    "alike",
    "find",
]
