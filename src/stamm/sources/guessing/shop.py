"""What the rows of a shop's or a marketplace's export have in common, for orders, lines and returns alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from stamm.facts.mapping import Condition, Rule
from stamm.sources.guessing.corrections import Corrections, corrections_in
from stamm.sources.guessing.draft import Draft
from stamm.sources.guessing.evidence import HOLDS, Evidence
from stamm.sources.guessing.naming import EXACT, means
from stamm.sources.guessing.reason import Reason, Share, say

#: roles that may place an order in time, best first
WHEN = ("ordered_at", "created_at", "date")

#: orders among which some customer should have come back
_ENOUGH = 3


@dataclass(frozen=True)
class Shop:
    """The columns that name order, customer and moment, and which rows are no sales."""

    evidence: Evidence
    order: str | None
    customer: str | None
    when: str | None
    corrections: Corrections

    @classmethod
    def of(cls, evidence: Evidence) -> Shop:
        """Looks for them."""
        order = order_of(evidence)
        customer, when = customer_of(evidence, order), when_of(evidence)
        return cls(evidence, order, customer, when, corrections_in(evidence, order))

    @cached_property
    def several(self) -> bool:
        """Whether several rows make an order."""
        return bool(self.order and self.evidence.dependencies.repeats(self.order))

    @cached_property
    def cancelled(self) -> Condition | None:
        """The condition for orders that were cancelled, where a status says so."""
        for pick in self.evidence.roles.candidates.get("status", ()):
            words = self.words_of(pick.column, "cancelled")
            if words:
                return Condition(pick.column, "is", words)
        return None

    def said(self, role: str) -> str | None:
        """The column with this role."""
        return self.evidence.roles.column(role)

    def why(self, column: str) -> Reason:
        """Why a column has the role it plays."""
        picks = [pick for pick in self.evidence.roles.played.values() if pick.column == column]
        return picks[0].reason if picks else say("by its name")

    def words_of(self, column: str, meaning: str) -> tuple[str, ...]:
        """The cells of a column that say this."""
        return tuple(word for word, _ in self.evidence.shapes[column].frequent if means(meaning, word))

    # -- columns that all of them have -------------------------------------------------------------------------
    def name_customer(self, draft: Draft) -> None:
        """Who it was."""
        if self.customer is None:
            draft.about.append(
                say("no column says who ordered; without customer_id there are no numbers about customers").doubted()
            )
            return
        draft.put("customer_id", Rule((self.customer,)), self._why_customer(self.customer))

    def _why_customer(self, column: str) -> Reason:
        evidence = self.evidence
        shape = evidence.shapes[column]
        once = [
            pick.column
            for pick in evidence.roles.candidates.get("customer", ())
            if pick.points >= EXACT and pick.column != column and new_in_each(evidence, pick.column, self.order)
        ]
        filled = say(
            "filled in {share} of the rows, {count} different",
            share=Share(shape.filled / max(shape.rows, 1)),
            count=shape.distinct,
        )
        if once:
            return say(
                "it comes back with other orders, {others} is a new one in each; {filled}", others=once, filled=filled
            )
        if column == self.said("email"):
            return say("no customer number, so by the e-mail address; {filled}", filled=filled)
        if column == self.said("name"):
            return say("no customer number, so by the name, which two may share; {filled}", filled=filled).doubted()
        why = self.why(column)
        return filled if not why.doubtful else say("{one}; {other}", one=why, other=filled).doubted()

    def place_in_time(self, draft: Draft, column: str = "ordered_at") -> None:
        """When it was; of several rows the first counts."""
        if self.when is None:
            draft.missing[column] = say("no column with moments was found that says when")
            return
        moments, clock = self.evidence.shapes[self.when].moments, self.said("clock")
        assert moments is not None  # the role wants moments
        rule, reason = Rule((self.when,)), self._why_when(self.when)
        if moments.timed:
            pass
        elif clock and not moments.typed:
            seconds = ":%S" * (self.evidence.shapes[clock].longest > len("00:00"))
            formats = moments.in_order(self.evidence.conventions.order)
            dates = tuple(f"{format_} %H:%M{seconds}" for format_ in formats if format_)
            rule = Rule((self.when, clock), join=" ", dates=dates)
            reason = say("day and time stand in two columns")
        else:
            reason = say("{one}; days without a time", one=reason).doubted(reason.doubtful)
        draft.put(column, replace(rule, take="lowest") if draft.each else rule, reason)

    def _why_when(self, column: str) -> Reason:
        if column in (self.said("ordered_at"), self.said("date")):
            return self.why(column)
        if column == self.said("created_at"):
            return say("nothing says when it was ordered, so when it was entered")
        return say("no name says when it was ordered; the first column with moments").doubted()

    def leave_out_what_is_no_sale(self, draft: Draft) -> None:
        """Cancelled invoices, bookings, rows below zero, fees."""
        found = self.corrections
        if self.order and found.apart:
            draft.only(
                Condition(self.order, "begins", tuple(one.letters for one in found.apart), negated=True),
                found.why_apart,
            )
        if found.signed and (found.taken_back or found.written_off):
            count = found.taken_back + found.written_off
            draft.only(
                Condition(found.signed, "below", ("0",), negated=True),
                say("{count} other rows are below zero", count=count),
            )
        if found.free_is_booking and found.price:
            draft.only(
                Condition(found.price, "above", ("0",)),
                say(
                    "{count} rows cost nothing, and only {known} of them have a customer: bookings, not gifts",
                    count=found.free,
                    known=found.free_known,
                ).doubted(),
            )
        product = self.said("product_id") or self.said("product")
        if product and found.fees:
            draft.only(
                Condition(product, "is", found.fees, negated=True), say("fees and bookings by their name, no goods")
            )

    def postage(self, *, negated: bool = False) -> tuple[Condition, ...]:
        """The condition for lines that are postage; none where there are no such lines."""
        product = self.said("product_id") or self.said("product")
        if not product or not self.corrections.postage:
            return ()
        return (Condition(product, "is", self.corrections.postage, negated=negated),)

    def name_currency(self, draft: Draft) -> None:
        """The currency, where each row has its own."""
        column = self.said("currency")
        if column is None:
            return
        shape = self.evidence.shapes[column]
        words = [word for word, _ in shape.frequent[:5]]
        rule, reason = Rule((column,)), say("found: {words}", words=words)
        if shape.filled < shape.rows and (len(words) == 1 or not draft.each):
            rule = Rule((column,), default=words[0].upper())
            reason = say("found: {words}; some rows are without", words=words).doubted(len(words) > 1)
        draft.put("currency", rule, reason)


def order_of(evidence: Evidence) -> str | None:
    """The column that numbers the orders: by its name, else one that numbers the rows."""
    row = evidence.roles.column("row")
    return evidence.roles.column("order") or (row if row and evidence.shapes[row].unique else None)


def when_of(evidence: Evidence) -> str | None:
    """The column that says when it was ordered: by its name, else the first with moments."""
    taken = {pick.column for pick in evidence.roles.played.values()}
    left = [shape.name for shape in evidence.shapes.values() if shape.looks("moment") and shape.name not in taken]
    return evidence.roles.column(*WHEN) or (left[0] if left else None)


def customer_of(evidence: Evidence, order: str | None) -> str | None:
    """The column that names the customer: one that comes back with other orders, before one that is new in each."""
    named = [pick.column for pick in evidence.roles.candidates.get("customer", ()) if pick.points >= EXACT]
    named = [column for column in named if column != evidence.roles.column("name")]
    named = [column for column in named if not new_in_each(evidence, column, order)] or named
    return named[0] if named else evidence.roles.column("customer", "email", "name")


def new_in_each(evidence: Evidence, column: str, order: str | None) -> bool:
    """Whether a column has a value of its own for each order, in a file where customers could have come back."""
    if order is None or evidence.shapes[order].distinct < _ENOUGH:
        return False
    both = evidence.dependencies.determines(column, order), evidence.dependencies.determines(order, column)
    return all(holds is None or holds >= HOLDS for holds in both)
