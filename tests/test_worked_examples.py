"""Every worked example of every registry, as a specification that runs; those of events run beside what they read."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections import Counter
from collections.abc import Iterator
from operator import attrgetter
from types import ModuleType

import pytest

import stamm
from stamm.answers.examples import Case, cases
from stamm.engines.duckdb import DuckDB
from stamm.lang.registry import Registry
from stamm.sources.segment import SEMANTICS
from tests.engines.agreement import differences
from tests.sources.segment.test_examples import EXAMPLES as OF_EVENTS


@pytest.mark.parametrize("case", cases(), ids=attrgetter("name"))
def test_worked_example(case: Case) -> None:
    assert not differences(case.found(DuckDB.over_tables), case.gives)


def test_no_registry_is_forgotten() -> None:
    written = {
        (registry.word, definition.key): len(examples)
        for registry in _registries(stamm)
        for definition in registry
        if (examples := getattr(definition, "examples", ()))
    }
    run = Counter((case.word, case.definition.key) for case in cases())
    run += Counter((SEMANTICS.word, example.values[0].key) for example in OF_EVENTS)
    assert written == run


def _walk(package: ModuleType) -> Iterator[pkgutil.ModuleInfo]:
    """All modules but those that Django loads, for which a project has to be there."""
    for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if found.name == "stamm.web" or (found.ispkg and importlib.util.find_spec(f"{found.name}.models")):
            continue
        yield found
        if found.ispkg:
            yield from _walk(importlib.import_module(found.name))


def _registries(package: ModuleType) -> list[Registry]:  # type: ignore[type-arg]
    names = [found.name for found in _walk(package)]
    modules = [importlib.import_module(name) for name in names]
    found = {
        id(value): value for module in modules for value in vars(module).values() if issubclass(type(value), Registry)
    }
    return list(found.values())
