"""Looks at a pod now, when the picture may be a moment behind what its log says."""

from __future__ import annotations

import msgspec

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import NotFound, Unreachable
from mission_control.cluster.scope import segment
from mission_control.domain.logs.entries import Source
from mission_control.domain.logs.lives import Life, life_of
from mission_control.domain.objects import Pod


async def look(connection: Connection, source: Source) -> Life | None:
    """The life of a container as the API server knows it now; None when the pod is gone.

    Raises ClusterError.
    """
    path = f"/api/v1/namespaces/{segment(source.namespace)}/pods/{segment(source.pod)}"
    try:
        raw = await connection.get_json(path)
    except NotFound:
        return None
    try:
        return life_of(msgspec.json.decode(raw, type=Pod), source.container)
    except msgspec.MsgspecError as error:
        raise Unreachable("The API server gave a pod that cannot be read.") from error
