"""The word that stands for the state of an object, and how many of what it wants is ready.

For a pod it is the word of the STATUS column of `kubectl get pods`, because operators search for that. A word
is no verdict: those come from the health engine alone.
"""

from __future__ import annotations

from mission_control.domain.objects import (
    ContainerStatus,
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    Node,
    Object,
    Pod,
    ReplicaSet,
    Rollout,
    StatefulSet,
    condition,
)
from mission_control.services.capacity import lasting_containers

Replicated = Deployment | StatefulSet | ReplicaSet | Rollout


def state_of(item: Object) -> str:
    """The state of any object of the picture as one word or two; its phase or nothing for the rest."""
    match item:
        case Pod():
            return pod_state(item)
        case DaemonSet() | Deployment() | StatefulSet() | ReplicaSet() | Rollout():
            return _replicated_state(item)
        case Job():
            return _job_state(item)
        case CronJob():
            return "Suspended" if item.spec.suspend else "Scheduled"
        case Node():
            return _node_state(item)
        case _:
            return str(getattr(getattr(item, "status", None), "phase", ""))


def ready_wanted(item: Object) -> tuple[int | None, int | None]:
    """How many are ready of how many wanted: containers of a pod, pods of a workload, ends of a job."""
    match item:
        case Pod():
            names = {container.name for container in lasting_containers(item)}
            statuses = (*item.status.container_statuses, *item.status.init_container_statuses)
            return sum(status.ready for status in statuses if status.name in names), len(names)
        case DaemonSet():
            return item.status.number_ready, item.status.desired_number_scheduled
        case Deployment() | StatefulSet() | ReplicaSet() | Rollout():
            return item.status.ready_replicas, 1 if item.spec.replicas is None else item.spec.replicas
        case Job():
            return item.status.succeeded, item.spec.completions or item.spec.parallelism or 1
        case _:
            return None, None


def pod_state(pod: Pod) -> str:
    """The word for a pod: why it is going away, fails to start or waits; else its phase."""
    if pod.metadata.deletion_timestamp is not None:
        return "Terminating"
    if pod.status.reason:
        return pod.status.reason
    return _init_state(pod) or _container_state(pod) or pod.status.phase or "Unknown"


def container_state(status: ContainerStatus | None) -> str:
    """The word for one container: its reason to wait or to have ended, else that it runs."""
    if status is None:
        return "Not started"
    state = status.state
    if state.waiting:
        return state.waiting.reason or "Waiting"
    if state.terminated:
        ended = state.terminated
        by_signal = f"Signal {ended.signal}" if ended.signal else f"Exit code {ended.exit_code}"
        return ended.reason or by_signal
    return "Running" if state.running else "Not started"


def _init_state(pod: Pod) -> str:
    """What an init container that has not done its part says; nothing once all have."""
    sidecars = {entry.name for entry in pod.spec.init_containers if entry.restart_policy == "Always"}
    total = len(pod.spec.init_containers)
    for place, status in enumerate(pod.status.init_container_statuses):
        ended = status.state.terminated
        if (ended and ended.exit_code == 0) or (status.name in sidecars and status.started):
            continue
        reason = container_state(status) if ended or status.state.waiting else ""
        return f"Init:{place}/{total}" if reason in ("", "PodInitializing", "Waiting") else f"Init:{reason}"
    return ""


def _container_state(pod: Pod) -> str:
    """The most telling of the containers' words; Running when all run, NotReady when none is ready."""
    words = [(status, container_state(status)) for status in pod.status.container_statuses]
    telling = [word for _, word in words if word not in ("Running", "Completed", "Not started")]
    if telling:
        return telling[0]
    if any(word == "Running" for _, word in words):
        return "Running" if any(status.ready for status, word in words if word == "Running") else "Not ready"
    return "Completed" if words and all(word == "Completed" for _, word in words) else ""


def _replicated_state(item: Replicated | DaemonSet) -> str:
    ready, wanted = ready_wanted(item)
    if not isinstance(item, DaemonSet) and item.spec.paused:
        return "Paused"
    if wanted == 0:
        return "Scaled to 0"
    if not ready:
        return "Not ready"
    return "Ready" if ready >= (wanted or 0) else "Partly ready"


def _job_state(job: Job) -> str:
    for name, word in (("Complete", "Complete"), ("Failed", "Failed"), ("Suspended", "Suspended")):
        found = condition(job.status.conditions, name)
        if found is not None and found.is_true:
            return word
    return "Running" if job.status.active else "Waiting"


def _node_state(node: Node) -> str:
    """What the kubelet last said of itself; silent when it has not said anything for a while."""
    ready = condition(node.status.conditions, "Ready")
    words = {"True": "Ready", "False": "Not ready"}
    return words.get(ready.status, "Silent") if ready else "Unknown"
