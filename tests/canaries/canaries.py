"""Sixty made-up secrets, each with the place where it is planted, and how it is written there.

A canary is found again by its value, so every value is told apart from everything else. `written` is the text
that is planted; the value stands in it exactly once.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from typing import NamedTuple

LETTERS = string.ascii_letters + string.digits
_RNG = random.Random(60)  # noqa: S311  repeatable, and not secret


class Canary(NamedTuple):
    """One planted secret: where, under which name, its value, and the text it stands in."""

    place: str
    name: str
    value: str
    written: str


def strong(length: int = 20) -> str:
    """Letters and digits, with some of each kind."""
    return "Q7x" + "".join(_RNG.choices(LETTERS, k=length - 3))


def digits(length: int) -> str:
    return f"{_RNG.getrandbits(4 * length):0{length}x}"


def odd() -> str:
    """What every format escapes in its own way."""
    return "Q7/" + strong(10) + '"&+$' + strong(10)


def token(prefix: str, length: int = 36) -> Callable[[], str]:
    return lambda: prefix + strong(length)


def jwt() -> str:
    return f"eyJhbGciOiJIUzI1NiJ9.eyJ{strong(40)}.{strong(43)}"


def trace_key() -> str:
    return f"lsv2_pt_{digits(32)}_{digits(10)}"


# place, name, the text around {}, how the value is made
_PLAN: tuple[tuple[str, str, str, Callable[[], str]], ...] = (
    # keys of a Secret that a release made; each is also echoed where nothing but the value gives it away
    ("secret", "langsmith_license_key", "{}", strong),
    ("secret", "api_key_salt", "{}", strong),
    ("secret", "jwt_secret", "{}", odd),
    ("secret", "initial_org_admin_password", "{}", odd),
    ("secret", "oauth_client_secret", "{}", strong),
    ("secret", "polly_encryption_key", "{}", lambda: strong(43)),
    ("secret", "blob_storage_access_key_secret", "{}", lambda: strong(40)),
    ("secret", "azure_storage_account_key", "{}", lambda: strong(60)),
    ("secret", "connection_url", "app:{}@db:5432/app?sslmode=disable", strong),
    ("secret", "redis_connection_url", "rediss://:{}@cache:6380/0", strong),
    ("secret", "anything", "{}", strong),
    ("secret", "plain_words", "{}", lambda: f"Q7 {strong(6)} and {strong(6)}"),
    # environment
    ("env", "DB_PASSWORD", "{}", strong),
    ("env", "ADMIN_PASSWORD", "{}", odd),
    ("env", "OPENAI_API_KEY", "{}", token("sk-proj-")),
    ("env", "LANGSMITH_API_KEY", "{}", trace_key),
    ("env", "GIT_ACCESS", "{}", token("ghp_")),
    ("env", "AWS_SECRET_ACCESS_KEY", "{}", lambda: strong(40)),
    ("env", "DATABASE_URI", "{}", strong),
    ("env", "CACHE", "redis://:{}@cache:6379/0", strong),
    ("env", "SETTINGS", '{{"name": "a", "api_key": "{}"}}', strong),
    ("env", "EXTRA", "mode=fast token={} retries=3", strong),
    ("env", "ASSERTION", "{}", jwt),
    ("env", "LANGGRAPH_AES_KEY", "{}", lambda: strong(32)),
    # arguments; each stands in an item of its own
    ("args", "flag", "--db-password={}", strong),
    ("args", "value", "--session-token\n{}", strong),
    ("args", "dsn", "--database=postgresql://app:{}@db:5432/app", strong),
    ("args", "header", "--header=Authorization: Bearer {}", lambda: strong(40)),
    ("args", "set", "--set=auth.secretKey={}", strong),
    ("args", "shell", "export API_KEY={} && exec serve", strong),
    ("args", "login", "curl -u admin:{} http://gateway/", strong),
    ("args", "sql", "ALTER USER app PASSWORD '{}'", strong),
    # annotations
    ("annotation", "ops.example/token", "{}", strong),
    ("annotation", "ops.example/note", "the password: {}", strong),
    ("annotation", "ops.example/json", '{{"secret": "{}"}}', strong),
    ("annotation", "ops.example/hook", "https://hooks.slack.com/services/{}", lambda: f"T0/B0/{strong(24)}"),
    ("annotation", "ops.example/url", "https://api.example/v1?api_key={}&a=1", strong),
    ("annotation", "ops.example/header", "Authorization: Bearer {}", lambda: strong(40)),
    ("annotation", "ops.example/key", "{}", token("xoxb-", 40)),
    # ConfigMaps
    ("configmap", "app.env", "DB_PASSWORD={}", strong),
    ("configmap", "config.yaml", "auth:\n  client_secret: {}\n", strong),
    ("configmap", "settings.json", '{{"password": "{}"}}', strong),
    ("configmap", "redis_connection_url", "redis://:{}@cache:6379", strong),
    ("configmap", "pip.conf", "index-url = https://ci:{}@packages.example/simple", strong),
    ("configmap", "odd", "{}", token("glpat-", 24)),
    # what a container wrote before it ended, the last line last
    ("log", "url", "ERROR connect failed: postgresql://app:{}@db:5432/app", strong),
    ("log", "json", '{{"level": "error", "msg": "denied", "api_key": "{}"}}', strong),
    ("log", "header", "ERROR 401 for request with Authorization: Bearer {}", lambda: strong(40)),
    ("log", "assignment", "ERROR invalid login, user=app password={}", strong),
    ("log", "token", "ValueError: incorrect API key provided: {}", token("sk-")),
    # events
    ("event", "FailedMount", "MountVolume failed: secret rejected, token={}", strong),
    ("event", "Unhealthy", "Readiness probe failed: Get http://admin:{}@10.0.0.1/ok: refused", strong),
    ("event", "FailedPostStartHook", "Exec lifecycle hook ([login --password {}]) failed", strong),
    ("event", "InspectFailed", 'Failed: {{"registry_password": "{}"}}', strong),
    ("event", "FailedSync", "error: Bearer {} was refused", lambda: strong(40)),
    # what a kubelet reports of a container
    ("status", "waiting", "back-off: login with password={} was refused", strong),
    ("status", "ended", "fatal: cannot reach redis://:{}@cache:6379", strong),
    ("status", "condition", "containers are not ready: api_key={} was refused", strong),
    # what a person types into the console itself
    ("typed", "reason", "expected, the password={} is known", strong),
    ("typed", "text", "password={}", strong),
)

CANARIES: tuple[Canary, ...] = tuple(
    Canary(place, name, value, text.format(value)) for place, name, text, make in _PLAN for value in (make(),)
)


def at(place: str) -> list[Canary]:
    """The canaries of one place."""
    return [canary for canary in CANARIES if canary.place == place]
