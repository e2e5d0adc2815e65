"""Autoscalers that cannot do their work, and disruption budgets that a drain waits for.

An autoscaler at its maximum is a fault only while it wants more; one that cannot read its metric gets two
minutes, because the metrics of new pods come late.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.repairs import values_hint
from mission_control.domain.health.scene import Scene, from_field, subject
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import (
    HorizontalPodAutoscaler,
    Node,
    Pod,
    PodDisruptionBudget,
    ScaledObject,
    condition,
)
from mission_control.domain.objects.policy import Metric, MetricTarget
from mission_control.domain.places import Place
from mission_control.domain.quantity import quantity

BLIND = timedelta(minutes=2)
_SCALERS = (
    ("Ready", "False", "is not ready"),
    ("Fallback", "True", "is in fallback"),
    ("Paused", "True", "is paused"),
)


def autoscaler_sightings(scene: Scene) -> Iterator[Sighting]:
    """Faults of autoscalers, KEDA's included, and of disruption budgets."""
    for scaler in scene.snapshot.all(HorizontalPodAutoscaler):
        yield from _at_limit(scene, scaler) or _blind(scene, scaler)
    for scaled in scene.snapshot.all(ScaledObject):
        yield from _scaled_object(scene, scaled)
    nodes = [node.name for node in scene.snapshot.all(Node) if node.spec.unschedulable]
    if nodes:
        for budget in scene.snapshot.all(PodDisruptionBudget):
            yield from _budget(scene, budget, nodes)


def _place(scene: Scene, scaler: HorizontalPodAutoscaler) -> Place:
    target = scaler.spec.scale_target_ref
    return scene.places.workload(target.kind, scaler.namespace, target.name)


def _at_limit(scene: Scene, scaler: HorizontalPodAutoscaler) -> list[Sighting]:
    limited = condition(scaler.status.conditions, "ScalingLimited")
    if limited is None or not limited.is_true or limited.reason != "TooManyReplicas":
        return []
    place = _place(scene, scaler)
    most = scaler.spec.max_replicas
    seen = _readings(scaler)
    why = f" ({seen})" if seen else ""
    says = (
        f"{scaler.spec.scale_target_ref.name} is at its limit of {most} replicas and still above target{why}."
    )
    return [
        Sighting(
            "autoscaler-at-limit",
            subject(scaler),
            place,
            says,
            f"Raise the maximum{values_hint(place, 'values')}, or look why the load has grown.",
            f"kubectl describe hpa {scaler.name} -n {scaler.namespace}",
            (
                from_field(scaler, f"ScalingLimited: {limited.reason}", one_line(limited.message)),
                from_field(
                    scaler, f"status.currentReplicas: {scaler.status.current_replicas}, maximum {most}"
                ),
            ),
            limited.last_transition_time,
        )
    ]


def _readings(scaler: HorizontalPodAutoscaler) -> str:
    """The metrics above their target: "cpu 160 % of 50 %"."""
    goals = {_metric(m)[0]: _metric(m)[1] for m in scaler.spec.metrics}
    seen = {_metric(m)[0]: _metric(m)[2] for m in scaler.status.current_metrics}
    parts = []
    for name, goal in goals.items():
        now = seen.get(name)
        if goal and now and _above(now, goal):
            parts.append(f"{name} {_value(now)}, target {_value(goal)}")
    return "; ".join(parts)


def _metric(metric: Metric) -> tuple[str, MetricTarget | None, MetricTarget | None]:
    own = metric.resource or metric.container_resource
    if own is not None:
        return own.name, own.target, own.current
    named = metric.pods or metric.object or metric.external
    return (named.metric.name, named.target, named.current) if named else ("", None, None)


def _above(now: MetricTarget, goal: MetricTarget) -> bool:
    if now.average_utilization is not None and goal.average_utilization is not None:
        return now.average_utilization > goal.average_utilization
    amounts = [quantity(t.average_value or t.value) for t in (now, goal)]
    return amounts[0] is not None and amounts[1] is not None and amounts[0] > amounts[1]


def _value(target: MetricTarget) -> str:
    if target.average_utilization is not None:
        return f"{target.average_utilization} %"
    return target.average_value or target.value or "unknown"


def _blind(scene: Scene, scaler: HorizontalPodAutoscaler) -> list[Sighting]:
    active = condition(scaler.status.conditions, "ScalingActive")
    if active is None or active.status != "False" or active.reason == "ScalingDisabled":
        return []
    if not scene.older(active.last_transition_time, BLIND):
        return []
    name = scaler.spec.scale_target_ref.name
    return [
        Sighting(
            "autoscaler-blind",
            subject(scaler),
            _place(scene, scaler),
            f"The autoscaler of {name} cannot read its metric: {one_line(active.message, 160)}.",
            "Mend the metrics API or the requests it measures against; until then scale by hand.",
            f"kubectl describe hpa {scaler.name} -n {scaler.namespace}",
            (from_field(scaler, f"ScalingActive: {active.reason}", one_line(active.message)),),
            active.last_transition_time,
        )
    ]


def _scaled_object(scene: Scene, scaled: ScaledObject) -> Iterator[Sighting]:
    target = scaled.spec.scale_target_ref
    place = scene.places.workload(target.kind or "Deployment", scaled.namespace, target.name or scaled.name)
    for kind, status, word in _SCALERS:
        entry = condition(scaled.status.conditions, kind)
        if entry is not None and entry.status == status:
            yield Sighting(
                "scaledobject-failing",
                subject(scaled),
                place,
                f"ScaledObject {scaled.name} {word}: {one_line(entry.message or entry.reason, 160)}.",
                "Look at the trigger's address and credentials, and at the log of the KEDA operator.",
                f"kubectl describe scaledobject {scaled.name} -n {scaled.namespace}",
                (from_field(scaled, f"{kind}: {status}", entry.reason),),
                entry.last_transition_time,
            )
            return


def _budget(scene: Scene, budget: PodDisruptionBudget, nodes: list[str]) -> Iterator[Sighting]:
    status, selector = budget.status, budget.spec.selector
    if status.disruptions_allowed > 0 or status.expected_pods == 0 or selector is None:
        return
    waiting = [pod for node in nodes for pod in scene.snapshot.pods_on(node) if _is_covered(budget, pod)]
    if not waiting:
        return
    pod = waiting[0]
    says = (
        f"The drain of node {pod.spec.node_name} waits: disruption budget {budget.name} wants "
        f"{status.desired_healthy} healthy pods and has {status.current_healthy}, so none may go."
    )
    yield Sighting(
        "disruption-blocked",
        subject(budget),
        scene.places.pod(pod),
        says,
        "Add a replica, or lower minAvailable of the budget by one, until the drain is done.",
        f"kubectl describe pdb {budget.name} -n {budget.namespace}",
        (
            from_field(budget, f"status.disruptionsAllowed: {status.disruptions_allowed}"),
            from_field(pod, f"spec.nodeName: {pod.spec.node_name}, which is cordoned"),
        ),
        pods=tuple(pod.name for pod in waiting),
    )


def _is_covered(budget: PodDisruptionBudget, pod: Pod) -> bool:
    selector = budget.spec.selector
    here = pod.namespace == budget.namespace and pod.status.phase not in ("Succeeded", "Failed")
    return here and selector is not None and selector.accepts(pod.labels)
