"""Operators: one a file, with its sentence in both languages and worked examples."""
