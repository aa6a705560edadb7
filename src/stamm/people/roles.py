"""Roles: what somebody who signs in may see and do."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """One a person. What each may reach stands at the pages themselves, and in one table in the tests."""

    #: everything, people and settings among it
    OWNER = "owner"
    #: every number, and the customers behind it, to take away, too
    ANALYST = "analyst"
    #: every number, and one customer after the other; no lists to take away
    SUPPORT = "support"
    #: numbers, and nobody's name
    VIEWER = "viewer"


#: in English; the words of a language are looked up where they are shown
ROLES = {Role.OWNER: "owner", Role.ANALYST: "analyst", Role.SUPPORT: "support", Role.VIEWER: "viewer"}
EVERYONE = frozenset(Role)
#: who may see customers by name
NAMES = frozenset({Role.OWNER, Role.ANALYST, Role.SUPPORT})
#: who may take lists of customers away
EXPORTS = frozenset({Role.OWNER, Role.ANALYST})
OWNERS = frozenset({Role.OWNER})
