"""The words of who may do what: roles, and where somebody has one.

A role is given in a namespace or everywhere. An installation is a release in a namespace, and Kubernetes
knows no smaller place than that: what is in the namespace of an installation is seen with it.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable

import msgspec

EVERYWHERE = "*"
"""The place that holds every namespace, and what is in none: nodes, volumes, classes."""
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class Role(enum.Enum):
    """From least to most; who has one has those before it as well."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Whether this role may do all that the other may."""
        return _ORDER.index(self) >= _ORDER.index(other)


_ORDER = tuple(Role)


class RoleAt(msgspec.Struct, frozen=True, order=True):
    """A role somewhere: in a namespace, or EVERYWHERE. In text "viewer@shop"; a role alone is everywhere."""

    place: str
    name: str

    @property
    def role(self) -> Role:
        """The role itself."""
        return Role(self.name)

    def __str__(self) -> str:
        return self.name if self.place == EVERYWHERE else f"{self.name}@{self.place}"

    def covers(self, other: RoleAt) -> bool:
        """Whether whoever has this role has the other as well."""
        return self.place in (EVERYWHERE, other.place) and self.role.includes(other.role)

    def reaches(self, namespace: str | None) -> bool:
        """Whether it counts in a namespace; None is what is in no namespace."""
        return self.place in (EVERYWHERE, namespace)


def role_at(text: str) -> RoleAt | None:
    """The role that "operator@shop" or "admin" names; None when it names none. Only a whole admin is one."""
    name, at, place = text.strip().partition("@")
    if name not in {role.value for role in Role}:
        return None
    if not at or place == EVERYWHERE:
        return RoleAt(EVERYWHERE, name)
    if name == Role.ADMIN.value or not _NAMESPACE.fullmatch(place):
        return None
    return RoleAt(place, name)


def told(roles: Iterable[RoleAt]) -> str:
    """Roles as a person reads them: "operator in shop, viewer in stage", "admin"."""
    found = sorted(roles, key=lambda entry: (-_ORDER.index(entry.role), entry.place))
    words = (e.name if e.place == EVERYWHERE else f"{e.name} in {e.place}" for e in found)
    return ", ".join(words) or "no role"
