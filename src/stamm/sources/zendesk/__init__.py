"""Zendesk: tickets, as its exports and its interface list them and as its webhooks tell them."""
