"""What arrives and is judged: good parcels, and such as differ from them in one thing.

Whoever compares only with what is known cannot tell them apart: a good one and a wrong one are as
new as each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb_conformance.cases import Question, Verdict
from swb_conformance.drawing.keys import find_holder, make_stranger
from swb_conformance.drawing.parcel import SKEW, draw_id, draw_parcel
from swb_conformance.drawing.spoiling import (
    alter_text,
    alter_value,
    sign_again,
    swap_ciphertext,
)
from swb_schemas.catalogue import Commitment, Purpose, get_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from random import Random

    from swb_conformance.drawing.keys import Holder
    from swb_conformance.drawing.parcel import Parcel

__all__ = ["ARRIVALS", "Arrival", "Kind", "judge_message", "judge_sealed"]

_MILLISECOND: Final = timedelta(milliseconds=1)
_EXPIRED_LISTS: Final = timedelta(days=366 * 21)
_KEY_FILES: Final = {
    "urn:swb:party:TH:gateway": "material/keys/TH-gateway-decryption.pem",
    "urn:swb:party:VN:gateway": "material/keys/VN-gateway-decryption.pem",
}
_OTHER_KEYS: Final = (
    "material/keys/TH-gateway-transport.pem",
    "material/keys/VN-customs-customs-seal.pem",
    "material/keys/REGION-router-transport.pem",
)
"""Private keys that open nothing, beside which the right one is to be found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Octets that arrive, and what must be said of them.

    Attributes:
        subject: The octets.
        at: The judging moment.
        receiver: URN of who judges as recipient; empty where nobody does.
        keys: Files of the private keys that are at hand.
        verdict: What must be said.
        code: Of the refusal.
    """

    subject: bytes
    at: datetime
    receiver: str = ""
    keys: tuple[str, ...] = ()
    verdict: Verdict = Verdict.ACCEPTED
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One thing in which an arrival is right or wrong.

    Attributes:
        question: What is asked about it.
        requirement: What it is about.
        make: Makes one.
        protected: Whether its body is; None where that is drawn.
        types: Of the document; empty is any.
    """

    question: Question
    requirement: str
    make: Callable[[Parcel, Random], Arrival]
    protected: bool | None = None
    types: frozenset[str] = frozenset()

    def draw(self, drawn: Random) -> Arrival:
        """Make one of a new parcel."""
        protected = bool(drawn.randrange(2)) if self.protected is None else self.protected
        return self.make(draw_parcel(drawn, self.types, protected=protected), drawn)


def judge_sealed(
    parcel: Parcel, subject: bytes, code: str = "", *, at: datetime | None = None
) -> Arrival:
    """Say what must be said of the inner layer; refused where there is a code."""
    return Arrival(
        subject=subject,
        at=at or parcel.at,
        verdict=Verdict.REFUSED if code else Verdict.ACCEPTED,
        code=code,
    )


def judge_message(
    parcel: Parcel,
    subject: bytes,
    code: str = "",
    *,
    at: datetime | None = None,
    receiver: str | None = None,
    keys: tuple[str, ...] | None = None,
) -> Arrival:
    """Say what must be said of a message; refused where there is a code."""
    own = _KEY_FILES[parcel.header.receiver]
    return Arrival(
        subject=subject,
        at=at or parcel.at,
        receiver=parcel.header.receiver if receiver is None else receiver,
        keys=(own,) if keys is None else keys,
        verdict=Verdict.REFUSED if code else Verdict.ACCEPTED,
        code=code,
    )


def _some(drawn: Random) -> timedelta:
    """Up to a minute: six minutes are more than five."""
    return timedelta(milliseconds=1 + drawn.randrange(60_000))


def _customs_of(parcel: Parcel) -> Holder:
    """Another seal of the same state."""
    state = parcel.seal_header.issuing_party.split(":")[3]
    purpose = get_type(parcel.header.message_type).seal_purpose
    other = (
        (f"urn:swb:party:{state}:issuing", Purpose.ISSUING_SEAL)
        if purpose is Purpose.CUSTOMS_SEAL
        else (f"urn:swb:party:{state}:customs", Purpose.CUSTOMS_SEAL)
    )
    found = find_holder(*other)
    if found is None:
        msg = f"expected a test key of {other[0]}"
        raise ValueError(msg)
    return found


def _restate(parcel: Parcel, name: str, text: str) -> bytes:
    """Seal a document under a header that says something else: no code of ours would."""
    before, rest, after = parcel.seal().partition(b"</SealHeader>")
    start = before.index(f"<{name}>".encode()) + len(name) + 2
    end = before.index(f"</{name}>".encode())
    return sign_again(
        before[:start] + text.encode() + before[end:] + rest + after,
        by=parcel.sealer,
        at=parcel.seal_header.sealed_at,
        commitment=get_type(parcel.header.message_type).commitment,
    )


def _open_with_several_keys(parcel: Parcel, drawn: Random) -> Arrival:
    keys = [_KEY_FILES[parcel.header.receiver], *_OTHER_KEYS]
    drawn.shuffle(keys)
    return judge_message(parcel, parcel.wrap(), keys=tuple(keys))


def _open_without_the_key(parcel: Parcel, drawn: Random) -> Arrival:
    return Arrival(
        subject=parcel.wrap(),
        at=parcel.at,
        receiver=parcel.header.receiver,
        keys=tuple(drawn.sample(_OTHER_KEYS, 2)),
        verdict=Verdict.UNDETERMINED,
        code="encryption.key_missing",
    )


def _by_an_expired_list(parcel: Parcel, drawn: Random) -> Arrival:
    return Arrival(
        subject=parcel.seal(),
        at=parcel.at + _EXPIRED_LISTS + _some(drawn),
        verdict=Verdict.UNDETERMINED,
        code="trust.list_expired",
    )


def _misaddressed(parcel: Parcel, drawn: Random) -> Arrival:
    others = [
        f"urn:swb:party:{each}:gateway" for each in ("BN", "ID", "KH", "LA", "MM", "MY", "PH")
    ]
    return judge_message(
        parcel, parcel.wrap(), "message.misaddressed", receiver=drawn.choice(others)
    )


def _too_long(parcel: Parcel, drawn: Random) -> Arrival:
    until = parcel.header.created_at + timedelta(days=90) + _some(drawn)
    return judge_message(parcel, parcel.wrap(expires_at=until), "message.lifetime")


def _ninety_days(parcel: Parcel, _: Random) -> Arrival:
    until = parcel.header.created_at + timedelta(days=90)
    return judge_message(parcel, parcel.wrap(expires_at=until), at=until)


def _within(drawn: Random, most: timedelta) -> timedelta:
    """Up to so much, that itself included; often exactly that."""
    return most if drawn.randrange(2) else _MILLISECOND * drawn.randrange(int(most / _MILLISECOND))


def _before_the_seal(parcel: Parcel, drawn: Random) -> Arrival:
    created_at = parcel.seal_header.sealed_at - SKEW - _some(drawn)
    return judge_message(parcel, parcel.wrap(created_at=created_at), "layers.disagree")


_S, _M, _D = Question.SEALED_DOCUMENT, Question.MESSAGE, Question.DELIVERY

ARRIVALS: Final[Mapping[str, Kind]] = {
    # --- the inner layer
    "accepts-a-sealed-document": Kind(
        question=_S, requirement="MSG-043", make=lambda p, _: judge_sealed(p, p.seal())
    ),
    "accepts-a-seal-of-a-clock-that-is-ahead": Kind(
        question=_S,
        requirement="MSG-027",
        make=lambda p, d: judge_sealed(p, p.seal(), at=p.seal_header.sealed_at - _within(d, SKEW)),
    ),
    "refuses-a-seal-from-the-future": Kind(
        question=_S,
        requirement="MSG-027",
        make=lambda p, d: judge_sealed(
            p, p.seal(), "seal.not_yet_valid", at=p.seal_header.sealed_at - SKEW - _some(d)
        ),
    ),
    "refuses-an-altered-document": Kind(
        question=_S,
        requirement="MSG-020",
        make=lambda p, d: judge_sealed(
            p, alter_text(p.seal(), p.octets, d), "signature.content_digest"
        ),
    ),
    "refuses-a-seal-of-another-value": Kind(
        question=_S,
        requirement="MSG-025",
        make=lambda p, d: judge_sealed(p, alter_value(p.seal(), d), "signature.value"),
    ),
    "refuses-a-seal-that-nobody-lists": Kind(
        question=_S,
        requirement="MSG-024",
        make=lambda p, d: judge_sealed(
            p, p.seal(by=make_stranger(p.seal_header.issuing_party, d)), "certificate.unlisted"
        ),
    ),
    "refuses-a-seal-of-another-authority": Kind(
        question=_S,
        requirement="MSG-024",
        make=lambda p, _: judge_sealed(p, p.seal(by=_customs_of(p)), "certificate.unlisted"),
    ),
    "refuses-a-seal-that-proves-another-thing": Kind(
        question=_S,
        requirement="MSG-026",
        make=lambda p, d: judge_sealed(
            p,
            sign_again(
                p.seal(),
                by=p.sealer,
                at=p.seal_header.sealed_at,
                commitment=d.choice((Commitment.SENDER, Commitment.DELIVERY)),
            ),
            "signature.commitment",
        ),
    ),
    "refuses-a-signing-time-beside-sealed-at": Kind(
        question=_S,
        requirement="MSG-027",
        make=lambda p, d: judge_sealed(
            p,
            sign_again(
                p.seal(),
                by=p.sealer,
                at=p.seal_header.sealed_at - _some(d),
                commitment=get_type(p.header.message_type).commitment,
            ),
            "signature.time",
        ),
    ),
    "refuses-a-header-with-another-revision": Kind(
        question=_S,
        requirement="MSG-029",
        make=lambda p, d: judge_sealed(
            p,
            _restate(p, "Revision", f"{p.seal_header.revision + 1 + d.randrange(7)}"),
            "seal.disagrees",
        ),
    ),
    "refuses-a-header-with-another-key": Kind(
        question=_S,
        requirement="MSG-029",
        make=lambda p, d: judge_sealed(
            p,
            _restate(p, "CertificateKey", f"{p.seal_header.certificate_key}{d.randrange(10)}"),
            "seal.disagrees",
        ),
    ),
    "refuses-a-production-document-by-test-roots": Kind(
        question=_S,
        requirement="MSG-022",
        make=lambda p, _: judge_sealed(p, p.seal(environment="production"), "environment.wrong"),
    ),
    "refuses-to-judge-by-an-expired-list": Kind(
        question=_S, requirement="MSG-024", make=_by_an_expired_list
    ),
    # --- the outer layer
    "accepts-a-message": Kind(
        question=_M, requirement="MSG-043", make=lambda p, _: judge_message(p, p.wrap())
    ),
    "accepts-a-message-of-a-clock-that-is-ahead": Kind(
        question=_M,
        requirement="MSG-014",
        make=lambda p, d: judge_message(p, p.wrap(), at=p.header.created_at - _within(d, SKEW)),
    ),
    "refuses-a-message-from-the-future": Kind(
        question=_M,
        requirement="MSG-014",
        make=lambda p, d: judge_message(
            p, p.wrap(), "message.not_yet_valid", at=p.header.created_at - SKEW - _some(d)
        ),
    ),
    "accepts-a-message-that-expired-by-a-clock-that-is-ahead": Kind(
        question=_M,
        requirement="MSG-014",
        make=lambda p, d: judge_message(p, p.wrap(), at=p.header.expires_at + _within(d, SKEW)),
    ),
    "refuses-an-expired-message": Kind(
        question=_M,
        requirement="MSG-014",
        make=lambda p, d: judge_message(
            p, p.wrap(), "message.expired", at=p.header.expires_at + SKEW + _some(d)
        ),
    ),
    "accepts-a-message-that-lives-for-ninety-days": Kind(
        question=_M, requirement="MSG-014", make=_ninety_days
    ),
    "refuses-a-message-that-lives-too-long": Kind(
        question=_M, requirement="MSG-014", make=_too_long
    ),
    "refuses-a-message-for-somebody-else": Kind(
        question=_M, requirement="MSG-015", make=_misaddressed
    ),
    "refuses-an-altered-header": Kind(
        question=_M,
        requirement="MSG-008",
        make=lambda p, d: judge_message(
            p,
            p.wrap().replace(
                p.header.message_id.encode(), draw_id(d, p.header.created_at).encode()
            ),
            "signature.content_digest",
        ),
    ),
    "refuses-a-signature-of-another-value": Kind(
        question=_M,
        requirement="MSG-012",
        make=lambda p, d: judge_message(p, alter_value(p.wrap(), d), "signature.value"),
    ),
    "refuses-a-certificate-that-nobody-lists": Kind(
        question=_M,
        requirement="MSG-011",
        make=lambda p, d: judge_message(
            p, p.wrap(by=make_stranger(p.header.sender, d)), "certificate.unlisted"
        ),
    ),
    "refuses-a-signing-time-beside-the-creation-time": Kind(
        question=_M,
        requirement="MSG-014",
        make=lambda p, d: judge_message(
            p,
            sign_again(
                p.wrap(),
                by=p.sender,
                at=p.header.created_at - _some(d),
                commitment=Commitment.SENDER,
            ),
            "signature.time",
        ),
    ),
    "refuses-a-message-that-commits-to-something-else": Kind(
        question=_M,
        requirement="MSG-013",
        make=lambda p, d: judge_message(
            p,
            sign_again(
                p.wrap(),
                by=p.sender,
                at=p.header.created_at,
                commitment=d.choice((Commitment.APPROVAL, Commitment.RECEIPT)),
            ),
            "signature.commitment",
        ),
    ),
    # --- both layers
    "accepts-a-clear-delivery": Kind(
        question=_D,
        requirement="MSG-043",
        make=lambda p, _: judge_message(p, p.wrap(), keys=()),
        protected=False,
    ),
    "accepts-a-protected-delivery": Kind(
        question=_D,
        requirement="MSG-043",
        make=lambda p, _: judge_message(p, p.wrap()),
        protected=True,
    ),
    "opens-with-one-of-several-keys": Kind(
        question=_D, requirement="MSG-031", make=_open_with_several_keys, protected=True
    ),
    "refuses-to-judge-without-the-key": Kind(
        question=_D, requirement="MSG-031", make=_open_without_the_key, protected=True
    ),
    "refuses-a-body-that-was-altered": Kind(
        question=_D,
        requirement="MSG-031",
        make=lambda p, d: judge_message(
            p,
            sign_again(
                swap_ciphertext(p.wrap(), d),
                by=p.sender,
                at=p.header.created_at,
                commitment=Commitment.SENDER,
            ),
            "encryption.failed",
        ),
        protected=True,
    ),
    "refuses-an-altered-document-inside": Kind(
        question=_D,
        requirement="MSG-032",
        make=lambda p, d: judge_message(
            p, p.wrap(alter_text(p.seal(), p.octets, d)), "signature.content_digest"
        ),
    ),
    "refuses-layers-of-two-conversations": Kind(
        question=_D,
        requirement="MSG-033",
        make=lambda p, d: judge_message(
            p, p.wrap(conversation_id=draw_id(d, p.header.created_at)), "layers.disagree"
        ),
    ),
    "refuses-layers-of-two-documents": Kind(
        question=_D,
        requirement="MSG-033",
        make=lambda p, d: judge_message(
            p, p.wrap(document_id=draw_id(d, p.header.created_at)), "layers.disagree"
        ),
    ),
    "refuses-a-message-from-before-the-seal": Kind(
        question=_D,
        requirement="MSG-033",
        make=_before_the_seal,
    ),
}
"""By name: what is drawn about what arrives. Requirement MSG-043 is the good ones'."""
