"""Rows to part lines: references, quantities, marks, levels, alternatives, and what a person should look at."""
