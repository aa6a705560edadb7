"""The reports of Mailchimp's interface on campaigns: to whom they went, and what each recipient did with them.

A file holds pages of the interface as they come, each on a line: `campaigns` (or one campaign) with the times of
sending, `sent-to`, `email-activity` and `unsubscribed`, in any order. A mail is known by campaign and recipient.

- A mail was sent when its campaign was; of a campaign that is not in the file, when the first thing became of it.
- Opens by a privacy proxy are told as opens: these reports do not tell them apart.
- A mail that bounced softly or hard came back; any other in the list of recipients arrived.
- Customers are known by their e-mail address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from stamm.facts.faults import MISSING
from stamm.sources.exports import Documents, FaultError, Known, Rows
from stamm.sources.exports.kind import Thing
from stamm.sources.exports.sending import Sending, moment_of
from stamm.sources.exports.values import Object, at, customer_of, first, listed, text

_ACTIONS = {"open": "opened_at", "click": "clicked_at", "bounce": "bounced_at"}
_BOUNCED = frozenset({"hard", "soft"})
NO_CAMPAIGN = "is of a campaign that is not in the file, so nobody knows when it was sent"


class Mailchimp(Documents):
    """Mailchimp's reports on campaigns: recipients, activity and unsubscribes, as JSON of its interface."""

    en = "Mailchimp"
    de = "Mailchimp"
    sentence_de = "Mailchimps Berichte zu Kampagnen: Empfänger, Aktivität und Abmeldungen, als JSON der Schnittstelle."
    cited = "https://mailchimp.com/developer/marketing/api/email-activity-reports/"
    makes = ("messages",)
    envelopes = ("campaigns", "sent_to", "emails", "unsubscribes", "reports")

    def ours(self, value: Object) -> bool:
        return _is_campaign(value) or ("campaign_id" in value and "email_id" in value and "email_address" in value)

    def gathered(self, fact: str, things: Iterator[Thing[Object]]) -> Iterator[Thing[Object]]:
        """What is told of each mail, together."""
        del fact
        sending, campaigns = Sending(), dict[str, tuple[str | None, datetime]]()
        mails: dict[str, _Mail] = {}
        for thing in things:
            if not isinstance(thing, Known) or not self.ours(thing.content):
                yield thing
                continue
            try:
                if _is_campaign(thing.content):
                    campaigns |= _campaign(thing.content)
                else:
                    mail = _mail(thing, sending)
                    mails[mail.message] = mail.with_(mails.get(mail.message))
            except FaultError as fault:
                yield Known(thing.line, {"fault": fault})
        for mail in mails.values():
            if mail.campaign in campaigns:
                title, sent = campaigns[mail.campaign]
                sending.tell(mail.message, mail.line, campaign=title, sent_at=sent)
                if mail.status in _BOUNCED and not mail.bounced:
                    sending.tell(mail.message, mail.line, bounced_at=sent)
                elif mail.status == "sent":
                    sending.tell(mail.message, mail.line, delivered_at=sent)
        for line, row in sending.rows(self.recall):
            yield Known(line, {"row": row})

    def messages(self, thing: Known[Object]) -> Rows:
        """A mail and what became of it."""
        value = thing.content
        row = value.get("row")
        if "fault" in value:
            yield value["fault"]
        elif row is None:
            yield None
        elif row["sent_at"] is None:
            yield FaultError("campaign_id", NO_CAMPAIGN, row["message_id"])
        else:
            yield row


@dataclass(frozen=True)
class _Mail:
    """A mail, the campaign that it is of, its fate in the list of recipients, and whether its bounce has a time."""

    message: str
    campaign: str
    line: int
    status: str | None
    bounced: bool

    def with_(self, other: _Mail | None) -> _Mail:
        """The same with what was told before."""
        if other is None:
            return self
        return replace(other, status=self.status or other.status, bounced=self.bounced or other.bounced)


def _is_campaign(value: Object) -> bool:
    return "send_time" in value and "id" in value and ("settings" in value or "campaign_title" in value)


def _campaign(value: Object) -> dict[str, tuple[str | None, datetime]]:
    """When a campaign was sent, and what it is called; nothing where it was not sent yet."""
    number, sent = text(value.get("id")), text(value.get("send_time"))
    title = first(at(value, "settings", "title"), value.get("campaign_title"), at(value, "settings", "subject_line"))
    return {number: (title, moment_of(sent, "send_time"))} if number and sent else {}


def _mail(thing: Known[Object], sending: Sending) -> _Mail:
    """Note what is told of a mail."""
    value = thing.content
    campaign, recipient = text(value.get("campaign_id")), text(value.get("email_id"))
    if campaign is None or recipient is None:
        raise FaultError("email_id", MISSING)
    message, bounced = f"{campaign}-{recipient}", False
    sending.tell(message, thing.line, customer_id=customer_of(value.get("email_address")), channel="email")
    for one in listed(value, "activity"):
        column = _ACTIONS.get(text(one.get("action")) or "")
        if column:
            sending.tell(message, thing.line, **{column: moment_of(one.get("timestamp"), "timestamp")})
            bounced = bounced or column == "bounced_at"
    if "activity" not in value and "timestamp" in value:
        sending.tell(message, thing.line, unsubscribed_at=moment_of(value["timestamp"], "timestamp"))
    return _Mail(message, campaign, thing.line, text(value.get("status")), bounced)
