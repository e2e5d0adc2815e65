"""The composition root: settings become a connection, a picture, a watch over health, a state and a site.

The only package that knows every layer, so that no other has to. What it makes it also ends, in reverse
order, however the end comes about. The web framework and the database are imported by whoever needs them.
"""

from mission_control.app.logs import read_logs
from mission_control.app.own_state import accept, end_what_is_gone, folding, in_force, revoke
from mission_control.app.serving import build, serve
from mission_control.app.watching import Seen, follow_health, look, now

__all__ = [
    "Seen",
    "accept",
    "build",
    "end_what_is_gone",
    "folding",
    "follow_health",
    "in_force",
    "look",
    "now",
    "read_logs",
    "revoke",
    "serve",
]
