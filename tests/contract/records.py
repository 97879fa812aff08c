"""Records for tests of stores: small, distinct, and told apart by a number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from swb.ports import (
    Acceptance,
    BuriedMessage,
    Counts,
    Direction,
    DocumentRecord,
    Event,
    HeldMessage,
    MessageRecord,
    NationalDelivery,
    OutboundMessage,
    Share,
    Submission,
    SubmissionRecord,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2026, 11, 22, 8, 30, 15, 123456, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=30)


def digest_of(text: str) -> str:
    return f"sha-256:{sha256(text.encode()).hexdigest()}"


def uuid_of(number: int, kind: int = 1) -> str:
    """Make an id in the form of a UUIDv7 that sorts by number."""
    return f"0193{number:04x}-0000-7000-8000-{kind:012x}"


MESSAGE, DOCUMENT, ACK, ACK_DOCUMENT = 1, 2, 3, 4


def document(
    number: int = 1,
    *,
    kind: int = DOCUMENT,
    message_type: str = "CertificateIssue",
    certificate_key: str | None = None,
    conversation: int | None = None,
    digest: str = "",
    direction: Direction = Direction.IN,
    at: datetime = NOW,
) -> DocumentRecord:
    return DocumentRecord(
        document_id=uuid_of(number, kind),
        message_type=message_type,
        certificate_key=f"TH:DFT:{number}" if certificate_key is None else certificate_key,
        conversation_id=uuid_of(number if conversation is None else conversation, 9),
        issuing_party="urn:swb:party:TH:issuing",
        receiving_party="urn:swb:party:VN:customs",
        environment="test",
        digest=digest or digest_of(f"document {number} {kind}"),
        direction=direction,
        octets=f"<Sealed n='{number}' k='{kind}'>กข\u1b0b</Sealed>".encode(),
        recorded_at=at,
    )


def message(
    number: int = 1,
    *,
    kind: int = MESSAGE,
    document_kind: int = DOCUMENT,
    message_type: str = "CertificateIssue",
    digest: str = "",
    direction: Direction = Direction.IN,
    at: datetime = NOW,
) -> MessageRecord:
    return MessageRecord(
        message_id=uuid_of(number, kind),
        message_type=message_type,
        document_id=uuid_of(number, document_kind),
        sender="urn:swb:party:TH:gateway",
        receiver="urn:swb:party:VN:gateway",
        digest=digest or digest_of(f"message {number} {kind}"),
        direction=direction,
        octets=bytes(range(256)) + str((number, kind)).encode(),
        expires_at=at + timedelta(days=30),
        recorded_at=at,
    )


def outbound(
    number: int = 1, *, kind: int = MESSAGE, document_kind: int = DOCUMENT, at: datetime = NOW
) -> OutboundMessage:
    return OutboundMessage(
        message=message(
            number, kind=kind, document_kind=document_kind, direction=Direction.OUT, at=at
        ),
        line="TH",
        environment="test",
    )


def submission(number: int = 1, *, payload: int | None = None, at: datetime = NOW) -> Submission:
    sealed = document(number, direction=Direction.OUT, at=at)
    name = f"payload {number if payload is None else payload}"
    return Submission(
        record=SubmissionRecord(
            payload_digest=digest_of(name),
            adapter="thailand/1.0",
            payload=name.encode(),
            document_id=sealed.document_id,
            recorded_at=at,
        ),
        document=sealed,
        outbound=outbound(number, at=at),
        events=[Event(document_id=sealed.document_id, name="AS1", at=at)],
    )


def acceptance(number: int = 1, *, at: datetime = NOW) -> Acceptance:
    """A certificate that came in, with its acknowledgement and its delivery."""
    carried, came = document(number, at=at), message(number, at=at)
    ack = outbound(number, kind=ACK, document_kind=ACK_DOCUMENT, at=at)
    return Acceptance(
        message=came,
        documents=[
            carried,
            document(
                number,
                kind=ACK_DOCUMENT,
                message_type="TransportAck",
                certificate_key="",
                direction=Direction.OUT,
                at=at,
            ),
        ],
        outbound=[ack],
        deliveries=[
            NationalDelivery(
                document_id=carried.document_id,
                message_type=carried.message_type,
                octets=carried.octets,
                message_id=came.message_id,
                message_digest=came.digest,
                sender=came.sender,
                recorded_at=carried.recorded_at,
            )
        ],
        events=[
            Event(
                document_id=carried.document_id,
                name="AS2",
                at=at,
                message_id=ack.message.message_id,
            )
        ],
    )


def relay(number: int = 1, *, at: datetime = NOW) -> Acceptance:
    """A message that a router passes on under its own id, with a receipt."""
    came = message(number, at=at)
    receipt = outbound(number, kind=ACK, document_kind=ACK_DOCUMENT, at=at)
    return Acceptance(
        message=came,
        documents=[
            document(
                number,
                kind=ACK_DOCUMENT,
                message_type="RelayReceipt",
                certificate_key="",
                direction=Direction.OUT,
                at=at,
            )
        ],
        outbound=[OutboundMessage(message=came, line="VN", environment="test"), receipt],
    )


def held(number: int = 1, *, code: str = "trust.stale", attempts: int = 0) -> HeldMessage:
    octets = f"held {number}".encode()
    return HeldMessage(
        octets_digest=digest_of(f"held {number}"),
        octets=octets,
        line="TH",
        attempts=attempts,
        code=code,
    )


def buried(number: int = 1, *, at: datetime = NOW) -> BuriedMessage:
    return BuriedMessage(
        octets_digest=digest_of(f"held {number}"),
        octets=f"held {number}".encode(),
        line="TH",
        code="signature.invalid",
        detail="expected a signature by TH, found none",
        buried_at=at,
    )


NOTHING = Counts(outbound=0, deliveries=0, held=0, parked=0, buried=0)


def ids_of(claimed: Sequence[OutboundMessage]) -> list[str]:
    return [outbound.message.message_id for outbound in claimed]


def documents_of(claimed: Sequence[NationalDelivery]) -> list[str]:
    return [delivery.document_id for delivery in claimed]


def by_line(limit: int) -> dict[str, Share]:
    """So many of each line that these records leave by."""
    return {"TH": Share(fresh=limit), "VN": Share(fresh=limit)}


def digests_of(claimed: Sequence[HeldMessage]) -> list[str]:
    return [held.octets_digest for held in claimed]
