"""The only code that calls out by HTTP to anything but the API server, with rules about where it may go."""

from mission_control.fetch.client import Fetched, Fetcher, Limits
from mission_control.fetch.errors import FetchError

__all__ = ["FetchError", "Fetched", "Fetcher", "Limits"]
