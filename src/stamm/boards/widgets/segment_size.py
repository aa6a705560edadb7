"""How many a segment holds."""

from __future__ import annotations

from stamm.boards.asking import Asking
from stamm.boards.drawn import Block, Drawn, Figured, Unknown
from stamm.boards.kind import Choice, Widget
from stamm.reports.segment_sizes import card_of_segment


class SegmentSize(Widget):
    """How many a segment held as a window ended, with the change, the share of all and the windows before.

    The board's filters do not move it.
    """

    en = "Size of a segment"
    de = "Größe eines Segments"
    sentence_de = "Wie viele ein Segment am Ende eines Zeitraums umfasst, mit Veränderung und Anteil an allen."
    span = 4

    segment = Choice("lapsed", "Segment", "Segment", among="segments")

    def checked(self, asking: Asking) -> None:
        asking.segment(self.segment)

    def draw(self, asking: Asking) -> Drawn:
        say, (title, shown) = asking.say, asking.sizes(self.segment)
        card = card_of_segment(shown, self.segment, title, say) if shown is not None else None
        block: Block = Figured(card) if card is not None else Unknown(say("No window is over yet."))
        return Drawn(
            title=title,
            about=shown.now.window if shown is not None and card is not None else "",
            blocks=(block,),
            simulated=bool(asking.world.simulated),
        )
