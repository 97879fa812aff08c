"""The seal header: everything about a document that must not be swapped.

It is signed together with the document by the authority that answers for it. Unknown elements are
refused. The XSD is ``xsd/sealed-document-1.xsd``; element order is field order.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from swb_schemas.documents.elements import (
    Aggregate,
    Code,
    Date,
    Digest,
    Environment,
    Instant,
    NonNegativeInt,
    PartyUrn,
    Uuid,
    Version,
)

__all__ = ["Adapter", "Answers", "MessageTypeName", "SealHeader", "Source"]

MessageTypeName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z]{1,63}$")]
"""Name of a document type in the catalogue."""
CertificateKeyText = Annotated[
    str,
    Field(
        pattern=r"^[A-Z]{2}:([A-Za-z0-9_.~-]|%[0-9A-F]{2})+:([A-Za-z0-9_.~-]|%[0-9A-F]{2})+$",
        max_length=600,
    ),
]
"""``STATE:office:number``, see `swb_schemas.parties.CertificateKey`."""
KeyThumbprint = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""SHA-256 thumbprint of a key in base64url (RFC 7638)."""


class Adapter(Aggregate):
    """Which adapter read the national payload.

    Attributes:
        version: The adapter's own.
        value: Its name.
    """

    version: Code = Field(alias="version")
    value: Code


class Source(Aggregate):
    """What the document was made of, where it was made of a national payload.

    Attributes:
        payload_digest: Of the payload as it came in; the payload itself stays at home.
        adapter: What read it.
    """

    payload_digest: Digest
    adapter: Adapter


class Answers(Aggregate):
    """The document that this one replies to.

    Attributes:
        document_id: Its id.
        document_digest: Its signed digest.
    """

    document_id: Uuid
    document_digest: Digest


class SealHeader(Aggregate):
    """What the seal binds to the document.

    Attributes:
        document_id: UUIDv7; stays the same wherever the document goes.
        message_type: Type of the document, by its name in the catalogue.
        message_type_version: Version of that type; equals the document's own.
        agreement: Under which it was issued, where it was issued under one.
        profile: A narrowing of the agreement that two or more states use.
        edition: Of the agreement's text.
        issuing_party: Who answers for it, and whose certificate seals it.
        receiving_party: Whom it is for.
        recipient_key: RFC 7638 thumbprint of the key that it is encrypted for; absent where it
            travels in clear. So nobody who opened it can pass it on under another key, or in
            clear, as if its sealer had sent it that way.
        certificate_key: The certificate that it is or speaks about.
        conversation_id: UUIDv7, the same for everything about one certificate.
        revision: 0 for the first, counting where a type has numbered revisions.
        environment: What it is worth.
        sealed_at: When it was sealed; equals the signing time.
        valid_from: First day on which the document holds.
        valid_until: Last day.
        source: The national payload that it was made of.
        answers: What it replies to.
    """

    document_id: Uuid
    message_type: MessageTypeName
    message_type_version: Version
    agreement: Code | None = None
    profile: Code | None = None
    edition: Code | None = None
    issuing_party: PartyUrn
    receiving_party: PartyUrn
    recipient_key: KeyThumbprint | None = None
    certificate_key: CertificateKeyText | None = None
    conversation_id: Uuid
    revision: NonNegativeInt = 0
    environment: Environment
    sealed_at: Instant
    valid_from: Date | None = None
    valid_until: Date | None = None
    source: Source | None = None
    answers: Answers | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            msg = "expected ValidUntil on or after ValidFrom"
            raise ValueError(msg)
        return self
