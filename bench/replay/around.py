"""Everything around the pods: network, nodes, storage, events, batch work, and what autoscales them."""

from __future__ import annotations

from bench.replay.parts import BY_CONTROLLER, BY_HELM, BY_KUBELET, Obj, digest, made, moment, owner, uid
from bench.replay.running import App, pod_name, template_spec


def service(app: App) -> Obj:
    """The Service before a workload."""
    address = f"10.96.{app.number % 250}.{app.number // 250}"
    spec = {
        "clusterIP": address,
        "clusterIPs": [address],
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "internalTrafficPolicy": "Cluster",
        "ports": [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": "http"}],
        "selector": app.labels,
        "sessionAffinity": "None",
        "type": "ClusterIP",
    }
    parts = {"spec": spec, "status": {"loadBalancer": {}}}
    return made("Service", app.namespace, app.name, parts, BY_HELM, labels=app.labels)


def endpoint_slice(app: App, nodes: int) -> Obj:
    """The ready pods behind a Service."""
    whose = uid("Service", app.namespace, app.name)
    endpoints = [
        {
            "addresses": [f"10.{n % 200}.{app.number % 250}.{app.number // 250}"],
            "conditions": {"ready": True, "serving": True, "terminating": False},
            "nodeName": f"node-{(app.number * 7 + n) % nodes:04}",
            "targetRef": {
                "kind": "Pod",
                "namespace": app.namespace,
                "name": pod_name(app, n),
                "uid": uid("Pod", app.namespace, pod_name(app, n)),
            },
            "zone": f"zone-{n % 3}",
        }
        for n in range(app.is_sick, app.replicas)
    ]
    parts: Obj = {
        "addressType": "IPv4",
        "endpoints": endpoints,
        "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
    }
    return made(
        "EndpointSlice", app.namespace, f"{app.name}-{digest(app.name, length=5)}", parts, BY_CONTROLLER,
        labels={**app.labels, "kubernetes.io/service-name": app.name},
        ownerReferences=[owner("Service", app.name, whose, "v1")], generateName=f"{app.name}-",
    )  # fmt: skip


def _node_info(n: int) -> Obj:
    names = ("machineID", "systemUUID", "bootID")
    return {name: uid(name, n) for name in names} | {
        "architecture": "amd64",
        "containerRuntimeVersion": "containerd://2.1.4",
        "kernelVersion": "6.12.48",
        "kubeProxyVersion": "",
        "kubeletVersion": "v1.34.4",
        "operatingSystem": "linux",
        "osImage": "Debian GNU/Linux 12",
    }


def node(n: int) -> Obj:
    """A node that answers, with the fifty images that a kubelet lists."""
    conditions = [
        {
            "type": kind,
            "status": "True" if kind == "Ready" else "False",
            "reason": f"Kubelet{kind}",
            "message": f"kubelet reports {kind}",
            "lastHeartbeatTime": moment(479),
            "lastTransitionTime": moment(),
        }
        for kind in ("MemoryPressure", "DiskPressure", "PIDPressure", "Ready")
    ]
    images = [
        {
            "names": [f"registry.example.com/team/image-{k}@sha256:{digest(k, length=32) * 2}"],
            "sizeBytes": 10**8 + k,
        }
        for k in range(50)
    ]
    able = {"cpu": "32", "memory": "131072Mi", "pods": "110", "ephemeral-storage": "200Gi"}
    status: Obj = {
        "capacity": able,
        "allocatable": able,
        "conditions": conditions,
        "addresses": [{"type": "InternalIP", "address": f"192.168.{n // 250}.{n % 250}"}],
        "nodeInfo": _node_info(n),
        "images": images,
    }
    labels = {
        "kubernetes.io/hostname": f"node-{n:04}",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": f"zone-{n % 3}",
        "node.kubernetes.io/instance-type": "m7.8xlarge",
    }
    parts = {"spec": {"podCIDR": f"10.{n // 250}.{n % 250}.0/24"}, "status": status}
    return made("Node", "", f"node-{n:04}", parts, BY_KUBELET, labels=labels)


def event(app: App, n: int, count: int = 1) -> Obj:
    """Something that was reported of one of a workload's pods."""
    name = pod_name(app, n % max(1, app.replicas))
    kinds = (
        ("Normal", "Pulled", f"Container image for {app.name} already present on machine"),
        ("Normal", "Created", "Created container: app"),
        ("Normal", "Started", "Started container app"),
        ("Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503"),
        ("Normal", "Scheduled", f"Successfully assigned {app.namespace}/{name} to node-{n % 1000:04}"),
    )
    kind, reason, message = kinds[n % len(kinds)]
    about = {"kind": "Pod", "namespace": app.namespace, "name": name, "uid": uid("Pod", app.namespace, name)}
    parts: Obj = {
        "involvedObject": {**about, "apiVersion": "v1", "fieldPath": "spec.containers{app}"},
        "reason": reason,
        "message": message,
        "type": kind,
        "count": count,
        "firstTimestamp": moment(478),
        "lastTimestamp": moment(479),
        "eventTime": None,
        "source": {"component": "kubelet", "host": f"node-{n % 1000:04}"},
        "reportingComponent": "kubelet",
        "reportingInstance": f"node-{n % 1000:04}",
    }
    owned = (("kubelet", ("involvedObject", "reason", "message", "type", "count", "source")),)
    return made("Event", app.namespace, f"{name}.{digest(name, n, length=16)}", parts, owned)


def job(app: App, n: int) -> Obj:
    """A Job that has ended well."""
    done = {"type": "Complete", "status": "True", "lastTransitionTime": moment(n + 1)}
    status = {"succeeded": 1, "startTime": moment(n), "completionTime": moment(n + 1), "conditions": [done]}
    spec = {"backoffLimit": 6, "completions": 1, "parallelism": 1, "template": {"spec": template_spec(app)}}
    return made("Job", app.namespace, f"{app.name}-task-{n}", {"spec": spec, "status": status}, BY_CONTROLLER)


def cron_job(app: App) -> Obj:
    """A schedule."""
    spec = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": {"spec": template_spec(app)}}}}
    parts = {"spec": spec, "status": {"lastScheduleTime": moment(460), "lastSuccessfulTime": moment(460)}}
    return made("CronJob", app.namespace, f"{app.name}-nightly", parts, BY_HELM)


def config_map(app: App) -> Obj:
    """A configuration of some kilobytes."""
    text = "\n".join(f"setting-{n}: value of {app.name} number {n}" for n in range(80))
    return made("ConfigMap", app.namespace, f"{app.name}-config", {"data": {"config.yaml": text}}, BY_HELM)


def claim(app: App, n: int) -> Obj:
    """The bound claim of a StatefulSet's pod."""
    name = f"data-{app.name}-{n}"
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "20Gi"}},
        "storageClassName": "standard",
        "volumeMode": "Filesystem",
        "volumeName": f"pvc-{uid('PersistentVolumeClaim', app.namespace, name)}",
    }
    status = {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "20Gi"}}
    return made(
        "PersistentVolumeClaim",
        app.namespace,
        name,
        {"spec": spec, "status": status},
        BY_CONTROLLER,
        labels=app.labels,
    )


def volume(app: App, n: int) -> Obj:
    """The volume behind that claim."""
    name = f"data-{app.name}-{n}"
    whose = uid("PersistentVolumeClaim", app.namespace, name)
    spec = {
        "capacity": {"storage": "20Gi"},
        "accessModes": ["ReadWriteOnce"],
        "claimRef": {"kind": "PersistentVolumeClaim", "namespace": app.namespace, "name": name, "uid": whose},
        "persistentVolumeReclaimPolicy": "Delete",
        "storageClassName": "standard",
        "csi": {"driver": "csi.example.com", "volumeHandle": digest(name, length=20), "fsType": "ext4"},
    }
    return made(
        "PersistentVolume", "", f"pvc-{whose}", {"spec": spec, "status": {"phase": "Bound"}}, BY_CONTROLLER
    )


def autoscaler(app: App) -> Obj:
    """An autoscaler that is content."""
    target = {"apiVersion": "apps/v1", "kind": app.kind, "name": app.name}
    spec = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 40}
    conditions = [
        {"type": kind, "status": "True", "reason": "ReadyForNewScale", "lastTransitionTime": moment(3)}
        for kind in ("AbleToScale", "ScalingActive")
    ]
    status = {"currentReplicas": app.replicas, "desiredReplicas": app.replicas, "conditions": conditions}
    parts = {"spec": spec, "status": status}
    return made("HorizontalPodAutoscaler", app.namespace, app.name, parts, BY_CONTROLLER)


def disruption_budget(app: App) -> Obj:
    """A budget with room."""
    spec = {"maxUnavailable": 2, "selector": {"matchLabels": app.labels}}
    status = {"currentHealthy": app.ready, "desiredHealthy": app.replicas - 2, "disruptionsAllowed": 2}
    parts = {"spec": spec, "status": {**status, "expectedPods": app.replicas, "observedGeneration": 1}}
    return made("PodDisruptionBudget", app.namespace, app.name, parts, BY_HELM)


def ingress(app: App) -> Obj:
    """A way in from outside."""
    backend = {"service": {"name": app.name, "port": {"number": 80}}}
    rule = {
        "host": f"{app.name}.example.com",
        "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]},
    }
    spec = {"ingressClassName": "nginx", "rules": [rule]}
    parts = {"spec": spec, "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.10"}]}}}
    return made("Ingress", app.namespace, app.name, parts, BY_HELM)
