"""A segment over time."""

from __future__ import annotations

from stamm.boards.asking import Asking
from stamm.boards.drawn import Block, Drawn, Pictured, Unknown
from stamm.boards.kind import Choice, Widget


class SegmentTrend(Widget):
    """How many a segment held at the end of each window; the board's filters do not move it."""

    en = "Segment over time"
    de = "Segment im Verlauf"
    sentence_de = "Wie viele ein Segment am Ende jedes Zeitraums umfasste; Filter der Tafel ändern es nicht."
    span = 8

    segment = Choice("lapsed", "Segment", "Segment", among="segments")

    def checked(self, asking: Asking) -> None:
        asking.segment(self.segment)

    def draw(self, asking: Asking) -> Drawn:
        say, (title, shown) = asking.say, asking.sizes(self.segment)
        made = shown.picture if shown is not None else None
        block: Block = Unknown(say("one window alone is no trend"))
        if made is not None:
            block = Pictured(made.charts, made.banded, made.hatched, made.axis)
        return Drawn(
            title=title,
            about=say("{month}: {value}", month=shown.now.window, value=shown.now.end) if shown is not None else "",
            blocks=(block,),
            simulated=bool(asking.world.simulated),
        )
