"""Reads the last lines of one container's log.

What keeps a log from being read (no right, no previous container, a kubelet that does not answer) is part of
the answer, because the judgement goes on without it and says so.
"""

from __future__ import annotations

from mission_control.cluster.connection import Connection, Params
from mission_control.cluster.errors import ClusterError, Forbidden
from mission_control.cluster.scope import segment
from mission_control.domain.logtail import LogRequest, LogTail

LINES = 40
LIMIT_BYTES = 65_536


async def tail(
    connection: Connection, request: LogRequest, lines: int = LINES, limit_bytes: int = LIMIT_BYTES
) -> LogTail:
    """The last lines, oldest first, at most `limit_bytes` together; never raises a ClusterError."""
    params: Params = {"container": request.container, "tailLines": lines, "limitBytes": limit_bytes}
    if request.previous:
        params = {**params, "previous": "true"}
    try:
        path = f"/api/v1/namespaces/{segment(request.namespace)}/pods/{segment(request.pod)}/log"
        body = await connection.get_json(path, params, "*/*")
    except Forbidden:
        return _refused(request, f"Its log may not be read: get pods/log in namespace {request.namespace}.")
    except ClusterError as error:
        return _refused(request, error.says)
    text = body.decode(errors="replace")
    return LogTail(
        request.namespace, request.pod, request.container, request.previous, tuple(text.splitlines())
    )


def _refused(request: LogRequest, why: str) -> LogTail:
    return LogTail(request.namespace, request.pod, request.container, request.previous, refused=why)
