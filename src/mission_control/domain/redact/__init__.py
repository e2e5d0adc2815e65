"""The one seam through which cluster text leaves the process: pages, JSON, terminal, own logs.

It refuses to be clever: what looks like a secret is replaced by the mask completely, so that neither its
length nor its beginning shows. It hides too much rather than too little, in linear time, and redacting what
is already redacted changes nothing.
"""

from mission_control.domain.redact.names import is_secret_name
from mission_control.domain.redact.objects import redact_object
from mission_control.domain.redact.text import MASK, redact

__all__ = ["MASK", "is_secret_name", "redact", "redact_object"]
