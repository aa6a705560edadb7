"""The vocabulary everything else is written in: definitions, windows, intervals, money, formulas."""
