"""How much of everything there is, and every object of a kind one after another.

The large world has the size that the console promises to bear; a small one serves the tests. Installations
of a product are among the workloads, so that there is something to judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

import msgspec

from bench.replay import around, running
from bench.replay.parts import BY_CONTROLLER, BY_HELM, Obj, made
from bench.replay.running import App

PARTS = ("frontend", "backend", "platform-backend", "queue", "ingest-queue", "playground", "ace-backend")
MARK = "mark"
"""The namespace and name of the one workload whose pod the bench changes in order to see it change."""


class Size(msgspec.Struct, frozen=True):
    """How many there are. Deployments have two ReplicaSets each, and a Service with its slice."""

    deployments: int = 2000
    of_each: int = 14
    stateful: int = 100
    of_stateful: int = 10
    nodes: int = 1000
    events: int = 10_000
    namespaces: int = 120
    installations: int = 4


SMALL = Size(20, 3, 2, 2, 5, 40, 4, 1)


class World:
    """An invented cluster of some size."""

    def __init__(self, size: Size) -> None:
        self.size = size

    @cached_property
    def deployments(self) -> list[App]:
        """All Deployments: the parts of installations first, then those of teams, then the marked one."""
        size, found = self.size, []
        for n in range(size.deployments - 1):
            release, part = divmod(n, len(PARTS))
            if release < size.installations:
                name = f"langsmith-{PARTS[part]}"
                labels = _labels("langsmith", "langsmith", name)
                found.append(App("Deployment", f"langsmith-{release}", name, n, size.of_each, labels))
                continue
            name = f"service-{n:04}"
            labels = _labels(name, name, "web")
            found.append(App("Deployment", f"team-{n % size.namespaces:03}", name, n, size.of_each, labels))
        last = App("Deployment", MARK, MARK, size.deployments - 2, size.of_each, _labels(MARK, MARK, MARK))
        return [*found, last]

    @cached_property
    def stateful(self) -> list[App]:
        """All StatefulSets."""
        size = self.size
        return [
            App("StatefulSet", f"team-{n % size.namespaces:03}", f"store-{n:03}", n, size.of_stateful,
                _labels(f"store-{n:03}", f"store-{n:03}", "store"))
            for n in range(size.stateful)
        ]  # fmt: skip

    @cached_property
    def daemons(self) -> list[App]:
        """The one DaemonSet, with a pod on every node."""
        return [
            App("DaemonSet", "kube-system", "agent", 0, self.size.nodes, _labels("agent", "agent", "agent"))
        ]

    @cached_property
    def namespaces(self) -> list[str]:
        """The names of all namespaces."""
        size = self.size
        names = [f"team-{n:03}" for n in range(size.namespaces)]
        return [
            *names,
            *(f"langsmith-{n}" for n in range(size.installations)),
            MARK,
            "default",
            "kube-system",
        ]

    def node_of(self, app: App, n: int) -> str:
        """Where a workload's n-th pod runs."""
        return f"node-{(n if app.kind == 'DaemonSet' else app.number * 7 + n) % self.size.nodes:04}"

    def pod(self, app: App, n: int, restarts: int = 0) -> Obj:
        """A workload's n-th pod."""
        return running.pod(app, n, self.node_of(app, n), restarts)

    def pods(self) -> Iterator[Obj]:
        """Every pod."""
        for app in (*self.deployments, *self.stateful, *self.daemons):
            yield from (self.pod(app, n) for n in range(app.replicas))

    def every(self, plural: str) -> Iterator[Obj]:
        """Every object of a kind; none of a kind that this cluster has no objects of."""
        found = self._kinds.get(plural)
        return iter(()) if found is None else found()

    @cached_property
    def _kinds(self) -> dict[str, Callable[[], Iterator[Obj]]]:
        apps, some, few = self.deployments, self.deployments[::7], self.deployments[::20]
        nodes, stores = self.size.nodes, self.stateful
        return {
            "pods": self.pods,
            "deployments": lambda: map(running.workload, apps),
            "statefulsets": lambda: map(running.workload, stores),
            "daemonsets": lambda: map(running.workload, self.daemons),
            "replicasets": lambda: (
                running.replica_set(a, is_old=old) for a in apps for old in (False, True)
            ),
            "jobs": lambda: (around.job(a, n) for a in few for n in range(5)),
            "cronjobs": lambda: map(around.cron_job, few),
            "services": lambda: map(around.service, apps),
            "endpointslices": lambda: (around.endpoint_slice(a, nodes) for a in apps),
            "ingresses": lambda: map(around.ingress, some),
            "configmaps": lambda: map(around.config_map, apps),
            "serviceaccounts": lambda: (
                _plain("ServiceAccount", name, "default") for name in self.namespaces
            ),
            "persistentvolumeclaims": lambda: (around.claim(a, n) for a in stores for n in range(a.replicas)),
            "persistentvolumes": lambda: (around.volume(a, n) for a in stores for n in range(a.replicas)),
            "poddisruptionbudgets": lambda: map(around.disruption_budget, some),
            "horizontalpodautoscalers": lambda: map(around.autoscaler, some),
            "events": self._events,
            "namespaces": lambda: (_namespace(name) for name in self.namespaces),
            "nodes": lambda: map(around.node, range(nodes)),
            "storageclasses": lambda: iter(
                [_plain("StorageClass", "", "standard", provisioner="csi.example.com")]
            ),
            "ingressclasses": lambda: iter(
                [_plain("IngressClass", "", "nginx", spec={"controller": "example.com/in"})]
            ),
        }

    def _events(self) -> Iterator[Obj]:
        apps = self.deployments
        return (around.event(apps[n % len(apps)], n) for n in range(self.size.events))


def _labels(name: str, instance: str, component: str) -> dict[str, str]:
    return {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/instance": instance,
        "app.kubernetes.io/component": component,
    }


def _plain(kind: str, namespace: str, name: str, **parts: object) -> Obj:
    return made(kind, namespace, name, dict(parts), BY_HELM)


def _namespace(name: str) -> Obj:
    parts = {"spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}
    return made("Namespace", "", name, parts, BY_CONTROLLER, labels={"kubernetes.io/metadata.name": name})
