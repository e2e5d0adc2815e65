"""The timeline of a console that serves: noticed inside the judgement, kept in the console's own state."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mission_control.app.watching import now
from mission_control.domain.objects.sealing import seal_with
from mission_control.products.catalog import products
from mission_control.services.chronicle import Chronicle
from mission_control.services.writing import Bounds, Writer
from mission_control.settings import Settings

if TYPE_CHECKING:
    from mission_control.app.own_state import Opened


def chronicle(settings: Settings, state: Opened) -> Chronicle:
    """The chronicle of the cluster that the settings mean, kept in the opened state."""
    from mission_control.storage.timeline import TimelineStore  # noqa: PLC0415  # SQLAlchemy takes a second

    seal_with(hashlib.blake2b(state.identity.key, person=b"configmap keys").digest())
    bounds = Bounds(settings.timeline_days, settings.timeline_mib)
    writer = Writer(TimelineStore(state.database), bounds, now)
    return Chronicle(
        products(), now, writer, lambda: tuple(kept.acceptance for kept in state.accepted.in_force)
    )
