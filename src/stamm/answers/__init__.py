"""The one door: (definition, windows, by, parameters) -> rows at one snapshot."""

from stamm.answers.answer import Answer, Row
from stamm.answers.ask import Answers
from stamm.answers.table import TableAnswer
from stamm.answers.world import World

__all__ = ["Answer", "Answers", "Row", "TableAnswer", "World"]
