"""Typeform: answers, as its interface lists them and as its webhooks tell them."""
