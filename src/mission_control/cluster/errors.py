"""What can go wrong between the console and an API server, each as a sentence with the next step.

A class exists only where somebody acts on the difference. No message here carries a token, a key or a
password: text that comes from outside (a plugin's words, a server's answer) passes `without_tokens` first.
"""

# ruff: noqa: N818 -- an error is named as a person says it
from __future__ import annotations

import re

from mission_control.domain.redact import cut

_TOKEN = re.compile(r"[A-Za-z0-9_\-+/=.~]{40,}")
_LONGEST = 300


class ClusterError(Exception):
    """Something that keeps the console from the cluster. `says`: what happened; `fix`: what to do next."""

    def __init__(self, says: str, fix: str = "") -> None:
        super().__init__(f"{says} {fix}".strip())
        self.says = says
        self.fix = fix


class Unreachable(ClusterError):
    """Nobody answers there, or the answer is not one of an API server."""


class Busy(ClusterError):
    """The API server asks for patience (429, 5xx). `wait` is in seconds, 0 when it names none."""

    def __init__(self, says: str, fix: str = "", wait: float = 0.0) -> None:
        super().__init__(says, fix)
        self.wait = wait


class CertificateProblem(ClusterError):
    """A certificate is expired, not trusted, or made for another name."""


class ConfigProblem(ClusterError):
    """The kubeconfig does not say how to reach a cluster: no file, wrong context, missing exec plugin."""


class Unauthorised(ClusterError):
    """The API server does not know who asks (401)."""


class Forbidden(ClusterError):
    """The API server knows who asks and says no (403): `verb` on `resource`, in `namespace` or everywhere."""

    def __init__(self, says: str, verb: str = "", resource: str = "", namespace: str = "") -> None:
        self.verb, self.resource, self.namespace = verb, resource, namespace
        where = f" in namespace {namespace}" if namespace else ""
        super().__init__(says, f"Ask for the right to {verb} {resource}{where}." if verb else "")


class NotFound(ClusterError):
    """There is no such object, or the server does not serve the kind (404)."""


class Expired(ClusterError):
    """The version or the page that was asked for is no longer kept (410): list again."""


def without_tokens(text: str) -> str:
    """The text without words long enough to be a credential, cut to the length of a message."""
    return cut(_TOKEN.sub("…", " ".join(text.split())), _LONGEST)
