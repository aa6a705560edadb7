"""Mailchimp: what became of a campaign's mails."""
