"""One container under suspicion, and the words in which its states are shown as evidence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.repairs import values_hint
from mission_control.domain.health.scene import from_field, subject, who
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import Container, ContainerStatus, Event, Pod
from mission_control.domain.objects.pods import Terminated
from mission_control.domain.places import Place
from mission_control.domain.verdict import Evidence, Subject


class Case(msgspec.Struct, frozen=True):
    """One container of a pod under suspicion, with everything a rule reads."""

    pod: Pod
    place: Place
    status: ContainerStatus
    container: Container | None
    initial: bool

    @property
    def ended(self) -> Terminated | None:
        """How the container ended: now, or before its last restart."""
        return self.status.state.terminated or self.status.last_state.terminated

    @property
    def waits(self) -> tuple[str, str]:
        """Reason and message of waiting; empty when it does not wait."""
        waiting = self.status.state.waiting
        return (waiting.reason, waiting.message) if waiting else ("", "")

    @property
    def who(self) -> str:
        """What to call the hurt thing in a sentence."""
        return who(self.place, self.pod)

    @property
    def hint(self) -> str:
        """Where the component is set in the chart's values, in brackets; empty when that is not known."""
        return values_hint(self.place, "values")

    @property
    def restarts(self) -> str:
        """How often it was restarted, for the end of a sentence; empty when never."""
        count = self.status.restart_count
        return f", {count} restarts" if count > 1 else ", 1 restart" if count else ""

    @property
    def blamed(self) -> Subject:
        """The workload of the pod, or the pod itself when nothing made it."""
        return self.place.subject or subject(self.pod)

    def sighting(self, code: str, says: str, fix: str, *evidence: Evidence) -> Sighting:
        """A sighting on this container, blamed on the pod's workload."""
        where = f"-n {self.pod.namespace}"
        return Sighting(
            code=code,
            subject=self.blamed,
            place=self.place,
            says=says,
            fix=fix,
            command=f"kubectl describe pod {self.pod.name} {where}",
            evidence=evidence,
            since=unready_since(self.pod),
            pods=(self.pod.name,),
            container=self.status.name,
        )


def cases_of(pod: Pod, place: Place) -> Iterator[Case]:
    """The containers of a pod, init containers first; a native sidecar counts as a serving container."""
    initial = {c.name: c for c in pod.spec.init_containers}
    serving = {c.name: c for c in pod.spec.containers}
    for status in pod.status.init_container_statuses:
        container = initial.get(status.name)
        sidecar = container is not None and container.restart_policy == "Always"
        yield Case(pod, place, status, container, initial=not sidecar)
    for status in pod.status.container_statuses:
        yield Case(pod, place, status, serving.get(status.name), initial=False)


def unready_since(pod: Pod) -> datetime | None:
    """Since when a pod is not ready, by its conditions; its start where they do not say."""
    for entry in pod.status.conditions:
        if entry.type == "Ready" and entry.status != "True" and entry.last_transition_time:
            return entry.last_transition_time
    return pod.status.start_time or pod.metadata.creation_timestamp


def is_down(case: Case) -> bool:
    """Whether the container does not serve now."""
    return case.status.state.running is None or not case.status.ready


def is_about(event: Event, case: Case) -> bool:
    """Whether an event is about this container, or does not say about which."""
    path = event.involved_object.field_path
    return not path or path.endswith(f"{{{case.status.name}}}")


def from_waiting(case: Case) -> Evidence:
    """The reason of waiting as evidence."""
    reason, message = case.waits
    return from_field(case.pod, f"state.waiting.reason: {reason or 'none'}", one_line(message))


def from_ended(case: Case, ended: Terminated) -> Evidence:
    """The end of a container as evidence."""
    return from_field(
        case.pod,
        f"lastState.terminated: {exit_text(ended)}, reason {ended.reason or 'none'}",
        when_text(ended),
    )


def when_text(ended: Terminated) -> str:
    """When a container ended; empty when that is not known."""
    return f"ended at {ended.finished_at.isoformat()}" if ended.finished_at else ""


def exit_text(ended: Terminated) -> str:
    """How a container ended: its signal or its exit code."""
    return f"signal {ended.signal}" if ended.signal else f"exit code {ended.exit_code}"
