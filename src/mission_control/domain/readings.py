"""What was read beside the watches, and where that was refused: records, certificates, use of volumes.

The picture holds kinds that are listed and watched. These few things are Secrets in the cluster or answers of
kubelets, so they are neither: each is read by name, and of each only what is in these structs is kept.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mission_control.domain.certificate import Certificate
from mission_control.domain.filling import VolumeUse
from mission_control.domain.release import Release
from mission_control.domain.timeline.entry import Entry
from mission_control.domain.verdict import Blind


class Readings(msgspec.Struct, frozen=True):
    """Everything that was read; `blind` names what was not, and the right that is missing.

    `seen`: what the console itself saw change lately, which no object in the picture tells.
    """

    releases: tuple[Release, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    blind: tuple[Blind, ...] = ()
    seen: tuple[Entry, ...] = ()
    volumes: tuple[VolumeUse, ...] = ()

    def certificate(self, namespace: str, secret: str) -> Certificate | None:
        """What is known of a TLS Secret; None when it was not read."""
        return next((c for c in self.certificates if c.secret == secret and c.namespace == namespace), None)

    def volume(self, namespace: str, claim: str) -> VolumeUse | None:
        """How full the volume of a claim is; None when it was not measured."""
        return next((v for v in self.volumes if v.claim == claim and v.namespace == namespace), None)


def together(parts: Iterable[Readings]) -> Readings:
    """Several readings as one."""
    found = tuple(parts)
    return Readings(
        releases=tuple(release for part in found for release in part.releases),
        certificates=tuple(certificate for part in found for certificate in part.certificates),
        volumes=tuple(volume for part in found for volume in part.volumes),
        blind=tuple(entry for part in found for entry in part.blind),
    )
