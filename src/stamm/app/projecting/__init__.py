"""From the durable log to the lake: what arrived becomes facts, each message once, whatever is killed."""

from stamm.app.projecting.projection import Projected, Projecting

__all__ = ["Projected", "Projecting"]
