"""Renders the chart with the sandbox's helm: once, or hundreds of times with different values in one call."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.build import Programs

Obj = dict[str, Any]
CHART = Path(__file__).resolve().parents[2] / "charts" / "mission-control"
SPACE = "console"
RELEASE = "mc"
AT_ONCE = 100


def helm(*arguments: str, values: Obj | None = None) -> subprocess.CompletedProcess[str]:
    """Helm's answer; the test is skipped where the sandbox's programs are not built."""
    program = Programs().path("helm")
    if not program.exists():
        pytest.skip("the sandbox's programs are not built: .venv/bin/python -m sandbox build")
    given = ("--values", "-") if values is not None else ()
    text = json.dumps(values) if values is not None else None
    command = [str(program), *arguments, *given]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def render(values: Obj | None = None, *more: str) -> list[Obj]:
    """The objects of the chart with these values."""
    done = helm("template", RELEASE, str(CHART), "--namespace", SPACE, *more, values=values or {})
    assert not done.returncode, done.stderr
    return parsed(done.stdout)


def refusal(values: Obj) -> str:
    """What helm says against these values; empty when it takes them."""
    done = helm("template", RELEASE, str(CHART), "--namespace", SPACE, values=values)
    return done.stderr if done.returncode else ""


def parsed(text: str) -> list[Obj]:
    """The objects in a text of YAML documents."""
    return [found for found in yaml.load_all(text, yaml.CSafeLoader) if found]  # it is the safe one


def only(objects: Sequence[Obj], kind: str) -> Obj:
    """The one object of a kind, leaving out those of `helm test`."""
    found = [each for each in objects if each["kind"] == kind and not is_test(each)]
    assert len(found) == 1, [each["metadata"]["name"] for each in found]
    return found[0]


def is_test(found: Obj) -> bool:
    return "helm.sh/hook" in found["metadata"].get("annotations", {})


def render_many(folder: Path, wanted: Mapping[str, Obj]) -> dict[str, list[Obj]]:
    """The roles and bindings for each of many values, by key."""
    keys = list(wanted)
    found: dict[str, list[Obj]] = {}
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        found |= _render_some(folder / str(start), {key: wanted[key] for key in some})
    return found


def _render_some(parent: Path, wanted: Mapping[str, Obj]) -> dict[str, list[Obj]]:
    """One parent chart that has ours under many names: helm is quick with a chart and slow to start."""
    inner = parent / "charts" / "mission-control"
    shutil.copytree(CHART, inner)
    kept = {"roles.yaml", "serviceaccount.yaml"}  # roles, and what refuses contradictions
    for path in (inner / "templates").glob("*.yaml"):
        if path.name not in kept:
            path.unlink()
    shutil.rmtree(inner / "templates" / "tests")
    (inner / "values.schema.json").unlink()  # would be read anew for each name; other tests go by it
    version = yaml.safe_load((CHART / "Chart.yaml").read_text())["version"]
    named = [{"name": "mission-control", "version": version, "alias": key} for key in wanted]
    head = {"apiVersion": "v2", "name": "many", "version": "0.0.1", "dependencies": named}
    (parent / "Chart.yaml").write_text(json.dumps(head))
    values = {key: {**given, "fullnameOverride": key} for key, given in wanted.items()}
    done = helm("template", RELEASE, str(parent), "--namespace", SPACE, values=values)
    assert not done.returncode, done.stderr[-2000:]
    found: dict[str, list[Obj]] = {key: [] for key in wanted}
    for text in done.stdout.split("\n---\n"):
        for each in _parsed_once(text):
            key = next((word for word in each["metadata"]["name"].split("-") if word in found), "")
            found[key].append(each)
    return found


_known: dict[str, list[Obj]] = {}


def _parsed_once(text: str) -> list[Obj]:
    if text not in _known:
        _known[text] = parsed(text)
    return _known[text]
