"""What no template may do, and what each must have."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "src" / "mission_control" / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
ISLANDS = sorted((WEB / "static" / "islands").glob("*.js"))
ICONS = set(json.loads((ROOT / "frontend" / "icons.json").read_text()))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_a_template_goes_round_neither_redaction_nor_the_policy(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", text)
    assert not re.search(r"""\sstyle=|\son(?!ly)[a-z]+=["']|javascript:""", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"https?://", text)


def test_every_icon_that_is_used_is_in_the_sprite() -> None:
    used = {
        name
        for path in [*TEMPLATES, *sorted(WEB.rglob("*.py"))]
        for name in re.findall(r"icon\('([a-z0-9-]+)'\)", path.read_text())
        if not name.startswith("v-")
    }
    assert len(used) > 10
    assert used <= ICONS


def test_the_navigation_names_icons_of_the_sprite() -> None:
    named = re.findall(r'PageName\("[^"]+", "[^"]+", "([a-z0-9-]+)"', (WEB / "frame.py").read_text())
    assert len(named) >= 3
    assert set(named) <= ICONS


@pytest.mark.parametrize("path", [*ISLANDS, WEB / "static" / "site.css"], ids=lambda path: path.name)
def test_islands_and_styles_ask_no_other_host(path: Path) -> None:
    assert not re.search(r"https?://|@import|url\(", path.read_text())


def test_colours_come_from_the_tokens_only() -> None:
    sheet = (WEB / "static" / "site.css").read_text()
    tokens, _, rest = sheet.partition("/* 2 Frame")
    assert "light-dark(" in tokens
    assert not re.findall(r"#[0-9a-f]{3,8}\b|rgb\(", rest)
