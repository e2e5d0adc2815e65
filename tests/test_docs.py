"""The pages are compared with what they speak of, so that they cannot go stale unseen."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import typer.main

from mission_control.access.roles import LEAST
from mission_control.cli import app
from mission_control.domain.health import CODES
from mission_control.domain.rights import Role
from mission_control.settings import documented
from sandbox.browser import NAMES

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
CELL = re.compile(r"(?<!\\)\|")
# Written in parts, so that this file does not name what it forbids.
FORBIDDEN = tuple(
    re.compile("".join(parts))
    for parts in (
        (r"\bp", r"ypi\.org"),
        (r"pythonh", r"osted"),
        (r"registry\.n", r"pmjs"),
        (r"proxy\.g", r"olang"),
        (r"deb\.d", r"ebian"),
        (r"(?<![\w.])/w", r"ork/"),
        (r"(?<![\w./$}])/t", r"mp/(?!x\b)"),
        (r"\bC", r"EO\b"),
    )
)
MAY_NAME_PLACES = ("tests/", "LICENSE")


SHARED = {"--kubeconfig", "--context", "--namespace", "--help", "--output", "--wait"}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def rows(page: str) -> list[list[str]]:
    """The cells of the tables of a page, without headings and rules."""
    lines = (ROOT / page).read_text().splitlines()
    cells = [[cell.strip() for cell in CELL.split(line)[1:-1]] for line in lines if line.startswith("|")]
    return [row for row in cells if row and row[0].startswith("`")]


def verbs() -> dict[str, list[str]]:
    """Each verb of the command line and its own flags, in their longest form."""
    group = typer.main.get_group(app)
    return {
        name: [
            flag
            for flag in (max(p.opts, key=len) for p in verb.params if not getattr(p, "hidden", False))
            if flag[:2] == "--"
        ]
        for name, verb in group.commands.items()
    }


def test_every_setting_is_documented_as_it_is() -> None:
    wanted = [
        [f"`{setting.variable}`", f"`{setting.default}`" if setting.default else "empty", setting.text]
        for setting in documented()
    ]
    assert rows("docs/settings.md") == wanted


def test_every_setting_says_what_it_is() -> None:
    assert not [setting.variable for setting in documented() if len(setting.text) < 20]


def test_the_readme_lists_every_verb_with_its_sentence_and_flags() -> None:
    group = typer.main.get_group(app)
    told = {row[0].strip("`"): row[1] for row in rows("README.md")}
    assert set(told) == set(verbs())
    for name, flags in verbs().items():
        sentence = (group.commands[name].help or "").splitlines()[0].rstrip(".")
        assert sentence in told[name]
        assert not [flag for flag in flags if flag not in told[name] and flag not in SHARED]


def test_every_cause_code_has_its_page_and_no_page_is_left_over() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "causes").glob("*.md")} - {"README"}
    assert pages == {code.code for code in CODES}


@pytest.mark.parametrize("page", [*sorted(path.name for path in ROOT.glob("*.md")), "docs/README.md"])
def test_links_lead_somewhere(page: str) -> None:
    here = (ROOT / page).parent
    links = [link for link in LINK.findall((ROOT / page).read_text()) if "://" not in link]
    assert not [link for link in links if not (here / link).exists()]


def test_continuous_integration_looks_for_the_browser_that_the_tests_drive() -> None:
    names = re.search(r"^for name in (.*); do", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert names is not None
    assert tuple(names[1].split()) == NAMES


def test_continuous_integration_tests_even_what_fails_the_check(tmp_path: Path) -> None:
    for name, lines in {"make": 'echo "$1" >> ran; [ "$1" != check ]', "python3": "true"}.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{lines}\n")
        program.chmod(0o755)
    for name in (NAMES[0], "ip", "openssl"):
        (tmp_path / name).symlink_to("/bin/true")
    copy = tmp_path / "clone" / ".ci" / "run"
    copy.parent.mkdir(parents=True)
    copy.write_text((ROOT / ".ci" / "run").read_text())
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run(["bash", copy], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "\nfailed: make check\n")
    assert (copy.parent.parent / "ran").read_text().split() == ["check", "test"]


def test_every_command_of_make_is_explained_and_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    explained = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    pages = "".join((ROOT / name).read_text() for name in ("README.md", "CONTRIBUTING.md"))
    named = set(re.findall(r"(?:`|^    )make ([a-z]+)", pages, re.MULTILINE))
    assert {"demo", "run", "test", "check", "faults"} <= explained
    assert named <= explained


def test_no_file_names_a_package_index_or_a_place_on_somebodys_machine() -> None:
    found = []
    for path in tracked():
        name = str(path.relative_to(ROOT))
        if name.startswith(MAY_NAME_PLACES):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {pattern.pattern}" for pattern in FORBIDDEN if pattern.search(text)]
    assert not found


def test_nothing_large_is_in_the_repository() -> None:
    assert not [str(path) for path in tracked() if path.stat().st_size > 1024 * 1024]


def test_the_page_of_access_tells_what_each_role_may() -> None:
    told = {row[0].strip("`"): set(re.findall(r"`([a-z-]+)`", row[1])) for row in rows("docs/access.md")}
    del told["../` in paths and names"]  # the other table of the page
    assert told == {role.value: {p.value for p, least in LEAST.items() if least is role} for role in Role}
