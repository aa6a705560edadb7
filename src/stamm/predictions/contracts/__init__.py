"""Learning who ends a subscription."""
