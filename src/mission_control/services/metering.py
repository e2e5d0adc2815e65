"""The console's own health as text for Prometheus. Names are documented in `docs/metrics.md`.

Nothing of the cluster is in it, no name and no count of what is not well: who reaches the port may read it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mission_control.services.own_health import OwnHealth
from mission_control.services.requests import BOUNDS

_P = "mission_control_"


class Metric(msgspec.Struct, frozen=True):
    """A metric: its name, its type, what it is, and its samples as (suffix, labels, value)."""

    name: str
    type: str
    text: str
    samples: tuple[tuple[str, str, float], ...]


def _one(name: str, kind: str, text: str, value: float | None) -> Iterator[Metric]:
    if value is not None:
        yield Metric(name, kind, text, (("", "", float(value)),))


def metrics(health: OwnHealth) -> Iterator[Metric]:
    """All metrics; what is not known is left out."""
    p, v = health.process, health.volume
    version = f'version="{health.version}"'
    yield Metric(f"{_P}info", "gauge", "Always 1; the label says which version runs.", (("", version, 1.0),))
    started = health.started.timestamp()
    yield from _one("process_start_time_seconds", "gauge", "When the process started, as Unix time.", started)
    yield from _one("process_cpu_seconds_total", "counter", "Processor time used, in seconds.", p.cpu_seconds)
    yield from _one("process_resident_memory_bytes", "gauge", "Memory in use.", p.memory)
    yield from _one("process_open_fds", "gauge", "Open files and connections.", p.files)
    yield from _one(f"{_P}threads", "gauge", "Threads.", p.threads)
    yield from _api(health)
    yield from _http(health)
    yield from _one(f"{_P}state_bytes", "gauge", "Size of the console's own state.", v.bytes)
    yield from _one(f"{_P}state_room_bytes", "gauge", "Bytes left on the volume of that state.", v.room)
    troubles = sum(trouble.grave for trouble in health.troubles)
    yield from _one(f"{_P}state_troubles", "gauge", "What is wrong with that state; 0 is well.", troubles)
    text = "Entries of the audit that only the log has, since it could be written last."
    yield from _one(f"{_P}audit_unkept", "gauge", text, health.unkept)
    whole = None if health.standing.is_whole is None else float(health.standing.is_whole)
    yield from _one(f"{_P}audit_whole", "gauge", "1 when the last check found the chain whole.", whole)
    last = health.standing.last if health.standing.at else None
    yield from _one(f"{_P}audit_last_number", "gauge", "Number of the newest entry at that check.", last)


def _api(health: OwnHealth) -> Iterator[Metric]:
    cost = health.cost
    samples = []
    for key, count in cost.requests.items():
        what, _, answer = key.partition(" ")
        samples.append(("", f'what="{what}",answer="{answer}"', float(count)))
    text = "Requests to the API server, by what for and how answered."
    yield Metric(f"{_P}api_requests_total", "counter", text, tuple(samples))
    yield from _one(f"{_P}api_watches", "gauge", "Watches that are open at the API server.", cost.watches)
    text = "Bytes that came from the API server, as they were on the wire."
    yield from _one(f"{_P}api_received_bytes_total", "counter", text, cost.received)


def _http(health: OwnHealth) -> Iterator[Metric]:
    answered = health.answered
    samples = tuple(("", f'status="{status}"', float(count)) for status, count in answered.statuses.items())
    yield Metric(f"{_P}http_requests_total", "counter", "Requests answered, by class of status.", samples)
    bounds = (*map(str, BOUNDS), "+Inf")
    parts = [
        ("_bucket", f'le="{bound}"', float(count))
        for bound, count in zip(bounds, answered.within, strict=False)
    ]
    parts += [("_sum", "", answered.seconds), ("_count", "", float(answered.count))]
    text = "How long answers took, live streams left out."
    yield Metric(f"{_P}http_request_seconds", "histogram", text, tuple(parts))
    yield from _one(f"{_P}http_streams", "gauge", "Live streams that are open.", answered.streams)


def exposition(health: OwnHealth) -> str:
    """The text format of Prometheus, version 0.0.4."""
    lines = []
    for metric in metrics(health):
        lines += [f"# HELP {metric.name} {metric.text}", f"# TYPE {metric.name} {metric.type}"]
        for suffix, labels, value in metric.samples:
            named = f"{metric.name}{suffix}" + (f"{{{labels}}}" if labels else "")
            lines.append(f"{named} {value:g}" if value < 1e6 else f"{named} {value:.0f}")  # noqa: PLR2004
    return "\n".join(lines) + "\n"
