"""Writes what chart and documentation say about rights, from `mission_control.access.features`.

`python -m charts.rights` writes `files/rights.yaml` of the chart, from which its roles are rendered, and the
table in `docs/security.md`. Tests compare both with the source, so nobody edits them by hand.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from mission_control.access.features import FEATURES, Feature, Reach
from mission_control.access.permissions import Rule

ROOT = Path(__file__).resolve().parent.parent
CHART = ROOT / "charts" / "mission-control"
RIGHTS = CHART / "files" / "rights.yaml"
PAGE = ROOT / "docs" / "security.md"
BEGIN = "<!-- rights: written by python -m charts.rights -->"
END = "<!-- end of rights -->"
HEAD = "# Written by `python -m charts.rights` from src/mission_control/access/features.py. Do not edit.\n"


def chart_file() -> str:
    """The rules of every switch: those for namespaces, and those that only a ClusterRole can give."""
    told = {
        feature.key.rpartition(".")[2]: {
            "within": [_written(rule) for rule in feature.rules if not rule.cluster],
            "cluster": [_written(rule) for rule in feature.rules if rule.cluster],
        }
        for feature in FEATURES
    }
    return HEAD + yaml.safe_dump(told, sort_keys=False, default_flow_style=None, width=110)


def table() -> str:
    """The same for people: a row a switch."""
    rows = [_row(feature) for feature in FEATURES]
    head = "| switch under `rbac` | default | what for | rights | what to know |\n|---|---|---|---|---|\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def page(text: str) -> str:
    """The page with its table written anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}{END}{after}"


def _written(rule: Rule) -> dict[str, Any]:
    return {"apiGroups": [rule.group], "resources": list(rule.resources), "verbs": list(rule.verbs)}


def _row(feature: Feature) -> tuple[str, ...]:
    within = [rule.says for rule in feature.rules if not rule.cluster]
    cluster = [rule.says for rule in feature.rules if rule.cluster]
    said = [f"in namespaces: {'; '.join(within)}"] if within else []
    said += [f"with a ClusterRole: {'; '.join(cluster)}"] if cluster else []
    where = " In the namespaces named for it, never in a ClusterRole." * (feature.reach is Reach.NAMED)
    where += " By name only." * feature.by_name
    know = (feature.danger + where).strip() or "–"
    return f"`{feature.key}`", "on" if feature.is_on else "off", feature.says, ". ".join(said), know


def main() -> int:
    """Write both."""
    RIGHTS.write_text(chart_file())
    PAGE.write_text(page(PAGE.read_text()))
    sys.stdout.write(f"{RIGHTS.relative_to(ROOT)} and {PAGE.relative_to(ROOT)} are written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
