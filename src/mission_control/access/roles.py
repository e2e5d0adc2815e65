"""What each role may: one table, and the person who has roles.

The table names the least role for each permission; one without a line is a failure of the build. In the
cluster nobody gets more by a role than the console's own account may; who comes with a token of it has there
what the cluster gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from mission_control.access.permissions import Permission
from mission_control.domain.rights import EVERYWHERE, Role, RoleAt, told
from mission_control.domain.view import ALL, View, view_of

LEAST: Mapping[Permission, Role] = {
    Permission.VIEW_CONSOLE: Role.VIEWER,
    Permission.VIEW_HEALTH: Role.VIEWER,
    Permission.VIEW_WORKLOADS: Role.VIEWER,
    Permission.VIEW_OBJECTS: Role.VIEWER,
    Permission.VIEW_LOGS: Role.VIEWER,
    Permission.VIEW_TIMELINE: Role.VIEWER,
    Permission.OWN_ACCOUNT: Role.VIEWER,
    Permission.ACCEPT: Role.OPERATOR,
    Permission.BUNDLES: Role.OPERATOR,
    Permission.MANAGE_ACCESS: Role.ADMIN,
    Permission.MANAGE_REDACTION: Role.ADMIN,
    Permission.VIEW_AUDIT: Role.ADMIN,
    Permission.VIEW_OWN_HEALTH: Role.ADMIN,
}
"""The least role for each permission; `PUBLIC` needs none."""
_EVERYWHERE_ONLY = frozenset(
    {
        Permission.BUNDLES,
        Permission.MANAGE_ACCESS,
        Permission.MANAGE_REDACTION,
        Permission.VIEW_AUDIT,
        Permission.VIEW_OWN_HEALTH,
    }
)
Door = Literal["one-time", "account", "token"]
"""How somebody came in: by the printed address, with an account, with a token of the cluster."""


class Rights(msgspec.Struct, frozen=True):
    """What somebody may do and see. Those with equal rights share their pages."""

    roles: tuple[RoleAt, ...]
    view: View

    def may(self, permission: Permission, namespace: str | None = None) -> bool:
        """Whether a permission is there: in a namespace ("" for what is in none), or (None) anywhere."""
        least = LEAST[permission]
        if permission in _EVERYWHERE_ONLY:
            return any(role.place == EVERYWHERE and role.role.includes(least) for role in self.roles)
        return any(
            role.role.includes(least) and (namespace is None or role.reaches(namespace))
            for role in self.roles
        )

    @property
    def says(self) -> str:
        """The roles as a person reads them."""
        return told(self.roles)


def rights_of(roles: tuple[RoleAt, ...]) -> Rights:
    """The rights of an account."""
    return Rights(tuple(sorted(roles)), view_of(roles))


OWNER = Rights((RoleAt(EVERYWHERE, Role.ADMIN.value),), ALL)
"""Whoever started the console on their own machine."""


class Person(msgspec.Struct, frozen=True):
    """Who asks. `name` is what the audit says, `must_change` that somebody else knows the password.

    `token`: what came in with it speaks to the cluster with it. Never shown, not even by `repr`.
    """

    name: str
    door: Door
    rights: Rights
    must_change: bool = False
    token: str = ""

    def __repr__(self) -> str:
        return f"Person({self.name!r}, {self.door!r}, {self.rights!r})"

    def may(self, permission: Permission, namespace: str | None = None) -> bool:
        """See `Rights.may`."""
        return self.rights.may(permission, namespace)
