"""What every object has: its name, labels, owners and conditions.

Annotations are not kept as a mapping, because `last-applied-configuration` alone can outweigh the object: the
few that mean something are named fields of `Notes`, and the decoder drops the rest.
"""

from __future__ import annotations

from datetime import datetime

import msgspec


class Slim(msgspec.Struct, frozen=True, gc=False, rename="camel", omit_defaults=True):
    """The common configuration of all object structs: frozen, camelCase on the wire, every field optional."""


class Owner(Slim, frozen=True):
    """One entry of `ownerReferences`."""

    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool = False


class Notes(Slim, frozen=True):
    """The annotations that some rule reads; all others are dropped while decoding."""

    release_name: str = msgspec.field(default="", name="meta.helm.sh/release-name")
    release_namespace: str = msgspec.field(default="", name="meta.helm.sh/release-namespace")
    hook: str = msgspec.field(default="", name="helm.sh/hook")
    revision: str = msgspec.field(default="", name="deployment.kubernetes.io/revision")
    restarted_at: str = msgspec.field(default="", name="kubectl.kubernetes.io/restartedAt")
    default_class: str = msgspec.field(default="", name="storageclass.kubernetes.io/is-default-class")
    mirror: str = msgspec.field(default="", name="kubernetes.io/config.mirror")
    change_cause: str = msgspec.field(default="", name="kubernetes.io/change-cause")
    ingress_class: str = msgspec.field(default="", name="kubernetes.io/ingress.class")
    default_ingress_class: str = msgspec.field(default="", name="ingressclass.kubernetes.io/is-default-class")
    provisioner: str = msgspec.field(default="", name="volume.kubernetes.io/storage-provisioner")
    selected_node: str = msgspec.field(default="", name="volume.kubernetes.io/selected-node")


class Meta(Slim, frozen=True):
    """`metadata` of an object. `creation_timestamp` is None for what never reached an API server."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    deletion_grace_period_seconds: int | None = None
    labels: dict[str, str] = {}
    annotations: Notes = Notes()
    owner_references: tuple[Owner, ...] = ()
    finalizers: tuple[str, ...] = ()

    @property
    def controller(self) -> Owner | None:
        """The owner that controls this object, by `ownerReferences[].controller`; None when nothing does."""
        return next((owner for owner in self.owner_references if owner.controller), None)


CONTROLLERS = ("kube-controller-manager", "kube-scheduler", "kubelet", "cloud-controller-manager")
"""Whose writes are the cluster's own work and no change that anybody made."""


class Write(Slim, frozen=True):
    """One entry of `managedFields`: who wrote, through which subresource, and when last. Never what."""

    manager: str = ""
    subresource: str = ""
    time: datetime | None = None


class Traced(Meta, frozen=True):
    """`metadata` of a kind whose last change is told: also who wrote it and when."""

    managed_fields: tuple[Write, ...] = ()

    @property
    def last_write(self) -> Write | None:
        """The newest write that was neither one of its status nor a controller's."""
        found = [
            entry
            for entry in self.managed_fields
            if entry.time and entry.subresource != "status" and entry.manager not in CONTROLLERS
        ]
        return max(found, key=lambda entry: str(entry.time), default=None)


class Condition(Slim, frozen=True):
    """One entry of `status.conditions`; `status` is "True", "False" or "Unknown"."""

    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""
    last_transition_time: datetime | None = None
    last_update_time: datetime | None = None

    @property
    def is_true(self) -> bool:
        """Whether the condition holds."""
        return self.status == "True"


class Selector(Slim, frozen=True):
    """A label selector; empty selects everything, as in Kubernetes."""

    match_labels: dict[str, str] = {}
    match_expressions: tuple[Requirement, ...] = ()

    def accepts(self, labels: dict[str, str]) -> bool:
        """Whether an object with these labels is selected (apimachinery, Requirement.Matches)."""
        wanted = all(labels.get(key) == value for key, value in self.match_labels.items())
        return wanted and all(requirement.accepts(labels) for requirement in self.match_expressions)


class Requirement(Slim, frozen=True):
    """One expression of a label selector; `operator` is In, NotIn, Exists or DoesNotExist."""

    key: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()

    def accepts(self, labels: dict[str, str]) -> bool:
        """Whether these labels meet the requirement; a missing key meets NotIn and DoesNotExist."""
        match self.operator:
            case "In":
                return labels.get(self.key) in self.values
            case "NotIn":
                return labels.get(self.key) not in self.values
            case "Exists":
                return self.key in labels
            case _:
                return self.key not in labels


def condition(conditions: tuple[Condition, ...], kind: str) -> Condition | None:
    """The condition of that type, or None."""
    return next((entry for entry in conditions if entry.type == kind), None)


class Object(Slim, frozen=True):
    """What all objects have in common."""

    metadata: Meta = Meta()

    @property
    def name(self) -> str:
        """`metadata.name`."""
        return self.metadata.name

    @property
    def namespace(self) -> str:
        """`metadata.namespace`; empty for cluster-wide objects."""
        return self.metadata.namespace

    @property
    def uid(self) -> str:
        """`metadata.uid`."""
        return self.metadata.uid

    @property
    def labels(self) -> dict[str, str]:
        """`metadata.labels`."""
        return self.metadata.labels
