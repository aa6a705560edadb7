"""What happens by itself: reports that go out at a set hour."""

from stamm.automations.tables import TABLES

__all__ = ["TABLES"]
