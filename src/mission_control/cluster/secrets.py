"""The only way to a Secret, and a narrow one.

A right to list Secrets is a right to read every value, so nothing here lists anything but metadata, and only
Helm's records. A value is read of one Secret by its name, straight into a struct that keeps what it names:
all other keys are dropped while decoding. Redaction is told of every value on the way, so that it is hidden
wherever it turns up.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from mission_control.cluster.connection import Connection, Params
from mission_control.cluster.errors import Unreachable
from mission_control.cluster.own_secrets import learn_secret
from mission_control.cluster.permissions import Question
from mission_control.cluster.scope import segment

RESOURCE = "secrets"
_PARTIAL = "application/json;as={};g=meta.k8s.io;v=v1"
_PAGE = 500
_HELM = "owner=helm"
Form = TypeVar("Form")


class RecordMeta(msgspec.Struct, frozen=True, rename="camel"):
    """The metadata of one of Helm's records; its labels say which revision it is and how it stands."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    labels: dict[str, str] = {}


class Record(msgspec.Struct, frozen=True):
    """One of Helm's records, without its content."""

    metadata: RecordMeta = RecordMeta()


class ListMeta(msgspec.Struct, frozen=True):
    """The token that asks for the next page of a list."""

    following: str | None = msgspec.field(default=None, name="continue")


class Records(msgspec.Struct, frozen=True):
    """A page of records."""

    metadata: ListMeta = ListMeta()
    items: tuple[Record, ...] | None = ()


class Values(msgspec.Struct, frozen=True):
    """All values of a Secret, for redaction alone."""

    type: str = ""
    data: dict[str, str] | None = None


def listing_right(namespace: str) -> Question:
    """The right to see which records there are."""
    return Question("list", "", RESOURCE, namespace)


async def records(connection: Connection, namespace: str) -> tuple[RecordMeta, ...]:
    """The metadata of Helm's records in a namespace. Raises a ClusterError."""
    found: list[RecordMeta] = []
    token: str | None = ""
    while token is not None:
        params: Params = {"labelSelector": _HELM, "limit": _PAGE}
        if token:
            params = {**params, "continue": token}
        accept = _PARTIAL.format("PartialObjectMetadataList")
        page = _decoded(await connection.get_json(_path(namespace), params, accept), Records)
        found += [record.metadata for record in page.items or ()]
        token = page.metadata.following or None
    return tuple(found)


async def version(connection: Connection, namespace: str, name: str) -> str:
    """The resource version of a Secret, without any of its values. Raises a ClusterError."""
    accept = _PARTIAL.format("PartialObjectMetadata")
    body = await connection.get_json(f"{_path(namespace)}/{segment(name)}", accept=accept)
    return _decoded(body, Record).metadata.resource_version


async def read(connection: Connection, namespace: str, name: str, form: type[Form]) -> Form:
    """One Secret by name, in a form that keeps only what it names. Raises a ClusterError."""
    body = await connection.get_json(f"{_path(namespace)}/{segment(name)}")
    values = _decoded(body, Values)
    learn_secret(namespace, name, values.type, values.data or {})
    return _decoded(body, form)


def _path(namespace: str) -> str:
    return f"/api/v1/namespaces/{segment(namespace)}/{RESOURCE}"


def _decoded(body: bytes, form: type[Form]) -> Form:
    try:
        return msgspec.json.decode(body, type=form)
    except msgspec.MsgspecError:
        # its message could hold a part of a value
        raise Unreachable("The API server's answer has another form than expected.") from None
