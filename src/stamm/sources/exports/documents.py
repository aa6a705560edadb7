"""Exports and messages of JSON objects: recognised by what stands in the first of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from stamm.sources.exports.beginning import first_of
from stamm.sources.exports.kind import Export, Known
from stamm.sources.exports.records import records
from stamm.sources.exports.values import Object
from stamm.sources.kind import VALUE_LENGTH, Reject
from stamm.sources.reading.objects import DOUBLED, NAME_DOUBLED, NO_OBJECT, Flaw, UnsoundError

#: objects in a document that are looked at to recognise it
_LOOKED_AT = 20


class Documents(Export[Object]):
    """An export of objects, as an interface or a webhook gives them: alone, on lines, in an array or in an envelope."""

    abstract = True
    #: names under which an envelope holds the objects
    envelopes: ClassVar[tuple[str, ...]] = ()

    def ours(self, value: Object) -> bool:
        """Whether this is an object that the source reads."""
        raise NotImplementedError

    def recognises(self, what: Path | str) -> bool:
        inside = self.opened(first_of(what))
        return any(isinstance(one, Mapping) and self.ours(one) for one in inside[:_LOOKED_AT])

    def opened(self, value: Any) -> list[Any]:
        """The objects in an envelope, or the value itself."""
        if isinstance(value, Mapping) and not self.ours(value):
            for name in self.envelopes:
                found = value.get(name)
                if isinstance(found, list):
                    return found
                if isinstance(found, Mapping):
                    return [found]
        return [value]

    def known(self, value: Any, line: int, file: str, *, live: bool = False, text: str = "") -> Known[Object] | Reject:
        """A value as a thing to be read; a reject where it is no object."""
        if isinstance(value, Mapping):
            return Known(line, value, live)
        if isinstance(value, UnsoundError):
            reason = str(value)
        else:
            doubled = isinstance(value, Flaw) and value.reason == DOUBLED
            reason = NAME_DOUBLED if doubled else NO_OBJECT
        return Reject(file, line, "", text[:VALUE_LENGTH].strip(), reason)

    def things(self, path: Path) -> Iterator[Known[Object] | Reject | int]:
        done = 0
        for record in records(path):
            for value in self.opened(record.value):
                yield self.known(value, record.line, path.name, text=record.text)
            done += record.length
            yield done
