"""The chart of the console, and what writes the parts of it that repeat the code."""
