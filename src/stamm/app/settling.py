"""Settings that data suggest: who is a customer, and after how many days of silence somebody is gone."""

from __future__ import annotations

from dataclasses import replace

from stamm.app.project import Project
from stamm.app.proposal import ENOUGH, Proposal, propose_lapse
from stamm.lang.organisation import Organisation


def leaves_lapse_open(organisation: Organisation) -> bool:
    """Whether nobody has chosen yet after how many days a customer is gone, and it matters."""
    untouched = organisation.lapse_days == Organisation().lapse_days and not organisation.reasons
    return untouched and organisation.spell_rule != "subscriptions"


def settle_rule(project: Project) -> tuple[Project, bool]:
    """The project with paying for a subscription as what makes a customer, where nobody has chosen and there are no
    orders, only subscriptions; and whether that is so."""
    organisation, snapshot = project.organisation, project.lake().snapshot()
    left_open = organisation.spell_rule == Organisation().spell_rule and not organisation.reasons
    if not left_open or snapshot.rows("orders") or not snapshot.rows("subscriptions"):
        return project, False
    return project.rewrite(replace(organisation, spell_rule="subscriptions")), True


def settle_lapse(project: Project) -> tuple[Project, Proposal | None]:
    """The project with the lapse that its gaps between orders suggest in stamm.toml, and the proposal.

    As it was where too few of them can be seen; None where somebody has chosen already.
    """
    organisation = project.organisation
    if not leaves_lapse_open(organisation):
        return project, None
    proposal = propose_lapse(project.world())
    if proposal.gaps < ENOUGH:
        return project, proposal
    chosen = replace(organisation, lapse_days=proposal.lapse_days, reasons=proposal.reasons)
    return project.rewrite(chosen), proposal
