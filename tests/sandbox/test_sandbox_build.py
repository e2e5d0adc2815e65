"""Building: what is cached, what a failure says, that two builds take turns. A fake compiler stands in."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sandbox import locks, parts, toolchain
from sandbox.build import Programs, build
from sandbox.errors import BuildError
from sandbox.parts import PARTS

COMPILER = """#!/bin/sh
case "$1" in
env) echo go{version} ;;
list) echo {folder} ;;
build)
  while [ "$1" != -o ]; do shift; done
  {action} ;;
esac
"""


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    helm = tuple(part for part in PARTS if part.name == "helm")
    return Programs(tmp_path / "cache", helm)


def compiler(folder: Path, monkeypatch: pytest.MonkeyPatch, action: str, version: str = "1.99.0") -> None:
    go = folder / "go"
    go.write_text(COMPILER.format(version=version, folder=folder, action=action))
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_a_build_makes_what_is_missing_and_says_how_long_it_takes(
    tmp_path: Path, programs: Programs, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler(tmp_path, monkeypatch, 'echo made > "$2"')
    build(programs, told.append)
    assert programs.path("helm").read_text() == "made\n"
    assert told[0] == "0 of 1 parts are cached; building the others takes about 65 s"
    assert [line.partition(":")[2][:9] for line in told[1:]] == [" building", " done in "]


def test_a_second_build_has_nothing_to_do(
    tmp_path: Path, programs: Programs, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler(tmp_path, monkeypatch, 'echo made > "$2"')
    build(programs, lambda _line: None)
    compiler(tmp_path, monkeypatch, "exit 1")
    build(programs, told.append)
    assert told == []


def test_a_failed_build_shows_its_last_lines_and_leaves_no_part(
    tmp_path: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler(tmp_path, monkeypatch, 'echo half > "$2"; echo "x.go:7: no such thing" >&2; exit 1')
    with pytest.raises(BuildError, match=r"x\.go:7: no such thing") as failure:
        build(programs, lambda _line: None)
    assert "The whole output is in" in str(failure.value)
    assert list((programs.cache / "parts").iterdir()) == []


def test_a_full_disk_is_told_as_such(
    tmp_path: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler(tmp_path, monkeypatch, 'echo "write: no space left on device" >&2; exit 1')
    with pytest.raises(BuildError, match="The disk is full"):
        build(programs, lambda _line: None)


def test_a_second_build_waits_for_the_first_and_says_so(
    tmp_path: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler(tmp_path, monkeypatch, 'echo made > "$2"')
    waits, said = threading.Event(), list[str]()

    def hear(line: str) -> None:
        said.append(line)
        waits.set()

    second = threading.Thread(target=build, args=(programs, hear))
    with locks.held(programs.cache / "build.lock", "never said", lambda _line: None):
        second.start()
        assert waits.wait(5)
        assert not programs.are_complete()
    second.join(5)
    assert said[0].startswith("waiting: another build uses the cache")
    assert programs.are_complete()


def test_an_old_compiler_is_not_new_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiler(tmp_path, monkeypatch, "exit 1", version="1.25.9")
    assert not toolchain.is_new_enough(str(tmp_path / "go"))


def test_every_part_has_a_version_from_its_go_mod() -> None:
    assert {part.name: part.version for part in PARTS if not part.version.startswith("v")} == {}


def test_kubernetes_tells_its_version_because_helm_asks() -> None:
    apiserver = next(part for part in PARTS if part.name == "kube-apiserver")
    assert f"-X k8s.io/component-base/version.gitVersion={apiserver.version} " in apiserver.ldflags


def test_a_changed_recipe_is_another_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = next(part for part in PARTS if part.name == "etcd")
    changed = tmp_path / "etcd"
    changed.mkdir()
    (changed / "go.mod").write_text((before.source / "go.mod").read_text())
    (changed / "go.sum").write_text((before.source / "go.sum").read_text() + "another hash\n")
    monkeypatch.setattr(parts, "TOOLS", tmp_path)
    after = parts.Part("etcd", "etcd", before.module, before.package, before.seconds)
    assert after.version == before.version
    assert after.key != before.key
