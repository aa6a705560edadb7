"""Leaving, learned from who left before: features of a day, labels of the days after it, and how good it was."""
