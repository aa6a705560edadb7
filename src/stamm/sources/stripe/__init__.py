"""Stripe: customers, subscriptions, invoices and refunds, as its interface lists them and as its events tell them."""
