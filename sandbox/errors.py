"""What can go wrong in the sandbox and is worth a sentence instead of a traceback.

SandboxError
├── BuildError      a part could not be built; carries the end of the compiler's output
├── StartError      a process did not come up; carries the end of its log
│   └── PortTaken   somebody else took a port between choosing and using it
├── NoRealNode      this machine cannot carry a real node
└── ApiError        the API server refused a request; carries its status
"""

from __future__ import annotations


class SandboxError(Exception):
    """Something the person at the keyboard must know: what happened, to what, and what to do next."""

    exit_status = 1


class BuildError(SandboxError):
    """A program could not be built."""


class StartError(SandboxError):
    """A process ended, or did not answer in time."""


class PortTaken(StartError):  # noqa: N818 (a condition that start handles, told by its name)
    """A port that was free a moment ago is in use; the start is worth repeating with other ports."""


class NoRealNode(SandboxError):  # noqa: N818 (a state of the machine, told by its name)
    """A real node was asked for where there can be none; a script can tell by the exit status."""

    exit_status = 4


class ApiError(SandboxError):
    """The API server answered with an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
