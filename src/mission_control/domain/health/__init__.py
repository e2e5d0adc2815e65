"""The judgement: a pure function from a picture to findings, verdicts and what could not be seen.

Rules are grouped as the cause codes are. Each looks at one object in its scene and returns what it saw; which
of these sightings are one cause, and which is the root of the others, is decided afterwards in one place.
No rule knows a product: names, dependencies and log signatures come from the product packs.
"""

from mission_control.domain.health.codes import CODES, Code, code_named
from mission_control.domain.health.judge import judge
from mission_control.domain.health.suspects import suspects

__all__ = ["CODES", "Code", "code_named", "judge", "suspects"]
