"""Which lists count for a moment that is long past."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from swb.backends.softkey.authority import Authority
from swb_schemas.catalogue import Purpose
from swb_schemas.evidence.trust_history import read_trust_history
from swb_schemas.parties import TIME_STAMPING, PartyId
from swb_schemas.wire.jws import assemble_jws
from swb_schemas.wire.root_succession import (
    FormerRootEntry,
    RootStatementForm,
    encode_root_statement,
)
from swb_schemas.wire.trust import Distrust
from swb_schemas.wire.trust_list import (
    PartyEntry,
    TrustListForm,
    encode_bundle,
    list_certificate,
)
from swb_schemas.wire.trust_succession import MAXIMAL_LEAP
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


# --- roots that were replaced ------------------------------------------------------------------

NEXT, THIEFS = (Authority("TH", "test", begin=AT - 900 * DAY, end=AT + 9000 * DAY) for _ in "ab")


def followed(to: Authority, number: int, *, root_number: int = 2) -> bytes:
    """A bundle pinned to the first root, of which a statement leads on to another one."""
    members = json.loads(bundle(number, AT - DAY, root=to, pinned=ROOT))
    statement = encode_root_statement(
        RootStatementForm(
            state="TH",
            environment="test",
            number=root_number,
            issued=AT - 10 * DAY,
            expires=AT + 3000 * DAY,
            quorum=1,
            roots=(base64.b64encode(pem_to_der(to)).decode(),),
            former=(FormerRootEntry(root=ROOT.thumbprint, until=AT - 5 * DAY),),
        )
    )
    signed = {each.thumbprint: each.sign(statement) for each in (ROOT, to)}
    members["rootStatements"] = {"TH": [json.loads(assemble_jws(statement, signed))]}
    form = TrustListForm(
        state="TH",
        environment="test",
        root_number=root_number,
        number=number,
        issued=AT - DAY,
        expires=AT + 30 * DAY,
        parties=(),
    )
    members["lists"]["TH"] = json.loads(to.sign_list(form))
    return json.dumps(members).encode()


def pem_to_der(authority: Authority) -> bytes:
    return load_pem_x509_certificate(authority.root_pem).public_bytes(Encoding.DER)


def test_a_retired_roots_thief_makes_no_other_statement_of_what_came_after() -> None:
    """The auditor has followed the state; the thief tells another story from the pins on."""
    history = read_trust_history(followed(NEXT, 7), {"trust/a": followed(THIEFS, 1000)})
    assert history.at(AT) is history.own
    assert dict(history.unusable) == {"trust/a": "trust.rolled_back"}


def test_a_list_of_a_retired_root_never_outnumbers_that_of_its_successor() -> None:
    history = read_trust_history(followed(NEXT, 7), {"trust/a": bundle(1000, AT - DAY)})
    assert history.at(AT) is history.own


def test_root_statements_bring_an_auditor_forward_though_numbers_begin_anew() -> None:
    own = bundle(1000, AT - 100 * DAY)
    history = read_trust_history(own, {"trust/a": followed(NEXT, 1)})
    found = history.at(AT).lists["TH"]
    assert (found.root_number, found.number) == (2, 1)
    assert dict(history.unusable) == {}


def test_a_list_that_leaps_brings_nobody_forward() -> None:
    own = bundle(2, AT - 100 * DAY)
    history = read_trust_history(own, {"trust/a": bundle(2 + MAXIMAL_LEAP + 1, AT - DAY)})
    assert history.at(AT) is history.own
    assert dict(history.unusable) == {"trust/a": "trust.fast_forward"}


def test_what_the_auditor_knows_against_a_certificate_holds_under_newer_lists() -> None:
    history = read_trust_history(bundle(2, AT - 100 * DAY), {"trust/a": bundle(3, AT - DAY)})
    (entry,) = history.own.lists["TH"].parties[str(PARTY)]
    known = {entry.certificate.thumbprint: Distrust(since=AT, reason="stolen")}
    history.own = history.own.with_statuses(known)
    found = history.at(AT)
    assert found.lists["TH"].number == 3
    assert dict(found.statuses) == known


def test_what_is_older_or_the_same_is_passed_over_in_silence() -> None:
    own = bundle(9, AT - DAY)
    history = read_trust_history(own, {"trust/a": own, "trust/b": bundle(3, AT - 9 * DAY)})
    assert history.at(AT) is history.own
    assert dict(history.unusable) == {}
