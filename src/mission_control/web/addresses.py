"""The addresses of pages, in one place: a link is built here or not at all."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from mission_control.services.workloads import Query, descends

_WORDS = {"text": "q"}


def health_address(key: str) -> str:
    """The Health page of the installation "namespace/release"."""
    return f"/health/{quote(key)}"


def object_address(kind: str, namespace: str, name: str, tab: str = "") -> str:
    """The page of an object; "-" stands for no namespace."""
    path = f"/objects/{quote(kind, safe='')}/{quote(namespace, safe='') or '-'}/{quote(name, safe='')}"
    return f"{path}?tab={tab}" if tab else path


def access_address(kind: str, namespace: str) -> str:
    """The page about a kind that may not be seen."""
    return f"/access/{quote(kind, safe='')}" + (f"?namespace={quote(namespace)}" if namespace else "")


def workloads_address(query: Query, **changes: object) -> str:
    """The Workloads page with some parts of its query changed; only what differs from the plain page is said.

    A change of anything but the page goes back to the first page.
    """
    said: dict[str, object] = {
        "kind": query.kind,
        "namespace": query.namespace,
        "text": query.text,
        "sort": query.sort,
    }
    said |= {"only": "wrong" if query.wrong else "", "page": query.page if "page" in changes else 1} | changes
    plain = {"kind": "pods", "sort": "verdict", "page": 1}
    kept = {_WORDS.get(key, key): value for key, value in said.items() if value and value != plain.get(key)}
    return f"/workloads?{urlencode(kept)}" if kept else "/workloads"


def sort_address(query: Query, sort: str) -> str:
    """The same rows sorted by a column; by the same column again, the other way round."""
    is_plain = query.sort == sort
    return workloads_address(query, sort=f"-{sort}" if is_plain else sort)


def sort_state(query: Query, sort: str) -> str:
    """What `aria-sort` says of a column."""
    if query.sort.lstrip("-") != sort:
        return "none"
    return "descending" if descends(query.sort) else "ascending"
