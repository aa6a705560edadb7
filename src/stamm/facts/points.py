"""Points that customers earn and redeem."""

from __future__ import annotations

from stamm.facts.columns import dimension, moment, text, whole
from stamm.facts.kind import Imported, Reduction
from stamm.lang.example import VerbExample, rows


class Points(Imported):
    """Points earned, redeemed, expired and reversed, one row a posting; nothing is ever taken out again.

    The quantity is what the posting adds to the customer's balance: earned points are not negative, redeemed and
    expired ones not positive, and what reverses a posting has the opposite sign of it.
    """

    de = "Punkte"
    sentence_de = "Gesammelte, eingelöste, verfallene und zurückgebuchte Punkte, eine Zeile je Buchung."
    key_columns = ("posting_id",)
    clock = "posted_at"
    clocks = ("posted_at",)

    posting_id = text("the posting's number", required=True, personal=False)
    customer_id = text("whose points", required=True, personal=True)
    posted_at = moment("when it was posted", required=True)
    kind = dimension(
        "earned, redeemed, expired or reversed",
        choices=("earned", "redeemed", "expired", "reversed"),
        required=True,
        personal=False,
    )
    quantity = whole(
        "points added to the balance, negative where they are taken off",
        required=True,
        signs={"earned": 1, "redeemed": -1, "expired": -1},
    )
    reason = text("why", personal=True)

    # anna gets back what she redeemed, because her order was cancelled; ben's points expire in March
    examples = (
        VerbExample(
            facts={
                "points": rows("""
                    posting_id  customer_id  posted_at   kind      quantity
                    p1          anna         2024-01-15  earned    100
                    p2          anna         2024-02-01  redeemed  -60
                    p3          anna         2024-02-02  reversed  60
                    p4          ben          2024-02-05  earned    30
                    p5          ben          2024-03-01  expired   -30
                """),
            },
            window="2024-02",
            gives={"balance": 130},
        ),
        VerbExample(
            facts={
                "points": rows("""
                    posting_id  customer_id  posted_at   kind      quantity
                    p1          anna         2024-01-15  earned    100
                    p2          anna         2024-02-01  redeemed  -60
                """),
            },
            window="2024-01",
            context={"as_of": "2024-04-01"},
            gives={"balance": 100},
        ),
    )

    def balance(self) -> Reduction:
        """Points that customers hold at the window's end."""
        return self.so_far().sum(self.quantity)
