"""What a webhook tells, and the forms in which others want to read it: plain JSON, Slack, Microsoft Teams."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

Form = Literal["json", "slack", "teams"]
#: in English; the words of a language are looked up where they are shown
FORMS: dict[Form, str] = {"json": "plain JSON (Zapier, n8n, your own)", "slack": "Slack", "teams": "Microsoft Teams"}
#: numbers of a message
MOST = 40
_MARKDOWN = re.compile(r"([\\`*_\[\]()#~>|])")


class Number(msgspec.Struct, frozen=True):
    """A number: its name, what it is, what else is said of it, and the page of it (empty: none)."""

    name: str
    value: str
    about: str = ""
    url: str = ""


class Message(msgspec.Struct, frozen=True):
    """What is told: its kind (`report`, `alert`, `test`), a title, and what stands below."""

    kind: str
    title: str
    text: str = ""
    numbers: tuple[Number, ...] = ()
    url: str = ""

    def body(self, form: Form, at: str) -> bytes:
        """As it is sent, the same at each repeat; `at` is when it came about (ISO 8601, UTC)."""
        made = {"json": self._json, "slack": self._slack, "teams": self._teams}[form](at)
        return msgspec.json.encode(made)

    def _json(self, at: str) -> dict[str, Any]:
        told = {name: value for name, value in msgspec.to_builtins(self).items() if name != "kind"}
        return {"type": self.kind, "timestamp": at, "data": told}

    def _slack(self, at: str) -> dict[str, Any]:
        """An incoming webhook's text in Slack's mrkdwn, in which three signs lead somewhere."""
        lines = [f"*{_slack(self.title)}*", _slack(self.text)]
        for one in self.numbers[:MOST]:
            name = f"<{one.url}|{_slack(one.name)}>" if one.url else _slack(one.name)
            lines.append(f"• {name}: *{_slack(one.value)}*" + (f" ({_slack(one.about)})" if one.about else ""))
        lines.append(f"<{self.url}>" if self.url else "")
        return {"text": "\n".join(line for line in lines if line)}

    def _teams(self, at: str) -> dict[str, Any]:
        """An adaptive card in a message, as a workflow of Teams takes it."""
        blocks: list[dict[str, Any]] = [
            {"type": "TextBlock", "text": _plain(self.title), "weight": "Bolder", "size": "Medium", "wrap": True}
        ]
        if self.text:
            blocks.append({"type": "TextBlock", "text": _plain(self.text), "wrap": True})
        facts = [
            {"title": _plain(one.name), "value": _plain(f"{one.value} ({one.about})" if one.about else one.value)}
            for one in self.numbers[:MOST]
        ]
        if facts:
            blocks.append({"type": "FactSet", "facts": facts})
        links = [(one.name, one.url) for one in self.numbers if one.url][:5] or [(self.title, self.url)]
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": blocks,
            "actions": [{"type": "Action.OpenUrl", "title": name, "url": url} for name, url in links if url],
        }
        kind = "application/vnd.microsoft.card.adaptive"
        return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}


def _slack(text: str) -> str:
    """A text in which nothing is a link, a mention or a mark."""
    inert = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # a mark that touches a sign that nobody sees is no mark
    return re.sub(r"([*_~`])", "\u200b\\1", inert)


def _plain(text: str) -> str:
    """A text in which Markdown finds no marks."""
    return _MARKDOWN.sub(r"\\\1", text)
