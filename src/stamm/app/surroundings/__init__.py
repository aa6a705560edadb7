"""What a project stands in: this machine, its settings, its data, the engine; and what is wrong with them."""

from stamm.app.surroundings.finding import Finding
from stamm.app.surroundings.looking import Looking
from stamm.app.surroundings.project import blocks

__all__ = ["Finding", "Looking", "blocks"]
