"""The most specific fault among the containers of a pod.

One pod gives at most one sighting here: a container that is killed for memory also crashes again and again,
and saying both would tell one cause twice.
"""

from __future__ import annotations

from collections.abc import Callable

from mission_control.domain.health.case import Case, cases_of
from mission_control.domain.health.ending import crash_loop, liveness_killing, out_of_memory
from mission_control.domain.health.scene import Scene
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.health.starting import config_missing, image_pull, init_failed, start_failed
from mission_control.domain.objects import Pod
from mission_control.domain.places import Place

RULES: tuple[Callable[[Scene, Case], Sighting | None], ...] = (
    image_pull,
    config_missing,
    out_of_memory,
    start_failed,
    liveness_killing,
    init_failed,
    crash_loop,
)


def container_sighting(scene: Scene, pod: Pod, place: Place) -> Sighting | None:
    """The most specific fault among a pod's containers."""
    cases = list(cases_of(pod, place))
    for rule in RULES:
        for case in cases:
            found = rule(scene, case)
            if found is not None:
                return found
    return None
