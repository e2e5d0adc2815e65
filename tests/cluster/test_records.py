"""Helm's records: what is kept of them, what is dropped, and what is no record at all."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import msgspec
import pytest

from mission_control.cluster.records import NotARecord, objects_of, unpack

RECORD: dict[str, Any] = {
    "name": "prod",
    "namespace": "shop",
    "version": 4,
    "info": {
        "status": "failed",
        "description": "Upgrade  failed:\n timed out",
        "last_deployed": "2026-01-01T12:00:00.123456789+01:00",
        "notes": "the password is hunter2",
    },
    "chart": {
        "metadata": {"name": "shop", "version": "1.2.3", "appVersion": "9.1"},
        "templates": [{"name": "a", "data": "aHVudGVyMg=="}],
        "values": {"password": "hunter2"},
    },
    "config": {"password": "hunter2"},
    "manifest": "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec: {a: hunter2}\n",
    "hooks": [
        {
            "name": "migrate",
            "kind": "Job",
            "manifest": "hunter2",
            "events": ["pre-upgrade"],
            "last_run": {"phase": "Failed", "started_at": "", "completed_at": "2026-01-01T11:00:00Z"},
        }
    ],
}


def packed(record: Any) -> str:
    inner = base64.b64encode(gzip.compress(json.dumps(record).encode()))
    return base64.b64encode(inner).decode()


def test_a_record_gives_names_states_and_times() -> None:
    release = unpack(packed(RECORD))
    assert (release.key, release.revision, release.status) == ("shop/prod", 4, "failed")
    assert (release.chart, release.version, release.app_version) == ("shop", "1.2.3", "9.1")
    assert release.description == "Upgrade failed: timed out"
    assert release.at is not None
    assert release.at.utctimetuple()[3] == 11
    assert [(h.name, h.phase, h.events) for h in release.hooks] == [("migrate", "Failed", ("pre-upgrade",))]
    assert [(o.kind, o.namespace, o.name) for o in release.objects] == [("Service", "shop", "web")]


def test_no_value_note_or_manifest_is_kept_of_a_record() -> None:
    assert b"hunter2" not in msgspec.json.encode(unpack(packed(RECORD)))


@pytest.mark.parametrize(
    "text", ["", "no base64 at all", "aGVsbG8=", packed([1]), packed({**RECORD, "version": "x"})]
)
def test_what_is_no_record_is_told_without_its_content(text: str) -> None:
    with pytest.raises(NotARecord) as told:
        unpack(text)
    assert "hunter2" not in str(told.value)


def test_a_record_that_unpacks_to_too_much_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mission_control.cluster.records.MOST_BYTES", 1000)
    with pytest.raises(NotARecord, match="larger than"):
        unpack(packed({**RECORD, "manifest": "x" * 5000}))


@pytest.mark.parametrize(
    ("manifest", "found"),
    [
        ("kind: A\napiVersion: v1\nmetadata:\n  name: x\n", [("v1", "A", "here", "x")]),
        ("kind: A\napiVersion: g/v1\nmetadata:\n    namespace: 'there'\n    name: \"x\" # why\n",
         [("g/v1", "A", "there", "x")]),
        ('{"apiVersion": "v1", "kind": "A", "metadata": {"name": "x"}}', [("v1", "A", "here", "x")]),
        ("apiVersion: v1\nkind: A\nmetadata: {name: x}\n", [("v1", "A", "here", "x")]),
        ("apiVersion: v1\nkind: A\nmetadata:\n  labels:\n    name: wrong\n  name: x\n",
         [("v1", "A", "here", "x")]),
        ("apiVersion: v1\nkind: A\nmetadata:\n  name: x\ndata:\n  b: |\n    kind: B\n    name: y\n",
         [("v1", "A", "here", "x")]),
        ("apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: A\n  metadata:\n    name: x\n",
         [("v1", "A", "here", "x")]),
        ("apiVersion: v1\nkind: A\nmetadata:\n  namespace: |-\n    odd\n  name: x\n",
         [("v1", "A", "odd", "x")]),
        ("---\n# nothing\n---\n\n---\n: : :\n", []),
        ("apiVersion: v1\nkind: A\nmetadata:\n  generateName: x-\n", []),
    ],
)  # fmt: skip
def test_the_objects_of_a_manifest_are_found_however_it_is_written(
    manifest: str, found: list[tuple[str, ...]]
) -> None:
    assert [(o.api_version, o.kind, o.namespace, o.name) for o in objects_of(manifest, "here")] == found
