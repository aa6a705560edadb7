"""What a try tells a webhook."""

from __future__ import annotations

from stamm.app.project import Project
from stamm.delivery.message import Message
from stamm.lang.language import Language


def try_message(project: Project, say: Language) -> Message:
    """A message that asks nobody for anything."""
    whose = project.organisation.name or "Stamm"
    text = say("This is a try. Nobody has to do anything.")
    return Message(
        "test", say("Messages of {organisation} arrive", organisation=whose), text, (), project.settings.address
    )
