"""Registries: definitions found by walking a package, and entry points for third parties."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from difflib import get_close_matches
from importlib.metadata import entry_points
from types import ModuleType
from typing import Generic, TypeVar

from stamm.lang.definition import Definition
from stamm.lang.errors import UsageError

D = TypeVar("D", bound=Definition)


class Registry(Generic[D]):
    """All concrete subclasses of `kind` below a package, keyed by their key.

    Other distributions add packages of their own through the entry point group `stamm.<plural>`.
    """

    def __init__(self, kind: type[D], package: str, word: str, *, plural: str = "") -> None:
        self.kind, self.package, self.word = kind, package, word
        self.plural = plural or f"{word}s"
        self._found: dict[str, type[D]] | None = None

    @property
    def group(self) -> str:
        """The entry point group third parties use."""
        return f"stamm.{self.plural}"

    def _all(self) -> dict[str, type[D]]:
        if self._found is None:
            found: dict[str, type[D]] = {}
            for package in self.packages():
                self._collect(package, found)
            self._found = dict(sorted(found.items()))
        return self._found

    def packages(self) -> tuple[ModuleType, ...]:
        """Where definitions are looked for: our own package, then those of other distributions by the entry's name."""
        others = sorted(entry_points(group=self.group), key=lambda entry: entry.name)
        return (importlib.import_module(self.package), *(entry.load() for entry in others))

    def _collect(self, package: ModuleType, found: dict[str, type[D]]) -> None:
        walked = pkgutil.walk_packages(getattr(package, "__path__", []), package.__name__ + ".")
        names = [package.__name__, *(module.name for module in walked)]
        for name in names:
            for value in vars(importlib.import_module(name)).values():
                if not (isinstance(value, type) and issubclass(value, self.kind)):
                    continue
                if value.abstract or value.__module__ != name:
                    continue
                other = found.setdefault(value.key, value)
                if other is not value:
                    raise UsageError(
                        f"Two definitions share the key {value.key!r}: {other.__module__} and {value.__module__}.",
                        remedy="Rename one of the classes.",
                    )

    def refresh(self) -> None:
        """Look again at the next question (after a package was installed)."""
        self._found = None

    def __iter__(self) -> Iterator[type[D]]:
        return iter(self._all().values())

    def __len__(self) -> int:
        return len(self._all())

    def __contains__(self, key: object) -> bool:
        return key in self._all()

    def keys(self) -> tuple[str, ...]:
        """All keys, sorted."""
        return tuple(self._all())

    def __getitem__(self, key: str) -> type[D]:
        """The definition of that key or abbreviation; raises UsageError with near misses."""
        found = self._all()
        if key in found:
            return found[key]
        wanted = _plain(key)
        for definition in found.values():
            names = (definition.key, definition.also, definition.en, definition.de)
            if wanted and wanted in map(_plain, names):
                return definition
        holding = sorted((k for k in found if wanted and wanted in k), key=lambda k: (not leads(found[k]), k))
        written = get_close_matches(wanted, found, n=1, cutoff=0.9) or get_close_matches(wanted, found, n=3, cutoff=0.5)
        near = list(dict.fromkeys([*holding[:2], *written]))[:3]
        hint = f"Did you mean {' or '.join(near)}?" if near else f"`stamm explain` lists all {self.plural}."
        raise UsageError(f"There is no {self.word} named {key!r}.", remedy=hint)


def leads(definition: type[Definition]) -> bool:
    """Whether it is the default of its family."""
    return bool(getattr(definition, "leads", False))


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_").replace(",", "")
