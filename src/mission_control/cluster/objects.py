"""Fetches one object by name as the API server has it, for a page that shows it.

Secrets are refused here whatever the account may do, and kinds that the picture holds without their values
are fetched without them.
"""

from __future__ import annotations

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import Forbidden, NotFound
from mission_control.cluster.scope import Scope, segment
from mission_control.domain.kinds import kind_named


async def fetch(connection: Connection, kind: str, namespace: str, name: str) -> bytes:
    """The object's JSON. Raises Forbidden, NotFound or another ClusterError."""
    if kind == "Secret":
        raise Forbidden("The console never reads Secrets.")
    known = kind_named(kind)
    if known is None:
        raise NotFound(f"The console does not read objects of kind {kind}.")
    if known.namespaced and not namespace:
        raise NotFound(f"A {kind} is in a namespace, and none was named.")
    scope = Scope(known, segment(namespace) if known.namespaced else None)
    return await connection.get_json(f"{scope.path}/{segment(name)}", accept=scope.item_form)
