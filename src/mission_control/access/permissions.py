"""The one table of permissions: what a person may do here, and which Kubernetes rights that needs.

Routes and verbs declare a `Permission`; charts, documentation and "you may not, this Role would grant it" are
all made from `TABLE`. Secrets have no line in it and must never get one: a right to list or watch them is a
right to read every value.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence

import msgspec
import yaml

from mission_control.domain.kinds import kinds_with
from mission_control.products.catalog import products


class Permission(enum.Enum):
    """What somebody may do in the console. The value is its name in tokens, roles and messages."""

    PUBLIC = "public"
    """What anybody may reach before signing in: the sign-in itself, assets, the sign of life."""
    VIEW_CONSOLE = "view-console"
    """Signed in: the frame of the pages, the API's description. Reads nothing of the cluster."""
    VIEW_HEALTH = "view-health"
    VIEW_WORKLOADS = "view-workloads"
    VIEW_OBJECTS = "view-objects"
    VIEW_LOGS = "view-logs"
    VIEW_TIMELINE = "view-timeline"
    """What changed and happened, also before now."""
    ACCEPT = "accept-findings"
    """Accept a finding as expected, and take that back. Changes what counts here, nothing in the cluster."""
    BUNDLES = "make-bundles"
    """Make, download and delete diagnostics bundles, which hold all that the console sees."""
    OWN_ACCOUNT = "own-account"
    """One's own password and sessions."""
    MANAGE_ACCESS = "manage-access"
    """Everybody's accounts, roles and sessions."""
    MANAGE_REDACTION = "manage-redaction"
    """Add and remove rules of redaction. Changes what is hidden here, nothing in the cluster."""
    VIEW_AUDIT = "view-audit"
    """Who did what here, everywhere; and take it away as a file, which is recorded."""
    VIEW_OWN_HEALTH = "view-own-health"
    """How the console itself is: its state, its memory, what it costs the API server."""


class Rule(msgspec.Struct, frozen=True):
    """One rule of a Kubernetes Role. `cluster` is True when only a ClusterRole can grant it."""

    verbs: tuple[str, ...]
    group: str
    resources: tuple[str, ...]
    cluster: bool = False

    @property
    def says(self) -> str:
        """The rule as a person reads it: "get, list, watch pods, services"."""
        names = [f"{name}.{self.group}" if self.group else name for name in self.resources]
        return f"{', '.join(self.verbs)} {', '.join(names)}"


def _kinds(*verbs: str) -> tuple[Rule, ...]:
    """A rule per API group and scope for all kinds of the picture, with those that packs name."""
    plurals: dict[tuple[str, bool], list[str]] = {}
    for kind in kinds_with(products()):
        plurals.setdefault((kind.group, not kind.namespaced), []).append(kind.plural)
    return tuple(Rule(verbs, group, tuple(names), cluster) for (group, cluster), names in plurals.items())


_PICTURE = _kinds("get", "list", "watch")
_LOGS = (Rule(("get",), "", ("pods/log",)),)
_USAGE = (
    Rule(("get", "list"), "metrics.k8s.io", ("pods",)),
    Rule(("get", "list"), "metrics.k8s.io", ("nodes",), cluster=True),
)

TABLE: Mapping[Permission, tuple[Rule, ...]] = {
    Permission.PUBLIC: (),
    Permission.VIEW_CONSOLE: (),
    Permission.VIEW_HEALTH: (*_PICTURE, *_LOGS),
    Permission.VIEW_WORKLOADS: (*_PICTURE, *_USAGE),
    Permission.VIEW_OBJECTS: _PICTURE,
    Permission.VIEW_TIMELINE: _PICTURE,
    Permission.ACCEPT: (),
    Permission.BUNDLES: (),
    Permission.OWN_ACCOUNT: (),
    Permission.MANAGE_ACCESS: (),
    Permission.MANAGE_REDACTION: (),
    Permission.VIEW_AUDIT: (),
    Permission.VIEW_OWN_HEALTH: (),
    Permission.VIEW_LOGS: (Rule(("get", "list", "watch"), "", ("pods",)), *_LOGS),
}


def role_for(permission: Permission, namespaces: Sequence[str] | None = None) -> str:
    """The Role that grants a permission, as YAML to apply; empty when it needs no right in Kubernetes.

    Without namespaces it is one ClusterRole. With namespaces it is a Role in each, and what only a
    ClusterRole can grant (nodes, storage classes …) is left out: the console says that it is blind there.
    """
    rules = TABLE[permission]
    name = f"mission-control-{permission.value}"
    if not rules:
        return ""
    if namespaces is None:
        roles = [_role("ClusterRole", {"name": name}, rules)]
    else:
        within = tuple(rule for rule in rules if not rule.cluster)
        roles = [_role("Role", {"name": name, "namespace": where}, within) for where in namespaces]
    return yaml.safe_dump_all(roles, sort_keys=False, default_flow_style=None, width=110)


def _role(kind: str, metadata: dict[str, str], rules: Sequence[Rule]) -> dict[str, object]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": metadata,
        "rules": [
            {"apiGroups": [rule.group], "resources": list(rule.resources), "verbs": list(rule.verbs)}
            for rule in rules
        ],
    }
