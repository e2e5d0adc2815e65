"""Tables as CSV (RFC 4180) that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_line(cells: Sequence[object]) -> str:
    """One line with its end. What could be a formula gets an apostrophe, as spreadsheets write text."""
    text = io.StringIO()
    told = ["" if cell is None else str(cell) for cell in cells]
    csv.writer(text).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in told])
    return text.getvalue()
