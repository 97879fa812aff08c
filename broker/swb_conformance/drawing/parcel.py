"""A document on its way, drawn from a seed: what it says, who seals and sends it, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.carrying.altering import draw
from swb_conformance.carrying.documents import list_documents
from swb_conformance.drawing.keys import Holder, find_holder
from swb_schemas.catalogue import Purpose, decode_document, get_type
from swb_schemas.documents import AboutCertificate
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError
from swb_schemas.wire import (
    Adapter,
    Answers,
    ClearBody,
    EncryptedBody,
    MessageHeader,
    SealHeader,
    Source,
    bound_values,
    digest_of,
    encrypt_body,
    key_thumbprint,
    prepare_message,
    prepare_sealed,
)
from swb_schemas.xml import encode, parse_xml

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from random import Random

    from swb_schemas.documents import Document

__all__ = ["SKEW", "Parcel", "can_draw", "draw_id", "draw_parcel"]

SKEW: Final = timedelta(minutes=5)
"""By how much clocks may differ (docs/reference/wire.md, step M9)."""
_FIRST: Final = datetime(2026, 2, 1, tzinfo=UTC)
_DAYS: Final = 7000
"""Within the certificates of the test keys."""
_THERE: Final = "VN"
_DESTINATIONS: Final = tuple(
    f"<{name}>{{}}</{name}>".encode() for name in ("ImportingCountry", "ImportCountry")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A document on its way.

    Attributes:
        document: What is sealed.
        seal_header: What the seal binds to it.
        header: What the message around it says.
        sealer: Who seals it.
        sender: Who signs the message.
        recipient: For whose key the body is protected; None where it is clear.
        at: A moment at which all of it is good.
    """

    document: Document
    seal_header: SealHeader
    header: MessageHeader
    sealer: Holder
    sender: Holder
    recipient: Holder | None
    at: datetime
    octets: bytes = field(repr=False)

    def seal(self, *, by: Holder | None = None, **changes: object) -> bytes:
        """Seal the document, under a header with other values where any are given."""
        holder = by or self.sealer
        header = SealHeader.model_validate({**_values(self.seal_header), **changes})
        return holder.complete(
            prepare_sealed(header, self.document, certificate=holder.certificate)
        )

    def wrap(
        self, sealed: bytes | None = None, *, by: Holder | None = None, **changes: object
    ) -> bytes:
        """Make the message around what is sealed, under a header with other values."""
        holder = by or self.sender
        header = MessageHeader.model_validate({**_values(self.header), **changes})
        inner = self.seal() if sealed is None else sealed
        body: ClearBody | EncryptedBody = ClearBody(inner)
        if self.recipient is not None:
            recipient = self.recipient.key.public_key()
            body = encrypt_body(inner, recipient=recipient)
        return holder.complete(prepare_message(header, body, certificate=holder.certificate))


def draw_parcel(drawn: Random, carried: Collection[str] = (), *, protected: bool) -> Parcel:
    """Draw one.

    Args:
        drawn: From what.
        carried: Types to choose from; empty is all that the test keys can seal.
        protected: Whether its body is.
    """
    message_type, octets = drawn.choice([each for each in _list() if _is_of(each, carried)])
    document = decode_document(parse_xml(draw(octets, str(drawn.random()))))
    kind, bound = get_type(message_type), bound_values(document)
    issuing = bound.issuing_state or _THERE
    receiving = bound.receiving_state or _THERE
    moment = _draw_moment(drawn)
    sealed_at = _cut(moment, drawn)
    created_at = _cut(sealed_at + _seconds(drawn, 3600), drawn)
    expires_at = _cut(created_at + _seconds(drawn, 80 * 86_400) + timedelta(days=9), drawn)
    recipient = _find(f"urn:swb:party:{receiving}:gateway", Purpose.DECRYPTION)
    seal_header = SealHeader(
        document_id=draw_id(drawn, sealed_at),
        message_type=message_type,
        message_type_version=bound.message_type_version,
        agreement=bound.agreement,
        edition=bound.edition,
        issuing_party=f"urn:swb:party:{issuing}:{kind.issuing_role}",
        receiving_party=f"urn:swb:party:{receiving}:{kind.receiving_role}",
        recipient_key=key_thumbprint(recipient.key.public_key()) if protected else None,
        certificate_key=bound.certificate_key,
        conversation_id=draw_id(drawn, sealed_at),
        revision=bound.revision,
        environment=Environment.TEST,
        sealed_at=sealed_at,
        valid_from=bound.holds_from if drawn.random() < 0.5 else None,  # noqa: PLR2004 - half of them
        source=_draw_source(drawn),
        answers=_draw_answers(drawn, sealed_at) if isinstance(document, AboutCertificate) else None,
    )
    return Parcel(
        document=document,
        octets=encode(document),
        seal_header=seal_header,
        header=MessageHeader(
            message_id=draw_id(drawn, created_at),
            message_type=message_type,
            message_type_version=bound.message_type_version,
            sender=f"urn:swb:party:{issuing}:gateway",
            receiver=f"urn:swb:party:{receiving}:gateway",
            created_at=created_at,
            expires_at=expires_at,
            environment=Environment.TEST,
            conversation_id=seal_header.conversation_id,
            document_id=seal_header.document_id,
        ),
        sealer=_find(seal_header.issuing_party, kind.seal_purpose),
        sender=_find(f"urn:swb:party:{issuing}:gateway", Purpose.TRANSPORT),
        recipient=recipient if protected else None,
        at=_cut(created_at + drawn.random() * (expires_at - created_at), drawn),
    )


def can_draw(carried: Collection[str]) -> bool:
    """Whether there is a document of these types that the test keys can seal."""
    return any(_is_of(each, carried) for each in _list())


def draw_id(drawn: Random, moment: datetime) -> str:
    """Draw a UUID of version 7 (RFC 9562)."""
    time = int(moment.timestamp() * 1000)
    a, b, c = drawn.randrange(2**12), drawn.randrange(2**14), drawn.randrange(2**48)
    text = f"{time:012x}7{a:03x}{0x8000 | b:04x}{c:012x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


@cache
def _list() -> Sequence[tuple[str, bytes]]:
    """Documents that the test keys can seal, by type."""
    return tuple(
        (message_type, _send(each.octets))
        for message_type, documents in list_documents().items()
        for each in documents
        if _can_seal(message_type, each.octets)
    )


def _can_seal(message_type: str, octets: bytes) -> bool:
    kind = get_type(message_type)
    bound = bound_values(decode_document(parse_xml(_send(octets))))
    issuing = bound.issuing_state or _THERE
    receiving = bound.receiving_state or _THERE
    sealer = find_holder(f"urn:swb:party:{issuing}:{kind.issuing_role}", kind.seal_purpose)
    opener = find_holder(f"urn:swb:party:{receiving}:gateway", Purpose.DECRYPTION)
    return sealer is not None and opener is not None and issuing != receiving


def _send(octets: bytes) -> bytes:
    """Send a document of the one state with test keys to the other one, where it leaves it so."""
    for pattern in _DESTINATIONS:
        before, mark, after = pattern.partition(b"{}")
        start = octets.find(before)
        if start < 0:
            continue
        at = start + len(before)
        changed = octets[:at] + _THERE.encode() + octets[at + len(_THERE) :]
        try:
            if encode(decode_document(parse_xml(changed))) == changed and mark and after:
                return changed
        except RefusedError:
            return octets
    return octets


def _is_of(each: tuple[str, bytes], carried: Collection[str]) -> bool:
    return not carried or each[0] in carried


def _find(party: str, purpose: Purpose) -> Holder:
    found = find_holder(party, purpose)
    if found is None:
        msg = f"expected a test key of {party} for {purpose}"
        raise ValueError(msg)
    return found


def _values(header: SealHeader | MessageHeader) -> dict[str, Any]:
    return {name: getattr(header, name) for name in type(header).model_fields}


def _draw_moment(drawn: Random) -> datetime:
    return _FIRST + timedelta(
        days=drawn.randrange(_DAYS), microseconds=drawn.randrange(86_400_000_000)
    )


def _cut(moment: datetime, drawn: Random) -> datetime:
    """Leave whole seconds, milliseconds or microseconds; never after the moment itself."""
    unit = drawn.choice((1_000_000, 1000, 1))
    return moment.replace(microsecond=moment.microsecond // unit * unit)


def _seconds(drawn: Random, most: int) -> timedelta:
    return timedelta(seconds=1 + drawn.randrange(most))


def _draw_source(drawn: Random) -> Source:
    return Source(
        payload_digest=digest_of(drawn.randbytes(40)),
        adapter=Adapter(version=f"{drawn.randrange(9)}.{drawn.randrange(20)}.0", value="drawn"),
    )


def _draw_answers(drawn: Random, moment: datetime) -> Answers:
    return Answers(
        document_id=draw_id(drawn, moment), document_digest=digest_of(drawn.randbytes(9))
    )
