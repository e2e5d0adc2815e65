"""Pods, and the pod templates of workloads.

A pod's own containers carry no environment: what a container refers to is read from the workload's template,
once for all its pods.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from mission_control.domain.objects.meta import Condition, Meta, Object, Slim


class Resources(Slim, frozen=True):
    """Requests and limits as Kubernetes quantities ("500m", "2Gi")."""

    requests: dict[str, str] = {}
    limits: dict[str, str] = {}


class Port(Slim, frozen=True):
    """A declared container port."""

    name: str = ""
    container_port: int = 0
    protocol: str = "TCP"


class Probe(Slim, frozen=True):
    """The patience of a probe, in seconds and counts (defaults are those of the API server)."""

    initial_delay_seconds: int = 0
    period_seconds: int = 10
    timeout_seconds: int = 1
    failure_threshold: int = 3
    success_threshold: int = 1


class Container(Slim, frozen=True):
    """A container of a running pod."""

    name: str = ""
    image: str = ""
    resources: Resources = Resources()
    ports: tuple[Port, ...] = ()
    restart_policy: str = ""
    readiness_probe: Probe | None = None
    liveness_probe: Probe | None = None
    startup_probe: Probe | None = None


class ObjectName(Slim, frozen=True):
    """A reference by name to a Secret or ConfigMap, with the key when one is named."""

    name: str = ""
    key: str = ""
    optional: bool = False


class SecretName(Slim, frozen=True):
    """A volume's reference to a Secret."""

    secret_name: str = ""
    optional: bool = False


class ClaimName(Slim, frozen=True):
    """A volume's reference to a claim."""

    claim_name: str = ""


class Volume(Slim, frozen=True):
    """A volume of a pod: which Secret, ConfigMap or claim it needs."""

    name: str = ""
    persistent_volume_claim: ClaimName | None = None
    config_map: ObjectName | None = None
    secret: SecretName | None = None


class EnvSource(Slim, frozen=True):
    """Where the value of a variable comes from."""

    secret_key_ref: ObjectName | None = None
    config_map_key_ref: ObjectName | None = None


class EnvVar(Slim, frozen=True):
    """A variable of a container: its name and source, never its value."""

    name: str = ""
    value_from: EnvSource | None = None


class EnvFrom(Slim, frozen=True):
    """A whole Secret or ConfigMap taken as environment."""

    secret_ref: ObjectName | None = None
    config_map_ref: ObjectName | None = None


class TemplateContainer(Slim, frozen=True):
    """A container of a pod template, with what it refers to."""

    name: str = ""
    image: str = ""
    resources: Resources = Resources()
    ports: tuple[Port, ...] = ()
    restart_policy: str = ""
    env: tuple[EnvVar, ...] = ()
    env_from: tuple[EnvFrom, ...] = ()


class TemplateSpec(Slim, frozen=True):
    """The pod spec of a workload's template."""

    service_account_name: str = ""
    containers: tuple[TemplateContainer, ...] = ()
    init_containers: tuple[TemplateContainer, ...] = ()
    volumes: tuple[Volume, ...] = ()
    node_selector: dict[str, str] = {}
    restart_policy: str = "Always"


class TemplateNotes(Slim, frozen=True):
    """The one annotation of a pod template that is read: when somebody restarted its pods by hand."""

    restarted_at: str = msgspec.field(default="", name="kubectl.kubernetes.io/restartedAt")


class TemplateMeta(Slim, frozen=True):
    """Labels of a pod template."""

    labels: dict[str, str] = {}
    annotations: TemplateNotes = TemplateNotes()


class Template(Slim, frozen=True):
    """A pod template."""

    metadata: TemplateMeta = TemplateMeta()
    spec: TemplateSpec = TemplateSpec()


class PodSpec(Slim, frozen=True):
    """`spec` of a pod."""

    node_name: str = ""
    service_account_name: str = ""
    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    node_selector: dict[str, str] = {}
    restart_policy: str = "Always"
    termination_grace_period_seconds: int | None = None
    priority_class_name: str = ""


class Waiting(Slim, frozen=True):
    """A container that does not run yet, and why."""

    reason: str = ""
    message: str = ""


class Running(Slim, frozen=True):
    """A container that runs."""

    started_at: datetime | None = None


class Terminated(Slim, frozen=True):
    """A container that ended."""

    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    message: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None


class State(Slim, frozen=True):
    """A container's state: exactly one of the three, or none before the kubelet has looked."""

    waiting: Waiting | None = None
    running: Running | None = None
    terminated: Terminated | None = None


class ContainerStatus(Slim, frozen=True):
    """What the kubelet says about one container."""

    name: str = ""
    image: str = ""
    ready: bool = False
    started: bool | None = None
    restart_count: int = 0
    state: State = State()
    last_state: State = State()


class PodStatus(Slim, frozen=True):
    """`status` of a pod."""

    phase: str = ""
    reason: str = ""
    message: str = ""
    start_time: datetime | None = None
    conditions: tuple[Condition, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()
    pod_ip: str = msgspec.field(default="", name="podIP")
    qos_class: str = ""


class Pod(Object, frozen=True):
    """A pod."""

    metadata: Meta = Meta()
    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()

    @property
    def is_ready(self) -> bool:
        """Whether it serves, by its Ready condition."""
        for entry in self.status.conditions:
            if entry.type == "Ready":
                return entry.status == "True"
        return False

    @property
    def is_well(self) -> bool:
        """Whether it gives no reason to look closer: done, or ready and never restarted."""
        if self.metadata.deletion_timestamp is not None:
            return False
        status = self.status
        if status.phase != "Running":
            return status.phase == "Succeeded"
        for container in status.container_statuses:
            if not container.ready or container.restart_count:
                return False
        for container in status.init_container_statuses:
            if container.restart_count:
                return False
        return self.is_ready
