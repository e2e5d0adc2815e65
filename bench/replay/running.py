"""Pods and what makes them, with the fields that a real cluster fills."""

from __future__ import annotations

import msgspec

from bench.replay.parts import BY_CONTROLLER, BY_HELM, BY_KUBELET, Obj, digest, made, moment, owner, uid

SICK_EVERY = 100
"""One workload in so many has pods that crash."""


class App(msgspec.Struct, frozen=True):
    """A workload that makes pods. `number` is its place among all of its kind."""

    kind: str
    namespace: str
    name: str
    number: int
    replicas: int
    labels: dict[str, str]

    @property
    def is_sick(self) -> bool:
        """Whether one of its pods crashes."""
        return self.number % SICK_EVERY == SICK_EVERY - 1

    @property
    def hash(self) -> str:
        """The pod-template-hash of its newest ReplicaSet."""
        return digest(self.kind, self.namespace, self.name)

    @property
    def old_hash(self) -> str:
        """That of the one before."""
        return digest("before", self.namespace, self.name)

    @property
    def ready(self) -> int:
        """How many of its pods are ready."""
        return self.replicas - self.is_sick


def _container(app: App, name: str, port: int) -> Obj:
    probe = {
        "httpGet": {"path": f"/{name}/healthz", "port": "http", "scheme": "HTTP"},
        "timeoutSeconds": 2,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 6,
    }
    env: list[Obj] = [
        {"name": f"{name.upper()}_SETTING_{n:02}", "value": f"value-{n}-of-{app.name}"} for n in range(12)
    ]
    env += [
        {"name": "POD_IP", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}},
        {"name": "DATABASE_URL", "valueFrom": {"secretKeyRef": {"name": f"{app.name}-db", "key": "url"}}},
        {
            "name": "LOG_LEVEL",
            "valueFrom": {"configMapKeyRef": {"name": f"{app.name}-config", "key": "level"}},
        },
    ]
    return {
        "name": name,
        "image": f"registry.example.com/{app.namespace}/{name}:1.{app.number % 40}.2",
        "args": [f"--config=/etc/{name}/config.yaml", "--verbose=2"],
        "ports": [{"name": "http", "containerPort": port, "protocol": "TCP"}],
        "env": env,
        "resources": {
            "limits": {"memory": "512Mi"},
            "requests": {"cpu": "50m", "memory": "256Mi"},
        },
        "volumeMounts": [{"name": "config", "readOnly": True, "mountPath": f"/etc/{name}"}],
        "livenessProbe": probe,
        "readinessProbe": {**probe, "periodSeconds": 5, "failureThreshold": 3},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        "securityContext": {"capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True},
    }


def template_spec(app: App) -> Obj:
    """The pod spec of a workload: every other one has a sidecar."""
    containers = [_container(app, "app", 8080)]
    if app.number % 2:
        containers.append(_container(app, "sidecar", 15090))
    return {
        "volumes": [{"name": "config", "configMap": {"name": f"{app.name}-config", "defaultMode": 420}}],
        "containers": containers,
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "serviceAccountName": "default",
        "serviceAccount": "default",
        "securityContext": {},
        "schedulerName": "default-scheduler",
    }


def _template(app: App) -> Obj:
    return {
        "metadata": {"labels": app.labels, "annotations": {"checksum/config": digest(app.name, length=32)}},
        "spec": template_spec(app),
    }


def workload(app: App) -> Obj:
    """The Deployment, StatefulSet or DaemonSet itself."""
    ready, wanted = app.ready, app.replicas
    counts = {
        "replicas": wanted,
        "readyReplicas": ready,
        "updatedReplicas": wanted,
        "availableReplicas": ready,
    }
    if app.kind == "DaemonSet":
        counts = {
            "desiredNumberScheduled": wanted,
            "currentNumberScheduled": wanted,
            "numberReady": ready,
            "numberMisscheduled": 0,
        }
    condition = {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"}
    times = {"lastUpdateTime": moment(2), "lastTransitionTime": moment(2)}
    spec: Obj = {
        "selector": {"matchLabels": app.labels},
        "template": _template(app),
        "revisionHistoryLimit": 10,
    }
    if app.kind != "DaemonSet":
        spec["replicas"] = wanted
    if app.kind == "StatefulSet":
        spec["serviceName"] = app.name
    status = {"observedGeneration": 4, **counts, "conditions": [condition | times]}
    release = app.labels["app.kubernetes.io/instance"]
    labels = {**app.labels, "helm.sh/chart": f"{release}-0.16.11", "app.kubernetes.io/managed-by": "Helm"}
    notes = {
        "deployment.kubernetes.io/revision": "2",
        "meta.helm.sh/release-name": release,
        "meta.helm.sh/release-namespace": app.namespace,
    }
    return made(
        app.kind, app.namespace, app.name, {"spec": spec, "status": status}, BY_HELM,
        labels=labels, annotations=notes, generation=4,
    )  # fmt: skip


def replica_set(app: App, *, is_old: bool) -> Obj:
    """The ReplicaSet that runs, or the one before it."""
    suffix, wanted = (app.old_hash, 0) if is_old else (app.hash, app.replicas)
    labels = {**app.labels, "pod-template-hash": suffix}
    spec = {"replicas": wanted, "selector": {"matchLabels": labels}, "template": _template(app)}
    counts = {"replicas": wanted, "fullyLabeledReplicas": wanted, "readyReplicas": app.ready}
    status = {"replicas": 0} if is_old else counts
    by = owner("Deployment", app.name, uid("Deployment", app.namespace, app.name))
    return made(
        "ReplicaSet", app.namespace, f"{app.name}-{suffix}",
        {"spec": spec, "status": {**status, "observedGeneration": 1}}, BY_CONTROLLER,
        labels=labels, ownerReferences=[by],
        annotations={"deployment.kubernetes.io/revision": "1" if is_old else "2"}, generation=1,
    )  # fmt: skip


def pod_name(app: App, n: int) -> str:
    """The name of a workload's n-th pod."""
    if app.kind == "StatefulSet":
        return f"{app.name}-{n}"
    middle = f"-{app.hash}" if app.kind == "Deployment" else ""
    return f"{app.name}{middle}-{digest(app.name, app.namespace, n, length=5)}"


def pod(app: App, n: int, node: str, restarts: int = 0) -> Obj:
    """A workload's n-th pod as its node reports it; the first pod of a sick workload crashes."""
    crashes = app.is_sick and n == 0
    spec = template_spec(app)
    token = f"kube-api-access-{digest(app.namespace, app.name, n, length=5)}"
    spec["volumes"] = [*spec["volumes"], _token(token)]
    for container in spec["containers"]:
        mount = {
            "name": token,
            "readOnly": True,
            "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
        }
        container["volumeMounts"] = [*container["volumeMounts"], mount]
    spec |= {
        "nodeName": node,
        "enableServiceLinks": True,
        "preemptionPolicy": "PreemptLowerPriority",
        "priority": 0,
        "tolerations": [
            {
                "key": f"node.kubernetes.io/{why}",
                "operator": "Exists",
                "effect": "NoExecute",
                "tolerationSeconds": 300,
            }
            for why in ("not-ready", "unreachable")
        ],
    }
    labels, maker = app.labels, (app.kind, app.name)
    if app.kind == "Deployment":
        labels, maker = {**labels, "pod-template-hash": app.hash}, ("ReplicaSet", f"{app.name}-{app.hash}")
    by = owner(*maker, uid(maker[0], app.namespace, maker[1]))
    status = _status(app, n, spec["containers"], crashes=crashes, restarts=restarts)
    return made(
        "Pod", app.namespace, pod_name(app, n), {"spec": spec, "status": status}, BY_KUBELET,
        labels=labels, generateName=f"{maker[1]}-", ownerReferences=[by],
        annotations={"checksum/config": digest(app.name, length=32), "prometheus.io/scrape": "true"},
    )  # fmt: skip


def _token(name: str) -> Obj:
    sources: list[Obj] = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}},
    ]
    return {"name": name, "projected": {"sources": sources, "defaultMode": 420}}


def _status(app: App, n: int, containers: list[Obj], *, crashes: bool, restarts: int) -> Obj:
    ready = "False" if crashes else "True"
    values = {
        "PodReadyToStartContainers": "True",
        "Initialized": "True",
        "Ready": ready,
        "ContainersReady": ready,
    }
    values["PodScheduled"] = "True"
    address = f"10.{n % 200}.{app.number % 250}.{app.number // 250}"
    return {
        "phase": "Running",
        "conditions": [
            {"type": kind, "status": value, "lastProbeTime": None, "lastTransitionTime": moment(n % 400)}
            for kind, value in values.items()
        ],
        "hostIP": f"192.168.{n % 4}.{app.number % 250}",
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": moment(n % 400),
        "containerStatuses": [
            _container_status(app, n, container, crashes=crashes and not k, restarts=restarts)
            for k, container in enumerate(containers)
        ],
        "qosClass": "Burstable",
    }


def _container_status(app: App, n: int, container: Obj, *, crashes: bool, restarts: int) -> Obj:
    identity = f"containerd://{digest(app.name, n, container['name'], length=32)}{app.hash}"
    running: Obj = {"running": {"startedAt": moment(n % 400)}}
    last: Obj = {}
    if restarts:
        ended = {"exitCode": 0, "reason": "Completed", "startedAt": moment(), "finishedAt": moment(n % 400)}
        last = {"terminated": ended | {"containerID": identity}}
    if crashes:
        message = f"back-off 5m0s restarting failed container={container['name']} pod={pod_name(app, n)}"
        running = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
        ended = {"exitCode": 1, "reason": "Error", "startedAt": moment(470), "finishedAt": moment(470.1)}
        last, restarts = {"terminated": ended | {"containerID": identity}}, 31
    return {
        "name": container["name"],
        "state": running,
        "lastState": last,
        "ready": not crashes,
        "started": not crashes,
        "restartCount": restarts,
        "image": container["image"],
        "imageID": f"registry.example.com/image@sha256:{digest(container['image'], length=32) * 2}",
        "containerID": identity,
    }
