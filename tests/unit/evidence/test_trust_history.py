"""Which lists count for a moment that is long past."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding

from swb.backends.softkey.authority import Authority
from swb_schemas.catalogue import Purpose
from swb_schemas.evidence.trust_history import read_trust_history
from swb_schemas.parties import TIME_STAMPING, PartyId
from swb_schemas.wire.trust_list import (
    PartyEntry,
    TrustListForm,
    encode_bundle,
    list_certificate,
)
from tests.stamping import AT

if TYPE_CHECKING:
    from datetime import datetime

DAY = timedelta(days=1)
PARTY = PartyId("TH", TIME_STAMPING)
ROOT = Authority("TH", "test", begin=AT - 900 * DAY, end=AT + 9000 * DAY)
CERTIFICATE = ROOT.issue(PARTY, Purpose.TIME_STAMP, ROOT.make_key("time").public_key())


def bundle(
    number: int,
    issued: datetime,
    *,
    lives: timedelta = 30 * DAY,
    lists_it: bool = True,
    root: Authority = ROOT,
    pinned: Authority | None = None,
) -> bytes:
    der = CERTIFICATE.public_bytes(Encoding.DER)
    entry = list_certificate(Purpose.TIME_STAMP, der, start=AT - 800 * DAY, end=AT + 8000 * DAY)
    form = TrustListForm(
        state="TH",
        environment="test",
        number=number,
        issued=issued,
        expires=issued + lives,
        parties=(PartyEntry(party=str(PARTY), certificates=(entry,) if lists_it else ()),),
    )
    return encode_bundle(
        environment="test",
        roots={"TH": [(pinned or root).root_pem.decode()]},
        lists={"TH": root.sign_list(form)},
    )


def number_at(own: bytes, *others: bytes, moment: datetime = AT) -> int:
    history = read_trust_history(own, {f"trust/{at}": each for at, each in enumerate(others)})
    found = history.at(moment)
    assert history.used_others is (found is not history.own)
    return found.lists["TH"].number


def test_the_auditors_later_list_judges_what_is_earlier() -> None:
    own = bundle(9, AT + 400 * DAY)
    assert number_at(own, bundle(3, AT - DAY)) == 9


def test_a_newer_list_brings_an_auditor_forward() -> None:
    own = bundle(2, AT - 100 * DAY)
    assert number_at(own, bundle(3, AT - DAY), bundle(4, AT + DAY)) == 3


def test_an_older_list_never_brings_an_auditor_back() -> None:
    """A stolen key's certificate was taken off; the container has the list from before."""
    own = bundle(5, AT + 40 * DAY, lists_it=False)
    history = read_trust_history(own, {"trust/a": bundle(4, AT - DAY)})
    assert history.at(AT).lists["TH"].parties[str(PARTY)] == ()


def test_a_list_that_was_not_in_force_then_does_not_serve() -> None:
    own = bundle(2, AT - 100 * DAY)
    assert number_at(own, bundle(3, AT - 50 * DAY)) == 2


def test_lists_of_other_roots_are_told_and_not_used() -> None:
    stranger = Authority("TH", "test", begin=AT - 900 * DAY, end=AT + 9000 * DAY)
    own = bundle(2, AT - 100 * DAY)
    forged = bundle(3, AT - DAY, root=stranger)
    history = read_trust_history(own, {"trust/a": forged, "trust/b": b"no bundle"})
    assert history.at(AT) is history.own
    assert dict(history.unusable) == {"trust/a": "trust.unsigned", "trust/b": "trust.malformed"}
