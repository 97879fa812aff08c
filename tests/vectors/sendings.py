"""Vectors about signing messages, clear and protected, and about what nobody signs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from swb_schemas.catalogue import Purpose
from swb_schemas.wire import digest_of, key_thumbprint
from swb_schemas.xml import encode
from tests.vectors import documents
from tests.vectors.carried import list_certificates
from tests.vectors.made import Making, signing
from tests.vectors.positive import ANSWER_MESSAGE_ID, SECOND_MESSAGE_ID, sealed_certificate
from tests.vectors.world import (
    AT,
    CREATED_AT,
    MESSAGE_ID,
    ROUTER,
    TH_GATEWAY,
    TH_ISSUING,
    VN_CUSTOMS,
    VN_GATEWAY,
    holder,
    message_header,
    seal,
    seal_header,
)

__all__ = ["message_makings"]


def message_makings() -> tuple[Making, ...]:
    """Every vector about signing."""
    return (*_clear(), *_protected(), *_refused())


def _clear() -> tuple[Making, ...]:
    header = seal_header(documents.certificate())
    again = {"message_id": SECOND_MESSAGE_ID, "retransmission_of": MESSAGE_ID}
    return (
        signing("a-clear-message", "A Form D for everybody to read.", message_header(header)),
        signing(
            "a-retransmission",
            "Another message with the same sealed document, which names the first.",
            message_header(header, **again),
        ),
        signing(
            "a-retransmission-that-was-asked-for",
            "Both optional scopes stand, in their order.",
            message_header(header, **again, correlation=ANSWER_MESSAGE_ID),
        ),
        signing(
            "a-message-of-a-whole-second",
            "The moment of creation has no fraction.",
            message_header(header, created_at=AT, expires_at=AT + timedelta(days=1)),
        ),
        signing(
            "a-message-of-a-microsecond",
            "The moment of creation has six digits of a second.",
            message_header(header, created_at=AT.replace(microsecond=1)),
        ),
        signing(
            "a-message-that-lives-for-ninety-days",
            "As long as a message may.",
            message_header(header, expires_at=CREATED_AT + timedelta(days=90)),
        ),
        _receipt(),
        _relay_receipt(),
    )


def _receipt() -> Making:
    document, customs = documents.receipt(), holder(VN_CUSTOMS, Purpose.CUSTOMS_SEAL)
    header = seal_header(
        document,
        issuing_party=str(VN_CUSTOMS),
        receiving_party=str(TH_ISSUING),
        source=None,
    )
    outer = message_header(
        header,
        message_id=ANSWER_MESSAGE_ID,
        sender=str(VN_GATEWAY),
        receiver=str(TH_GATEWAY),
        correlation=MESSAGE_ID,
    )
    return signing(
        "an-answer",
        "A customs receipt, back to who sent the certificate; CORRELATION stands twice.",
        outer,
        sealed=seal(header, document, customs),
        by=holder(VN_GATEWAY, Purpose.TRANSPORT),
    )


def _relay_receipt() -> Making:
    document, router = documents.relay_receipt(digest_of(b"the digest of a message")), ROUTER
    header = seal_header(
        document, issuing_party=str(router), receiving_party=str(TH_GATEWAY), source=None
    )
    outer = message_header(header, sender=str(router), receiver=str(TH_GATEWAY))
    return signing(
        "a-relay-receipt",
        "The router sends in its own name.",
        outer,
        sealed=seal(header, document, holder(router, Purpose.RECEIPT_SEAL)),
        by=holder(router, Purpose.TRANSPORT),
    )


def _protected() -> tuple[Making, ...]:
    thumbprint = key_thumbprint(holder(VN_GATEWAY, Purpose.DECRYPTION).key.public_key())
    plain, long = documents.certificate(), list_certificates()["a form d of fifty items"]
    long = long.model_copy(
        update={
            "exporter_declaration": long.exporter_declaration.model_copy(
                update={"importing_country": "VN"}
            )
        }
    )
    header, of_long = (seal_header(each, recipient_key=thumbprint) for each in (plain, long))
    sealed = seal(header, plain)
    return (
        signing(
            "a-protected-message",
            "Encrypted for the recipient's public key.",
            message_header(header),
            sealed=sealed,
            protect=".public.pem",
        ),
        signing(
            "a-message-protected-for-a-certificate",
            "Encrypted for the key of the recipient's certificate.",
            message_header(header),
            sealed=sealed,
            protect=".certificate.pem",
        ),
        signing(
            "a-protected-retransmission",
            "The same sealed document, encrypted anew.",
            message_header(header, message_id=SECOND_MESSAGE_ID, retransmission_of=MESSAGE_ID),
            sealed=sealed,
            protect=".public.pem",
        ),
        signing(
            "a-protected-message-of-fifty-items",
            "A long body.",
            message_header(of_long),
            sealed=seal(of_long, long),
            protect=".public.pem",
        ),
    )


def _refused() -> tuple[Making, ...]:
    good = signing("", "", message_header(seal_header(documents.certificate())))
    headers: dict[str, tuple[str, dict[str, Any]]] = {
        "a-message-that-expires-before-its-creation": (
            "EXPIRES is after CreationDateAndTime.",
            {"EXPIRES": "2026-02-01T03:04:06.25Z"},
        ),
        "a-message-that-expires-at-its-creation": (
            "EXPIRES is after CreationDateAndTime.",
            {"EXPIRES": good.header["CreationDateAndTime"]},
        ),
        "a-message-id-that-is-none": ("It is no UUID.", {"InstanceIdentifier": "42"}),
        "a-conversation-that-is-none": ("It is no UUID.", {"CONVERSATION": "42"}),
        "an-environment-that-is-none": ("There are three.", {"ENVIRONMENT": "staging"}),
        "a-sender-that-is-none": ("It is no URN of a party.", {"Sender": "Thailand"}),
        "an-unknown-scope": ("Only the six scopes are known.", {"PRIORITY": "high"}),
        "a-scope-that-is-missing": ("DOCUMENT stands in every message.", {"DOCUMENT": None}),
    }
    subjects = {
        "a-document-that-nobody-sealed": (
            "sealed.not_a_sealed_document",
            encode(documents.certificate()),
        ),
        "half-a-sealed-document": ("xml.malformed", sealed_certificate()[:2000]),
    }
    wrong = [
        replace(
            good,
            what=what,
            why=why,
            requirements=("MSG-042",),
            codes=("message.header",),
            header={
                name: value
                for name, value in {**good.header, **change}.items()
                if value is not None
            },
        )
        for what, (why, change) in headers.items()
    ]
    wrong += [
        replace(
            good,
            what=what,
            why="What a message holds is a sealed document.",
            requirements=("MSG-042",),
            codes=(code,),
            subject=subject,
        )
        for what, (code, subject) in subjects.items()
    ]
    return tuple(wrong)
