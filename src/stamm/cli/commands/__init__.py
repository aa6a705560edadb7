"""One file a command; each is found by being here."""
