"""The programs a sandbox consists of, and the recipe each is built by.

Versions stand in `tools/<folder>/go.mod` and nowhere else. A part's key covers everything that decides what
comes out, so a changed recipe is built anew and an unchanged one never is.
"""

from __future__ import annotations

import hashlib
import platform
import re
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.places import TOOLS


@dataclass(frozen=True)
class Part:
    """One program: `module` is the line of go.mod with its version, `seconds` a cold build on two cores."""

    name: str
    folder: str
    module: str
    package: str
    seconds: int
    stamps: tuple[str, ...] = ()
    extras: str = ""
    """A folder of the module that the sandbox needs at run time, kept beside the program."""
    version: str = field(init=False)
    key: str = field(init=False)

    def __post_init__(self) -> None:
        text = (self.source / "go.mod").read_text()
        found = re.search(rf"^\s*(?:require )?{re.escape(self.module)} (v\S+)", text, re.MULTILINE)
        object.__setattr__(self, "version", found[1] if found else "unknown")
        object.__setattr__(self, "key", f"{self.name}-{self.version}-{self._digest(text)}")

    @property
    def source(self) -> Path:
        """The folder with the part's go.mod and go.sum."""
        return TOOLS / self.folder

    @property
    def ldflags(self) -> str:
        """Linker flags: no debug symbols, and the version the program tells about itself."""
        major, minor = self.version.removeprefix("v").split(".")[:2]
        values = {
            "version": self.version,
            "bare": self.version.removeprefix("v"),
            "major": major,
            "minor": minor,
        }
        return " ".join(["-s -w", *(f"-X {stamp.format(**values)}" for stamp in self.stamps)])

    def _digest(self, gomod: str) -> str:
        sums = (self.source / "go.sum").read_text()
        machine = f"{platform.system()}/{platform.machine()}"
        recipe = f"{gomod}\x00{sums}\x00{self.package}\x00{self.ldflags}\x00{self.extras}\x00{machine}"
        return hashlib.sha256(recipe.encode()).hexdigest()[:12]


# Without these the API server calls itself v0.0.0-master and Helm's kubeVersion checks refuse every chart.
_KUBERNETES_STAMPS = tuple(
    f"{package}.{stamp}"
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    for stamp in (
        "gitVersion={version}",
        "gitMajor={major}",
        "gitMinor={minor}",
        "gitCommit=unknown",
        "gitTreeState=clean",
        "buildDate=2026-01-01T00:00:00Z",
    )
)


def _kubernetes(name: str, seconds: int, folder: str = "kubernetes") -> Part:
    package = f"k8s.io/kubernetes/cmd/{name}"
    return Part(name, folder, "k8s.io/kubernetes", package, seconds, _KUBERNETES_STAMPS)


# The order is the order of the build: the long one first, so that its dependencies serve the others.
PARTS = (
    _kubernetes("kube-apiserver", 150),
    _kubernetes("kube-controller-manager", 40),
    _kubernetes("kube-scheduler", 15),
    _kubernetes("kubectl", 20),
    Part("etcd", "etcd", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3", 15),
    Part(
        "kwok",
        "kwok",
        "sigs.k8s.io/kwok",
        "sigs.k8s.io/kwok/cmd/kwok",
        55,
        ("sigs.k8s.io/kwok/pkg/consts.Version={bare}",),
        extras="kustomize",
    ),
    Part(
        "metrics-server",
        "metrics-server",
        "sigs.k8s.io/metrics-server",
        "sigs.k8s.io/metrics-server/cmd/metrics-server",
        90,
    ),
    Part(
        "helm",
        "helm",
        "helm.sh/helm/v4",
        "helm.sh/helm/v4/cmd/helm",
        65,
        ("helm.sh/helm/v4/internal/version.version={version}",),
    ),
)

NODE_PARTS = (_kubernetes("kubelet", 60, "node"), _kubernetes("kube-proxy", 15, "node"))
"""What a real node needs besides; built only when one is asked for."""


def digest_of(parts: tuple[Part, ...]) -> str:
    """One key for a whole set of parts."""
    return hashlib.sha256("\n".join(part.key for part in parts).encode()).hexdigest()[:12]
