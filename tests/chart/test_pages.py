"""The pages about installing name only values, commands and files that there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from image import layout
from tests.chart.rendering import CHART

DOCS = layout.ROOT / "docs"
PAGES = [DOCS / name for name in ("install.md", "airgap.md", "security.md", "upgrade.md", "backup.md")]
VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())


def values_named(page: Path) -> set[str]:
    """Every value of the chart that a page sets or speaks of: "rbac.namespaces", "persistence.size"."""
    text = page.read_text()
    roots = "|".join(VALUES)
    set_there = re.findall(rf"(?:--set '?|`|,)((?:{roots})(?:\.\w+|\[\d+\])*)[=`,]", text)
    return {re.sub(r"\[\d+\].*", "", name) for name in set_there}


def is_value(path: str) -> bool:
    found: Any = VALUES
    for key in path.split("."):
        if not isinstance(found, dict) or key not in found:
            return False
        found = found[key]
    return True


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_every_value_that_a_page_names_is_one_of_the_chart(page: Path) -> None:
    assert not [name for name in values_named(page) if not is_value(name)]


def test_the_search_for_values_finds_them() -> None:
    assert {"rbac.namespaces", "image.registry", "persistence.size"} <= values_named(DOCS / "install.md")
    assert not is_value("rbac.colour")


def test_the_commands_to_get_in_are_those_that_the_notes_print() -> None:
    notes = (CHART / "templates" / "NOTES.txt").read_text()
    spoken = notes.replace("{{ $ns }}", "console").replace("{{ $name }}", "mission-control")
    spoken = spoken.replace("{{ .Values.service.port }}", str(VALUES["service"]["port"]))
    page = (DOCS / "install.md").read_text()
    spoken = spoken.replace('{{ include "mission-control.adminSecret" . }}', "mission-control-admin")
    spoken = re.sub(r"\{\{ \.Values\.signIn\.key[^}]*\}\}", str(VALUES["signIn"]["key"]), spoken)
    told = [line.strip() for line in spoken.splitlines() if line.startswith(("  kubectl", "  echo"))]
    waiting = "kubectl --namespace console rollout status statefulset/mission-control"
    assert [line for line in told if line not in page] == [waiting]


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s:]+)\)", page.read_text())
    assert not [link for link in links if not (page.parent / link).exists()]
