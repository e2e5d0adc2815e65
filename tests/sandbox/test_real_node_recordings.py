"""Recording: cases are well formed, states are recognised, and what is written loads as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mission_control.domain.health.codes import CODES
from sandbox.api import Obj
from sandbox.errors import SandboxError
from sandbox.recordings import cases, telling, writing
from sandbox.recordings.telling import Picture

AWKWARD = "ay01:-#'\"{}[],&*!|>%@`?=~.<_/ \n\té€\x7f\u2028\ufeff\U00010000"
WORDS = ["yes", "null", "1e3", "0x1F", "2026-11-21T04:00:00Z", "- a", "a: b", "on", "<<"]
TEXT = st.text(AWKWARD, max_size=8) | st.sampled_from(WORDS)
SCALARS = st.none() | st.booleans() | st.integers() | TEXT
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=6)


@settings(max_examples=15)
@given(st.dictionaries(TEXT, TREES, min_size=1))
def test_what_is_written_loads_as_it_was(told: dict[str, object]) -> None:
    assert yaml.load(writing.document(["about"], told, Path("/nowhere/at/all")), yaml.CSafeLoader) == told


def test_the_folder_of_the_sandbox_is_not_told() -> None:
    told = writing.document([], {"at": "open /home/me/box/node/x: denied"}, Path("/home/me/box"))
    assert told == 'at: "open /var/lib/sandbox/node/x: denied"\n'


def test_values_and_the_numbers_of_the_machine_are_left_out() -> None:
    node: Obj = {
        "kind": "Node",
        "metadata": {"name": "n", "managedFields": []},
        "status": {"images": [], "nodeInfo": {"machineID": "7", "kubeletVersion": "v1"}},
        "data": {"password": "x"},
    }
    assert writing.plain(node) == {
        "kind": "Node",
        "metadata": {"name": "n"},
        "status": {"nodeInfo": {"kubeletVersion": "v1"}},
    }


def test_every_case_names_a_cause_that_exists_and_states_that_can_be_told() -> None:
    codes = {code.code for code in CODES} | {"none"}
    for case in cases.find([]):
        assert case.code in codes, case.name
        assert case.name.startswith(case.code), case.name
        assert {state.split()[0] for state in case.until} <= telling.STATES.keys(), case.name


def test_an_unknown_case_is_refused_with_those_there_are() -> None:
    with pytest.raises(SandboxError, match="crash-loop-exit-1"):
        cases.find(["no-such-case"])


def test_a_case_without_a_code_is_refused(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text("# says: x\nkind: Pod\n")
    with pytest.raises(SandboxError, match="no line `# code"):
        cases.read(tmp_path / "odd.yaml")


def pod(**status: object) -> Picture:
    container = {"name": "main", "restartCount": 2, "state": {}, "lastState": {}, **status}
    return Picture(
        [{"metadata": {}, "status": {"phase": "Running", "containerStatuses": [container]}}], [], []
    )


@pytest.mark.parametrize(
    ("state", "seen", "holds"),
    [
        ("waiting CrashLoopBackOff", pod(state={"waiting": {"reason": "CrashLoopBackOff"}}), True),
        ("waiting CrashLoopBackOff", pod(state={"waiting": {"reason": "ImagePullBackOff"}}), False),
        ("restarts 2", pod(), True),
        ("restarts 3", pod(), False),
        ("ended OOMKilled", pod(lastState={"terminated": {"reason": "OOMKilled"}}), True),
        ("unready", pod(state={"running": {}}), True),
        ("ready", pod(state={"running": {}}), False),
        ("phase Succeeded|Running", pod(), True),
        ("event Killing 2", Picture([], [], [{"reason": "Killing", "count": 2}]), True),
        ("node-ready Unknown", Picture([], [], [], []), False),
        ("event Killing 3", Picture([], [], [{"reason": "Killing", "count": 2}]), False),
        (
            "job Failed",
            Picture([], [{"status": {"conditions": [{"type": "Failed", "status": "True"}]}}], []),
            True,
        ),
    ],
)
def test_a_state_is_recognised(state: str, seen: Picture, *, holds: bool) -> None:
    assert telling.holds(state, seen) is holds


def test_a_state_that_nobody_knows_is_refused() -> None:
    with pytest.raises(SandboxError, match="sleeping is none of"):
        telling.holds("sleeping", pod())
