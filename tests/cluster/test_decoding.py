"""Whatever an API server sends becomes objects or named flaws, and equal parts become one part."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mission_control.cluster.decoding import Decoder, Flaw, without_nulls
from mission_control.cluster.errors import Unreachable
from mission_control.cluster.sharing import Sharing
from mission_control.domain.objects import Deployment, Object, Pod
from tests.fakes.apiserver import FakeApi
from tests.fakes.kept import kept, kind
from tests.fakes.virtual import until, virtually


def page(*items: Any) -> bytes:
    return json.dumps({"metadata": {"resourceVersion": "7", "continue": ""}, "items": items}).encode()


def pod(name: str, **more: Any) -> dict[str, Any]:
    meta = {"name": name, "namespace": "shop", "labels": {"app": "web", "tier": "front"}}
    return {"metadata": meta, **more}


def decoded(*items: Any, name: str = "Pod") -> list[Object | Flaw]:
    return Decoder(kind(name), Sharing()).page(page(*items))[1]


def test_nulls_mean_that_nothing_is_there() -> None:
    [found] = decoded(
        {"metadata": {"name": "s"}, "endpoints": None, "ports": [{"name": None}]}, name="EndpointSlice"
    )
    assert isinstance(found, Object)
    assert found.name == "s"


def test_a_list_without_items_is_empty() -> None:
    body = b'{"metadata":{"resourceVersion":"7"},"items":null}'
    assert Decoder(kind("Pod"), Sharing()).page(body)[1] == []


def test_a_number_written_as_text_is_a_number() -> None:
    [found] = decoded({"metadata": {"name": "d"}, "spec": {"replicas": "3"}}, name="Deployment")
    assert isinstance(found, Deployment)
    assert found.spec.replicas == 3


def test_one_unreadable_object_is_named_and_the_others_are_read() -> None:
    found = decoded(pod("good"), pod("bad", status=["absurd"]), pod("fine"))
    assert [entry.name for entry in found if isinstance(entry, Object)] == ["good", "fine"]
    assert [entry.key for entry in found if isinstance(entry, Flaw)] == [("shop", "bad")]


@pytest.mark.parametrize(
    "absurd", [17, "text", [], {"metadata": "x"}, {"metadata": {"name": 5, "labels": 1}}]
)
def test_what_is_no_object_at_all_is_a_flaw(absurd: Any) -> None:
    assert [type(entry) for entry in decoded(absurd)] == [Flaw]


def test_an_object_with_empty_status_five_thousand_conditions_and_markup_in_names_is_read() -> None:
    many = [{"type": f"T{n}", "status": "True"} for n in range(5000)]
    found = decoded(pod("<b>bold</b>", status={}), pod("many", status={"conditions": many}))
    assert isinstance(found[1], Pod)
    assert len(found[1].status.conditions) == 5000


def test_an_answer_that_is_no_list_is_not_believed() -> None:
    with pytest.raises(Unreachable):
        Decoder(kind("Pod"), Sharing()).page(b"<html>a proxy's page</html>")


def test_equal_parts_of_pods_are_one_part_in_memory() -> None:
    spec = {
        "nodeName": "node-1",
        "containers": [{"name": "web", "image": "shop/web:1", "resources": {"limits": {"cpu": "1"}}}],
        "volumes": [
            {"name": "kube-api-access-x", "projected": {}},
            {"name": "c", "configMap": {"name": "c"}},
        ],
    }
    one, two = decoded(pod("one", spec=spec), pod("two", spec=spec))
    assert isinstance(one, Pod)
    assert isinstance(two, Pod)
    assert one.spec.containers is two.spec.containers
    assert one.metadata.labels is two.metadata.labels
    assert one.spec.node_name is two.spec.node_name
    assert [volume.name for volume in one.spec.volumes] == ["c"]


def test_parts_that_differ_stay_apart() -> None:
    containers = ({"name": "web", "image": image} for image in ("shop/web:1", "shop/web:2"))
    found = decoded(*(pod(f"pod-{n}", spec={"containers": [c]}) for n, c in enumerate(containers)))
    images = [entry.spec.containers[0].image for entry in found if isinstance(entry, Pod)]
    assert images == ["shop/web:1", "shop/web:2"]


def test_nulls_are_taken_out_at_every_depth() -> None:
    assert without_nulls({"a": None, "b": [None, {"c": None, "d": 1}]}) == {"b": [{"d": 1}]}


@virtually
async def test_unreadable_objects_are_counted_in_the_sight_and_forgotten_when_they_are_mended() -> None:
    api = FakeApi()
    api.put("pods", "shop", "good")
    api.put("pods", "shop", "bad", status="absurd")
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        assert picture.sight.state == "live"
        assert picture.sight.reason.startswith("1 Pod could not be read: shop/bad")
        api.put("pods", "shop", "good", status="absurd")
        await until(lambda: "2 objects of kind Pod" in picture.sight.reason)
        assert not picture.names
        api.put("pods", "shop", "good", status={"phase": "Running"})
        api.delete("pods", "shop", "bad")
        await until(lambda: not picture.sight.reason)
        assert await picture.equals_a_fresh_list()
