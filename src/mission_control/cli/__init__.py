"""The command line: each verb reads its flags, calls one service and ends with a status scripts can trust.

0 healthy, progressing or done, 1 degraded or broken, 2 unknown, 3 the command itself failed. Errors are one
sentence and the next step on standard error; a trace only with MC_LOG_LEVEL=debug. Imports that cost time
happen inside the verb that needs them.
"""

from mission_control.cli.program import app, main
from mission_control.cli.running import FAILED

__all__ = ["FAILED", "app", "main"]
