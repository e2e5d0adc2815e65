"""The packaged products are recognised and judged by their packs alone, whatever the release is called."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from mission_control.domain.health import judge
from mission_control.domain.installations import recognise
from mission_control.domain.kinds import kind_named
from mission_control.domain.objects import Object
from mission_control.domain.product import Component, Product
from mission_control.domain.snapshot import snapshot_of
from mission_control.domain.verdict import Verdict
from mission_control.products.catalog import products

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
PRODUCTS = products()
SERVING = ("Deployment", "StatefulSet", "Rollout")
PARTS = [(p, part) for p in PRODUCTS for part in p.components if (part.kinds or SERVING)[0] in SERVING]
GONE = [{"type": "Available", "status": "False", "lastTransitionTime": "2026-01-01T11:00:00Z"}]


def workload(product: Product, part: Component, fullname: str, *, is_ready: bool = True) -> Object:
    """A component's workload as its chart makes it, in release "blue"."""
    kind = kind_named(part.kinds[0] if part.kinds else "Deployment")
    assert kind is not None
    name = f"{fullname}-{part.suffixes[0]}"
    labels = {"helm.sh/chart": f"{product.recognise.charts[0]}-1.2.3", **part.labels}
    tree: dict[str, Any] = {
        "metadata": {"name": name, "namespace": "apps", "uid": name, "labels": {"release": "blue", **labels}},
        "spec": {"replicas": 1, "template": {"metadata": {"labels": labels}}},
        "status": {
            "updatedReplicas": 1,
            "readyReplicas": int(is_ready),
            "conditions": [] if is_ready else GONE,
        },
    }
    return msgspec.convert(tree, kind.shape)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: str(product.key))
@pytest.mark.parametrize("fullname", ["blue", "blue-app", "eu-1"])
def test_every_component_is_recognised_under_any_name(product: Product, fullname: str) -> None:
    snapshot = snapshot_of([workload(product, part, fullname) for part in product.components], NOW)
    (installation,) = recognise(snapshot, PRODUCTS)
    assert installation.product is product
    assert installation.release == "blue"
    assert [member.key for member in installation.members] == [part.key for part in product.components]
    assert all(member.part for member in installation.members)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: str(product.key))
def test_an_installation_whose_components_are_ready_is_healthy(product: Product) -> None:
    snapshot = snapshot_of([workload(product, part, "blue") for part in product.components], NOW)
    assert judge(snapshot, PRODUCTS).verdict is Verdict.HEALTHY


@pytest.mark.parametrize(("product", "part"), PARTS, ids=lambda entry: str(entry.key))
def test_a_vital_component_without_pods_breaks_another_degrades(product: Product, part: Component) -> None:
    objects = [workload(product, each, "blue", is_ready=each is not part) for each in product.components]
    health = judge(snapshot_of(objects, NOW), PRODUCTS)
    assert health.verdict is (Verdict.BROKEN if part.vital else Verdict.DEGRADED)
    (root,) = [finding for finding in health.findings if finding.root]
    assert (root.code, root.component) == ("replicas-short", part.key)
