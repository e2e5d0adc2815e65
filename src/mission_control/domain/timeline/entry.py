"""One entry of the timeline: something that changed or happened, to one object, at one time.

An entry has an identity that is the same however often and by whomever it is told, so that a console that was
started again tells nothing twice. It never carries a value of a ConfigMap or a Secret.
"""

from __future__ import annotations

import hashlib
import shlex
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Literal, get_args

import msgspec

from mission_control.domain.kinds import kind_named
from mission_control.domain.verdict import Change, Subject

What = Literal[
    "event",
    "rollout",
    "restart",
    "scaling",
    "release",
    "config",
    "node",
    "job",
    "object",
    "verdict",
    "accepted",
]
WHATS: tuple[What, ...] = get_args(What)
Clock = Literal["cluster", "console"]
NOT_CHANGES = ("event", "restart", "job", "verdict", "accepted")
"""What follows from a fault rather than brings it about; everything else counts as a change before it."""


class Entry(msgspec.Struct, frozen=True):
    """One entry. `clock`: whose time `at` is: the cluster's own, or the console's when it saw or did it.

    `times`: how often; `first`: when first, for what is reported more than once. `is_bad`: it needs a look.
    `keys`: the keys of a ConfigMap, or the fields of another object, that changed.
    """

    identity: str
    at: datetime
    what: What
    subject: Subject
    text: str
    clock: Clock = "cluster"
    by: str = ""
    times: int = 1
    first: datetime | None = None
    is_bad: bool = False
    keys: tuple[str, ...] = ()
    reason: str = ""
    installation: str | None = None
    component: str | None = None

    @property
    def command(self) -> str:
        """The command that shows the whole of it in a terminal."""
        return command(self.what, self.subject)

    @property
    def change(self) -> Change:
        """The same as a finding tells it."""
        return Change(self.at, self.text, self.subject, self.by)

    @property
    def is_change(self) -> bool:
        """Whether it may have brought a fault about."""
        return self.what not in NOT_CHANGES


def kept_identity(cluster: str, identity: str) -> str:
    """The identity under which an entry of a cluster is kept: a digest, because identities may be long."""
    text = f"{cluster}\0{identity}".encode("utf-8", "surrogatepass")
    return urlsafe_b64encode(hashlib.blake2b(text, digest_size=15).digest()).decode()


def command(what: What, subject: Subject) -> str:
    """The command that shows the whole of what happened to an object."""
    kind, name = subject.kind.lower(), shlex.quote(subject.name)
    within = f" -n {shlex.quote(subject.namespace)}" if subject.namespace else ""
    if subject.kind == "Release":
        return f"helm history {name}{within}"
    if what in ("verdict", "accepted") or kind_named(subject.kind) is None:
        return f"mission-control health{within}"
    if what == "event":
        return f"kubectl events --for {kind}/{name}{within}"
    if what == "restart":
        return f"kubectl logs {name}{within} --all-containers --previous"
    if what == "rollout" and subject.kind in ("Deployment", "StatefulSet", "DaemonSet"):
        return f"kubectl rollout history {kind}/{name}{within}"
    return f"kubectl describe {kind} {name}{within}"
