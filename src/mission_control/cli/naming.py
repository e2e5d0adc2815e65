"""How a command line names an object: "deploy/web" or "deploy web", found in the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mission_control.cli.running import Refused

if TYPE_CHECKING:
    from mission_control.domain.kinds import Kind
    from mission_control.domain.snapshot import Snapshot
    from mission_control.services.facts import Link


def split_name(text: str) -> tuple[Kind, str]:
    """The kind and the name of "deploy/web". Raises Refused for anything else."""
    kind, _, name = text.partition("/")
    if not name:
        raise Refused(f"{text!r} names no object.", "Write it like pod/web-0.")
    return meant_kind(kind), name


def meant_kind(text: str) -> Kind:
    """The kind that is meant. Raises Refused when there is none."""
    from mission_control.services.naming import Unclear, kind_meant  # noqa: PLC0415  # loads the services

    found = kind_meant(text)
    if isinstance(found, Unclear):
        raise Refused(found.says, found.fix)
    return found


def meant_object(
    snapshot: Snapshot, named: tuple[Kind, str], namespaces: Sequence[str], *, may_be_gone: bool = False
) -> Link:
    """The object that is meant. Raises Refused when that is not clear, or it is not there."""
    from mission_control.domain.objects import Event  # noqa: PLC0415
    from mission_control.services.facts import Link  # noqa: PLC0415
    from mission_control.services.naming import Unclear, object_meant  # noqa: PLC0415

    kind, name = named
    found = object_meant(snapshot, kind, name, namespaces)
    if not isinstance(found, Unclear):
        return found
    if may_be_gone:  # events outlive what they are about
        about = [event.involved_object for event in snapshot.all(Event)]
        places = {ref.namespace for ref in about if (ref.kind, ref.name) == (kind.kind, name)}
        if len(places) == 1:
            return Link(kind.kind, places.pop(), name)
    raise Refused(found.says, found.fix)
