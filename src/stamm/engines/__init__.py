"""What runs an expression: one file an engine."""
