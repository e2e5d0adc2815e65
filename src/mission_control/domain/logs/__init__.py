"""Log lines of many containers as one story: moments, order, levels, filters, and marks where it is torn.

Pure: nothing here reads a log. A line's text has passed redaction before it becomes an `Entry`.
"""
