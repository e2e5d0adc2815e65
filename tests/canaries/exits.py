"""Every way out of the console: each route with addresses to ask, each verb with command lines to run.

Both tables are compared with the console's own: whoever adds a route or a verb adds a line here, and from
then on its output is searched for canaries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import typer
from litestar import Litestar

from tests.canaries.canaries import at
from tests.canaries.planting import NAMESPACE, RELEASE, WORKLOAD

ASSETS = "/static/"
REASON, TEXT = at("typed")
LISTS = ("/nodes", "/events", "/network", "/storage", "/workloads")
VIEWS = ("?view=services", "?view=policies", "?view=volumes", "?view=classes")
SORTS = (f"?namespace={NAMESPACE}", f"?q={RELEASE}", "?only=wrong")


class Object(NamedTuple):
    """One object of the namespace."""

    kind: str
    namespace: str
    name: str


def _object(found: Sequence[Object]) -> list[str]:
    places = [f"/objects/{one.kind}/{one.namespace or '-'}/{one.name}" for one in found]
    tabs = [f"{place}?tab={tab}" for place in places for tab in ("describe", "events", "yaml")]
    return [*tabs, *(f"{place}.json" for place in places), f"/objects/Pod/{NAMESPACE}/token={TEXT.value}"]


def _list(path: str) -> list[str]:
    return [path, *(path + asked for asked in (*SORTS, *VIEWS))]


def _logs() -> dict[str, list[str]]:
    logs = f"namespace={NAMESPACE}&since=all"
    return {
        "/logs": ["/logs", f"/logs?{logs}", f"/logs?{logs}&q=password%3D{TEXT.value}"],
        "/logs.json": [f"/logs.json?{logs}"],
        "/logs/download": [f"/logs/download?{logs}&form={form}" for form in ("text", "jsonl")],
        "/logs/stream": [f"/logs/stream?{logs}&until=2099-01-01T00:00:00Z"],  # a range ends by itself
    }


def reads(found: Sequence[Object]) -> dict[str, list[str]]:
    """The addresses to ask of each route that is read, by its path in the table of routes."""
    health = f"/health/{NAMESPACE}/{RELEASE}"
    searched = [f"q={RELEASE}", f"q={WORKLOAD}", f"q=password%3D{TEXT.value}"]
    made = {path: _list(path) for path in LISTS} | {f"{path}.json": [f"{path}.json"] for path in LISTS}
    return (
        made
        | _logs()
        | {
            "/": ["/", "/?installation=x"],
            "/home.json": ["/home.json"],
            "/.json": ["/.json"],
            "/timeline": ["/timeline", f"/timeline?namespace={NAMESPACE}"],
            "/timeline.json": ["/timeline.json"],
            "/enter": [f"/enter?token={TEXT.value}"],
            "/healthz": ["/healthz"],
            "/sign-in": ["/sign-in"],
            "/live": [],  # read by `test_canaries` as a stream
            "/health": ["/health"],
            "/health/outside": ["/health/outside"],
            "/health/outside.json": ["/health/outside.json"],
            "/health/{namespace:str}/{release:str}": [health, f"{health}.json"],
            "/objects/{kind:str}/{namespace:str}/{name:str}": _object(found),
            "/search": [f"/search?{asked}" for asked in searched],
            "/search.json": [f"/search.json?{asked}" for asked in searched],
            "/search/results": [f"/search/results?{asked}" for asked in searched],
            "/access": ["/access"],
            "/access.json": ["/access.json"],
            "/access/{kind:str}": ["/access/Pod", f"/access/Event?namespace={NAMESPACE}", "/access/Secret"],
            "/causes/{code:str}": ["/causes/crash-loop", f"/causes/token={TEXT.value}"],
            "/api": ["/api"],
            "/api/openapi.json": ["/api/openapi.json"],
            "/api/{path:str}": ["/api/openapi.yaml"],
            "/account/password": ["/account/password"],
            "/settings/access": ["/settings/access"],
            "/settings/access.json": ["/settings/access.json"],
            "/audit": ["/audit", f"/audit?q=token%3D{TEXT.value}"],
            "/audit.json": ["/audit.json"],
            "/audit/export": [f"/audit/export?form={form}&q=" for form in ("csv", "jsonl")],
            "/metrics": ["/metrics"],
            "/readyz": ["/readyz"],
            "/settings/console": ["/settings/console"],
            "/settings/console.json": ["/settings/console.json"],
            "/settings/redaction": ["/settings/redaction"],
            "/bundles": ["/bundles", f"/bundles?preset=token={TEXT.value}"],
            "/bundles.json": ["/bundles.json"],
            "/bundles/{name:str}": [f"/bundles/token={TEXT.value}"],
            "/bundles/{name:str}/download": [f"/bundles/token={TEXT.value}/download"],
            "/demo/real": ["/demo/real"],
            "/settings/redaction.json": ["/settings/redaction.json"],
        }
    )


def writes() -> dict[str, list[tuple[str, dict[str, str]]]]:
    """What is sent to each route that takes something, with a canary in it."""
    typed = {"reason": REASON.written, "text": TEXT.written, "back": f"/?token={TEXT.value}"}
    subject = {"kind": "Deployment", "namespace": NAMESPACE, "name": WORKLOAD}
    rule = {"name": "typed", "kind": "literal", "value": TEXT.value}
    return {
        "/sign-in": [("/sign-in", {"name": f"token={TEXT.value}", "password": TEXT.value})],
        "/sign-out": [],  # last, by whoever signs out
        "/theme": [("/theme", {"theme": "dark", **typed})],
        "/accept": [
            ("/accept", {"code": "crash-loop", "lasts": "8h", **subject, **typed}),
            ("/accept", {"code": f"password={TEXT.value}", "lasts": "8h", **subject, **typed}),
        ],
        "/accepted/{number:int}/revoke": [("/accepted/99/revoke", typed)],
        "/account/password": [("/account/password", {"old": TEXT.value, "new": TEXT.value, **typed})],
        "/accounts": [("/accounts", {"name": f"token={TEXT.value}", **typed})],
        "/accounts/{name:str}/delete": [("/accounts/nobody/delete", {"typed": TEXT.value})],
        "/accounts/{name:str}/password": [("/accounts/nobody/password", typed)],
        "/accounts/{name:str}/roles": [("/accounts/nobody/roles", typed)],
        "/sessions/{key:str}/end": [("/sessions/none/end", typed)],
        "/audit/verify": [("/audit/verify", typed)],
        "/settings/redaction/try": [("/settings/redaction/try", typed)],
        "/bundles": [("/bundles", {"preset": f"token={TEXT.value}", **typed})],
        "/bundles/{name:str}/cancel": [(f"/bundles/token={TEXT.value}/cancel", typed)],
        "/bundles/{name:str}/delete": [(f"/bundles/token={TEXT.value}/delete", typed)],
        "/settings/redaction/rules": [
            ("/settings/redaction/rules", rule | {"kind": "other"}),
            ("/settings/redaction/rules", rule | {"files": "*.env"}),
        ],
        "/settings/redaction/rules/{name:str}/remove": [
            (f"/settings/redaction/rules/password={TEXT.value}/remove", {})
        ],
    }


JSON, YAML = ["-o", "json"], ["-o", "yaml"]
VERBS: dict[str, list[list[str]]] = {
    "version": [["version"]],
    "health": [["health", "-n", NAMESPACE, *form] for form in ([], ["--all"], JSON, YAML)],
    "serve": [["serve", "--host", f"password={TEXT.value}"]],
    "get": [
        ["get", kind, "-n", NAMESPACE, *form]
        for kind in ("pods", f"deploy/{WORKLOAD}", f"pod/token={TEXT.value}")
        for form in ([], JSON, YAML)
    ],
    "top": [["top", "pods", "-n", NAMESPACE], ["top", "components"], ["top", "pods", *JSON]],
    "events": [["events", "-n", NAMESPACE, *form] for form in ([], JSON, YAML)],
    "kinds": [["kinds"], ["kinds", *JSON]],
    "accept": [
        ["accept", "crash-loop", f"Deployment/{NAMESPACE}/{WORKLOAD}", "--reason", REASON.written],
        ["accept", "crash-loop", f"password={TEXT.value}", "--reason", REASON.written],
    ],
    "accepted": [["accepted"], ["accepted", *JSON], ["accepted", "list"], ["accepted", "revoke", "98"]],
    "redact": [["redact", "FILE"], ["redact", "FILE", "--report"], ["redact", f"token={TEXT.value}"]],
    "logs": [
        ["logs", "-n", NAMESPACE, "--all", *form] for form in ([], JSON, ["--previous"], ["--grep", "login"])
    ],
    "bundle": [
        ["bundle", "create", "--preset", "full", "--all-logs", "-n", NAMESPACE, "--to", "BUNDLE"],
        ["bundle", "list"],
        ["bundle", "show", f"token={TEXT.value}"],
    ],
    "timeline": [["timeline", "-n", NAMESPACE], ["timeline", "-n", NAMESPACE, *JSON]],
    "open": [["open", f"token={TEXT.value}"]],
    "demo": [["demo", "--port", f"token={TEXT.value}"]],
    "audit": [["audit", "list"], ["audit", "list", *JSON], ["audit", "verify"], ["audit", "export"]],
    "backup": [["backup", "verify", f"token={TEXT.value}"], ["backup", "restore", f"token={TEXT.value}"]],
    "reach": [["reach", f"https://127.0.0.1/?token={TEXT.value}"]],
    "account": [["account", "list"], ["account", "delete", f"token={TEXT.value}"]],
}


def routes(site: Litestar) -> Iterator[tuple[str, str]]:
    """Each method and path of the table of routes; what the framework answers to OPTIONS shows nothing."""
    for route in site.routes:
        for handler in getattr(route, "route_handlers", None) or [getattr(route, "route_handler", None)]:
            for method in getattr(handler, "http_methods", set()) - {"OPTIONS", "HEAD"}:
                if not route.path.startswith(ASSETS):
                    yield str(method), route.path


def uncovered(site: Litestar) -> list[str]:
    """Routes without a line in the tables above."""
    tables = {"GET": set(reads([])), "POST": set(writes())}
    return sorted(f"{method} {path}" for method, path in routes(site) if path not in tables.get(method, ()))


def left_over(site: Litestar) -> list[str]:
    """Lines in the tables above without a route."""
    known = set(routes(site))
    listed = [("GET", path) for path in reads([])] + [("POST", path) for path in writes()]
    return sorted(f"{method} {path}" for method, path in listed if (method, path) not in known)


def unspoken(program: typer.Typer) -> list[str]:
    """Verbs without a line in the table above."""
    return sorted(set(typer.main.get_group(program).commands) - set(VERBS))
