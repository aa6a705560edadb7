"""Klaviyo: what became of the mails and text messages of campaigns and flows."""
