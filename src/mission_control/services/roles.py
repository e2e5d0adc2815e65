"""The Role that would let the console see what it was refused, and the commands to prove it.

A kind of the picture is listed and watched; for the rest the words of the refusal say what is missing. It
never asks for Secrets: a right to list them is a right to read every value.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from typing import Any

import msgspec
import yaml

from mission_control.domain.kinds import KINDS, kind_named

_VERBS = ("get", "list", "watch", "create")


class Grant(msgspec.Struct, frozen=True):
    """What is missing and what would grant it. `role` is YAML to apply; empty when nothing should."""

    kind: str
    namespace: str
    verbs: tuple[str, ...]
    resource: str
    group: str
    account: str
    role: str
    can_i: tuple[str, ...]


def grant(kind: str, namespace: str, needs: str, account: str) -> Grant:
    """The grant for a refused kind. `needs` are the words of the refusal, "" for those of the kind itself."""
    verbs, resource, group = rights(kind, needs)
    return Grant(
        kind=kind,
        namespace=namespace,
        verbs=verbs,
        resource=resource,
        group=group,
        account=account,
        role="" if resource == "secrets" else _role(verbs, resource, group, namespace, account),
        can_i=tuple(_can_i(verb, resource, group, namespace, account) for verb in verbs[:1]),
    )


def rights(kind: str, needs: str) -> tuple[tuple[str, ...], str, str]:
    """Verbs, resource and API group of what is needed."""
    words = re.findall(r"[A-Za-z0-9./-]+", needs)
    verbs = tuple(word for word in words if word in _VERBS)
    names = [word for word in words if word not in _VERBS and word not in ("in", "namespace", "and", "on")]
    found = next((entry for entry in KINDS if entry.kind == kind), None)
    if found is not None:
        return ("get", "list", "watch"), found.plural, found.group  # a list alone would go stale
    resource, _, group = (names[0] if names else kind.lower()).partition(".")
    return verbs or ("get",), resource, group


def role_for_all(kinds: Iterable[tuple[str, str]], account: str) -> str:
    """One Role for each namespace, and a ClusterRole, that let the console see all of these kinds.

    `kinds` are pairs of a kind and its namespace, "" for everywhere. Empty when none should be granted.
    """
    wanted: dict[str, dict[tuple[str, tuple[str, ...]], list[str]]] = {}
    for kind, namespace in dict.fromkeys(kinds):
        verbs, resource, group = rights(kind, "")
        if kind_named(kind) is not None:
            wanted.setdefault(namespace, {}).setdefault((group, verbs), []).append(resource)
    return "---\n".join(
        _bound(
            "mission-control-view",
            namespace,
            [
                {"apiGroups": [group], "resources": resources, "verbs": list(verbs)}
                for (group, verbs), resources in rules.items()
            ],
            account,
        )
        for namespace, rules in sorted(wanted.items())
    )


def _role(verbs: tuple[str, ...], resource: str, group: str, namespace: str, account: str) -> str:
    rule = {"apiGroups": [group], "resources": [resource], "verbs": list(verbs)}
    return _bound(f"mission-control-{resource.replace('/', '-')}", namespace, [rule], account)


def _bound(name: str, namespace: str, rules: list[dict[str, list[str]]], account: str) -> str:
    """A Role or ClusterRole with its binding."""
    prefix = "" if namespace else "Cluster"
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    api = "rbac.authorization.k8s.io/v1"
    role = {"apiVersion": api, "kind": f"{prefix}Role", "metadata": metadata, "rules": rules}
    binding = {
        "apiVersion": api,
        "kind": f"{prefix}RoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": f"{prefix}Role", "name": name},
        "subjects": [_subject(account)],
    }
    text = yaml.dump_all([role, binding], Dumper=_Plain, sort_keys=False, default_flow_style=False)
    return str(text)


def _list(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.Node:
    """Plain words in one line, as people write rules."""
    is_flat = all(isinstance(item, str) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=is_flat)


class _Plain(yaml.SafeDumper):
    """Without anchors for what stands there twice."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 -- the signature is PyYAML's
        return True


_Plain.add_representer(list, _list)


def _subject(account: str) -> dict[str, str]:
    parts = account.split(":")
    if account.startswith("system:serviceaccount:") and len(parts) == 4:  # noqa: PLR2004 -- its form
        return {"kind": "ServiceAccount", "name": parts[3], "namespace": parts[2]}
    return {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": "User",
        "name": account or "YOUR-USER",
    }


def _can_i(verb: str, resource: str, group: str, namespace: str, account: str) -> str:
    name = f"{resource}.{group}" if group else resource
    where = f" -n {shlex.quote(namespace)}" if namespace else " -A"
    as_whom = f" --as {shlex.quote(account)}" if account else ""
    return f"kubectl auth can-i {verb} {name}{where}{as_whom}"
