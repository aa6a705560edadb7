"""Reports: one file a person can open, print and send."""
