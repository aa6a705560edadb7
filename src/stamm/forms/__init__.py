"""Forms: what strangers hand in to become customers, to register, to book a place or to ask for help.

`plan` is what a form asks, as plain values, and `ready` holds some; `keeping` keeps its versions, `submitting` takes
what is sent through its gates, `reviewing` lets people look at what is held. What counts becomes facts (`telling`).
"""

from stamm.forms.tables import TABLES

__all__ = ["TABLES"]
