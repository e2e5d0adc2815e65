"""What one list and watch covers.

A kind, in one namespace or everywhere, and the paths and rights that follow.
"""

from __future__ import annotations

import re

import msgspec

from mission_control.cluster.errors import NotFound
from mission_control.domain.kinds import Kind

_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]*")
_PARTIAL = "application/json;as={};g=meta.k8s.io;v=v1"


class Scope(msgspec.Struct, frozen=True):
    """A kind in one namespace; `namespace` None means everywhere."""

    kind: Kind
    namespace: str | None = None

    @property
    def path(self) -> str:
        """The path of the collection."""
        within = f"/namespaces/{segment(self.namespace)}" if self.namespace else ""
        return f"{group_path(self.kind)}{within}/{self.kind.plural}"

    @property
    def list_form(self) -> str:
        """The Accept header of a list; kinds whose values must not arrive are asked for as metadata alone."""
        return _PARTIAL.format("PartialObjectMetadataList") if self._is_partial else "application/json"

    @property
    def watch_form(self) -> str:
        """The Accept header of a watch."""
        return _PARTIAL.format("PartialObjectMetadata") if self._is_partial else "application/json"

    @property
    def shown_form(self) -> str:
        """The Accept header of a list that is written down: never with values that may not be shown."""
        return _PARTIAL.format("PartialObjectMetadataList") if self.kind.metadata_only else "application/json"

    @property
    def item_form(self) -> str:
        """The Accept header of one object that is fetched to be shown: never with values that may not be."""
        return _PARTIAL.format("PartialObjectMetadata") if self.kind.metadata_only else "application/json"

    @property
    def _is_partial(self) -> bool:
        return self.kind.metadata_only and not self.kind.digests


def group_path(kind: Kind) -> str:
    """The path under which the API server serves the kind's group and version."""
    return f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"


def segment(name: str) -> str:
    """The name, when it can be one part of a path; NotFound for what would lead elsewhere ("../secrets")."""
    if not _SEGMENT.fullmatch(name):
        raise NotFound(f"{name[:80]!r} is not a name that an object can have.")
    return name
