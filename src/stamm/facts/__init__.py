"""What happened to customers: the only input of every metric, analysis, segment and prediction."""

from stamm.facts.kind import Derived, Fact, Imported
from stamm.lang.registry import Registry

FACTS: Registry[Fact] = Registry(Fact, "stamm.facts", "fact")


def imported() -> dict[str, type[Imported]]:
    """The fact kinds that are taken in and stored, by key."""
    return {fact.key: fact for fact in FACTS if issubclass(fact, Imported)}


__all__ = ["FACTS", "Derived", "Fact", "Imported", "imported"]
