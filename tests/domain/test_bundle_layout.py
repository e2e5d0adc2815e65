"""Where what lies in a bundle: where sbctl looks for it, and found again by its path."""

from __future__ import annotations

import pytest

from mission_control.domain.bundle import layout
from mission_control.domain.bundle.parts import NEVER, PARTS, Need, Wish, plan, wanted_parts
from mission_control.domain.kinds import KINDS, kind_named

LOOKED_FOR = {
    "Pod": "cluster-resources/pods/shop.json",
    "Event": "cluster-resources/events/shop.json",
    "Service": "cluster-resources/services/shop.json",
    "ConfigMap": "cluster-resources/configmaps/shop.json",
    "LimitRange": "cluster-resources/limitranges/shop.json",
    "PersistentVolumeClaim": "cluster-resources/pvcs/shop.json",
    "ResourceQuota": "cluster-resources/resource-quota/shop.json",
    "NetworkPolicy": "cluster-resources/network-policy/shop.json",
    "Ingress": "cluster-resources/ingress/shop.json",
    "Deployment": "cluster-resources/deployments/shop.json",
    "StatefulSet": "cluster-resources/statefulsets/shop.json",
    "ReplicaSet": "cluster-resources/replicasets/shop.json",
    "DaemonSet": "cluster-resources/daemonsets/shop.json",
    "Job": "cluster-resources/jobs/shop.json",
    "CronJob": "cluster-resources/cronjobs/shop.json",
    "EndpointSlice": "cluster-resources/endpointslices/shop.json",
    "Node": "cluster-resources/nodes.json",
    "Namespace": "cluster-resources/namespaces.json",
    "PersistentVolume": "cluster-resources/pvs.json",
    "StorageClass": "cluster-resources/storage-classes.json",
    "ScaledObject": "cluster-resources/custom-resources/scaledobjects.keda.sh/shop.json",
}


@pytest.mark.parametrize(("name", "path"), LOOKED_FOR.items())
def test_a_kind_lies_where_sbctl_looks(name: str, path: str) -> None:
    kind = kind_named(name)
    assert kind is not None
    assert layout.objects_path(kind, "shop") == path


@pytest.mark.parametrize("piece", [0, 3])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_a_kind_is_known_again_by_its_path(kind: object, piece: int) -> None:
    path = layout.objects_path(kind, "shop.north", piece)  # type: ignore[arg-type]
    assert layout.kinds_by_stem(KINDS)[layout.stem_of(path)] is kind


def test_no_name_leads_out_of_its_folder() -> None:
    for name in ("..", ".", "", "a/b", "..\\x", "a\nb", "x" * 5000):
        step = layout.part(name)
        assert "/" not in step
        assert step.strip(".")
        assert len(step) <= 200


def test_a_log_lies_where_sbctl_looks() -> None:
    path = layout.log_path("shop", "web-1", "main", previous=True)
    assert path == "cluster-resources/pods/logs/shop/web-1/main-previous.log"


def test_the_needed_parts_are_in_every_bundle() -> None:
    needed = {part.key for part in PARTS if part.is_needed}
    for wish in (Wish("quick"), Wish("full"), Wish("custom"), Wish("custom", ("logs",))):
        assert needed <= {part.key for part in wanted_parts(wish)}


def test_a_plan_tells_what_it_leaves_out_and_which_right_would_change_that() -> None:
    made = plan(Wish("quick"), {Need("get", "pods/log")})
    told = {entry.part: entry for entry in made.not_collected if entry not in NEVER}
    assert told["logs"].needs == "get pods/log"
    assert told["describe"].reason == "It was not asked for (preset quick)."
    assert "logs" not in {part.key for part in made.parts}
