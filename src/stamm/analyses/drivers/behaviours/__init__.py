"""Behaviours that are compared with staying: one a file."""

from stamm.analyses.drivers.behaviour import Behaviour
from stamm.lang.registry import Registry

BEHAVIOURS: Registry[Behaviour] = Registry(Behaviour, "stamm.analyses.drivers.behaviours", "behaviour")

__all__ = ["BEHAVIOURS", "Behaviour"]
