"""Bytes of the API server become slim structs, whatever is in them.

A page is decoded in one go. When that fails, each object is tried alone: first as it is, then without its
nulls and with lenient numbers, because operators of custom kinds write both. What is still unreadable becomes
a `Flaw` with its name, never an exception: one absurd object must not hide five thousand good ones.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

from mission_control.cluster.errors import Unreachable
from mission_control.cluster.sharing import Sharing
from mission_control.domain.kinds import Kind
from mission_control.domain.objects import Object

Key = tuple[str, str]
T = TypeVar("T")


class ListMeta(msgspec.Struct, frozen=True, rename="camel"):
    """`metadata` of a list: its version, and the token that asks for its next page."""

    resource_version: str = ""
    next_page: str | None = msgspec.field(default=None, name="continue")


class Page(msgspec.Struct, Generic[T]):
    """One page of a list."""

    metadata: ListMeta = ListMeta()
    items: list[T] | None = None


class Flaw(msgspec.Struct, frozen=True):
    """An object that could not be read, and why."""

    key: Key
    why: str


class Name(msgspec.Struct, frozen=True, rename="camel"):
    """The least that must be readable of an object."""

    name: str | None = ""
    namespace: str | None = ""
    resource_version: str | None = ""


class OnlyName(msgspec.Struct, frozen=True):
    """An object of which only the name is read."""

    metadata: Name = Name()


class Decoder:
    """Decodes pages and single objects of one kind."""

    def __init__(self, kind: Kind, sharing: Sharing) -> None:
        self._kind = kind
        self._sharing = sharing
        self._page = msgspec.json.Decoder(Page[kind.shape])  # type: ignore[name-defined]
        self._item = msgspec.json.Decoder(kind.shape)

    def page(self, body: bytes) -> tuple[ListMeta, list[Object | Flaw]]:
        """The list's metadata and its objects. Raises Unreachable when this is no list at all."""
        try:
            page = self._page.decode(body)
            items: list[Object | Flaw] = list(page.items or ())
            meta = page.metadata
        except (msgspec.MsgspecError, RecursionError):
            meta, items = self._piecewise(body)
        for item in items:
            if isinstance(item, Object):
                self._sharing.share(item)
        return meta, items

    def _piecewise(self, body: bytes) -> tuple[ListMeta, list[Object | Flaw]]:
        try:
            page = msgspec.json.decode(body, type=Page[msgspec.Raw])
        except (msgspec.MsgspecError, RecursionError) as error:
            raise Unreachable(f"The answer for {self._kind.resource} is not a list.") from error
        return page.metadata, [self._single(bytes(raw)) for raw in page.items or ()]

    def item(self, body: bytes) -> Object | Flaw:
        """One object, as a watch gives it."""
        item = self._single(body)
        if isinstance(item, Object):
            self._sharing.share(item)
        return item

    def _single(self, body: bytes) -> Object | Flaw:
        try:
            return self._item.decode(body)
        except (msgspec.MsgspecError, RecursionError):
            pass
        try:
            tree = without_nulls(msgspec.json.decode(body))
            return msgspec.convert(tree, self._kind.shape, strict=False)
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            return Flaw(key_of(body), str(error) or type(error).__name__)


def key_of(body: bytes) -> Key:
    """Namespace and name of an object that is otherwise unreadable; empty when not even these can be read."""
    try:
        name = msgspec.json.decode(body, type=OnlyName).metadata
    except (msgspec.MsgspecError, RecursionError):
        return ("", "")
    return (name.namespace or "", name.name or "")


def version_of(body: bytes) -> str:
    """`metadata.resourceVersion` of any object; empty when it has none."""
    try:
        return msgspec.json.decode(body, type=OnlyName).metadata.resource_version or ""
    except (msgspec.MsgspecError, RecursionError):
        return ""


def without_nulls(tree: Any) -> Any:
    """The same tree without keys and entries that are null, which the API takes for "not there"."""
    if isinstance(tree, dict):
        return {key: without_nulls(value) for key, value in tree.items() if value is not None}
    if isinstance(tree, list):
        return [without_nulls(value) for value in tree if value is not None]
    return tree
