"""The sample chart refuses values that cannot work, each with its own sentence, and renders the others."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from sandbox.build import Programs
from sandbox.places import CHART

pytestmark = pytest.mark.sandbox

KEY = "ZGVtby1rZXktZGVtby1rZXktZGVtby1rZXktZGVtby0="
Template = Callable[..., subprocess.CompletedProcess[str]]

REFUSED = [
    ("config.authType=none", 'config.authType is "none": choose mixed or oauth'),
    ("config.authType=oauth", "works only with config.authType: mixed"),
    ("config.basicAuth.enabled=false", "nobody could sign in"),
    ("config.oauth.enabled=true", "exclude each other"),
    ("config.initialOrgAdminEmail=", "config.initialOrgAdminEmail is empty"),
    ("config.langsmithLicenseKey=", "config.langsmithLicenseKey is empty"),
    ("config.apiKeySalt=", "config.apiKeySalt is empty"),
    ("config.basicAuth.initialOrgAdminPassword=short", "initialOrgAdminPassword is too weak"),
    ("polly.enabled=true", "polly.encryptionKey is empty"),
    ("insights.enabled=true", "insights.encryptionKey is empty"),
    ("fleet.enabled=true,fleet.encryptionKey=abc", "fleet.encryptionKey is no Fernet key"),
    (f"engine.enabled=true,engine.encryptionKey={KEY}", "engine.intelligenceBaseUrl is empty"),
    (
        f"polly.enabled=true,polly.encryptionKey={KEY},polly.redis.external.enabled=true",
        "polly.redis.external is enabled",
    ),
    ("ingress.enabled=true,gateway.enabled=true", "ingress, gateway are all enabled"),
    ("frontend.enabled=false,ingress.enabled=true", "ingress or gateway would lead to nothing"),
    ("config.deployment.enabled=true,config.hostname=", "needs config.hostname"),
    ("config.deployment.enabled=true", "needs a way in"),
    ("config.agentBuilder.enabled=true", "config.agentBuilder.enabled needs config.deployment.enabled"),
    (
        "backend.autoscaling.hpa.enabled=true,backend.autoscaling.keda.enabled=true",
        "hpa and keda are both enabled",
    ),
    ("queue.autoscaling.createHpa=true", "an old key autoscaling.createHpa is set"),
    ("clickhouse.enabled=false", "knows no other store for traces"),
    ("clickhouse.enabled=false,clickhouse.external.enabled=true", "needs both to be true"),
    ("redis.external.cluster.enabled=true", "needs redis.external.enabled"),
    ("postgres.external.clientCert.secretName=tls", "needs postgres.external.customTls"),
    ("config.customCa.secretName=ca", "config.customCa.secretKey"),
    ("config.blobStorage.enabled=true,config.blobStorage.engine=ftp", 'config.blobStorage.engine is "ftp"'),
    ("config.observability.tracing.enabled=true", "needs config.observability.tracing.endpoint"),
    ("images.playgroundImage.tag=1", "images.playgroundImage is gone"),
    ("insights.postgres.name=x", "insights.postgres moved to engineInsightsAgent.postgres"),
    ("agentBuilderToolServer.enabled=true", "agentBuilderToolServer is gone"),
    ("config.langgraphPlatform.enabled=true", "is now called config.deployment"),
    ("ingress.hostname=a.example.com", "the public name is config.hostname"),
]
QUOTED = ["clickhouse.enabled", "config.deployment.enabled", "config.basicAuth.enabled"]


@pytest.fixture(scope="module")
def template() -> Template:
    helm = Programs().path("helm")
    if not helm.exists():
        pytest.skip("helm is not built; run: python -m sandbox build")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        values = ("-f", str(CHART / "ci" / "values.yaml"))
        command = [str(helm), "template", "langsmith", str(CHART), *values, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    return run


@pytest.mark.parametrize(("values", "sentence"), REFUSED)
def test_values_that_cannot_work_are_refused_with_their_own_sentence(
    template: Template, values: str, sentence: str
) -> None:
    done = template("--set", values)
    assert done.returncode != 0
    assert sentence in done.stderr


@pytest.mark.parametrize("key", QUOTED)
def test_a_quoted_boolean_is_refused(template: Template, key: str) -> None:
    done = template("--set-string", f"{key}=true")
    assert done.returncode != 0
    assert f"{key} must be true or false without quotes" in done.stderr


def test_validation_can_be_skipped_but_types_are_still_checked(template: Template) -> None:
    assert template("--set", "config.skipValidation=true,config.apiKeySalt=").returncode == 0
    assert (
        template("--set", "config.skipValidation=true", "--set-string", QUOTED[0] + "=true").returncode != 0
    )


def test_a_secret_of_ones_own_replaces_the_charts(template: Template) -> None:
    done = template("--set", "config.existingSecretName=mine,config.langsmithLicenseKey=,config.apiKeySalt=")
    assert done.returncode == 0, done.stderr
    names = {(item["kind"], item["metadata"]["name"]) for item in _objects(done.stdout)}
    assert ("Secret", "langsmith-secrets") not in names
    assert "name: mine" in done.stdout


def test_the_demo_values_render_the_stores_and_the_core(template: Template) -> None:
    done = template()
    assert done.returncode == 0, done.stderr
    kinds = {"Deployment", "StatefulSet"}
    names = {item["metadata"]["name"] for item in _objects(done.stdout) if item["kind"] in kinds}
    core = ["frontend", "backend", "platform-backend", "queue", "ingest-queue", "playground", "ace-backend"]
    assert names == {f"langsmith-{name}" for name in (*core, "clickhouse", "postgres", "redis")}


def test_all_features_together_render_every_optional_kind(template: Template) -> None:
    done = template("-f", str(CHART / "ci" / "all-features.yaml"))
    assert done.returncode == 0, done.stderr
    kinds = {item["kind"] for item in _objects(done.stdout)}
    optional = (
        "Rollout ScaledObject HorizontalPodAutoscaler PodDisruptionBudget Ingress CustomResourceDefinition"
    )
    assert kinds >= set(optional.split())


def test_external_stores_leave_no_store_in_the_cluster(template: Template) -> None:
    outside = "postgres.external.enabled=true,postgres.external.connectionUrl=u:p@db/x"
    outside += ",redis.external.enabled=true,redis.external.connectionUrl=redis://r"
    done = template("--set", outside, "--set", "clickhouse.external.enabled=true,clickhouse.external.host=ch")
    assert done.returncode == 0, done.stderr
    assert [item for item in _objects(done.stdout) if item["kind"] == "StatefulSet"] == []


def _objects(text: str) -> list[dict[str, Any]]:
    return [item for item in yaml.load_all(text, Loader=yaml.CSafeLoader) if item]
