"""Quantities as Kubernetes writes them; what is none is no number."""

from __future__ import annotations

import pytest

from mission_control.domain.quantity import quantity


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("500m", 0.5),
        ("2", 2.0),
        ("0", 0.0),
        ("123456789n", 0.123456789),
        ("2Gi", 2 * 2.0**30),
        ("128974848Ki", 128974848 * 1024.0),
        ("1k", 1000.0),
        ("1.5Gi", 1.5 * 2**30),
        ("1e3", 1000.0),
        ("-1", -1.0),
        (" 7 ", 7.0),
        ("", None),
        (None, None),
        ("m", None),
        ("5mi", None),
        ("5x", None),
        ("٣m", None),
        ("1.2.3", None),
    ],
)
def test_a_quantity_is_its_number(text: str | None, number: float | None) -> None:
    assert quantity(text) == (pytest.approx(number) if number is not None else None)
