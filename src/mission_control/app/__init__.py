"""The composition root: settings become a connection, a picture, a watch over health, a state and a site.

The only package that knows every layer, so that no other has to. What it makes it also ends, in reverse
order, however the end comes about. The web framework and the database are imported by whoever needs them.
"""

from mission_control.app.logs import read_logs
from mission_control.app.own_state import accept, end_what_is_gone, folding, in_force, revoke
from mission_control.app.reaching import reach_out
from mission_control.app.records import (
    audit_page,
    create_backup,
    export_audit,
    restore_backup,
    stage_backup,
    verify_audit,
    verify_backup,
)
from mission_control.app.serving import build, serve
from mission_control.app.watching import Seen, follow_health, look, now

__all__ = [
    "Seen",
    "accept",
    "audit_page",
    "build",
    "create_backup",
    "end_what_is_gone",
    "export_audit",
    "folding",
    "follow_health",
    "in_force",
    "look",
    "now",
    "reach_out",
    "read_logs",
    "restore_backup",
    "revoke",
    "serve",
    "stage_backup",
    "verify_audit",
    "verify_backup",
]
