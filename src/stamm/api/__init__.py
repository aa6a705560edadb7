"""The same answers for programs: /api/v1 over HTTP, and tools for assistants."""

from stamm.api.application import application, takes
from stamm.api.readers import Readers
from stamm.api.turns import Turns

__all__ = ["Readers", "Turns", "application", "takes"]
