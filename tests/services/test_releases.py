"""The list of releases: what needs a hand first, and where nothing may be read it says so."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from mission_control.domain.product import Product, Recognition
from mission_control.domain.readings import Readings
from mission_control.domain.release import Release
from mission_control.domain.snapshot import Snapshot, snapshot_of
from mission_control.domain.verdict import Blind, Verdict
from mission_control.services.releases import releases

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SHOP = Product("shop", "Shop", Recognition(("shop",)), (), ())


def picture(*found: Release, blind: tuple[Blind, ...] = ()) -> Snapshot:
    return msgspec.structs.replace(snapshot_of((), NOW), readings=Readings(found, (), blind))


def test_pending_comes_before_failed_before_the_rest() -> None:
    found = releases(
        picture(
            Release("a", "well", 1, "deployed"),
            Release("b", "bad", 2, "failed", description="no"),
            Release("c", "stuck", 1, "pending-upgrade"),
            Release("d", "ours", 1, "deployed", chart="shop", version="1.2.3"),
        ),
        (SHOP,),
    )
    assert [(line.name, line.verdict) for line in found.lines] == [
        ("stuck", Verdict.PROGRESSING),
        ("bad", Verdict.BROKEN),
        ("ours", Verdict.HEALTHY),
        ("well", Verdict.HEALTHY),
    ]
    assert found.troubled == 2
    assert found.lines[2].product == "shop"


def test_a_release_is_one_line_with_its_revisions() -> None:
    found = releases(
        picture(Release("a", "x", 1, "superseded"), Release("a", "x", 2, "deployed", at=NOW)), ()
    )
    assert [(line.key, line.revision, line.at) for line in found.lines] == [("a/x", 2, NOW)]
    assert [r.revision for r in found.lines[0].revisions] == [2, 1]


def test_where_records_may_not_be_read_the_list_says_so() -> None:
    refused = Blind("Release", "shop", "may not", "list, get secrets")
    found = releases(picture(blind=(refused, Blind("Certificate", "shop", "no", "get secrets"))), ())
    assert found.lines == ()
    assert found.blind == (refused,)
