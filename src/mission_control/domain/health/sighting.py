"""What one rule saw on one object, before it is known which of many sightings are the same cause.

Rules know their object and its place and nothing else. Joining sightings, finding the root among them and
weighing them is `causes.py`; a rule that did this itself would have to know all the others.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from mission_control.domain.places import Place
from mission_control.domain.verdict import Evidence, Subject, Verdict


class Sighting(msgspec.Struct, frozen=True):
    """A fault as one rule saw it.

    `subject` is the object to blame, `place` whom it hurts, `pods` the names of the hurt pods. Sightings of
    one installation with the same `cause` are one root. `verdict` None means that of the code. `container` is
    where to read a log, `target` the component that is accused. `nobody`: the root belongs to no component,
    which is so for nodes, and says `whole` instead of what one pod says. `waits`: it only waited for other
    things to work, so that what keeps them from it explains it. `brief`: what to say where it is an effect
    beside its component's name.
    """

    code: str
    subject: Subject
    place: Place
    says: str
    fix: str = ""
    command: str = ""
    evidence: tuple[Evidence, ...] = ()
    since: datetime | None = None
    cause: str = ""
    verdict: Verdict | None = None
    pods: tuple[str, ...] = ()
    container: str = ""
    target: str | None = None
    nobody: bool = False
    whole: str = ""
    waits: bool = False
    brief: str = ""

    @property
    def same(self) -> tuple[str, str]:
        """What makes two sightings one: the installation and the cause, by default code and subject."""
        installation = self.place.installation
        return (installation.key if installation else "", self.cause or f"{self.code}:{self.subject.path}")

    @property
    def shortly(self) -> str:
        """What it says without the name at its beginning, which stands beside an effect anyway."""
        if self.brief:
            return self.brief
        names = (self.place.workload.name if self.place.workload else "", *self.pods)
        lead = next((name for name in names if name and self.says.startswith(name + " ")), "")
        rest = self.says[len(lead) + 1 :] if lead else self.says
        return rest[:1].upper() + rest[1:]
