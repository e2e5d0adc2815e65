"""The containers and volumes of a pod or a pod template, fact by fact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mission_control.services.describing.lines import (
    NONE,
    Line,
    Lines,
    Tree,
    at,
    block,
    listed,
    many,
    moment,
    one,
    some,
    under,
)


def containers(label: str, found: list[Tree], statuses: dict[str, Tree] | None) -> Lines:
    """Containers under a heading; `statuses` None for a template, which has none."""
    if not found:
        return
    yield Line(label)
    for entry in found:
        name = str(entry.get("name", ""))
        yield Line(name, "", 1)
        yield from under(container(entry, None if statuses is None else statuses.get(name, {})), 2)


def container(entry: Tree, status: Tree | None) -> Lines:
    """One container, with its state when it has one."""
    if status is not None:
        yield one("Container ID", at(status, "containerID"))
    yield one("Image", entry.get("image"))
    if status is not None:
        yield one("Image ID", at(status, "imageID"))
    ports = listed(entry, "ports")
    yield one("Ports" if len(ports) > 1 else "Port", [_port(port, "containerPort") for port in ports])
    yield one("Host Ports" if len(ports) > 1 else "Host Port", [_port(port, "hostPort") for port in ports])
    for label, key in (("Command", "command"), ("Args", "args")):
        if entry.get(key):
            yield Line(label)
            yield from (Line("", str(word), 1) for word in entry[key])
    if status is not None:
        yield from _states(status)
    yield from resources(entry)
    for label, key in (
        ("Liveness", "livenessProbe"),
        ("Readiness", "readinessProbe"),
        ("Startup", "startupProbe"),
    ):
        yield from some(label, _probe(entry.get(key)))
    yield from _environment(entry)
    yield from _mounts(entry)


def resources(entry: Tree) -> Lines:
    """Limits and requests, those that there are."""
    for label in ("Limits", "Requests"):
        found = at(entry, "resources", label.lower(), default={})
        if found:
            yield from block(label, (one(key, value) for key, value in sorted(found.items())))


def _port(port: Tree, key: str) -> str:
    name = f" ({port['name']})" if port.get("name") else ""
    return f"{port.get(key, 0)}/{port.get('protocol', 'TCP')}{name}"


def _states(status: Tree) -> Lines:
    yield from _state("State", at(status, "state", default={}))
    if at(status, "lastState", default={}):
        yield from _state("Last State", status["lastState"])
    yield one("Ready", bool(status.get("ready")))
    yield one("Restart Count", status.get("restartCount", 0))


def _state(label: str, state: Tree) -> Lines:
    word = next((word for word in ("running", "waiting", "terminated") if word in state), "waiting")
    found = state.get(word) or {}
    yield one(label, word.capitalize())
    yield from some("Reason", found.get("reason"), 1)
    yield from some("Message", found.get("message"), 1)
    if word == "terminated":
        yield one("Exit Code", found.get("exitCode", 0), 1)
        yield from some("Signal", found.get("signal"), 1)
    if word != "waiting":
        yield one("Started", moment(found.get("startedAt")), 1)
    if word == "terminated":
        yield one("Finished", moment(found.get("finishedAt")), 1)


def _probe(probe: Tree | None) -> str:
    """How a probe asks, and how patient it is."""
    if not probe:
        return ""
    patience = " ".join(
        [
            f"delay={probe.get('initialDelaySeconds', 0)}s",
            f"timeout={probe.get('timeoutSeconds', 1)}s",
            f"period={probe.get('periodSeconds', 10)}s",
            f"#success={probe.get('successThreshold', 1)}",
            f"#failure={probe.get('failureThreshold', 3)}",
        ]
    )
    return f"{_asks(probe)} {patience}"


def _asks(probe: Tree) -> str:
    if "exec" in probe:
        return f"exec [{' '.join(map(str, listed(probe, 'exec', 'command')))}]"
    if "httpGet" in probe:
        get = probe["httpGet"]
        scheme = str(get.get("scheme", "HTTP")).lower()
        return f"http-get {scheme}://{get.get('host', '')}:{get.get('port', '')}{get.get('path', '/')}"
    if "tcpSocket" in probe:
        return f"tcp-socket {at(probe, 'tcpSocket', 'host', default='')}:{at(probe, 'tcpSocket', 'port')}"
    service = at(probe, "grpc", "service", default="")
    return f"grpc <pod>:{at(probe, 'grpc', 'port')} {service}".strip()


def _environment(entry: Tree) -> Lines:
    if listed(entry, "envFrom"):
        yield from block("Environment Variables from", map(_source, listed(entry, "envFrom")))
    yield from block("Environment", map(_variable, listed(entry, "env")))


def _source(source: Tree) -> Line:
    kind, ref = (
        ("ConfigMap", source["configMapRef"])
        if source.get("configMapRef")
        else ("Secret", source.get("secretRef") or {})
    )
    prefix = f" with prefix '{source['prefix']}'" if source.get("prefix") else ""
    return Line(str(ref.get("name", "")), f"{kind}{prefix}  Optional: {_word(ref.get('optional'))}")


def _variable(variable: Tree) -> Line:
    name = str(variable.get("name", ""))
    source = variable.get("valueFrom")
    if not source:
        return Line(name, str(variable.get("value", "")))
    for kind, key in (("secret", "secretKeyRef"), ("config map", "configMapKeyRef")):
        if key in source:
            ref = source[key]
            told = f"the key '{ref.get('key', '')}' in {kind} '{ref.get('name', '')}'"
            return Line(name, f"{told}  Optional: {_word(ref.get('optional'))}")
    if "fieldRef" in source:
        return Line(
            name,
            f"({at(source, 'fieldRef', 'apiVersion', default='v1')}:{at(source, 'fieldRef', 'fieldPath')})",
        )
    ref = source.get("resourceFieldRef") or {}
    return Line(name, f"{ref.get('containerName', 'its own container')} ({ref.get('resource', '')})")


def _mounts(entry: Tree) -> Lines:
    mounts = sorted(listed(entry, "volumeMounts"), key=lambda mount: str(mount.get("mountPath", "")))
    yield Line("Mounts", "" if mounts else NONE)
    for mount in mounts:
        way = "ro" if mount.get("readOnly") else "rw"
        inside = f',path="{mount["subPath"]}"' if mount.get("subPath") else ""
        yield Line("", f"{mount.get('mountPath', '')} from {mount.get('name', '')} ({way}{inside})", 1)


def volumes(found: list[Tree]) -> Lines:
    """Volumes and what is behind each."""
    yield Line("Volumes", "" if found else NONE)
    for volume in found:
        yield Line(str(volume.get("name", "")), "", 1)
        kind = next((key for key in volume if key != "name"), "emptyDir")
        shown = _VOLUMES.get(kind, _other)
        yield from under(shown(kind, volume.get(kind) or {}), 2)


def _claim(_: str, body: Tree) -> Lines:
    yield one("Type", "PersistentVolumeClaim")
    yield one("ClaimName", body.get("claimName"))
    yield one("ReadOnly", bool(body.get("readOnly")))


def _config(_: str, body: Tree) -> Lines:
    yield one("Type", "ConfigMap")
    yield one("Name", body.get("name"))
    yield one("Optional", bool(body.get("optional")))


def _secret(_: str, body: Tree) -> Lines:
    yield one("Type", "Secret")
    yield one("SecretName", body.get("secretName"))
    yield one("Optional", bool(body.get("optional")))


def _projected(_: str, body: Tree) -> Lines:
    yield one("Type", "Projected")
    for source in listed(body, "sources"):
        if "serviceAccountToken" in source:
            yield one("TokenExpirationSeconds", at(source, "serviceAccountToken", "expirationSeconds"))
        for key, label in (("configMap", "ConfigMapName"), ("secret", "SecretName")):
            if key in source:
                yield one(label, at(source, key, "name"))
                yield one("Optional", bool(at(source, key, "optional")))
        if "downwardAPI" in source:
            yield one("DownwardAPI", value=True)


def _empty(_: str, body: Tree) -> Lines:
    yield one("Type", "EmptyDir")
    yield Line("Medium", str(body.get("medium", "")))
    yield one("SizeLimit", body.get("sizeLimit", "<unset>"))


def _host(_: str, body: Tree) -> Lines:
    yield one("Type", "HostPath")
    yield one("Path", body.get("path"))
    yield Line("HostPathType", str(body.get("type", "")))


def _other(kind: str, body: Tree) -> Lines:
    yield one("Type", kind[:1].upper() + kind[1:])
    for key, value in body.items():
        if not isinstance(value, dict | list):
            yield one(key[:1].upper() + key[1:], value)


_VOLUMES: dict[str, Callable[[str, Tree], Lines]] = {
    "persistentVolumeClaim": _claim,
    "configMap": _config,
    "secret": _secret,
    "projected": _projected,
    "emptyDir": _empty,
    "hostPath": _host,
}


def behind(kind: str, body: Tree) -> Lines:
    """What is behind one volume, by the name of its field."""
    yield from _VOLUMES.get(kind, _other)(kind, body)


def placing(spec: Tree) -> Lines:
    """Where pods may go: node selector, tolerations, spread."""
    chosen = at(spec, "nodeSelector", default={})
    yield from many("Node-Selectors", (f"{key}={value}" for key, value in sorted(chosen.items())))
    yield from many("Tolerations", map(_toleration, listed(spec, "tolerations")))
    spread = [_spread(entry) for entry in listed(spec, "topologySpreadConstraints")]
    if spread:
        yield from many("Topology Spread Constraints", spread)


def _toleration(found: Tree) -> str:
    key = str(found.get("key", ""))
    value = f"={found['value']}" if found.get("value") else ""
    effect = f":{found['effect']}" if found.get("effect") else ""
    exists = " op=Exists" if found.get("operator") == "Exists" else ""
    lasting = found.get("tolerationSeconds")
    return f"{key}{value}{effect}{exists}{f' for {lasting}s' if lasting is not None else ''}".strip()


def _spread(found: Tree) -> str:
    when = f"when max skew {found.get('maxSkew')} is exceeded"
    return f"{found.get('topologyKey')}:{found.get('whenUnsatisfiable')} {when}"


def _word(value: Any) -> str:
    return "true" if value else "false"
