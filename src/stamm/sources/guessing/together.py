"""Files of one export that belong together: answers that know only the order, beside the file of the orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.compute as pc

from stamm.facts.mapping import Rule
from stamm.lang.organisation import Organisation
from stamm.sources.guessing.draft import Draft
from stamm.sources.guessing.proposal import Proposal, propose
from stamm.sources.guessing.reason import Share, say
from stamm.sources.guessing.sample import Progress

#: the share of the orders named that the other file has to know
_KNOWN = 0.5
#: the progress of each file
ProgressOf = Callable[[Path], Progress | None]


def propose_all(
    paths: Sequence[Path], organisation: Organisation, progress_of: ProgressOf = lambda _: None
) -> list[Proposal]:
    """A mapping for each file, with what one says about the other. Raises InputError where one cannot be read."""
    found = [propose(path, organisation, progress_of(path)) for path in paths]
    names: set[str] = set()
    for place, proposal in enumerate(found):
        name, number = proposal.name, 2
        while name in names:
            name, number = f"{proposal.name}_{number}", number + 1
        names.add(name)
        found[place] = replace(proposal, name=name)
    for proposal in found:
        for draft in proposal.drafts:
            if draft.fact != "orders" and "customer_id" not in draft.rules:
                _find_customers(proposal, draft, [other for other in found if other is not proposal])
    return found


def _find_customers(proposal: Proposal, draft: Draft, others: Sequence[Proposal]) -> None:
    """The customer of the order that a row names, where another file knows it."""
    named = proposal.evidence.roles.column("order")
    if named is None:
        return
    for other in others:
        orders = next((draft for draft in other.drafts if draft.fact == "orders" and not draft.lacks()), None)
        if orders is None or "customer_id" not in orders.rules or len(orders.rules["order_id"].columns) != 1:
            continue
        numbers = other.evidence.shapes[orders.rules["order_id"].columns[0]].text
        known = pc.is_in(proposal.evidence.shapes[named].text, value_set=numbers, skip_nulls=True)
        share = pc.mean(known).as_py() or 0.0
        if share >= _KNOWN:
            reason = say(
                "{share} of the orders named are in {file}, which knows their customers",
                share=Share(share),
                file=other.file,
            )
            draft.put("customer_id", Rule((named,), through=other.name), reason)
            return
    draft.about.append(
        say(
            "no customer; give the file of the orders too, and each row gets that of its {column}", column=named
        ).doubted()
    )
