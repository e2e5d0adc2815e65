"""Where there can be no real node, one sentence says so, with a status of its own, and nothing is started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandbox.cli import main
from sandbox.errors import NoRealNode
from sandbox.network import Ranges
from sandbox.parts import NODE_PARTS, PARTS
from sandbox.real import machine, node, rootfs


def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    home = tmp_path / "home"
    assert main(["--dir", str(home), "up", "--real-node"]) == NoRealNode.exit_status == 4
    assert not home.exists()
    return capsys.readouterr().err


def test_another_system_than_debian_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rootfs, "codename", str)
    assert "needs Debian" in refused(tmp_path, capsys)


def test_another_user_than_root_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rootfs, "codename", lambda: "bookworm")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert refused(tmp_path, capsys) == (
        "sandbox: a real node needs root, for cgroups, mounts and a bridge; leave out --real-node\n"
    )


def test_a_machine_with_the_link_of_another_node_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "running", lambda _program: iter(()))
    monkeypatch.setattr(machine, "LINKS", tmp_path)
    machine.check_no_other()
    (tmp_path / "mcnode120").mkdir()
    with pytest.raises(NoRealNode, match="ip link del mcnode120"):
        machine.check_no_other()


def test_a_machine_that_runs_a_kubelet_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "running", lambda _program: iter([(7, ["/usr/bin/kubelet", "--config=x"])]))
    with pytest.raises(NoRealNode, match="process 7: /usr/bin/kubelet --config=x"):
        machine.check_no_other()


def test_addresses_that_could_leave_the_machine_are_refused() -> None:
    with pytest.raises(NoRealNode, match="kept from leaving"):
        node.plan(Ranges(100, is_routed=False))


def test_missing_packages_are_named_when_they_cannot_be_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "apt-get").write_text("#!/bin/sh\necho no such package >&2; exit 100\n")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoRealNode, match=r"debootstrap.* no such package"):
        machine.equip(lambda _line: None, machine.FOR_IMAGES)


def test_the_parts_of_a_node_are_of_the_version_of_the_control_plane() -> None:
    versions = {part.version for part in (*PARTS, *NODE_PARTS) if part.module == "k8s.io/kubernetes"}
    assert len(versions) == 1


def test_a_directory_too_deep_for_a_socket_is_refused_by_the_character() -> None:
    node.check_path(Path("/" + "d" * 68))
    with pytest.raises(NoRealNode, match="too long by 1 bytes"):
        node.check_path(Path("/" + "d" * 69))
