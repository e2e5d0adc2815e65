"""Which entries somebody wants to see, said once: tables are asked by it, and memory is filtered by it.

The only place where entries are chosen by what somebody may see: whoever asks says for which view.
"""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from mission_control.domain.timeline.entry import Entry, What
from mission_control.domain.verdict import Subject
from mission_control.domain.view import ALL, View

MAKERS = ("Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job", "CronJob", "ReplicaSet")
MADE = ("ReplicaSet", "Job", "Pod")
_REPORTED = ("scaling", "rollout", "node")
"""Kinds of entries that may stem from an event; those that do have its reason."""
_REST = re.compile(r"(-([a-z0-9]{5,10}|\d+)){1,3}")


class Wanted(msgspec.Struct, frozen=True):
    """What is wanted; an empty field wants all.

    `about`: an object, with what it made. `namespaces` None: all, and what is in none; else those alone, and
    nodes. `view`: what the asking person may see; nothing else is ever told.
    """

    begin: datetime | None = None
    end: datetime | None = None
    whats: tuple[What, ...] = ()
    installation: str = ""
    component: str = ""
    about: Subject | None = None
    words: tuple[str, ...] = ()
    namespaces: frozenset[str] | None = None
    view: View = ALL

    def fits(self, entry: Entry) -> bool:
        """Whether an entry is wanted."""
        return (
            (self.begin is None or entry.at >= self.begin)
            and (self.end is None or entry.at <= self.end)
            and (not self.whats or entry.what in self.whats)
            and self._is_visible(entry)
            and self._is_of_installation(entry)
            and (self.about is None or self._is_about(self.about, entry.subject))
            and self._says(entry)
        )

    def _is_visible(self, entry: Entry) -> bool:
        if self.namespaces is not None and entry.subject.namespace not in self.namespaces:
            return entry.subject.kind == "Node" and self._may_be_seen(entry)
        return self._may_be_seen(entry)

    def _may_be_seen(self, entry: Entry) -> bool:
        """Whether the view shows what the entry was learnt from.

        A verdict was judged from everything, so that only who sees everything is told of it.
        """
        if self.view.is_all:
            return True
        about = entry.subject
        if entry.what == "verdict" or not self.view.shows_object(about):
            return False
        is_reported = entry.what == "event" or (entry.what in _REPORTED and entry.reason != "")
        return not is_reported or self.view.shows("events", about.namespace)

    def _is_of_installation(self, entry: Entry) -> bool:
        """Nodes carry every installation, so that their changes are part of each one's story."""
        if self.component:
            return (entry.installation, entry.component) == (
                self.installation or entry.installation,
                self.component,
            )
        return not self.installation or entry.installation == self.installation or entry.what == "node"

    @staticmethod
    def _is_about(about: Subject, subject: Subject) -> bool:
        if subject == about:
            return True
        is_made = about.kind in MAKERS and subject.kind in MADE and subject.namespace == about.namespace
        rest = subject.name.removeprefix(about.name)
        return is_made and rest != subject.name and _REST.fullmatch(rest) is not None

    def _says(self, entry: Entry) -> bool:
        if not self.words:
            return True
        about = entry.subject
        parts = (entry.text, about.kind, about.namespace, about.name, entry.by, entry.component or "")
        text = " ".join(parts).lower()
        return all(word in text for word in self.words)
