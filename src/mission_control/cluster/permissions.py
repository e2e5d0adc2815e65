"""Asks the API server what the console's own account may do (SelfSubjectAccessReview).

Every authenticated account may ask this. The answer is the server's, so aggregated roles, webhooks and
denials are all in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import msgspec

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import Unreachable

_PATH = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_AT_ONCE = 8


class Question(msgspec.Struct, frozen=True):
    """A right: `verb` on `resource` ("pods", "pods/log") of `group`; `namespace` "" means everywhere."""

    verb: str
    group: str
    resource: str
    namespace: str = ""


class Answer(msgspec.Struct, frozen=True):
    """Whether the right is there; `reason` is the server's, often empty."""

    question: Question
    is_allowed: bool
    reason: str = ""


class ReviewStatus(msgspec.Struct, frozen=True):
    """`status` of a review."""

    allowed: bool = False
    reason: str | None = ""


class Review(msgspec.Struct, frozen=True):
    """What the server answers."""

    status: ReviewStatus = ReviewStatus()


async def review(connection: Connection, questions: Iterable[Question]) -> tuple[Answer, ...]:
    """The answers, in the order of the questions. Raises a ClusterError when the server gives none."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def ask(question: Question) -> Answer:
        async with gate:
            return await _ask(connection, question)

    return tuple(await asyncio.gather(*(ask(question) for question in questions)))


async def _ask(connection: Connection, question: Question) -> Answer:
    resource, _, subresource = question.resource.partition("/")
    attributes = {
        "verb": question.verb,
        "group": question.group,
        "resource": resource,
        "subresource": subresource,
        "namespace": question.namespace,
    }
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {key: value for key, value in attributes.items() if value}},
    }
    said = await connection.post_json(_PATH, msgspec.json.encode(body))
    try:
        status = msgspec.json.decode(said, type=Review).status
    except msgspec.MsgspecError as error:
        raise Unreachable("The API server's answer about permissions cannot be read.") from error
    return Answer(question, status.allowed, status.reason or "")
