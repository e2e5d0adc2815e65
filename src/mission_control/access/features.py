"""What the console may be allowed in a cluster, as switches: which Kubernetes rights each of them gives.

The chart's roles and the table in `docs/security.md` are made from this page (`python -m charts.rights`).
What the pages need comes from the one table of permissions; what goes beyond it is off until somebody asks
for it, and says what it gives away.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator

import msgspec

from mission_control.access.permissions import TABLE, Permission, Rule

Right = tuple[str, str, str]
"""A single right: verb, API group, resource."""


class Reach(enum.Enum):
    """Where a switch may give its rights."""

    AS_CHOSEN = "as-chosen"
    """In the namespaces of the installation, or everywhere when it asks for that."""
    NAMED = "named"
    """Only in namespaces that are named for it, whatever else is chosen: never in a ClusterRole."""


class Feature(msgspec.Struct, frozen=True):
    """One switch. `key` is its place under `rbac` in the chart's values; `danger` what to know before."""

    key: str
    says: str
    rules: tuple[Rule, ...]
    is_on: bool = False
    reach: Reach = Reach.AS_CHOSEN
    by_name: bool = False
    """Whether each object is named, which leaves no others to be read."""
    danger: str = ""


def rights(rules: Iterable[Rule]) -> Iterator[Right]:
    """Each right that the rules give."""
    for rule in rules:
        for verb in rule.verbs:
            yield from ((verb, rule.group, resource) for resource in rule.resources)


def _beyond(permission: Permission, known: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules of a permission that give more than the known ones."""
    given = set(rights(known))
    return tuple(rule for rule in TABLE[permission] if not set(rights((rule,))) <= given)


_OBSERVE = TABLE[Permission.VIEW_OBJECTS]
_SECRETS = ("secrets",)

FEATURES: tuple[Feature, ...] = (
    Feature(
        "observe",
        "Health, workloads and objects: everything but logs and usage.",
        _OBSERVE,
        is_on=True,
    ),
    Feature(
        "logs",
        "Logs of containers, for the pages and to find out why something fails.",
        _beyond(Permission.VIEW_LOGS, _OBSERVE),
        is_on=True,
    ),
    Feature(
        "metrics",
        "Use of processor and memory, where the cluster measures it.",
        _beyond(Permission.VIEW_WORKLOADS, _OBSERVE),
        is_on=True,
    ),
    Feature(
        "tokenReviews",
        "Sign-in with a token of the cluster: asks the API server whose it is.",
        (Rule(("create",), "authentication.k8s.io", ("tokenreviews",), cluster=True),),
        danger="Changes nothing in the cluster; who gets into the console can try whether tokens are good.",
    ),
    Feature(
        "releases",
        "Helm's records of releases: what is installed, since when, and what failed.",
        (Rule(("get", "list"), "", _SECRETS),),
        reach=Reach.NAMED,
        danger=(
            "Helm keeps its records in Secrets, and Kubernetes cannot limit a list to some of them: this "
            "exposes every Secret of the namespace to the console and to whoever gets into it."
        ),
    ),
    Feature(
        "secrets",
        "Single Secrets by their name, such as the certificate of an Ingress.",
        (Rule(("get",), "", _SECRETS),),
        reach=Reach.NAMED,
        by_name=True,
        danger="The console can read every value of these Secrets, and of no others.",
    ),
    Feature(
        "diagnostics.nodeStats",
        "How full volumes are, asked of each node's kubelet itself (port 10250 must be open to it).",
        (Rule(("get",), "", ("nodes/stats",), cluster=True),),
        danger="Shows names and use of all pods on all nodes, also of namespaces that are not yours.",
    ),
    Feature(
        "diagnostics.nodeProxy",
        "How full volumes are, asked of each node's kubelet through the API server.",
        (Rule(("get",), "", ("nodes/proxy",), cluster=True),),
        danger=(
            "Opens the kubelet's whole interface by GET: logs of every pod on every node, and through its "
            "streaming addresses commands in every container. Treat it like the administrator's right."
        ),
    ),
    Feature(
        "diagnostics.serviceProxy",
        "What services answer, asked through the API server. Not used by this version.",
        (Rule(("get",), "", ("services/proxy",)),),
        danger=(
            "Reaches every port of every service in these namespaces past NetworkPolicies, also interfaces "
            "that trust whoever reaches them."
        ),
    ),
)
"""In the order in which the chart and the documentation list them."""
