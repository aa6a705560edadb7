"""Rows of the tables of paths: a journey each, a page, referrer or channel each, and a place of ways that branch."""

from __future__ import annotations

from stamm.analyses.kind import column, row


@row
class Journey:
    """One journey (of a group): its places in order of time, and the visits that took it. Shares are 0..1.

    `share` is of the visits that come to the step; `low` and `high` are None where it is not final.
    """

    rank: int = column("rank", "Rang", "count", key=True)
    group: str | None = column("group", "Gruppe", "text", key=True)
    journey: str = column("way", "Weg", "text")
    visits: int | None = column("visits", "Besuche", "count")
    visitors: int | None = column("visitors", "Besucher", "count")
    share: float | None = column("share", "Anteil", "share")
    n: int | None = column("visits to the step", "Besuche mit dem Schritt", "count", detail=True)
    low: float | None = column("95% from", "95 % ab", "share", detail=True)
    high: float | None = column("95% to", "95 % bis", "share", detail=True)
    complete: bool = column("final", "endgültig", "flag", detail=True)
    reason: str = column("why not", "warum nicht", "text")


@row
class Place:
    """Visits by where they began, ended or came from, of all those of which it is known."""

    group: str | None = column("group", "Gruppe", "text", key=True)
    what: str | None = column("what", "was", "text", key=True)
    visits: int = column("visits", "Besuche", "count")
    share: float | None = column("share", "Anteil", "share")
    n: int | None = column("visits it is known of", "bekannte Besuche", "count", detail=True)


@row
class Landing(Place):
    """The first page or screen of visits that have one."""

    what: str | None = column("first page", "erste Seite", "text", key=True)


@row
class Exit(Place):
    """The last page or screen of visits that have one."""

    what: str | None = column("last page", "letzte Seite", "text", key=True)


@row
class Referrer(Place):
    """Where the first event of visits came from."""

    what: str | None = column("referrer", "Herkunft", "text", key=True)


@row
class Channel(Place):
    """The channel of the first event of visits."""

    what: str | None = column("channel", "Kanal", "text", key=True)


@row
class Branch:
    """A place reached by one way: the visits that came so, those of them that went no further, and of all the share.

    `of_before` is the share of those at the place before. What of a place's visits neither ends there nor is at one of
    the places after it went on to others.
    """

    depth: int = column("place", "Ort", "count", key=True)
    group: str | None = column("group", "Gruppe", "text", key=True)
    way: str = column("way so far", "Weg bis dahin", "text", key=True)
    here: str = column("where", "wo", "text", detail=True)
    visits: int = column("visits", "Besuche", "count")
    share: float | None = column("share", "Anteil", "share")
    of_before: float | None = column("of the place before", "vom Ort davor", "share")
    ended: int | None = column("ended there", "endeten dort", "count")
    n: int | None = column("visits to the step", "Besuche mit dem Schritt", "count", detail=True)
