"""Kubernetes quantities: "500m", "2Gi", "1e3" as numbers, and numbers as a person reads them."""

from __future__ import annotations

import re

_SUFFIXES = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip
_BYTE_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_FOUR_FIGURES = 1000
_PLACES = ((10.0, 2), (100.0, 1), (float("inf"), 0))
_FORM = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([numkMGTPE]i?)?")


def quantity(text: str | None) -> float | None:
    """The number of a quantity, in cores or bytes; None for absent or malformed text (resource.Quantity)."""
    plain = (text or "").strip()
    end = -2 if plain.endswith("i") else -1
    number, suffix = plain[:end], plain[end:]
    if number.isdigit() and number.isascii() and suffix in _SUFFIXES:
        return float(number) * _SUFFIXES[suffix]  # nearly all are so, and the form costs ten times as much
    match = _FORM.fullmatch(plain)
    if match is None or (match[2] or "") not in _SUFFIXES:
        return None
    try:
        return float(match[1]) * _SUFFIXES[match[2] or ""]
    except ValueError:
        return None


def bytes_text(size: float) -> str:
    """A size in binary units with at most three figures: "512 MiB", "1.4 GiB"."""
    power = next(
        (n for n in range(len(_BYTE_UNITS)) if abs(size) < _FOUR_FIGURES * 1024**n), len(_BYTE_UNITS) - 1
    )
    return f"{short(size / 1024**power)} {_BYTE_UNITS[power]}"


def short(number: float) -> str:
    """A number with at most three figures and no idle zeros: "0.31", "4", "12.5", "164"."""
    places = next(places for limit, places in _PLACES if abs(number) < limit)
    text = f"{number:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
