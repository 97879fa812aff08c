"""The outer layer: a message from one gateway or router to another.

A message is a UN/CEFACT StandardBusinessDocument (SBDH 1.3, header version 1.0) with exactly one
sender and receiver, whose one payload element holds the sealed document's octets and the only
signature::

    <StandardBusinessDocument xmlns="http://www.unece.org/.../StandardBusinessDocumentHeader">
      <StandardBusinessDocumentHeader>...</StandardBusinessDocumentHeader>
      <Exchange xmlns="urn:swb:message:1" version="1.0">
        <Content>base64</Content>, or <EncryptedContent recipientKey="...">JWE</EncryptedContent>
        <Extensions>...</Extensions>, where there are any
        <ds:Signature ...>...</ds:Signature>
      </Exchange>
    </StandardBusinessDocument>

(without the white space). Nothing that this module reads is trusted; see `verification`.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from swb_schemas.catalogue import Commitment
from swb_schemas.documents.elements import (
    Environment,
    Extensions,
    Instant,
    PartyUrn,
    Uuid,
    Version,
)
from swb_schemas.errors import RefusedError
from swb_schemas.wire.encryption import EncryptedBody
from swb_schemas.wire.octets import decode_base64
from swb_schemas.wire.seal_header import MessageTypeName
from swb_schemas.wire.signature import Unsigned, prepare_signature
from swb_schemas.xml.codec import decode, encode_element, findings_of, format_instant
from swb_schemas.xml.validation import validate_xml

if TYPE_CHECKING:
    from lxml import etree

__all__ = [
    "MESSAGE_CLOSING",
    "MESSAGE_NAMESPACE",
    "SBDH_NAMESPACE",
    "ClearBody",
    "MessageHeader",
    "MessageParts",
    "check_message_root",
    "prepare_message",
    "read_message_parts",
]

MESSAGE_NAMESPACE: Final = "urn:swb:message:1"
SBDH_NAMESPACE: Final = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
MESSAGE_CLOSING: Final = b"</Exchange></StandardBusinessDocument>"
_EXCHANGE: Final = f'<Exchange xmlns="{MESSAGE_NAMESPACE}" version="1.0">'
_SCHEMA: Final = "message-1-envelope.xsd"
_ENCRYPTED: Final = re.compile(
    rb'<EncryptedContent recipientKey="([A-Za-z0-9_-]{43})">([A-Za-z0-9._-]+)</EncryptedContent>'
)
_CONTENT_OPEN: Final = b"<Content>"
_CONTENT_CLOSE: Final = b"</Content>"


class MessageHeader(BaseModel):
    """What the outer layer says of a message.

    Attributes:
        message_id: UUIDv7; the same on every attempt.
        message_type: Type of the sealed document in it.
        message_type_version: Version of that type.
        sender: The gateway or router that signs.
        receiver: The gateway or router that it is for.
        created_at: Equals the signing time.
        expires_at: After it the message is not delivered any more; duplicate records outlive it.
        environment: As in the seal header.
        conversation_id: As in the seal header.
        document_id: As in the seal header.
        retransmission_of: The message that carried first what is sent again.
        correlation: The message that this one answers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    message_id: Uuid
    message_type: MessageTypeName
    message_type_version: Version
    sender: PartyUrn
    receiver: PartyUrn
    created_at: Instant
    expires_at: Instant
    environment: Environment
    conversation_id: Uuid
    document_id: Uuid
    retransmission_of: Uuid | None = None
    correlation: Uuid | None = None

    @model_validator(mode="after")
    def _expires_after_creation(self) -> Self:
        if self.expires_at <= self.created_at:
            msg = "expected EXPIRES after CreationDateAndTime"
            raise ValueError(msg)
        return self


@dataclass(frozen=True, slots=True)
class ClearBody:
    """A sealed document that everybody on the way could read."""

    octets: bytes


# --- writing -----------------------------------------------------------------------------------


def _scope(kind: str, identifier: str, information: str = "") -> str:
    return (
        f"<Scope><Type>{kind}</Type><InstanceIdentifier>{identifier}</InstanceIdentifier>"
        f"{information}</Scope>"
    )


def _encode_header(header: MessageHeader) -> bytes:
    """Everything before the payload element's content; no value needs escaping."""
    scopes = [
        _scope("ENVIRONMENT", header.environment),
        _scope("CONVERSATION", header.conversation_id),
        _scope("DOCUMENT", header.document_id),
        _scope("EXPIRES", format_instant(header.expires_at)),
    ]
    if header.retransmission_of is not None:
        scopes.append(_scope("RETRANSMISSION_OF", header.retransmission_of))
    if header.correlation is not None:
        information = (
            "<CorrelationInformation><RequestingDocumentInstanceIdentifier>"
            f"{header.correlation}"
            "</RequestingDocumentInstanceIdentifier></CorrelationInformation>"
        )
        scopes.append(_scope("CORRELATION", header.correlation, information))
    return (
        f'<StandardBusinessDocument xmlns="{SBDH_NAMESPACE}"><StandardBusinessDocumentHeader>'
        "<HeaderVersion>1.0</HeaderVersion>"
        f'<Sender><Identifier Authority="urn:swb:party">{header.sender}</Identifier></Sender>'
        f'<Receiver><Identifier Authority="urn:swb:party">{header.receiver}</Identifier></Receiver>'
        "<DocumentIdentification>"
        f"<Standard>{MESSAGE_NAMESPACE}</Standard>"
        f"<TypeVersion>{header.message_type_version}</TypeVersion>"
        f"<InstanceIdentifier>{header.message_id}</InstanceIdentifier>"
        f"<Type>{header.message_type}</Type>"
        f"<CreationDateAndTime>{format_instant(header.created_at)}</CreationDateAndTime>"
        "</DocumentIdentification>"
        f"<BusinessScope>{''.join(scopes)}</BusinessScope>"
        f"</StandardBusinessDocumentHeader>{_EXCHANGE}"
    ).encode()


def prepare_message(
    header: MessageHeader,
    body: ClearBody | EncryptedBody,
    *,
    certificate: bytes,
    extensions: Extensions | None = None,
) -> Unsigned:
    """Prepare a message for signing; its signing time is ``CreationDateAndTime``.

    Args:
        header: What the outer layer says; must agree with the sealed document.
        body: The sealed document's octets, byte for byte as they were sealed, or encrypted.
        certificate: Of the sender's transport key, DER.
        extensions: What this version does not know.
    """
    parts = [_encode_header(header)]
    if isinstance(body, ClearBody):
        parts += [_CONTENT_OPEN, base64.b64encode(body.octets), _CONTENT_CLOSE]
    else:
        opening = f'<EncryptedContent recipientKey="{body.recipient_key}">'
        parts.append(f"{opening}{body.jwe}</EncryptedContent>".encode())
    if extensions is not None:
        parts.append(encode_element(extensions, "Extensions"))
    return prepare_signature(
        b"".join(parts),
        MESSAGE_CLOSING,
        certificate=certificate,
        at=header.created_at,
        commitment=Commitment.SENDER,
    )


# --- reading -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageParts:
    """The parts of a message, read and not yet verified.

    Attributes:
        claimed_header: The header.
        body_octets: Octets of the element that holds the body.
        extensions: What this version does not know.
    """

    claimed_header: MessageHeader
    body_octets: bytes
    extensions: Extensions | None

    def read_body(self) -> ClearBody | EncryptedBody:
        """Decode the body.

        Raises:
            RefusedError: ``message.body``, ``encryption.malformed``.
        """
        octets = self.body_octets
        if octets.startswith(_CONTENT_OPEN):
            text = octets[len(_CONTENT_OPEN) : -len(_CONTENT_CLOSE)]
            return ClearBody(decode_base64(text, code="message.body", what="Content"))
        match = _ENCRYPTED.fullmatch(octets)
        if match is None:
            message = "expected a compact JWE and the thumbprint of the key that opens it"
            raise RefusedError("message.body", message)
        body = EncryptedBody.of(match[2].decode())
        if body.recipient_key != match[1].decode():
            message = "expected recipientKey to be the kid of the JWE"
            raise RefusedError("message.body", message)
        return body


def check_message_root(root: etree._Element) -> None:
    """Require a file to be a StandardBusinessDocument.

    Raises:
        RefusedError: ``message.not_a_message``.
    """
    if root.tag != f"{{{SBDH_NAMESPACE}}}StandardBusinessDocument":
        message = f"expected a StandardBusinessDocument, found {root.tag[:120]!r}"
        raise RefusedError("message.not_a_message", message)


def read_message_parts(raw: bytes, root: etree._Element, *, signature_start: int) -> MessageParts:
    """Read the parts of a canonical message with a well-placed signature.

    Raises:
        RefusedError: ``xml.schema``, ``message.header``, and ``xml.not_canonical`` where
            something is spelled in another way than `prepare_message` would, such as a prefix.
    """
    validate_xml(root, _SCHEMA)
    header = _read_header(root[0])
    head = _encode_header(header)
    exchange = root[1]
    extensions = decode(Extensions, exchange[1]) if len(exchange) > 2 else None  # noqa: PLR2004 - body, extensions, signature
    tail = b"" if extensions is None else encode_element(extensions, "Extensions")
    body = raw[len(head) : signature_start - len(tail)]
    if not (
        raw.startswith(head)
        and raw[:signature_start].endswith(tail)
        and body.startswith((_CONTENT_OPEN, b"<EncryptedContent "))
        and body.endswith((_CONTENT_CLOSE, b"</EncryptedContent>"))
    ):
        message = "expected header, body and extensions in their one spelling, without prefixes"
        raise RefusedError("xml.not_canonical", message)
    return MessageParts(claimed_header=header, body_octets=body, extensions=extensions)


_SCOPES: Final = {
    "ENVIRONMENT": "environment",
    "CONVERSATION": "conversation_id",
    "DOCUMENT": "document_id",
    "EXPIRES": "expires_at",
    "RETRANSMISSION_OF": "retransmission_of",
    "CORRELATION": "correlation",
}


def _read_header(element: etree._Element) -> MessageHeader:
    """Read an SBDH that the XSD has accepted; the caller compares its spelling."""
    _, sender, receiver, identification, scopes = element
    _, version, message_id, message_type, created_at = identification
    values = {
        "sender": sender[0].text,
        "receiver": receiver[0].text,
        "message_type_version": version.text,
        "message_id": message_id.text,
        "message_type": message_type.text,
        "created_at": created_at.text,
    }
    for scope in scopes:
        values[_SCOPES[scope[0].text or ""]] = scope[1].text
    try:
        return MessageHeader.model_validate(values)
    except ValidationError as cause:
        findings = findings_of(cause, root="StandardBusinessDocumentHeader")
        first = f"{findings[0].path}: {findings[0].message}" if findings else str(cause)
        message = f"expected a valid header; {first}"
        raise RefusedError("message.header", message, findings=findings) from cause
