"""Processes, ports, records and directories: what a sandbox may touch and what it must leave alone."""

from __future__ import annotations

import ipaddress
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox import network, processes, record, sample
from sandbox.cli import main
from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.network import Ranges
from sandbox.record import Ports, Record

FOREVER = (sys.executable, "-c", "import signal; signal.pause()")


def test_a_started_process_is_alive_until_it_is_stopped(tmp_path: Path) -> None:
    process = processes.start("idle", FOREVER, tmp_path / "log")
    assert process.is_alive()
    processes.stop([process])
    assert not process.is_alive()


def test_a_pid_that_belongs_to_somebody_else_now_is_left_alone(tmp_path: Path) -> None:
    process = processes.start("idle", FOREVER, tmp_path / "log")
    processes.stop([replace(process, birth="another life")])
    assert process.is_alive()
    processes.stop([process])


def test_a_process_that_ended_by_itself_is_dead(tmp_path: Path) -> None:
    process = processes.start("short", (sys.executable, "-c", ""), tmp_path / "log")
    processes.stop([process])
    assert not process.is_alive()


def test_what_a_process_says_is_in_its_log(tmp_path: Path) -> None:
    child = (sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr)")
    process = processes.start("loud", child, tmp_path / "log")
    while process.is_alive():
        pass
    assert sorted((tmp_path / "log").read_text().split()) == ["err", "out"]


def test_free_ports_differ() -> None:
    ports = network.free_ports(7)
    assert len(set(ports)) == 7


def test_pods_and_services_lie_in_the_blocked_range_and_apart() -> None:
    ranges = Ranges(120)
    whole, pods, services = (
        ipaddress.IPv4Network(text) for text in (ranges.whole, ranges.pods, ranges.services)
    )
    assert pods.subnet_of(whole)
    assert services.subnet_of(whole)
    assert not pods.overlaps(services)
    assert ipaddress.IPv4Address(ranges.dns_service) in services


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    process = processes.Process("etcd", 1, "then", ("etcd", "--flag"), "log")
    written = Record(
        Ports(1, 2, 3, 4, 5, 6, 7),
        Ranges(100, is_routed=True),
        None,
        stages=["x.yaml"],
        bare=False,
        bin="/bin",
    )
    written.remember(process, tmp_path)
    assert record.load(tmp_path) == written


def test_a_directory_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")
    with pytest.raises(SandboxError, match=r"holds other things \(thesis.txt\)"):
        Sandbox(tmp_path)._check_directory()


def test_down_leaves_what_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")
    Sandbox(tmp_path, lambda _line: None).down()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_asking_for_the_kubeconfig_of_nothing_tells_how_to_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--dir", str(tmp_path / "none"), "kubeconfig"]) == 1
    assert "python -m sandbox up" in capsys.readouterr().err


@pytest.mark.parametrize(
    "verb", ["up", "down", "status", "kubeconfig", "env", "build", "install-sample", "fault", "scale"]
)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert "--dir" in capsys.readouterr().out


def test_the_faults_are_listed_without_a_sandbox(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fault", "--list"]) == 0
    assert "storage-class" in capsys.readouterr().out


def test_an_older_version_of_the_sample_differs_from_the_newest() -> None:
    older = sample.versions()[0]
    with sample.chart(older) as place:
        assert f"version: {older}\n" in (place / "Chart.yaml").read_text()
    assert not place.exists()


def test_an_unknown_version_of_the_sample_names_those_there_are() -> None:
    with pytest.raises(SandboxError, match=sample.versions()[0]), sample.chart("9.9.9"):
        pass


def test_the_sandbox_imports_nothing_but_the_standard_library() -> None:
    code = (
        "import sandbox.cli, sys; print([m for m in sys.modules if 'site-packages' in str(sys.modules[m])])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
