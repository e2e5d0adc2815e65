"""Faults for the demo, put on the sample through the real API and taken back by `clear`.

Whatever a control plane does by itself really happens: the claim stays unbound because the class does not
exist, the quota refuses the pod. Only what a kubelet would report is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox import kubelet, podlogs
from sandbox.api import Obj
from sandbox.errors import SandboxError
from sandbox.kubelet import Trouble
from sandbox.sample import NAMESPACE, RELEASE, Sample, chart

CORE = f"/api/v1/namespaces/{NAMESPACE}"
APPS = f"/apis/apps/v1/namespaces/{NAMESPACE}"
STORAGE_CLASS = "postgres.statefulSet.persistence.storageClassName"
NEEDS_POSTGRES = {"platform-backend": 6, "backend": 6, "queue": 7}
"""Components that end at once without their database, and how often they have been restarted."""


@dataclass(frozen=True)
class Fault:
    """A fault's sentence, and how it is made."""

    says: str
    make: Callable[[Sample], None]


def put(sample: Sample, name: str) -> None:
    """Clears what is there and makes the fault called `name`."""
    if name not in FAULTS:
        raise SandboxError(f"there is no fault {name}; there are {', '.join(FAULTS)}")
    sample.must_exist()
    if is_faulty(sample):
        clear(sample)
    FAULTS[name].make(sample)
    sample.sandbox.say(f"{name}: {FAULTS[name].says}")


def clear(sample: Sample) -> None:
    """Makes the sample well again, whatever fault is on it."""
    sample.must_exist()
    sample.api.delete(f"{CORE}/resourcequotas/sandbox-fault")
    podlogs.forget(sample.api, NAMESPACE)
    if _claim_class(sample) not in ("", "standard"):
        _drop_store(sample)
    _upgrade(sample, sample.version(), f"{STORAGE_CLASS}=")
    for pod in sample.pods():
        if kubelet.HOLD in pod["metadata"].get("annotations", {}):
            sample.api.delete(kubelet.pod_path(pod), {"gracePeriodSeconds": 0})
    sample.wait_ready()


def is_faulty(sample: Sample) -> bool:
    """Whether anything of a fault is left."""
    held = any(kubelet.HOLD in pod["metadata"].get("annotations", {}) for pod in sample.pods())
    return (
        held or bool(sample.unready()) or sample.api.find(f"{CORE}/resourcequotas/sandbox-fault") is not None
    )


# --- the faults ------------------------------------------------------------------------------------------
def _storage_class(sample: Sample) -> None:
    _drop_store(sample)
    _upgrade(sample, "", f"{STORAGE_CLASS}=fast-ssd")
    sample.wait(lambda: _claim_class(sample) == "fast-ssd", lambda: "postgres has no claim for fast-ssd")
    others = [w for w in NEEDS_POSTGRES if _deployment(sample, w)]
    sample.wait(
        lambda: not set(map(_named, others)) & set(sample.unready()), lambda: "the upgrade did not settle"
    )
    for component in others:
        lines = podlogs.lines("faults/postgres-refused")
        for number, pod in enumerate(_living(sample, component)):
            podlogs.tell(sample.api, sample.folder, pod, lines)
            kubelet.crash_loop(sample.api, pod, NEEDS_POSTGRES[component] + number % 2)


def _image(sample: Sample) -> None:
    deployment = _deployment(sample, "queue") or {}
    image = deployment["spec"]["template"]["spec"]["containers"][0]["image"] + "-rc.99"
    sample.sandbox.run(
        "kubectl", "set", "image", f"deployment/{_named('queue')}", f"queue={image}", "-n", NAMESPACE
    )
    held = _pods_with_image(sample, image)
    lost = f'failed to pull and unpack image "{image}": failed to resolve reference "{image}": not found'
    cause = f"rpc error: code = NotFound desc = {lost}"
    for pod in held:
        kubelet.report(
            sample.api,
            pod,
            Trouble("ImagePullBackOff", f'Back-off pulling image "{image}": ErrImagePull: {cause}'),
        )
        kubelet.event(sample.api, pod, "Failed", f'Failed to pull image "{image}": {cause}', 4)
        kubelet.event(sample.api, pod, "BackOff", f'Back-off pulling image "{image}"', 9)


def _oom(sample: Sample) -> None:
    for pod in _living(sample, "clickhouse"):
        podlogs.tell(sample.api, sample.folder, pod, podlogs.lines("clickhouse")[-12:])
        kubelet.crash_loop(sample.api, pod, 6, exit_code=137, ended="OOMKilled")


def _quota(sample: Sample) -> None:
    using = [p for p in sample.pods() if p["status"].get("phase") not in ("Succeeded", "Failed")]
    spec = {"hard": {"pods": str(len(using) - 1)}}
    meta = {"name": "sandbox-fault", "namespace": NAMESPACE}
    quota = f"{CORE}/resourcequotas/sandbox-fault"
    sample.api.apply(quota, {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": meta, "spec": spec})
    sample.wait(lambda: "used" in sample.api.get(quota).get("status", {}), lambda: "the quota counts nothing")
    sample.api.delete(kubelet.pod_path(_living(sample, "queue")[0]), {"gracePeriodSeconds": 0})
    sample.wait(lambda: _named("queue") in sample.unready(), lambda: "the queue has its pod again")


def _config(sample: Sample) -> None:
    secret, key = f"{RELEASE}-secrets", "jwt_secret"
    sample.api.merge(f"{CORE}/secrets/{secret}", {"data": {key: None}})
    before = {p["metadata"]["uid"] for p in _living(sample, "platform-backend")}
    for pod in _living(sample, "platform-backend"):
        sample.api.delete(kubelet.pod_path(pod), {"gracePeriodSeconds": 0})
    sample.wait(lambda: len(_new(sample, before)) == len(before), lambda: "platform-backend has no new pods")
    message = f"couldn't find key {key} in Secret {NAMESPACE}/{secret}"
    for pod in _new(sample, before):
        kubelet.report(sample.api, pod, Trouble("CreateContainerConfigError", message))
        kubelet.event(sample.api, pod, "Failed", f"Error: {message}", 11)


FAULTS = {
    "healthy": Fault("nothing is wrong", lambda _sample: None),
    "storage-class": Fault(
        "an upgrade set the storage class of postgres to fast-ssd, which does not exist",
        _storage_class,
    ),
    "image": Fault("the queue was given an image tag that does not exist", _image),
    "oom": Fault("clickhouse is killed again and again for using more memory than its limit", _oom),
    "quota": Fault("a quota refuses the queue its pod", _quota),
    "config": Fault("a key is missing in the Secret that platform-backend needs", _config),
}


# --- looking ------------------------------------------------------------------------------------------
def _named(component: str) -> str:
    return f"{RELEASE}-{component}"


def _deployment(sample: Sample, component: str) -> Obj | None:
    return sample.api.find(f"{APPS}/deployments/{_named(component)}")


def _living(sample: Sample, component: str) -> list[Obj]:
    return [p for p in sample.pods(component) if "deletionTimestamp" not in p["metadata"]]


def _new(sample: Sample, before: set[str]) -> list[Obj]:
    found = [p for p in _living(sample, "platform-backend") if p["metadata"]["uid"] not in before]
    return [p for p in found if p["status"].get("phase") == "Running"]


def _pods_with_image(sample: Sample, image: str) -> list[Obj]:
    def found() -> list[Obj]:
        return [
            p
            for p in _living(sample, "queue")
            if p["spec"]["containers"][0]["image"] == image and p["spec"].get("nodeName")
        ]

    sample.wait(lambda: bool(found()), lambda: "the queue has no new pod")
    return found()


def _upgrade(sample: Sample, version: str, setting: str) -> None:
    """Upgrades with the release's values and one more; without hooks, whose Jobs would need the database."""
    with chart(version) as place:
        sample.helm(place, "--reset-then-reuse-values", "--set", setting, "--no-hooks")


def _claim_class(sample: Sample) -> str:
    claim = sample.api.find(f"{CORE}/persistentvolumeclaims/data-{_named('postgres')}-0")
    return str(claim["spec"].get("storageClassName", "")) if claim else ""


def _drop_store(sample: Sample) -> None:
    """Removes postgres and its claim: a claim template cannot be changed, so both are made anew."""
    store, claim = (
        f"{APPS}/statefulsets/{_named('postgres')}",
        f"{CORE}/persistentvolumeclaims/data-{_named('postgres')}-0",
    )
    sample.api.delete(store)
    for pod in sample.pods("postgres"):
        sample.api.delete(kubelet.pod_path(pod), {"gracePeriodSeconds": 0})
    sample.api.delete(claim)
    sample.wait(
        lambda: not (sample.api.find(store) or sample.api.find(claim)), lambda: "postgres does not go away"
    )
