"""Reads kubeconfig files the way kubectl does: a list of files, the first word counts, one context is chosen.

It finds out where the API server is and who asks; it opens no connection and runs no plugin. Paths in a file
are relative to that file. Where no file exists, a pod's own service account is used.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from mission_control.cluster.errors import ConfigProblem

DEFAULT_FILE = Path("~/.kube/config")
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class Wire(msgspec.Struct, frozen=True, rename="kebab"):
    """The common configuration of kubeconfig structs: kebab-case keys, unknown ones ignored."""


class ClusterEntry(Wire, frozen=True):
    """Where an API server is and by which authority its certificate is known."""

    server: str = ""
    certificate_authority: str | None = None
    certificate_authority_data: str | None = None
    insecure_skip_tls_verify: bool | None = None
    tls_server_name: str | None = None
    proxy_url: str | None = None


class Variable(Wire, frozen=True):
    """An environment variable of a plugin."""

    name: str
    value: str = ""


class Exec(msgspec.Struct, frozen=True, rename="camel"):
    """A credential plugin (client.authentication.k8s.io)."""

    command: str
    api_version: str = "client.authentication.k8s.io/v1"
    args: tuple[str, ...] | None = ()
    env: tuple[Variable, ...] | None = ()
    install_hint: str | None = ""
    provide_cluster_info: bool | None = False


class Provider(Wire, frozen=True):
    """The old form of a plugin; only a plain OpenID token of it is understood."""

    name: str = ""
    config: dict[str, str] | None = None


class UserEntry(Wire, frozen=True):
    """Who asks."""

    client_certificate: str | None = None
    client_certificate_data: str | None = None
    client_key: str | None = None
    client_key_data: str | None = None
    token: str | None = None
    token_file: str | None = msgspec.field(default=None, name="tokenFile")
    username: str | None = None
    password: str | None = None
    impersonate: str | None = msgspec.field(default=None, name="as")
    impersonate_groups: tuple[str, ...] | None = msgspec.field(default=None, name="as-groups")
    exec: Exec | None = None
    auth_provider: Provider | None = None


class ContextEntry(Wire, frozen=True):
    """Which user at which cluster, and the namespace of commands that name none."""

    cluster: str = ""
    user: str = ""
    namespace: str | None = None


class Named(Wire, frozen=True):
    """An entry of one of the three lists."""

    name: str = ""
    cluster: ClusterEntry | None = None
    user: UserEntry | None = None
    context: ContextEntry | None = None


class File(Wire, frozen=True):
    """One kubeconfig file."""

    clusters: tuple[Named, ...] | None = ()
    users: tuple[Named, ...] | None = ()
    contexts: tuple[Named, ...] | None = ()
    current_context: str | None = ""


class Target(msgspec.Struct, frozen=True):
    """Which cluster is meant: `kubeconfig` a path (or several, as in KUBECONFIG), `context` a name in it."""

    kubeconfig: str | None = None
    context: str | None = None


class Access(msgspec.Struct, frozen=True):
    """A chosen context, with all paths made absolute."""

    name: str
    namespace: str
    cluster: ClusterEntry
    user: UserEntry
    folder: Path = Path()


def choose(target: Target, env: Mapping[str, str], account: Path = SERVICE_ACCOUNT) -> Access:
    """The access that is meant: a named file, KUBECONFIG, ~/.kube/config, or the pod's service account.

    Raises ConfigProblem with a sentence that names what is missing and what exists.
    """
    listed = target.kubeconfig or env.get("KUBECONFIG", "")
    names = [Path(name).expanduser() for name in listed.split(os.pathsep) if name]
    wanted = names or [_default_file(env)]
    found = [path for path in wanted if path.is_file()]
    if found:
        return _chosen([(path, _read(path)) for path in found], target.context)
    if not names and not target.context and env.get("KUBERNETES_SERVICE_HOST"):
        return _of_service_account(env, account)
    where = " and ".join(str(path) for path in wanted)
    raise ConfigProblem(
        f"There is no kubeconfig at {where}.",
        "Name one with --kubeconfig or KUBECONFIG; inside a cluster, run with a service account.",
    )


def _default_file(env: Mapping[str, str]) -> Path:
    return Path(env["HOME"]) / ".kube" / "config" if env.get("HOME") else DEFAULT_FILE.expanduser()


def _read(path: Path) -> File:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigProblem(
            f"The kubeconfig {path} cannot be read: {error.strerror}.", "Mend its permissions."
        ) from error
    try:
        return msgspec.yaml.decode(content, type=File | None) or File()
    except (msgspec.MsgspecError, ValueError) as error:
        said = str(error) if isinstance(error, msgspec.ValidationError) else "it is not valid YAML"
        raise ConfigProblem(
            f"The kubeconfig {path} cannot be understood: {said}.", "Mend that file."
        ) from None


Entry = TypeVar("Entry", ClusterEntry, UserEntry, ContextEntry)
Found = dict[str, tuple[Path, Entry]]


def _chosen(files: list[tuple[Path, File]], wanted: str | None) -> Access:
    contexts: Found[ContextEntry] = _collected([(p, f.contexts) for p, f in files], "context", ContextEntry)
    clusters: Found[ClusterEntry] = _collected([(p, f.clusters) for p, f in files], "cluster", ClusterEntry)
    users: Found[UserEntry] = _collected([(p, f.users) for p, f in files], "user", UserEntry)
    current = next((f.current_context for _, f in files if f.current_context), None)
    name = wanted or current
    where = ", ".join(str(path) for path, _ in files)
    if not name:
        raise ConfigProblem(f"No context is chosen in {where}.", _those(contexts))
    if name not in contexts:
        raise ConfigProblem(f"There is no context {name!r} in {where}.", _those(contexts))
    context = contexts[name][1]
    if context.cluster not in clusters:
        raise ConfigProblem(
            f"The context {name!r} names the cluster {context.cluster!r}, which is not in {where}.",
            "Add it there, or choose another context.",
        )
    if context.user and context.user not in users:
        raise ConfigProblem(
            f"The context {name!r} names the user {context.user!r}, who is not in {where}.",
            "Add it there, or choose another context.",
        )
    cluster_file, cluster = clusters[context.cluster]
    user_file, user = users.get(context.user, (cluster_file, UserEntry()))
    if not cluster.server:
        raise ConfigProblem(f"The cluster {context.cluster!r} in {where} has no server.", "Add its address.")
    return Access(
        name=name,
        namespace=context.namespace or "default",
        cluster=_absolute(cluster, cluster_file.absolute().parent, ("certificate_authority",)),
        user=_absolute(user, user_file.absolute().parent, ("client_certificate", "client_key", "token_file")),
        folder=user_file.absolute().parent,
    )


def _collected(
    lists: list[tuple[Path, tuple[Named, ...] | None]], field: str, shape: type[Entry]
) -> Found[Entry]:
    """Every entry by name with the file it comes from; of two with one name the first counts."""
    found: Found[Entry] = {}
    for path, entries in lists:
        for entry in entries or ():
            value = getattr(entry, field)
            found.setdefault(entry.name, (path, value if value is not None else shape()))
    return found


def _those(contexts: Found[ContextEntry]) -> str:
    if not contexts:
        return "It has no contexts; name another file with --kubeconfig."
    return f"Choose one with --context: {', '.join(sorted(contexts))}."


def _absolute(entry: Entry, folder: Path, fields: tuple[str, ...]) -> Entry:
    named = {field: getattr(entry, field) for field in fields if getattr(entry, field)}
    return msgspec.structs.replace(entry, **{field: str(folder / path) for field, path in named.items()})


def _of_service_account(env: Mapping[str, str], account: Path) -> Access:
    token, authority, namespace = account / "token", account / "ca.crt", account / "namespace"
    if not token.is_file():
        raise ConfigProblem(
            f"This pod has no service account token at {token}.",
            "Set automountServiceAccountToken to true, or name a kubeconfig with --kubeconfig.",
        )
    host, port = env["KUBERNETES_SERVICE_HOST"], env.get("KUBERNETES_SERVICE_PORT", "443")
    host = f"[{host}]" if ":" in host else host
    return Access(
        name="in-cluster",
        namespace=namespace.read_text().strip() if namespace.is_file() else "default",
        cluster=ClusterEntry(
            server=f"https://{host}:{port}",
            certificate_authority=str(authority) if authority.is_file() else None,
        ),
        user=UserEntry(token_file=str(token)),
    )
