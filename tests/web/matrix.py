"""What is expected of every route for everybody, in each namespace: the rules of the authorisation matrix.

A rule says what an address of the route looks like in a namespace, and which status each person gets there.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from tests.web.two import A, B

Form = dict[str, str]
WHO = ("nobody", "viewer", "operator", "admin")
RELEASES = {A: "demo", B: "orchid", "absent": "absent"}


class Rule(msgspec.Struct, frozen=True):
    """One route. `address` of a namespace; `form` what is sent there; the statuses of `WHO` in A and in B.

    `names`: the page names what is in the namespace to who may see it. `varies`: the answer depends on it.
    """

    address: Callable[[str], str]
    in_a: tuple[int, ...]
    in_b: tuple[int, ...]
    form: Callable[[str], Form] | None = None
    names: bool = False
    varies: bool = False


def same(*statuses: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return statuses, statuses


def fixed(path: str) -> Callable[[str], str]:
    return lambda _: path


def page(path: str, *, names: bool = True) -> Rule:
    """A page for everybody who is in, which shows each person their own part."""
    return Rule(fixed(path), *same(401, 200, 200, 200), names=names)


def of_namespace(address: Callable[[str], str]) -> Rule:
    """A page about a namespace: for who does not see it the same as one that does not exist."""
    return Rule(address, (401, 200, 200, 200), (401, 404, 404, 200), names=True, varies=True)


def listed(path: str) -> Rule:
    """A list that can be asked for one namespace; another's is empty, as that of one that does not exist."""
    return Rule(lambda ns: f"{path}?namespace={ns}", *same(401, 200, 200, 200), names=True, varies=True)


def timeline(path: str) -> Rule:
    """What changed in an installation; of another's namespace nothing, as of one that does not exist."""

    def address(namespace: str) -> str:
        return f"{path}?installation={namespace}/{RELEASES.get(namespace, 'absent')}"

    return Rule(address, *same(401, 200, 200, 200), names=True, varies=True)


def only_admins(path: str) -> Rule:
    """A page for administrators alone, which is not about any namespace."""
    return Rule(fixed(path), *same(401, 403, 403, 200))


def admins(path: str, form: Form, *, done: int = 303) -> Rule:
    """A form for administrators alone."""
    return Rule(fixed(path), *same(401, 403, 403, done), form=lambda _: form)


def claim(namespace: str) -> Form:
    release = RELEASES[namespace if namespace in RELEASES else "absent"]
    return {
        "code": "volume-unbound",
        "kind": "PersistentVolumeClaim",
        "namespace": namespace,
        "name": f"data-{release}-langsmith-postgres-0",
        "reason": "the night",
        "lasts": "8h",
    }


def pod(namespace: str) -> str:
    release = RELEASES.get(namespace, "absent")
    return f"/objects/Pod/{namespace}/{release}-langsmith-backend-7c9d8b6f5-x2k0q"


RULES: dict[tuple[str, str], Rule] = {
    ("GET", "/enter"): Rule(fixed("/enter?token=wrong"), *same(401, 303, 303, 303)),
    ("GET", "/healthz"): Rule(fixed("/healthz"), *same(200, 200, 200, 200)),
    ("GET", "/sign-in"): Rule(fixed("/sign-in"), *same(200, 303, 303, 303)),
    ("POST", "/sign-in"): Rule(
        fixed("/sign-in"), *same(401, 401, 401, 401), form=lambda _: {"name": "eve", "password": "guess"}
    ),
    ("POST", "/theme"): Rule(fixed("/theme"), *same(303, 303, 303, 303), form=lambda _: {"theme": "dark"}),
    ("POST", "/sign-out"): Rule(fixed("/sign-out"), *same(401, 303, 303, 303), form=lambda _: {}),
    ("GET", "/"): page("/"),
    ("GET", "/.json"): page("/.json"),
    ("GET", "/home.json"): page("/home.json"),
    ("GET", "/health"): Rule(fixed("/health"), *same(401, 303, 303, 303)),
    ("GET", "/health/outside"): page("/health/outside", names=False),
    ("GET", "/health/outside.json"): page("/health/outside.json", names=False),
    ("GET", "/health/{namespace:str}/{release:str}"): of_namespace(
        lambda ns: f"/health/{ns}/{RELEASES.get(ns, 'absent')}"
    ),
    ("GET", "/nodes"): page("/nodes", names=False),
    ("GET", "/nodes.json"): page("/nodes.json", names=False),
    ("GET", "/events"): listed("/events"),
    ("GET", "/timeline"): timeline("/timeline"),
    ("GET", "/timeline.json"): timeline("/timeline.json"),
    ("GET", "/events.json"): listed("/events.json"),
    ("GET", "/network"): Rule(
        lambda ns: f"/network?view=services&namespace={ns}",
        *same(401, 200, 200, 200),
        names=True,
        varies=True,
    ),
    ("GET", "/network.json"): listed("/network.json"),
    ("GET", "/storage"): listed("/storage"),
    ("GET", "/storage.json"): listed("/storage.json"),
    ("GET", "/workloads"): listed("/workloads"),
    ("GET", "/workloads.json"): listed("/workloads.json"),
    ("GET", "/logs"): listed("/logs"),
    ("GET", "/logs.json"): listed("/logs.json"),
    ("GET", "/logs/download"): listed("/logs/download"),
    ("GET", "/objects/{kind:str}/{namespace:str}/{name:str}"): of_namespace(pod),
    ("GET", "/search"): Rule(
        lambda ns: f"/search?q={RELEASES.get(ns, 'absent')}",
        *same(401, 200, 200, 200),
        names=True,
        varies=True,
    ),
    ("GET", "/search.json"): Rule(
        lambda ns: f"/search.json?q={RELEASES.get(ns, 'absent')}",
        *same(401, 200, 200, 200),
        names=True,
        varies=True,
    ),
    ("GET", "/search/results"): Rule(
        lambda ns: f"/search/results?q={RELEASES.get(ns, 'absent')}",
        *same(401, 200, 200, 200),
        names=True,
        varies=True,
    ),
    ("GET", "/access"): page("/access", names=False),
    ("GET", "/access.json"): page("/access.json", names=False),
    ("GET", "/access/{kind:str}"): Rule(
        lambda ns: f"/access/Event?namespace={ns}", *same(401, 200, 200, 200), varies=True
    ),
    ("GET", "/causes/{code:str}"): page("/causes/volume-unbound", names=False),
    ("GET", "/api/openapi.json"): page("/api/openapi.json", names=False),
    ("GET", "/api"): page("/api", names=False),
    ("GET", "/api/{path:str}"): Rule(fixed("/api/openapi.yaml"), *same(401, 404, 404, 404)),
    ("GET", "/settings/access"): page("/settings/access", names=False),
    ("GET", "/settings/access.json"): page("/settings/access.json", names=False),
    **{
        ("GET", route): Rule(fixed(route.replace("{name:str}", "none")), *same(401, 403, 403, 404))
        for route in ("/bundles", "/bundles.json", "/bundles/{name:str}", "/bundles/{name:str}/download")
    },
    **{
        ("POST", route): Rule(
            fixed(route.replace("{name:str}", "none")), *same(401, 403, 403, 404), form=lambda _: {}
        )
        for route in ("/bundles", "/bundles/{name:str}/cancel", "/bundles/{name:str}/delete")
    },
    ("GET", "/demo/real"): Rule(fixed("/demo/real"), *same(401, 404, 404, 404)),
    ("GET", "/settings/redaction"): page("/settings/redaction", names=False),
    ("GET", "/settings/redaction.json"): page("/settings/redaction.json", names=False),
    ("POST", "/settings/redaction/try"): Rule(
        fixed("/settings/redaction/try"), *same(401, 200, 200, 200), form=lambda _: {"text": "a"}
    ),
    ("POST", "/settings/redaction/rules"): admins(
        "/settings/redaction/rules", {"name": "bird", "kind": "literal", "value": "Bluebird"}
    ),
    ("POST", "/settings/redaction/rules/{name:str}/remove"): Rule(
        fixed("/settings/redaction/rules/none/remove"), *same(401, 403, 403, 422), form=lambda _: {}
    ),
    ("GET", "/readyz"): Rule(fixed("/readyz"), *same(200, 200, 200, 200)),
    ("GET", "/metrics"): Rule(fixed("/metrics"), *same(200, 200, 200, 200)),
    ("GET", "/audit"): only_admins("/audit"),
    ("GET", "/audit.json"): only_admins("/audit.json"),
    ("GET", "/audit/export"): only_admins("/audit/export?form=csv"),
    ("POST", "/audit/verify"): admins("/audit/verify", {}),
    ("GET", "/settings/console"): only_admins("/settings/console"),
    ("GET", "/settings/console.json"): only_admins("/settings/console.json"),
    ("GET", "/account/password"): page("/account/password", names=False),
    ("POST", "/account/password"): Rule(
        fixed("/account/password"),
        *same(401, 422, 422, 422),
        form=lambda _: {"old": "no", "new": "a", "again": "a"},
    ),
    ("POST", "/sessions/{key:str}/end"): Rule(
        fixed("/sessions/0123456789abcdef/end"), *same(401, 422, 422, 422), form=lambda _: {}
    ),
    ("POST", "/accounts"): admins("/accounts", {"name": "new", "role": "viewer", "places": A}, done=200),
    ("POST", "/accounts/{name:str}/password"): admins("/accounts/viewer/password", {}, done=200),
    ("POST", "/accounts/{name:str}/roles"): admins("/accounts/viewer/roles", {"role": "viewer", "places": A}),
    ("POST", "/accounts/{name:str}/delete"): admins("/accounts/operator/delete", {"typed": "operator"}),
    ("POST", "/accept"): Rule(
        fixed("/accept"), (401, 403, 303, 303), (401, 403, 422, 303), form=claim, varies=True
    ),
    ("POST", "/accepted/{number:int}/revoke"): Rule(
        fixed("/accepted/77/revoke"), *same(401, 403, 422, 422), form=lambda _: {}
    ),
}
STREAMS = {("GET", "/live"), ("GET", "/logs/stream")}
"""What never ends is looked at in a test of its own."""
BUILT = ("/static/",)
"""Files of the build, the same for everybody."""
