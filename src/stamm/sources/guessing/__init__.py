"""Mappings proposed for files nobody described: what each column is, how cells are written, and why."""

from stamm.sources.guessing.commented import commented
from stamm.sources.guessing.proposal import Proposal, propose
from stamm.sources.guessing.together import propose_all

__all__ = ["Proposal", "commented", "propose", "propose_all"]
