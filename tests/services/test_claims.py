"""The Storage page as a function: who uses a claim, what became of a volume's, the classes."""

from __future__ import annotations

import msgspec

from mission_control.domain.health import judge
from mission_control.domain.readings import Readings
from mission_control.domain.verdict import Blind, Verdict
from mission_control.products.catalog import products
from mission_control.services.claims import Storage, StorageQuery, storage
from tests.web.stage import picture, refusing
from tests.web.story import Tree
from tests.web.surroundings import seen, volume, whole

ALL = products()
GIB = 2.0**30


def shown(query: StorageQuery | None = None, found: list[Tree] | None = None, *hidden: str) -> Storage:
    snapshot = picture(whole(broken=True) if found is None else found, refusing(*hidden))
    return storage(snapshot, judge(snapshot, ALL), query or StorageQuery())


def test_a_claim_names_its_pod_its_component_and_the_class_that_does_not_exist() -> None:
    row = shown().claims[0]
    assert (row.phase, row.verdict) == ("Pending", Verdict.BROKEN)
    assert (row.storage_class, row.has_class) == ("fast-ssd", False)
    assert (row.component, row.installation) == ("postgres", "langsmith/demo")
    assert [user.name for user in row.users] == ["demo-langsmith-postgres-0"]


def test_a_claim_that_no_pod_mounts_is_told_with_the_stateful_set_that_made_it() -> None:
    maker: Tree = {
        "kind": "StatefulSet",
        "metadata": {"name": "db", "namespace": "x"},
        "spec": {"replicas": 0, "volumeClaimTemplates": [{"metadata": {"name": "data"}}]},
    }
    claim: Tree = {"kind": "PersistentVolumeClaim", "metadata": {"name": "data-db-0", "namespace": "x"}}
    row = shown(None, [maker, claim]).claims[0]
    assert row.users == ()
    assert row.maker is not None
    assert row.maker.name == "db"


def test_a_measured_claim_says_how_full_it_is_and_when_it_will_be_full() -> None:
    page = storage(seen(broken=True), judge(seen(broken=True), ALL), StorageQuery(sort="used"))
    row = page.claims[0]
    assert (row.name, row.share, row.days, page.measured) == ("data-clickhouse", 0.62, 19.0, 1)
    assert row.use is not None
    assert (row.use.used, row.use.limit) == (31 * GIB, 50 * GIB)
    assert page.claims[1].use is None


def test_why_nothing_is_measured_is_said() -> None:
    refused = Readings(blind=(Blind("VolumeUse", "", "may not be asked", "get nodes/stats"),))
    snapshot = msgspec.structs.replace(seen(broken=False), readings=refused)
    page = storage(snapshot, judge(snapshot, ALL), StorageQuery())
    assert (page.measured, page.not_measured) == (0, "may not be asked")


def test_sizes_are_bytes_and_unknown_where_nothing_was_bound() -> None:
    rows = {row.name: row for row in shown().claims}
    assert rows["data-clickhouse"].size == 50 * GIB
    waiting = rows["data-demo-langsmith-postgres-0"]
    assert (waiting.asked, waiting.size) == (8 * GIB, None)
    assert shown().asked == 58 * GIB


def test_volumes_without_a_claim_come_first_and_are_summed() -> None:
    page = shown(StorageQuery(view="volumes"))
    assert [(row.name, row.is_free, row.has_claim) for row in page.volumes] == [
        ("pv-left", True, False),
        ("pv-clickhouse", False, True),
    ]
    assert (page.free, page.free_size) == (1, 50 * GIB)


def test_claims_that_cannot_be_seen_are_not_called_gone() -> None:
    page = shown(StorageQuery(view="volumes"), [volume("v", "Bound", "c")], "PersistentVolumeClaim")
    assert page.volumes[0].has_claim is None


def test_a_failed_volume_is_broken() -> None:
    assert (
        shown(StorageQuery(view="volumes"), [volume("v", "Failed", "c")]).volumes[0].verdict is Verdict.BROKEN
    )


def test_classes_say_what_they_allow_and_how_many_claims_ask_for_them() -> None:
    rows = {row.name: row for row in shown(StorageQuery(view="classes")).classes}
    assert rows["archive"].may_grow
    assert (rows["standard"].is_default, rows["standard"].claims) == (True, 1)
    assert shown().defaults == ("standard",)


def test_a_claim_that_names_no_class_asks_for_the_default() -> None:
    found: list[Tree] = [
        {"kind": "PersistentVolumeClaim", "metadata": {"name": "c", "namespace": "x"}},
        {
            "kind": "StorageClass",
            "metadata": {
                "name": "usual",
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
        },
    ]
    assert shown(StorageQuery(view="classes"), found).classes[0].claims == 1


def test_only_what_needs_a_look_leaves_out_what_is_bound() -> None:
    assert [row.phase for row in shown(StorageQuery(wrong=True)).claims] == ["Pending"]
    assert [row.phase for row in shown(StorageQuery(view="volumes", wrong=True)).volumes] == ["Released"]


def test_the_filter_and_the_sort_are_those_of_every_list() -> None:
    assert [row.name for row in shown(StorageQuery(text="CLICK bound")).claims] == ["data-clickhouse"]
    assert shown(StorageQuery(sort="size")).claims[0].name == "data-clickhouse"
    assert shown(StorageQuery(sort="nonsense", view="nonsense")).query == StorageQuery()


def test_refused_claims_are_told() -> None:
    page = shown(None, [], "PersistentVolumeClaim")
    assert [entry.kind for entry in page.refused] == ["PersistentVolumeClaim"]
    assert page.views[0].count is None
