"""The console's own credentials and what it reads of Secrets, handed to redaction before use.

So neither an error of a plugin, an answer that repeats a header, nor a log line of a component that prints
its password can carry them out of the process.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping

from mission_control.cluster.kubeconfig import UserEntry
from mission_control.domain.redact import KnownValue, current, learn, secrets_in_secret, secrets_in_text

_RECORD = "helm.sh/release.v1"


def learn_user(user: UserEntry) -> None:
    """What a kubeconfig says about who asks: token, password, what its plugin is given."""
    given = [user.token, user.password, *((user.auth_provider and user.auth_provider.config) or {}).values()]
    plugin = user.exec
    if plugin is not None:
        told = [f"{variable.name}={variable.value}" for variable in plugin.env or ()]
        given += [known.value for known in secrets_in_text((*told, " ".join(plugin.args or ())))]
    learn("kubeconfig", [value for value in given if value])


def learn_token(source: str, token: str | None) -> None:
    """A token that was read or given just now; it replaces the one before."""
    learn(source, [token] if token else ())


def learn_key(key: bytes) -> None:
    """The private key of a client certificate, as PEM."""
    learn("client key", [key.decode("utf-8", "replace").strip()])


def learn_addresses(addresses: Iterable[str | None]) -> None:
    """The passwords in addresses: of the API server, of a proxy."""
    learn("addresses", secrets_in_text(address for address in addresses if address))


def learn_secret(namespace: str, name: str, kind: str, data: Mapping[str, str]) -> None:
    """The values of a Secret that was read by its name, as the API server gives them. Not Helm's records."""
    if kind == _RECORD:
        return
    learn(f"Secret {namespace}/{name}", values_of_secret(data, {}))


def values_of_secret(data: Mapping[str, str], written: Mapping[str, str]) -> tuple[KnownValue, ...]:
    """The secrets in a Secret's `data` and `stringData`."""
    plain = {key: _plain(value) for key, value in data.items()}
    return secrets_in_secret({**plain, **written}, current().places)


def _plain(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""  # what is no text is shown nowhere as it is
