"""The open door: events come in over HTTP, and are acknowledged when they are durable."""

from stamm.ingest.application import application, takes
from stamm.ingest.door import Door

__all__ = ["Door", "application", "takes"]
