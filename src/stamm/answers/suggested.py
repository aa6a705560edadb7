"""Words that stand in the data, the most frequent first: what is suggested where somebody writes one."""

from __future__ import annotations

import ibis

from stamm.answers.plan import Plan
from stamm.answers.world import END_OF_TIME, World

_ = ibis._

MOST = 100


def words_in(world: World, fact: str, column: str) -> tuple[str, ...]:
    """The words of a column of an imported fact; none where nothing was taken in."""
    if fact not in world.coverage:
        return ()
    table = Plan(world, (), None, world.day_start(END_OF_TIME))[fact].select(word=_[column]).filter(_.word.notnull())
    counted = table.group_by("word").aggregate(n=_.count()).order_by(_.n.desc(), _.word).limit(MOST)
    return tuple(str(word) for word in world.engine.run(counted)["word"].to_pylist())
