"""Shopify: the exports of its admin pages, and what its interface and its webhooks say."""
