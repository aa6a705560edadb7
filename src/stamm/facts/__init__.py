"""What happened to customers: the only input of every metric, analysis, segment and prediction."""

from stamm.facts.kind import Derived, Fact, Imported, Kept, SpellRules
from stamm.lang.registry import Registry

FACTS: Registry[Fact] = Registry(Fact, "stamm.facts", "fact")


def imported() -> dict[str, type[Imported]]:
    """The fact kinds that are taken in and stored, by key."""
    return {fact.key: fact for fact in FACTS if issubclass(fact, Imported)}


def kept() -> tuple[type[Kept], ...]:
    """The derived facts that may be kept in files."""
    return tuple(fact for fact in FACTS if issubclass(fact, Kept))


def behind(key: str, rules: SpellRules) -> frozenset[str]:
    """Keys of all facts that a fact is made from, directly or not, those included that only fill in attributes."""
    found: set[str] = set()
    waiting = [key]
    while waiting:
        fact = FACTS[waiting.pop()]
        if issubclass(fact, Derived):
            new = {*fact.needs(rules), *fact.side_needs} - found
            found |= new
            waiting.extend(new)
    return frozenset(found)


__all__ = ["FACTS", "Derived", "Fact", "Imported", "Kept", "behind", "imported", "kept"]
