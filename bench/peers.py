"""Other ways to read the same kinds from Python, for comparison: each command lists them all and keeps them.

    python -m bench.peers kubernetes | lightkube

The official client is installed by name into a cached environment of its own when a bench first wants it; the
console does not use it. Both read pages of 500, as kubectl and the console do.
"""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

CACHE = Path.home() / ".cache" / "mission-control" / "bench"
NAMES = ("kubernetes", "lightkube")
PAGE = 500


def python(name: str) -> Path:
    """The interpreter of the environment that has this client; made when it is not there."""
    folder = CACHE / f"peer-{name}"
    found = folder / "bin" / "python"
    if not (folder / "ready").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run(
            [str(found), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", name], check=True
        )
        (folder / "ready").touch()
    return found


def command(name: str, kinds: list[tuple[str, str]]) -> tuple[str, ...]:
    """The command line that lists these kinds (kind and apiVersion) with that client."""
    return (str(python(name)), str(Path(__file__)), name, *(f"{kind}={version}" for kind, version in kinds))


def _kubernetes(kinds: list[tuple[str, str]]) -> int:
    """With the official client's typed models."""
    client: Any = importlib.import_module("kubernetes.client")
    importlib.import_module("kubernetes.config").load_kube_config(os.environ["KUBECONFIG"])
    held: list[Any] = []
    for kind, version in kinds:
        group, _, number = version.rpartition("/")
        words = [word.capitalize() for word in group.replace(".k8s.io", "").split(".")] if group else ["Core"]
        api = getattr(client, "".join(words) + number.capitalize() + "Api")()
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()
        call = getattr(api, f"list_{snake}_for_all_namespaces", None) or getattr(api, f"list_{snake}")
        token = None
        while True:
            page = call(limit=PAGE, _continue=token) if token else call(limit=PAGE)
            held.extend(page.items)
            token = page.metadata._continue  # noqa: SLF001 (the client's own name for a reserved word)
            if not token:
                break
    return len(held)


def _lightkube(kinds: list[tuple[str, str]]) -> int:
    """With lightkube and its typed models."""
    client = importlib.import_module("lightkube").Client()
    namespaced = importlib.import_module("lightkube.core.resource").NamespacedResource
    held: list[Any] = []
    for kind, version in kinds:
        module = version.replace(".k8s.io", "").replace("/", "_") if "/" in version else f"core_{version}"
        resource = getattr(importlib.import_module(f"lightkube.resources.{module.replace('.', '_')}"), kind)
        where = {"namespace": "*"} if issubclass(resource, namespaced) else {}
        held.extend(client.list(resource, chunk_size=PAGE, **where))
    return len(held)


if __name__ == "__main__":
    wanted = [(kind, version) for kind, _, version in (text.partition("=") for text in sys.argv[2:])]
    print((_kubernetes if sys.argv[1] == "kubernetes" else _lightkube)(wanted))
