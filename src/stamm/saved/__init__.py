"""Saved segments: rules under a name, with every version of each.

What a rule means stands in `segments`; here is who saved which, and when. Rows lie beside keys and acts and need no
Django, as those of `care` and `goals` do, so that a command, the worker and a page read the same.
"""

from stamm.saved.tables import TABLES

__all__ = ["TABLES"]
