"""Repairs in the product's own terms: which value of the chart changes what a finding complains of.

The paths come from the product pack. Where the pack names none, the sentence simply ends earlier.
"""

from __future__ import annotations

from typing import Literal

from mission_control.domain.places import Place
from mission_control.domain.product import Component

Setting = Literal["values", "storage_values", "replicas_values", "resources_values", "image_values"]


def part_of(place: Place) -> Component | None:
    """The pack's entry of the component at a place."""
    member = place.installation.member(place.component) if place.installation else None
    return member.part if member else None


def setting(place: Place, which: Setting) -> str:
    """The path in the chart's values, or an empty text."""
    part = part_of(place)
    return getattr(part, which) if part else ""


def values_hint(place: Place, which: Setting) -> str:
    """The path in brackets for the middle of a sentence, or nothing."""
    path = setting(place, which)
    return f" (values: {path})" if path else ""


def limits_path(place: Place) -> str:
    """Where the memory limit is set, for the middle of a sentence."""
    path = setting(place, "resources_values")
    return f" in {path}.limits.memory" if path else ""


def impact(place: Place) -> str:
    """What users lose without the component."""
    part = part_of(place)
    return part.impact if part else ""
