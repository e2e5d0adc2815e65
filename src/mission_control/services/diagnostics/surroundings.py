"""Records what stands around the objects: the cluster, usage, topology, descriptions, the console itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

import msgspec

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import ClusterError, Forbidden, NotFound, Unreachable
from mission_control.cluster.permissions import Question, review
from mission_control.cluster.raw import discovery
from mission_control.domain.bundle import layout
from mission_control.domain.kinds import Kind
from mission_control.domain.objects import Custom
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Usage
from mission_control.domain.verdict import Health
from mission_control.services.claims import StorageQuery, storage
from mission_control.services.describing import describe
from mission_control.services.diagnostics.gathering import Gathering
from mission_control.services.diagnostics.objects import ObjectRecorder
from mission_control.services.network import NetworkQuery, network


def _around(kind: str, plural: str, group: str, version: str = "v1") -> Kind:
    return Kind(kind, plural, group, version, Custom, namespaced=False)


AROUND = (
    _around("CustomResourceDefinition", "customresourcedefinitions", "apiextensions.k8s.io"),
    _around(
        "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", "admissionregistration.k8s.io"
    ),
    _around("MutatingWebhookConfiguration", "mutatingwebhookconfigurations", "admissionregistration.k8s.io"),
    _around("PriorityClass", "priorityclasses", "scheduling.k8s.io"),
    _around("RuntimeClass", "runtimeclasses", "node.k8s.io"),
    _around("CSIDriver", "csidrivers", "storage.k8s.io"),
)
"""Kinds that no page shows and a supporter asks for; they are not part of the picture."""


class Setting(msgspec.Struct, frozen=True):
    """A setting of the console with the value that it has."""

    name: str
    value: str


async def record_cluster(connection: Connection, gathering: Gathering) -> None:
    """The version, what is served, and the kinds of AROUND as far as they may be listed."""
    version = msgspec.json.decode(await connection.get_json("/version"))
    await gathering.put(layout.VERSION, {"info": version, "string": connection.version})
    groups, resources = await discovery(connection)
    await gathering.put_safe(layout.GROUPS, msgspec.json.encode(groups))
    await gathering.put_safe(layout.RESOURCES, msgspec.json.encode(resources))
    beside = ObjectRecorder(connection, gathering, None)
    for kind in AROUND:
        try:
            await beside.record_beside(kind)
        except Unreachable:
            raise
        except NotFound:
            continue
        except Forbidden:
            gathering.missing(kind.plural, "They may not be listed.", f"list {kind.resource}")
        except ClusterError as error:
            gathering.missing(kind.plural, error.says)


async def record_usage(usage: Usage, gathering: Gathering) -> None:
    """What was measured."""
    if usage.refused:
        gathering.missing("Usage", usage.refused)
        return
    content = gathering.strings(msgspec.to_builtins(usage), "usage")
    await gathering.put_safe(layout.USAGE, msgspec.json.encode(content))


async def record_topology(snapshot: Snapshot, health: Health, gathering: Gathering) -> None:
    """Services, ways in and storage as the pages show them."""
    for view in ("ingress", "services", "policies"):
        page = await asyncio.to_thread(network, snapshot, health, NetworkQuery(view=view))
        await gathering.put(f"topology/network-{view}.json", msgspec.to_builtins(page), "topology")
    for view in ("claims", "volumes", "classes"):
        page_of_storage = await asyncio.to_thread(storage, snapshot, health, StorageQuery(view=view))
        await gathering.put(f"topology/storage-{view}.json", msgspec.to_builtins(page_of_storage), "topology")


async def record_descriptions(
    raw: Iterable[tuple[str, str, str, bytes]], snapshot: Snapshot, gathering: Gathering
) -> None:
    """A description of each object, given as kind, namespace, name and its redacted JSON."""
    for kind, namespace, name, content in raw:
        text = "\n".join(await asyncio.to_thread(list, _described(content, kind, snapshot)))
        steps = "/".join(map(layout.part, (namespace or "cluster", kind, name)))
        await gathering.put_text(f"describe/{steps}.txt", text.encode() + b"\n")


def _described(content: bytes, kind: str, snapshot: Snapshot) -> Iterator[str]:
    for line in describe(content, kind, snapshot):
        label = f"{line.label}:" if line.label else ""
        yield f"{'  ' * line.depth}{label:<{max(1, 24 - 2 * line.depth)}} {line.text}".rstrip()


async def record_console(
    connection: Connection,
    gathering: Gathering,
    settings: Iterable[Setting],
    questions: Iterable[Question],
) -> None:
    """The settings, masked, and what the console's account may do."""
    await gathering.put("console/settings.json", {entry.name: entry.value for entry in settings}, "settings")
    answers = await review(connection, questions)
    rights = [
        {
            "right": " ".join(filter(None, (a.question.verb, a.question.resource, a.question.group))),
            "namespace": a.question.namespace,
            "allowed": a.is_allowed,
        }
        for a in answers
    ]
    await gathering.put("console/rights.json", rights, "rights")
