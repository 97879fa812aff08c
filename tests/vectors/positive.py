"""Vectors that must be accepted, and the files that the refused ones are made from."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from swb_conformance.cases import Question
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Extension, Extensions
from swb_schemas.wire import (
    EncryptedBody,
    key_thumbprint,
    parse_trust_bundle,
    verify_message,
    verify_sealed,
)
from tests.vectors import documents
from tests.vectors.fixed_jwe import encrypt_fixed
from tests.vectors.world import (
    AT,
    CREATED_AT,
    DOCUMENT_ID,
    MESSAGE_ID,
    ROUTER,
    TH_GATEWAY,
    TH_ISSUING,
    VN_CUSTOMS,
    VN_GATEWAY,
    bundle,
    bundle_of_two_roots,
    holder,
    list_form,
    message_header,
    seal,
    seal_header,
    wrap,
)
from tests.vectors.writing import Vector

if TYPE_CHECKING:
    from swb_schemas.documents import Document

ANSWER_ID: Final = "019ca3b5-11d8-7000-8000-000000000011"
ANSWER_MESSAGE_ID: Final = "019ca3b5-11d8-7000-8000-000000000012"
SECOND_MESSAGE_ID: Final = "019ca3b5-11d8-7000-8000-000000000013"

IGNORABLE: Final = Extensions(
    extensions=(
        Extension(
            must_understand=False,
            element='<note:Priority xmlns:note="urn:example:note">high</note:Priority>',
        ),
    )
)


@cache
def sealed_certificate() -> bytes:
    """The sealed Form D."""
    document = documents.certificate()
    return seal(seal_header(document), document)


def _true_copy() -> bytes:
    plain = documents.certificate()
    issued = plain.certification.date - timedelta(days=3)
    certification = plain.certification.model_copy(update={"original_issue_date": issued})
    document = plain.model_copy(update={"certification": certification})
    until = issued + timedelta(days=365)
    return seal(seal_header(document, valid_from=issued, valid_until=until), document)


@cache
def clear_message() -> bytes:
    """The sealed Form D in a message, clear."""
    return wrap(message_header(seal_header(documents.certificate())), sealed_certificate())


@cache
def encrypted_message() -> bytes:
    """The sealed Form D in a message, for the gateway of Viet Nam only."""
    recipient = holder(VN_GATEWAY, Purpose.DECRYPTION).key.public_key()
    document = documents.certificate()
    header = seal_header(document, recipient_key=key_thumbprint(recipient))
    body = EncryptedBody.of(encrypt_fixed(seal(header, document), recipient))
    return wrap(message_header(header), body)


def _answer(kind: str) -> bytes:
    """Seal and wrap an answer from Viet Nam or the region."""
    trust = parse_trust_bundle(bundle())
    message = verify_message(clear_message(), trust=trust, at=AT, receiver=VN_GATEWAY)
    sealed = verify_sealed(sealed_certificate(), trust=trust, at=AT)
    changes: dict[str, object] = {
        "document_id": ANSWER_ID,
        "source": None,
        "sealed_at": AT,
        "answers": {"document_id": DOCUMENT_ID, "document_digest": sealed.digest},
    }
    sender = VN_GATEWAY
    document: Document
    match kind:
        case "a-customs-receipt" | "a-customs-response":
            is_receipt = kind == "a-customs-receipt"
            document = documents.receipt() if is_receipt else documents.response()
            signer = holder(VN_CUSTOMS, Purpose.CUSTOMS_SEAL)
            receiving = TH_ISSUING
        case "a-transport-acknowledgement":
            document = documents.acknowledgement(message.digest, sealed.digest)
            signer, receiving = holder(VN_GATEWAY, Purpose.RECEIPT_SEAL), TH_GATEWAY
        case _:
            document = documents.relay_receipt(message.digest)
            signer, receiving, sender = holder(ROUTER, Purpose.RECEIPT_SEAL), TH_GATEWAY, ROUTER
    header = seal_header(
        document, issuing_party=str(signer.party), receiving_party=str(receiving), **changes
    )
    octets = seal(header, document, signer)
    outer = message_header(
        header,
        message_id=ANSWER_MESSAGE_ID,
        sender=str(sender),
        receiver=str(TH_GATEWAY),
        created_at=AT,
        correlation=MESSAGE_ID,
    )
    return wrap(outer, octets, holder(sender, Purpose.TRANSPORT))


def _answers() -> tuple[Vector, ...]:
    names = {
        "a-customs-receipt": "customs receipt, RES-REC, sealed by customs",
        "a-customs-response": "customs response, GIVEN for one item and NOT_GIVEN for the other",
        "a-transport-acknowledgement": "transport acknowledgement, AS2, sealed by the gateway",
        "a-relay-receipt": "relay receipt: the router's refusal, under the region's root",
    }
    return tuple(
        Vector(
            name=f"accepts-{kind}",
            question=Question.DELIVERY,
            why=f"A {what}. It names what it answers in both layers.",
            clause="D3",
            subject=_answer(kind),
            receiver=str(TH_GATEWAY),
        )
        for kind, what in names.items()
    )


def _said(kind: str) -> bytes:
    """Seal and wrap what the gateway of Viet Nam says of the exchange as a whole."""
    digest = verify_sealed(sealed_certificate(), trust=parse_trust_bundle(bundle()), at=AT).digest
    document: Document
    match kind:
        case "an-exchange-summary":
            document = documents.summary(digest)
        case "an-exchange-list":
            document = documents.listed(digest)
        case "a-retransmission-request":
            document = documents.retransmission_request(digest)
        case "a-retransmission-reply":
            document = documents.retransmission_reply()
        case _:
            document = documents.outage_notice()
    header = seal_header(
        document,
        document_id=ANSWER_ID,
        conversation_id=ANSWER_ID,
        issuing_party=str(VN_GATEWAY),
        receiving_party=str(TH_GATEWAY),
        source=None,
        sealed_at=AT,
    )
    outer = message_header(
        header,
        message_id=ANSWER_MESSAGE_ID,
        sender=str(VN_GATEWAY),
        receiver=str(TH_GATEWAY),
        created_at=AT,
    )
    octets = seal(header, document, holder(VN_GATEWAY, Purpose.RECEIPT_SEAL))
    return wrap(outer, octets, holder(VN_GATEWAY, Purpose.TRANSPORT))


def _sayings() -> tuple[Vector, ...]:
    names = {
        "an-exchange-summary": "what a gateway received and sent on one day, as Merkle roots",
        "an-exchange-list": "the documents of one bucket of that day",
        "a-retransmission-request": "a gateway asks for a document that it lost",
        "a-retransmission-reply": "the document that is asked for was erased",
        "an-outage-notice": "paper takes the place of the exchange for two days",
    }
    return tuple(
        Vector(
            name=f"accepts-{kind}",
            question=Question.DELIVERY,
            why=f"{what[0].upper()}{what[1:]}. It is sealed and sent by the gateway.",
            clause="D3",
            subject=_said(kind),
            receiver=str(TH_GATEWAY),
        )
        for kind, what in names.items()
    )


def positive_vectors() -> tuple[Vector, ...]:
    """Everything that must be accepted."""
    header = seal_header(documents.certificate())
    extended = wrap(message_header(header), sealed_certificate(), extensions=IGNORABLE)
    again = message_header(
        header, message_id=SECOND_MESSAGE_ID, retransmission_of=MESSAGE_ID, created_at=CREATED_AT
    )
    return (
        Vector(
            name="accepts-a-sealed-certificate-of-origin",
            question=Question.SEALED_DOCUMENT,
            why="A Form D of two items with Thai names beside the English ones, sealed by its "
            "issuing authority. The document's own canonical octets are a slice of the file.",
            clause="S1 to S13",
            subject=sealed_certificate(),
        ),
        Vector(
            name="accepts-a-true-copy-with-its-validity",
            question=Question.SEALED_DOCUMENT,
            why="A certified true copy of a Form D that was issued three days before: it "
            "holds from the original's day of issue.",
            clause="S12",
            subject=_true_copy(),
        ),
        Vector(
            name="accepts-a-message-without-being-its-recipient",
            question=Question.MESSAGE,
            why="A router verifies the outer layer of any message and parses no payload.",
            clause="M1 to M12",
            subject=clear_message(),
            receiver="",
        ),
        Vector(
            name="accepts-an-encrypted-message-without-opening-it",
            question=Question.MESSAGE,
            why="A router verifies the outer layer of a protected message without any key.",
            clause="M12",
            subject=encrypted_message(),
            receiver="",
        ),
        Vector(
            name="accepts-a-clear-message",
            question=Question.DELIVERY,
            why="The sealed Form D in a message from the gateway of Thailand to that of Viet Nam.",
            clause="D1 to D3",
            subject=clear_message(),
        ),
        Vector(
            name="accepts-an-encrypted-message",
            question=Question.DELIVERY,
            why="The same certificate, sealed for the key of Viet Nam's gateway and encrypted with "
            "it. The ephemeral key and the initialisation vector are fixed, so that the vector can "
            "be made anew.",
            clause="D1",
            subject=encrypted_message(),
        ),
        Vector(
            name="accepts-an-extension-that-may-be-ignored",
            question=Question.DELIVERY,
            why="An element of an unknown namespace stands in the one place for such elements, "
            "and need not be understood.",
            clause="M11",
            subject=extended,
        ),
        Vector(
            name="accepts-a-retransmission",
            question=Question.DELIVERY,
            why="The receiver asked for the document again: a new message with the same sealed "
            "document, byte for byte, that names the message it repeats.",
            clause="D3",
            subject=wrap(again, sealed_certificate()),
        ),
        *_answers(),
        *_sayings(),
        Vector(
            name="accepts-a-bundle-of-two-states-and-the-region",
            question=Question.TRUST,
            why="Three pinned roots, three signed lists; the region's list points to the states'.",
            clause="T1 to T5",
            subject=bundle(),
        ),
        Vector(
            name="accepts-a-list-that-two-roots-signed",
            question=Question.TRUST,
            why="Two roots of one state are pinned with a quorum of two, and both signed its list.",
            clause="T4",
            subject=bundle_of_two_roots(list_form("TH"), signed_by=2, quorum=2),
        ),
    )
