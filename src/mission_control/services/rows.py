"""One row of the Workloads table, for a pod or for what makes pods.

A row is made only for what is shown: at most a hundred of perhaps thirty thousand.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from mission_control.domain.kinds import kind_of
from mission_control.domain.objects import CronJob, Deployment, Job, Node, Object, Pod, ReplicaSet, Rollout
from mission_control.domain.objects.pods import Container
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import ContainerUsage, Gauge, UsageIndex, together
from mission_control.domain.verdict import Verdict
from mission_control.services.capacity import ENDED, lasting_containers, number
from mission_control.services.marks import Marks
from mission_control.services.states import ready_wanted, state_of


class Row(msgspec.Struct, frozen=True):
    """An object in one line. None where the kind has no such figure or nobody measured it.

    `says` is the sentence of the worst finding about it. `schedule` and `last_run` are those of a CronJob.
    """

    kind: str
    namespace: str
    name: str
    verdict: Verdict
    state: str
    says: str = ""
    component: str = ""
    ready: int | None = None
    wanted: int | None = None
    cpu: Gauge = Gauge()
    memory: Gauge = Gauge()
    restarts: int | None = None
    restarted: datetime | None = None
    node: str = ""
    created: datetime | None = None
    schedule: str = ""
    last_run: datetime | None = None


def row(snapshot: Snapshot, item: Object, marks: Marks, usage: UsageIndex) -> Row:
    """The row of one object."""
    pods = pods_of(snapshot, item)
    home = marks.home(item)
    found = marks.findings(item)
    ready, wanted = ready_wanted(item)
    gauges = [pod_gauges(pod, usage) for pod in pods if pod.status.phase not in ENDED]
    return Row(
        kind=kind_of(type(item)).kind,
        namespace=item.namespace,
        name=item.name,
        verdict=marks.verdict(item),
        state=state_of(item),
        says=found[0].says if found else "",
        component=home[1].title if home else "",
        ready=ready,
        wanted=wanted,
        cpu=together([cpu for cpu, _ in gauges]) if gauges else Gauge(),
        memory=together([memory for _, memory in gauges]) if gauges else Gauge(),
        restarts=sum(map(restarts, pods)) if pods else None,
        restarted=max((at for pod in pods if (at := last_restart(pod))), default=None),
        node=item.spec.node_name if isinstance(item, Pod) else "",
        created=item.metadata.creation_timestamp,
        schedule=item.spec.schedule if isinstance(item, CronJob) else "",
        last_run=_last_run(item),
    )


def pods_of(snapshot: Snapshot, item: Object) -> tuple[Pod, ...]:
    """The pods of an object: itself, or those that it controls, also through its ReplicaSets or Jobs."""
    if isinstance(item, Pod):
        return (item,)
    owners: Iterable[Object] = (item,)
    if isinstance(item, Deployment | Rollout):
        owners = snapshot.owned_by(ReplicaSet, item.uid)
    elif isinstance(item, CronJob):
        owners = snapshot.owned_by(Job, item.uid)
    return tuple(pod for owner in owners if owner.uid for pod in snapshot.owned_by(Pod, owner.uid))


def pod_gauges(pod: Pod, usage: UsageIndex) -> tuple[Gauge, Gauge]:
    """Cpu and memory of a pod: the sum of its containers that last."""
    measured = usage.pod(pod.namespace, pod.name)
    pairs = [
        container_gauges(container, measured.of(container.name) if measured else None)
        for container in lasting_containers(pod)
    ]
    return together([cpu for cpu, _ in pairs]), together([memory for _, memory in pairs])


def node_gauges(node: Node, pods: tuple[Pod, ...], usage: UsageIndex) -> tuple[Gauge, Gauge]:
    """Cpu and memory of a node: used as measured, requested by its pods, and what it can give."""
    used = usage.node(node.name)
    asked = [pod_gauges(pod, usage) for pod in pods if pod.status.phase not in ENDED]
    able = node.status.allocatable
    cpu = together([cpu for cpu, _ in asked]).requested
    memory = together([memory for _, memory in asked]).requested
    return (
        Gauge(used.cpu if used else None, cpu, number(able.get("cpu"))),
        Gauge(used.memory if used else None, memory, number(able.get("memory"))),
    )


def container_gauges(container: Container, used: ContainerUsage | None) -> tuple[Gauge, Gauge]:
    """Cpu and memory of one container."""
    asked, allowed = container.resources.requests, container.resources.limits
    cpu = Gauge(used.cpu if used else None, number(asked.get("cpu")), number(allowed.get("cpu")))
    memory = Gauge(used.memory if used else None, number(asked.get("memory")), number(allowed.get("memory")))
    return cpu, memory


def restarts(pod: Pod) -> int:
    """How often the containers of a pod were started again."""
    statuses = (*pod.status.container_statuses, *pod.status.init_container_statuses)
    return sum(status.restart_count for status in statuses)


def last_restart(pod: Pod) -> datetime | None:
    """When a container of the pod ended last to be started again."""
    ends = [status.last_state.terminated for status in pod.status.container_statuses]
    return max((end.finished_at for end in ends if end and end.finished_at), default=None)


def _last_run(item: Object) -> datetime | None:
    if isinstance(item, CronJob):
        return item.status.last_schedule_time
    return item.status.completion_time if isinstance(item, Job) else None
