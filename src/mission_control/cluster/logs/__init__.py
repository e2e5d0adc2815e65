"""Logs of containers: the last lines of one, its history, and following it through restarts and breaks.

What keeps a log from being read is told as a value, so that a view shows the rest. Nothing here redacts:
what is read goes to `services/logs`, which does so before anybody sees it.
"""

from mission_control.cluster.logs.follow import Looking, follow
from mission_control.cluster.logs.history import Wanted, history
from mission_control.cluster.logs.looking import look
from mission_control.cluster.logs.tails import tail

__all__ = ["Looking", "Wanted", "follow", "history", "look", "tail"]
