"""Messages that other systems send as things happen: checked by their signatures, then read as their exports are."""

from stamm.lang.registry import Registry
from stamm.sources.hooks.kind import Delivery, Hook, Refusal

HOOKS: Registry[Hook] = Registry(Hook, "stamm.sources", "hook")

__all__ = ["HOOKS", "Delivery", "Hook", "Refusal"]
