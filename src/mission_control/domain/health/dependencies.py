"""Causes that only a log names: a store that refuses, a licence that ran out, a schema that does not fit.

The product pack says which line means what. Only pods that are already under suspicion are read, and the
last line that means something decides, because what a process says at its end is why it ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from mission_control.domain.health.codes import code_named
from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.scene import Scene
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.installations import Installation, Member
from mission_control.domain.logtail import LogTail
from mission_control.domain.product import Signature
from mission_control.domain.redact import cut
from mission_control.domain.verdict import Evidence, Subject

LONGEST = 2000
LAST_LINES = 5
_PORT = re.compile(r"(?::|\bport[ =:]+)(\d{2,5})\b")
_BRACES = re.compile(r"\{(\w+)\}")


_HOW = (
    ("connection refused", re.compile(r"refused|ECONNREFUSED", re.IGNORECASE)),
    (
        "no such name",
        re.compile(r"no such host|name or service not known|ENOTFOUND|EAI_AGAIN", re.IGNORECASE),
    ),
    ("no answer in time", re.compile(r"time[d ]?\s?out|ETIMEDOUT|deadline exceeded", re.IGNORECASE)),
    ("no route", re.compile(r"no route to host|unreachable", re.IGNORECASE)),
    ("connection lost", re.compile(r"reset by peer|ECONNRESET|broken pipe|unexpected EOF", re.IGNORECASE)),
)


class Hit(msgspec.Struct, frozen=True):
    """A line that a signature recognises, and the component that it accuses.

    `groups` are the parts of the line that the pattern names.
    """

    signature: Signature
    line: str
    tail: LogTail
    says: str
    target: str | None
    groups: dict[str, str]


def read_logs(scene: Scene, sightings: Iterable[Sighting]) -> list[Sighting]:
    """The sightings with what the logs say: a better cause where a line is known, else the last lines.

    Not every pod's log is read; what one pod says is true for the others of its workload in the same state.
    """
    found: list[Sighting] = []
    hits: dict[tuple[str, str], Hit] = {}
    for sighting in sightings:
        tails = _tails(scene, sighting) if code_named(sighting.code).log else []
        installation = sighting.place.installation
        component = sighting.place.component
        known = (_hit(installation, component, tail) for tail in tails) if installation else iter(())
        hit = next(filter(None, known), None)
        if hit is not None:
            hits.setdefault(_state(sighting), hit)
        last = next((tail for tail in tails if tail.lines), None)
        shown = (_last_lines(last),) if last is not None and hit is None else ()
        found.append(msgspec.structs.replace(sighting, evidence=(*sighting.evidence, *shown)))
    return [_named(s, hits[_state(s)]) if _state(s) in hits else s for s in found]


def _state(sighting: Sighting) -> tuple[str, str]:
    return ((sighting.place.subject or sighting.subject).path, sighting.code)


def _tails(scene: Scene, sighting: Sighting) -> list[LogTail]:
    """The tails of its pods; what ended comes before what runs, since it says why."""
    namespace = sighting.place.workload.namespace if sighting.place.workload else sighting.subject.namespace
    found = [tail for pod in sighting.pods for tail in scene.tails.get((namespace, pod), ())]
    return sorted(found, key=lambda tail: not tail.previous)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _hit(installation: Installation, component: str | None, tail: LogTail) -> Hit | None:
    for line in reversed(tail.lines):
        text = line[:LONGEST]
        for signature in installation.product.signatures:
            pattern = _compiled(signature.pattern)
            match = pattern.search(text) if pattern else None
            if match is not None:
                groups = {key: value or "" for key, value in match.groupdict().items()}
                target = _target(installation, component, signature, groups.get("target", ""), text)
                accused = installation.member(target)
                groups["target"] = (
                    groups.get("target") or (accused.title if accused else "") or target or "it"
                )
                says = _filled(signature.says, groups)
                return Hit(signature, line, tail, says, target, groups)
    return None


def _filled(text: str, groups: dict[str, str]) -> str:
    """A sentence with the parts of the line that the pattern named."""
    return _BRACES.sub(lambda found: groups.get(found[1], ""), text)


def _target(
    installation: Installation, component: str | None, signature: Signature, address: str, line: str
) -> str | None:
    """The component behind an address in the line, by its name or by a port that the writer needs.

    Else it is the one that the signature names.
    """
    host = re.split(r"[.:/]", address.rsplit("://", maxsplit=1)[-1].rsplit("@", maxsplit=1)[-1])[0]
    part = installation.component_named(installation.suffix(host)) if host else None
    if part is not None:
        return part.key
    ports = {int(found) for found in _PORT.findall(line)}
    edges = [e for e in installation.product.dependencies if e.source == component and e.port in ports]
    return edges[0].target if len({e.target for e in edges}) == 1 else signature.target


def _named(sighting: Sighting, hit: Hit) -> Sighting:
    """The sighting under the code of the signature. A Job stays the subject of what stopped it."""
    code = hit.signature.code
    name = sighting.place.workload.name if sighting.place.workload else sighting.subject.name
    installation = sighting.place.installation
    member = installation.member(hit.target) if installation else None
    target = f" ({member.title})" if member and member.title.lower() not in hit.says.lower() else ""
    verb = "failed" if sighting.place.role else "does not work"
    fix = _filled(hit.signature.fix, _named_groups(hit, member)) or sighting.fix
    if sighting.place.role and sighting.place.role.advice and not hit.signature.fix:
        fix = " ".join(sighting.place.role.advice.split())
    how = _how(hit)
    shared = code.startswith("dependency-") or code == "license-invalid"
    return msgspec.structs.replace(
        sighting,
        code=code,
        says=f"{name} {verb}: {hit.says}{target}{how}.",
        brief=_brief(hit, member, how),
        fix=fix,
        target=hit.target,
        cause=f"{code}:{hit.target}" if shared and (hit.target or code == "license-invalid") else "",
        evidence=(_decisive(hit), *sighting.evidence),
        command=_command(hit.tail),
    )


def _how(hit: Hit) -> str:
    """How a connection failed, as the end of a sentence; empty when the line does not say."""
    if hit.signature.code != "dependency-unreachable":
        return ""
    found = next((word for word, sign in _HOW if sign.search(hit.line)), "")
    return f": {found}" if found and "refuse" not in hit.says else ""


def _brief(hit: Hit, member: Member | None, how: str) -> str:
    """What is decisive, with the accused component's own name instead of an address."""
    says = _filled(hit.signature.says, _named_groups(hit, member))
    return f"{says[:1].upper()}{says[1:]}{how}."


def _named_groups(hit: Hit, member: Member | None) -> dict[str, str]:
    return {**hit.groups, "target": member.title} if member else hit.groups


def _command(tail: LogTail) -> str:
    before = " --previous" if tail.previous else ""
    return f"kubectl logs {tail.pod} -c {tail.container}{before} -n {tail.namespace}"


def _decisive(hit: Hit) -> Evidence:
    where = Subject("Pod", hit.tail.namespace, hit.tail.pod)
    return Evidence("log", one_line(hit.line, 500), _which(hit.tail), where)


def _last_lines(tail: LogTail) -> Evidence:
    where = Subject("Pod", tail.namespace, tail.pod)
    text = "\n".join(cut(line, 300) for line in tail.lines[-LAST_LINES:])
    return Evidence("log", text, _which(tail), where)


def _which(tail: LogTail) -> str:
    return f"container {tail.container}, " + ("before its last restart" if tail.previous else "now")
