"""What customers will do: one prediction a file."""
