"""What a behaviour is: something customers did or said before a span, or did not."""

from __future__ import annotations

from typing import ClassVar

import ibis.expr.types as ir

from stamm.analyses.drivers.before import Before
from stamm.lang.definition import Definition


class Behaviour(Definition):
    """Something that a customer did or said, as a yes or no.

    A subclass declares `de`, `sentence_de`, the facts it needs and `signs`; its sentence goes on from "Customers who".
    """

    abstract = True
    #: keys of the facts that tell of it
    facts: ClassVar[tuple[str, ...]] = ()
    #: whether customers without a sign count as not having done it; else nothing is known of them, as of those who
    #: were never asked
    silence_is_no: ClassVar[bool] = True
    #: whether there is a row for each `value`, compared with all others of whom one is known
    valued: ClassVar[bool] = False

    def signs(self, before: Before) -> ir.Table:
        """Rows with customer_id and `yes`, or, where it is valued, `value`; any yes of a customer makes them one."""
        raise NotImplementedError
