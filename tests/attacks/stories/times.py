"""Time: when something was signed, how long it counts, and which certificates held then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from swb_schemas.catalogue import Purpose
from swb_schemas.wire.trust import Distrust, TrustBundle, Unknown
from swb_schemas.wire.trust_reading import parse_trust_bundle
from tests.attacks.reading import ACCEPTED, TRUST, judge_message, judge_sealed
from tests.attacks.story import Book, Side
from tests.vectors import documents
from tests.vectors.positive import clear_message, sealed_certificate
from tests.vectors.tampering import resign_message, resign_sealed
from tests.vectors.world import (
    AT,
    BEGIN,
    CREATED_AT,
    HOLDERS,
    SEALED_AT,
    STANDARD_ENTRIES,
    TH_GATEWAY,
    TH_ISSUING,
    Holder,
    bundle,
    entry_of,
    holder,
    list_form,
    message_header,
    seal,
    seal_header,
    wrap,
)

__all__ = ["BOOK"]

BOOK: Final = Book("Time, expiry and revocation")

_DAY: Final = timedelta(days=1)
_SKEW: Final = timedelta(minutes=5)
_SECOND: Final = timedelta(seconds=1)
_STOLEN: Final = "A thief who signs with what he stole."


def _message(**changes: object) -> bytes:
    header = seal_header(documents.certificate())
    return wrap(message_header(header, **changes), sealed_certificate())


def _trust_with(one: Holder, *, start: datetime = BEGIN) -> TrustBundle:
    entries = (*STANDARD_ENTRIES, entry_of(one, start=start))
    return parse_trust_bundle(bundle(list_form("TH", entries)))


@BOOK.tell(
    "A message says that it was made a second later than the clocks' difference allows. At the "
    "border itself it passes.",
    by=Side.MEMBER,
    gain="A message that still counts when others of its day have expired.",
    meets="message.not_yet_valid",
)
def a_message_from_the_future() -> str:
    assert judge_message(_message(created_at=AT + _SKEW)) == ACCEPTED
    return judge_message(_message(created_at=AT + _SKEW + _SECOND))


@BOOK.tell(
    "A message arrives a second after its end and the clocks' difference. At the border it passes.",
    gain="An old message that counts anew.",
    meets="message.expired",
)
def a_message_after_its_end() -> str:
    end = CREATED_AT + timedelta(days=30) + _SKEW
    assert judge_message(clear_message(), at=end) == ACCEPTED
    return judge_message(clear_message(), at=end + _SECOND)


@BOOK.tell(
    "A message that lives longer than records of duplicates must be kept.",
    by=Side.MEMBER,
    gain="A message that can be replayed when everybody has forgotten it.",
    meets="message.lifetime",
)
def a_message_that_outlives_its_record() -> str:
    return judge_message(_message(expires_at=CREATED_AT + timedelta(days=90) + _SECOND))


@BOOK.tell(
    "A message that expires before it is made.",
    by=Side.MEMBER,
    gain="A reader that computes with negative times.",
    meets="message.header",
)
def a_message_that_ends_before_it_begins() -> str:
    header = seal_header(documents.certificate())
    octets = wrap(message_header(header), sealed_certificate())
    old = f">{(CREATED_AT + timedelta(days=30)):%Y-%m-%dT%H:%M:%S}.25Z<".encode()
    return judge_message(resign_message(octets, (old, b">2026-03-01T00:00:00Z<")))


@BOOK.tell(
    "Header and signature name two times: the one is within every limit, the other is not.",
    by=Side.MEMBER,
    gain="A reader that checks the one time and another that uses the other.",
    meets="signature.time, signature.time",
)
def two_times_in_one_file() -> str:
    outer = resign_message(clear_message(), at=CREATED_AT - _DAY)
    inner = resign_sealed(sealed_certificate(), at=SEALED_AT - _DAY)
    return f"{judge_message(outer)}, {judge_sealed(inner)}"


@BOOK.tell(
    "A certificate of origin is sealed with tomorrow's date.",
    by=Side.MEMBER,
    gain="A seal that holds when its key has long been given up.",
    meets="seal.not_yet_valid",
)
def a_seal_from_the_future() -> str:
    document = documents.certificate()
    return judge_sealed(seal(seal_header(document, sealed_at=AT + _DAY), document))


@BOOK.tell(
    "A message that was made before the document in it was sealed.",
    by=Side.MEMBER,
    gain="An order of events that never was.",
    meets="layers.disagree",
)
def a_message_before_its_document() -> str:
    return judge_message(_message(created_at=CREATED_AT - _DAY))


@BOOK.tell(
    "A retired transport certificate, of which the key was kept, signs a message and dates it back "
    "into its own time.",
    by=Side.INSIDER,
    gain=_STOLEN,
    meets="certificate.expired",
)
def a_retired_certificate_dates_back() -> str:
    old = holder(TH_GATEWAY, Purpose.TRANSPORT, label="retired", end=CREATED_AT + _SECOND)
    return judge_message(resign_message(clear_message(), by=old), trust=_trust_with(old))


@BOOK.tell(
    "A seal is made with a certificate of which the time is over.",
    by=Side.INSIDER,
    gain=_STOLEN,
    meets="certificate.expired",
)
def a_seal_after_its_certificate() -> str:
    old = holder(TH_ISSUING, Purpose.ISSUING_SEAL, label="old", end=SEALED_AT - _SECOND)
    document = documents.certificate()
    return judge_sealed(seal(seal_header(document), document, old), trust=_trust_with(old))


@BOOK.tell(
    "A certificate that its state answers for from tomorrow on signs today.",
    by=Side.MEMBER,
    gain="A key before its ceremony.",
    meets="certificate.not_yet_valid",
)
def a_certificate_before_its_time() -> str:
    new = holder(TH_GATEWAY, Purpose.TRANSPORT, label="new")
    trust = _trust_with(new, start=AT + _DAY)
    return judge_message(resign_message(clear_message(), by=new), trust=trust)


def _distrusting(by: Holder, status: Distrust | Unknown) -> TrustBundle:
    (thumbprint,) = (
        each.certificate.thumbprint
        for entries in TRUST.lists["TH"].parties.values()
        for each in entries
        if each.certificate.der == by.der
    )
    return TrustBundle(
        environment=TRUST.environment,
        roots=TRUST.roots,
        lists=TRUST.lists,
        statuses={thumbprint: status},
    )


@BOOK.tell(
    "A certificate is revoked, and its key signs on.",
    gain=_STOLEN,
    meets="certificate.revoked",
)
def a_revoked_certificate_signs_on() -> str:
    status = Distrust(since=AT - _DAY, reason="keyCompromise")
    return judge_message(clear_message(), trust=_distrusting(HOLDERS[2], status))


@BOOK.tell(
    "A stolen sealing key dates its seals back before the theft: the time in a signature is its "
    "signer's own word and counts for nothing.",
    gain="Certificates of origin for as long as the certificate holds.",
    meets="certificate.compromised",
)
def a_stolen_seal_dates_back() -> str:
    since = SEALED_AT + timedelta(minutes=1)
    status = Distrust(since=since, reason="stolen", is_compromise=True)
    assert since > SEALED_AT
    return judge_sealed(sealed_certificate(), trust=_distrusting(HOLDERS[0], status))


@BOOK.tell(
    "The attacker keeps the answer on a certificate's status away: nobody says that it is revoked.",
    gain="A revoked certificate that counts while nobody can be asked.",
    meets="certificate.status_unknown",
)
def an_answer_that_is_held_back() -> str:
    status = Unknown(reason="no answer within the time allowed")
    return judge_message(clear_message(), trust=_distrusting(HOLDERS[2], status))
