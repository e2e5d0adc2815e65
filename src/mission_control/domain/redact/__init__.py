"""The one engine through which cluster text leaves the process: pages, JSON, terminal, bundles, own logs.

It hides too much rather than too little, in linear time, never raises on content, and redacting what is
already redacted changes nothing. `redact` and `redact_object` use the redactor that the composition root
put in place with `use`, and all that was handed to `learn`; a `Redactor` of one's own serves bundles and
tests. What is written to a cluster passes `refuse_mask`.
"""

from mission_control.domain.redact.custom import CustomRule, RuleSet, WrittenRule, problems, rules_for
from mission_control.domain.redact.default import (
    counts,
    current,
    cut,
    forget,
    learn,
    redact,
    redact_object,
    spare,
    use,
    version,
)
from mission_control.domain.redact.holdings import secrets_in_secret, secrets_in_text, secrets_in_tree
from mission_control.domain.redact.known import KnownValue, KnownValues
from mission_control.domain.redact.ledger import Entry, Ledger
from mission_control.domain.redact.masks import MASK, MaskInWriteError, contains_mask, refuse_mask
from mission_control.domain.redact.names import is_secret_name
from mission_control.domain.redact.places import Places
from mission_control.domain.redact.redactor import Redactor
from mission_control.domain.redact.stream import ByteStream, TextStream

__all__ = [
    "MASK",
    "ByteStream",
    "CustomRule",
    "Entry",
    "KnownValue",
    "KnownValues",
    "Ledger",
    "MaskInWriteError",
    "Places",
    "Redactor",
    "RuleSet",
    "TextStream",
    "WrittenRule",
    "contains_mask",
    "counts",
    "current",
    "cut",
    "forget",
    "is_secret_name",
    "learn",
    "problems",
    "redact",
    "redact_object",
    "refuse_mask",
    "rules_for",
    "secrets_in_secret",
    "secrets_in_text",
    "secrets_in_tree",
    "spare",
    "use",
    "version",
]
