"""Goals: what is aimed at, until when, by whom; how far it is, and whether it will be reached.

`aim` is what is aimed at, as plain values; `keeping` keeps it, and what was said of it on the way; `standing` asks how
far it is, `forecast` where it will end. Rows lie beside keys and acts and need no Django, as those of `care` do.
"""

from stamm.goals.tables import TABLES

__all__ = ["TABLES"]
