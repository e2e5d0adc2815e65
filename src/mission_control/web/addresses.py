"""The addresses of pages, in one place: a link is built here or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import msgspec

from mission_control.domain.kinds import kind_named
from mission_control.domain.verdict import Finding
from mission_control.services.audit import AuditQuery
from mission_control.services.claims import StorageQuery
from mission_control.services.happenings import EventQuery
from mission_control.services.listing import descends
from mission_control.services.logs.page import LogAsk
from mission_control.services.network import NetworkQuery
from mission_control.services.nodes import NodeQuery
from mission_control.services.timeline import TimelineQuery
from mission_control.services.workloads import Query

Asked = Query | NodeQuery | EventQuery | NetworkQuery | StorageQuery | TimelineQuery | AuditQuery
_LISTS: dict[type, str] = {
    Query: "/workloads",
    NodeQuery: "/nodes",
    EventQuery: "/events",
    NetworkQuery: "/network",
    StorageQuery: "/storage",
    TimelineQuery: "/timeline",
    AuditQuery: "/audit",
}
_WRITERS = ("Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job", "CronJob", "ReplicaSet")
RELEASE = "Release"
"""What findings call a Helm release, which is no object of the cluster."""
_WORDS = {"text": "q", "wrong": "only", "begin": "from", "end": "to"}
_BEFORE, _AFTER = timedelta(minutes=10), timedelta(minutes=1)


def health_address(key: str) -> str:
    """The Health page of the installation "namespace/release"."""
    return f"/health/{quote(key)}"


def finding_address(installation: str | None, key: str) -> str:
    """A finding on the Health page of its installation, or among what is outside."""
    page = health_address(installation) if installation else "/health/outside"
    return f"{page}#{quote(key, safe=':/')}"


def has_page(kind: str) -> bool:
    """Whether an object of a kind has a page; a release has its line on Home."""
    return kind == RELEASE or kind_named(kind) is not None


def is_cluster_wide(kind: str) -> bool:
    """Whether objects of a kind are in no namespace."""
    found = kind_named(kind)
    return found is not None and not found.namespaced


def object_address(kind: str, namespace: str, name: str, tab: str = "") -> str:
    """The page of an object; "-" stands for no namespace."""
    if kind == RELEASE:
        return f"/#release-{quote(namespace)}-{quote(name)}"
    path = f"/objects/{quote(kind, safe='')}/{quote(namespace, safe='') or '-'}/{quote(name, safe='')}"
    return f"{path}?tab={tab}" if tab else path


def timeline_address(about: str = "", installation: str | None = None) -> str:
    """The timeline of an object ("Kind/namespace/name") or of an installation."""
    return rows_address(TimelineQuery(about=about, installation=installation or ""))


def before_address(finding: Finding) -> str:
    """The timeline around the time when a finding began: the ten minutes before it."""
    query = TimelineQuery(installation=finding.installation or "")
    if finding.since is None:
        return rows_address(query, within="1h")
    return rows_address(query, begin=in_utc(finding.since - _BEFORE), end=in_utc(finding.since + _AFTER))


def in_utc(moment: datetime) -> str:
    """A moment as an address says it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def access_address(kind: str, namespace: str) -> str:
    """The page about a kind that may not be seen."""
    return f"/access/{quote(kind, safe='')}" + (f"?namespace={quote(namespace)}" if namespace else "")


def rows_address(query: Asked, **changes: object) -> str:
    """The page of a list with some parts of its query changed; only what differs from the plain page is said.

    A change of anything but the page goes back to the first page.
    """
    said = msgspec.structs.asdict(query) | ({} if "page" in changes else {"page": 1}) | changes
    plain = msgspec.structs.asdict(type(query)())
    kept = {
        _WORDS.get(key, key): "wrong" if value is True else value
        for key, value in said.items()
        if value != plain[key]
    }
    path = _LISTS[type(query)]
    return f"{path}?{urlencode(kept)}" if kept else path


def export_address(query: AuditQuery, form: str) -> str:
    """The file of all rows that fit a query."""
    _, _, asked = rows_address(query, sort="at", page=1).partition("?")
    return f"/audit/export?form={form}" + (f"&{asked}" if asked else "")


def logs_query(ask: LogAsk, **changes: object) -> str:
    """The query of the page of logs, of its stream and its download; only what is not plain is said."""
    said, plain = msgspec.structs.asdict(ask) | changes, msgspec.structs.asdict(LogAsk())
    kept = {key: value for key, value in said.items() if value != plain.get(key)}
    return urlencode(kept, doseq=True)


def logs_address(ask: LogAsk, path: str = "/logs", **changes: object) -> str:
    """The page of logs with some parts of its address changed, or something else with the same query."""
    query = logs_query(ask, **changes)
    return f"{path}?{query}" if query else path


def logs_of(kind: str, namespace: str, name: str) -> str:
    """The logs of a pod or of what makes pods; empty for what writes none."""
    if kind == "Pod":
        return f"/logs?{urlencode({'pod': f'{namespace}/{name}'})}"
    if kind in _WRITERS:
        return f"/logs?{urlencode({'workload': f'{kind}/{namespace}/{name}'})}"
    return ""


def logs_of_finding(finding: Finding) -> str:
    """The logs of what a finding is about: its pods, or else its component's; empty where there are none."""
    subject = finding.subject
    found = logs_of(subject.kind, subject.namespace, subject.name)
    if found or not (finding.installation and finding.component):
        return found
    return f"/logs?{urlencode({'installation': finding.installation, 'component': finding.component})}"


def rows_path(query: Asked) -> str:
    """The page of a list, for the form of its filter."""
    return _LISTS[type(query)]


def sort_address(query: Asked, sort: str) -> str:
    """The same rows sorted by a column; by the same column again, the other way round."""
    is_plain = query.sort == sort
    return rows_address(query, sort=f"-{sort}" if is_plain else sort)


def sort_state(query: Asked, sort: str) -> str:
    """What `aria-sort` says of a column."""
    if query.sort.lstrip("-") != sort:
        return "none"
    return "descending" if descends(query.sort, query.largest_first) else "ascending"
