"""Surveys: what customers are asked, by which links, and what they answered, once each.

`plan` is what is asked, as plain values, and `ready` holds some; `keeping` keeps its versions, `asking` makes links,
`answering` takes answers through its gates. What was answered becomes facts (`telling`), so that the catalogue measures
it; `results` shows it at once. Rows lie beside keys and acts and need no Django, as those of `care` do.
"""

from stamm.surveys.tables import TABLES

__all__ = ["TABLES"]
