"""What the scheduler's message says: how many nodes were looked at, and why each of them was refused.

The form is that of the scheduler framework (`FitError.Error`): "0/6 nodes are available: 2 Insufficient
memory, 4 node(s) had untolerated taint {dedicated: gpu}. preemption: …". Only the part before "preemption"
describes the nodes.
"""

from __future__ import annotations

import re

import msgspec

_FORM = re.compile(r"(\d+)/(\d+) nodes are available:?\s*(.*)", re.DOTALL)
_AFTERWORD = re.compile(r"\.?\s*(?:no new claims to deallocate,?\s*)?preemption:|\.\s+no new claims")
_REASON = re.compile(r"^(\d+) (.+)$", re.DOTALL)
_TAINT = re.compile(r"taint[s]? \{([^}]*)\}")
_CLAIM = re.compile(r'persistentvolumeclaim "([^"]+)" not found')
_INSUFFICIENT = re.compile(r"^Insufficient (\S+)$")
_NODE_DOWN = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


class Refusal(msgspec.Struct, frozen=True):
    """Why nodes were refused, by kind of reason; each entry counts nodes.

    `short`: resources of which there is too little. `taints`: taints that the pod does not tolerate.
    `unfit`: selector, affinity or spread that does not match, in the scheduler's words. `volumes`: what the
    pod's claims lack. `cordoned`, `down`: nodes that take no pods.
    """

    nodes: int = 0
    short: dict[str, int] = {}
    taints: dict[str, int] = {}
    unfit: dict[str, int] = {}
    volumes: dict[str, int] = {}
    cordoned: int = 0
    down: int = 0
    missing_claim: str = ""
    other: str = ""


def refusal(message: str) -> Refusal:
    """The reasons in a scheduler's message; one that is not understood comes back as `other`."""
    if claim := _CLAIM.search(message):
        return Refusal(missing_claim=claim[1])
    if "unbound immediate PersistentVolumeClaims" in message:
        return Refusal(volumes={"unbound": _nodes(message)})
    if "no nodes available" in message:
        return Refusal()
    match = _FORM.search(message)
    if match is None:
        return Refusal(other=message.strip())
    text = _AFTERWORD.split(match[3])[0].strip().rstrip(".")
    found = Refusal(nodes=int(match[2]))
    for part in _parts(text):
        found = _with(found, part)
    return found


def _nodes(message: str) -> int:
    match = _FORM.search(message)
    return int(match[2]) if match else 0


def _parts(text: str) -> list[str]:
    """Split at commas that begin a new count, so that a comma inside a taint stays where it is."""
    return [part.strip().rstrip(".") for part in re.split(r",\s+(?=\d+ )", text) if part.strip()]


def _with(found: Refusal, part: str) -> Refusal:
    match = _REASON.match(part)
    count, reason = (int(match[1]), match[2].strip()) if match else (found.nodes, part)
    change = msgspec.structs.replace
    short = _INSUFFICIENT.match(reason)
    if short or reason.startswith("Too many pods"):
        return change(found, short={**found.short, short[1] if short else "pods": count})
    if "unschedulable" in reason:
        return change(found, cordoned=found.cordoned + count)
    if taint := _TAINT.search(reason):
        return _with_taint(found, taint[1].replace(": ", "=").rstrip("=: "), count)
    if any(word in reason for word in ("volume", "PersistentVolume")):
        return change(found, volumes={**found.volumes, reason: count})
    if any(word in reason for word in ("match", "affinity", "selector", "topology", "spread", "free ports")):
        return change(found, unfit={**found.unfit, reason: count})
    return change(found, other=f"{found.other}, {part}".lstrip(", "))


def _with_taint(found: Refusal, taint: str, count: int) -> Refusal:
    if taint.startswith(_NODE_DOWN):
        return msgspec.structs.replace(found, down=found.down + count)
    if taint.startswith("node.kubernetes.io/unschedulable"):
        return msgspec.structs.replace(found, cordoned=found.cordoned + count)
    return msgspec.structs.replace(found, taints={**found.taints, taint: found.taints.get(taint, 0) + count})
