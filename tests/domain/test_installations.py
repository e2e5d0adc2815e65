"""Recognition: by labels alone, several installations at once, and nothing left out."""

from __future__ import annotations

from typing import Any

from mission_control.domain.health.scene import Scene
from mission_control.domain.installations import Installation, recognise
from mission_control.domain.kinds import KINDS
from mission_control.domain.objects import Job, Pod, Service
from mission_control.domain.snapshot import Sight, snapshot_of
from tests.domain.casebook import NOW, Tree, decoded, picture, shop

SHOP = shop()


def deployment(name: str, namespace: str = "shop", release: str = "prod", **more: str) -> Tree:
    labels = {"app.kubernetes.io/instance": release, "helm.sh/chart": "shop-1.2.3", **more}
    return {
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "uid": name, "labels": labels},
    }


def found(*trees: Tree) -> tuple[Installation, ...]:
    return recognise(snapshot_of(map(decoded, trees), NOW), (SHOP,))


def keys(installation: Installation) -> list[str]:
    return [member.key for member in installation.members]


def test_an_installation_is_known_by_its_chart_label() -> None:
    (installation,) = found(deployment("prod-shop-api"), deployment("prod-shop-web"))
    assert (installation.key, installation.fullname, installation.chart) == (
        "shop/prod",
        "prod-shop",
        "shop-1.2.3",
    )
    assert keys(installation) == ["api", "web"]
    assert installation.off == ("store", "cache", "worker", "mailer")


def test_the_charts_name_is_told_from_a_version_of_any_form() -> None:
    for label in ("shop-0.17.0-rc.12", "shop-1.2.3_build", "shop-v2.0"):
        assert len(found(deployment("prod-shop-api", **{"helm.sh/chart": label}))) == 1
    assert not found(deployment("prod-shop-api", **{"helm.sh/chart": "shop-tools-1.2.3"}))


def test_two_installations_in_one_namespace_are_two() -> None:
    both = found(deployment("blue-shop-api", release="blue"), deployment("green-shop-api", release="green"))
    assert [(i.key, i.fullname) for i in both] == [("shop/blue", "blue-shop"), ("shop/green", "green-shop")]


def test_one_release_name_in_two_namespaces_is_two_installations() -> None:
    both = found(deployment("prod-shop-api"), deployment("prod-shop-api", namespace="other"))
    assert [i.key for i in both] == ["other/prod", "shop/prod"]


def test_an_unknown_workload_of_the_release_is_an_ad_hoc_component() -> None:
    (installation,) = found(
        deployment("prod-shop-api"), deployment("prod-shop-exporter", **{"helm.sh/chart": "exporter-0.1.0"})
    )
    extra = installation.member("exporter")
    assert extra is not None
    assert not extra.vital
    assert extra.part is None


def test_a_workload_without_the_release_label_is_no_part() -> None:
    bare = deployment("prod-shop-worker")
    bare["metadata"]["labels"] = {"app": "worker"}
    (installation,) = found(deployment("prod-shop-api"), bare)
    assert keys(installation) == ["api"]


def test_a_renamed_release_is_still_taken_apart() -> None:
    (installation,) = found(deployment("eu-1-api"), deployment("eu-1-web"), deployment("eu-1-other"))
    assert installation.fullname == "eu-1"
    assert keys(installation) == ["api", "web", "other"]


def test_a_jobs_name_decides_before_the_label_of_its_pods() -> None:
    job: dict[str, Any] = deployment("prod-shop-migrate-x7k2")
    job |= {
        "kind": "Job",
        "spec": {"template": {"metadata": {"labels": {"app.kubernetes.io/component": "prod-shop-web"}}}},
    }
    scene = Scene(snapshot_of(map(decoded, [deployment("prod-shop-api"), job]), NOW), (SHOP,))
    place = scene.places.workload(Job.__name__, "shop", "prod-shop-migrate-x7k2")
    assert place.component == "api"
    assert place.role is not None
    assert place.role.key == "migrate"


def test_pods_services_and_claims_find_their_component() -> None:
    snapshot = picture(
        {
            "healthy": ["store", "api"],
            "objects": [
                {"kind": "Service", "metadata": {"name": "prod-shop-api"}},
                {"kind": "PersistentVolumeClaim", "metadata": {"name": "data-prod-shop-store-0"}},
            ],
        }
    )
    scene = Scene(snapshot, (SHOP,))
    (installation,) = scene.installations
    api, store = installation.member("api"), installation.member("store")
    assert api is not None
    assert store is not None
    assert api.services == ("prod-shop-api",)
    assert store.claims == ("data-prod-shop-store-0",)
    assert {scene.places.pod(pod).component for pod in snapshot.all(Pod)} == {"store", "api"}
    service = snapshot.get(Service, "shop", "prod-shop-api")
    assert service is not None
    assert scene.places.part(service).component == "api"


def test_pods_stand_in_for_workloads_that_may_not_be_read() -> None:
    seen = picture({"healthy": ["store", "api"]})
    pods = list(seen.all(Pod))
    sights = [Sight(kind, "refused" if kind.kind == "Deployment" else "live") for kind in KINDS]
    (installation,) = recognise(snapshot_of(pods, NOW, sights), (SHOP,))
    assert keys(installation) == ["store", "api"]
