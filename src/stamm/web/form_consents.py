"""How it stands with a consent that somebody ticked in a form, in words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from stamm.app.form_confirming import can_ask
from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.forms.confirming import HELD, LASTS, NO_LONGER_THEIRS, SENT, Confirmation
from stamm.forms.submissions import Submission
from stamm.lang.language import Language


def state_words(ticked: Confirmation, sent: Submission, project: Project, say: Language, now: datetime) -> str:
    """Whether it counts, or what it waits for."""
    zone = ZoneInfo(project.organisation.zone)
    if ticked.confirmed_at is not None:
        return say("confirmed on {moment}", moment=say.moment(ticked.confirmed_at.astimezone(zone)))
    if not sent.is_counted:
        return say("asked by mail once it counts")
    if ticked.reason == NO_LONGER_THEIRS:
        return retell(ticked.reason, say)
    if ticked.state == HELD:
        return say("no mail asked: {reason}", reason=retell(ticked.reason, say))
    if now > (ticked.asked_at or sent.sent_at) + LASTS:
        return say("not confirmed within {count} days", count=say.number(LASTS.days))
    if ticked.state == SENT:
        return say("waits for confirmation")
    if project.reads_database:
        return say("not asked, the facts are read from a database of yours")
    return say("a mail will ask in a moment") if can_ask(project) else say("not asked yet, there is no mail server")


def why_not_asked(project: Project, say: Language) -> str:
    """Why nobody can confirm what they tick here; empty where they can."""
    if project.reads_database:
        return say(
            "This form asks for a consent. What forms receive becomes no fact here, since the facts are read from a "
            "database of yours; so nobody is asked to confirm it."
        )
    if project.settings.mail is None:
        return say(
            "This form asks for a consent, which counts once it is confirmed by mail; stamm.toml names no mail server, "
            "so nobody is asked: write `server` and `sender` into `[mail]`."
        )
    if not project.settings.address:
        return say(
            "This form asks for a consent, which counts once it is confirmed by mail; stamm.toml does not say where "
            "this server is reached, so nobody is asked: write its `address` into `[server]`."
        )
    return ""
