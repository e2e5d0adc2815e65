"""The console in a terminal: what the pages show, as text. A sibling of `web/`, and as thin.

`screen` is the only module that prints, and it redacts what it is given before anything is drawn.
"""
