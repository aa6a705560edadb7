"""Ideas: what customers suggest, vote for and comment on, on a board, and what the shop answers.

`plan` is a board as plain values and `keeping` keeps its versions; `links` makes links and knows who takes part,
`posting` takes what is posted through its gates, `moderating` shows or throws away what waits, `deciding` keeps states,
answers and merges, `reading` counts votes. `news` tells whoever asked for it what becomes of an idea (its letters:
`news_letters`). What customers post becomes facts (`telling`).
"""

from stamm.ideas.tables import TABLES

__all__ = ["TABLES"]
