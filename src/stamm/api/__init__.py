"""The same answers for programs: /api/v1 over HTTP, and tools for assistants."""

from stamm.api.application import application, takes
from stamm.api.desk import Desk
from stamm.api.readers import Readers

__all__ = ["Desk", "Readers", "application", "takes"]
