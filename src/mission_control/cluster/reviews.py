"""Asks the API server whose a token is, and what its bearer may do in a namespace.

Whose it is, the console's own account asks (TokenReview) where it may; else the token asks for itself
(SelfSubjectReview), which needs no right at all. Nothing is created by any of these.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import Forbidden, NotFound, Unauthorised, Unreachable

Shape = TypeVar("Shape")
_TOKENS = "/apis/authentication.k8s.io/v1/tokenreviews"
_SELF = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
_RULES = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"


class ReviewedRule(msgspec.Struct, frozen=True, rename="camel"):
    """One rule that a bearer has in a namespace, from whichever role it comes."""

    verbs: tuple[str, ...] = ()
    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    resource_names: tuple[str, ...] = ()

    def allows(self, verb: str, group: str, resource: str) -> bool:
        """Whether it gives a right on all objects of a resource, not only on named ones."""
        return (
            not self.resource_names
            and bool({verb, "*"} & set(self.verbs))
            and bool({group, "*"} & set(self.api_groups))
            and bool({resource, "*"} & set(self.resources))
        )


class _User(msgspec.Struct, frozen=True):
    username: str = ""


class _TokenStatus(msgspec.Struct, frozen=True):
    authenticated: bool = False
    user: _User = _User()


class _TokenReview(msgspec.Struct, frozen=True):
    status: _TokenStatus = _TokenStatus()


class _SelfStatus(msgspec.Struct, frozen=True, rename="camel"):
    user_info: _User = _User()


class _SelfReview(msgspec.Struct, frozen=True):
    status: _SelfStatus = _SelfStatus()


class _RulesStatus(msgspec.Struct, frozen=True, rename="camel"):
    resource_rules: tuple[ReviewedRule, ...] = ()


class _RulesReview(msgspec.Struct, frozen=True):
    status: _RulesStatus = _RulesStatus()


async def token_user(connection: Connection, personal: Connection, token: str) -> str | None:
    """Whose token it is, by the console's `connection` or by the token's own; None when it is nobody's.

    Raises a ClusterError when nothing can be asked.
    """
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
    try:
        said = await connection.post_json(_TOKENS, msgspec.json.encode(body))
    except (Forbidden, NotFound):
        return await _own_name(personal)
    status = _decoded(said, _TokenReview).status
    return status.user.username or None if status.authenticated else None


async def _own_name(personal: Connection) -> str | None:
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    try:
        said = await personal.post_json(_SELF, msgspec.json.encode(body))
    except Unauthorised:
        return None
    name = _decoded(said, _SelfReview).status.user_info.username
    return None if name in ("", "system:anonymous") else name


async def own_rules(personal: Connection, namespace: str) -> tuple[ReviewedRule, ...]:
    """What the bearer may do in a namespace, as far as the server can list it. Raises a ClusterError."""
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": namespace},
    }
    said = await personal.post_json(_RULES, msgspec.json.encode(body))
    return _decoded(said, _RulesReview).status.resource_rules


def _decoded(said: bytes, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(said, type=shape)
    except msgspec.MsgspecError as error:
        raise Unreachable("The API server's answer about a token cannot be read.") from error
