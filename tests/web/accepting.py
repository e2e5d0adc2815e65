"""A site whose findings can be accepted: real acceptances in a folder, folded into the judgement at once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from mission_control.products.catalog import products
from mission_control.products.places import places_of
from mission_control.services.accepted import Acceptances
from mission_control.services.redaction_rules import RedactionRules
from mission_control.storage.accepted import AcceptedStore
from mission_control.storage.audit import Audit
from mission_control.storage.database import open_database
from mission_control.storage.redaction import RuleStore
from mission_control.web.parts import SiteParts
from tests.web.stage import Judgements
from tests.web.story import NOW


@contextlib.contextmanager
def accepting(parts: SiteParts, folder: Path) -> Iterator[SiteParts]:
    """The parts with acceptances kept in a folder."""
    database = open_database(folder)
    audit = Audit(database, lambda: NOW)
    accepted = Acceptances(AcceptedStore(database, audit), lambda: NOW)
    redaction = RedactionRules(RuleStore(database, audit), b"install", places_of(products()))
    judgements = Judgements(parts.judgements.latest.snapshot, accepted.fold)

    async def follow() -> None:
        version = 0
        while True:
            version = await accepted.wait(version)
            await judgements.tell(judgements.latest.snapshot)

    try:
        yield msgspec.structs.replace(
            parts,
            judgements=judgements,
            accepted=accepted,
            redaction=redaction,
            background=(follow, redaction.load),
        )
    finally:
        database.close()
