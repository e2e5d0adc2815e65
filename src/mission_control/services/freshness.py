"""How well the cluster is seen now: loading, live, how old or not at all, and what may not be read.

Every page shows this, so that silence is never mistaken for health.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from mission_control.domain.snapshot import Sight, Snapshot


class Unseen(msgspec.Struct, frozen=True):
    """A kind that the API server refused, and in which namespace; empty where it was refused everywhere.

    `role`: it is the console that refuses it to this person, and this role of it would show it.
    """

    kind: str
    namespace: str
    needs: str
    role: str = ""


class Freshness(msgspec.Struct, frozen=True):
    """The state of the picture. `known` of `total` kinds have answered; `waiting` names those that have not.

    `unreachable`: nothing was ever seen, and every watch is silent. `stale_since` is the oldest moment since
    which a watch is silent; None when all that is seen is live.
    """

    state: Literal["loading", "live", "stale", "unreachable"]
    at: datetime
    known: int
    total: int
    waiting: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    stale_since: datetime | None = None
    reason: str = ""
    refused: tuple[Unseen, ...] = ()

    @property
    def allows_verdicts(self) -> bool:
        """Whether enough was seen to speak of health at all."""
        return self.state in ("live", "stale")


def freshness(snapshot: Snapshot) -> Freshness:
    """What the sights of a picture add up to."""
    known, total = snapshot.loading
    silent = [sight for sight in snapshot.sights if sight.state == "stale"]
    waiting = [sight for sight in snapshot.sights if sight.state == "loading"]
    refused = [sight for sight in snapshot.sights if sight.state == "refused"]
    return Freshness(
        state=_state(snapshot, silent),
        at=snapshot.taken_at,
        known=known,
        total=total,
        waiting=_kinds(waiting),
        stale=_kinds(silent),
        stale_since=min((sight.since for sight in silent if sight.since), default=None),
        reason=next((sight.reason for sight in (*silent, *waiting) if sight.reason), ""),
        refused=tuple(
            Unseen(sight.kind.kind, sight.namespace or "", sight.needs, sight.role) for sight in refused
        ),
    )


def _state(snapshot: Snapshot, silent: list[Sight]) -> Literal["loading", "live", "stale", "unreachable"]:
    if not snapshot.is_complete:
        return "loading"
    asked = [sight for sight in snapshot.sights if sight.state != "absent"]
    if silent and len(silent) == len(asked) and not any(map(len, snapshot.shelves.values())):
        return "unreachable"
    return "stale" if silent else "live"


def _kinds(sights: list[Sight]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sight.kind.kind for sight in sights))
