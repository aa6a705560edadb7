"""One customer in words: what happened, what it adds up to, where they stand."""
