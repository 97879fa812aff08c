"""The envelope of the simulated Thai format: SOAP 1.1 with the header of ebMS 2.0.

The document stands in the SOAP body beside the manifest that refers to it. (A real ebMS message
carries it as a MIME part of its own; one file of XML is what this simulation exchanges.)

Nothing in the header is content of the document. In writing, what ebMS demands is derived: the
conversation from the certificate's key, so that a certificate and its answers share it; the
message id from the body's octets, so that the same document has the same id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import (
    PayloadWriter,
    check_schema,
    derive_uuid,
    parse_payload,
    refuse,
    spell_name,
)
from swb_adapters.thailand.paths import (
    CERTIFICATE_PATHS,
    EXTRACT_PATHS,
    RECEIPT_PATHS,
    RESPONSE_PATHS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    from swb_adapters.sdk import PathMap

__all__ = ["NAMESPACE", "Kind", "open_envelope", "wrap_body"]

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
EBMS: Final = "http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd"
XLINK: Final = "http://www.w3.org/1999/xlink"
NAMESPACE: Final = "urn:swb-simulation:thailand:1"
"""Namespace of the documents; this project's own."""

_MANIFEST: Final = f"{{{EBMS}}}Manifest"
_HREF: Final = f"{{{XLINK}}}href"
_TYPE: Final = f"{NAMESPACE}:name"
_BODY_ID: Final = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of body.

    Attributes:
        element: Name of its root element.
        action: What the ebMS header says that it asks for.
        paths: Where canonical elements stand in it.
    """

    element: str
    action: str
    paths: PathMap


CERTIFICATE: Final = Kind(element="FormD", action="Issue", paths=CERTIFICATE_PATHS)
EXTRACT: Final = Kind(element="ExportDeclaration", action="Declare", paths=EXTRACT_PATHS)
RECEIPT: Final = Kind(element="CertificateReceipt", action="Receive", paths=RECEIPT_PATHS)
RESPONSE: Final = Kind(element="CertificateResponse", action="Decide", paths=RESPONSE_PATHS)

_KINDS: Final = {
    f"{{{NAMESPACE}}}{kind.element}": kind for kind in (CERTIFICATE, EXTRACT, RECEIPT, RESPONSE)
}


def open_envelope(raw: bytes, *, more: Sequence[Kind] = ()) -> tuple[Kind, etree._Element]:
    """Take the document out of a payload that is valid against the schema.

    Args:
        raw: The payload.
        more: Kinds beside those of this module.

    Raises:
        RefusedError: ``xml.*``, ``adapter.malformed``, ``adapter.schema``,
            ``adapter.unsupported``, ``adapter.inconsistent``.
    """
    root = parse_payload(raw)
    if root.tag != f"{{{SOAP}}}Envelope":
        message = f"expected Envelope of SOAP 1.1, found {spell_name(root)}"
        raise refuse("adapter.malformed", message, national_path="line 1")
    kinds = _KINDS | {f"{{{NAMESPACE}}}{each.element}": each for each in more}
    kind = next((kinds[e.tag] for e in root.iterfind(f"{{{SOAP}}}Body/*") if e.tag in kinds), None)
    if kind is None:
        known = " or ".join(k.element for k in kinds.values())
        others = [spell_name(e) for e in root.iterfind(f"{{{SOAP}}}Body/*") if e.tag != _MANIFEST]
        found = others[0] if others else "no document"
        message = f"expected {known} of the namespace {NAMESPACE}, found {found}"
        raise refuse("adapter.unsupported", message, national_path="Envelope/Body")
    check_schema(root, package="swb_adapters.thailand.xsd", schema="envelope.xsd", paths=kind.paths)
    header, body = root
    manifest, document = body
    action = (header[0][5].text or "").strip()
    if action != kind.action:
        message = f"expected {kind.action} with {kind.element}, found {action[:40]!r}"
        path = "Envelope/Header/MessageHeader/Action"
        raise refuse("adapter.inconsistent", message, national_path=path)
    href = manifest[0].get(_HREF, "").strip()
    if href != f"#{document.get('Id')}":
        message = f"expected a reference to the document's Id, found {href[:70]!r}"
        path = "Envelope/Body/Manifest/Reference/@href"
        raise refuse("adapter.inconsistent", message, national_path=path)
    function = document[0][1].text or ""
    if function != "9":
        message = f"expected function 9 (new), found {function[:4]!r}"
        path = f"Envelope/Body/{kind.element}/DocumentControl/FunctionCode"
        raise refuse("adapter.unsupported", message, national_path=path)
    return kind, document


def wrap_body(kind: Kind, content: bytes, *, key: str, timestamp: str) -> bytes:
    """Put a document's content into its envelope.

    Args:
        kind: Of the document.
        content: Everything between the tags of the document's root element.
        key: The certificate's key; makes the conversation.
        timestamp: In UTC, with ``Z``.
    """
    head = PayloadWriter()
    head.open("soap:Header")
    head.open("eb:MessageHeader", **{"eb:version": "2.0", "soap:mustUnderstand": "1"})
    for direction, party in (("eb:From", "SWB-GATEWAY-TH"), ("eb:To", "NSW-TH")):
        head.open(direction)
        head.text("eb:PartyId", party, **{"eb:type": _TYPE})
        head.close(direction)
    head.text("eb:CPAId", "SWB-SIMULATION-TH-1")
    head.text("eb:ConversationId", derive_uuid("thailand.conversation", key.encode()))
    head.text("eb:Service", "CertificateOfOrigin", **{"eb:type": _TYPE})
    head.text("eb:Action", kind.action)
    head.open("eb:MessageData")
    head.text("eb:MessageId", f"{derive_uuid('thailand.message', content)}@swb-gateway-th.invalid")
    head.text("eb:Timestamp", timestamp)
    head.close("eb:MessageData")
    head.close("eb:MessageHeader")
    head.close("soap:Header")
    head.open("soap:Body")
    head.open("eb:Manifest", **{"eb:version": "2.0"})
    head.open("eb:Reference", **{"xlink:type": "simple", "xlink:href": f"#{_BODY_ID}"})
    head.close("eb:Reference")
    head.close("eb:Manifest")
    head.open(kind.element, xmlns=NAMESPACE, Id=_BODY_ID)
    return b"".join(
        (
            b'<?xml version="1.0" encoding="UTF-8"?>\n',
            f'<soap:Envelope xmlns:soap="{SOAP}" xmlns:eb="{EBMS}" xmlns:xlink="{XLINK}">'.encode(),
            head.encode(),
            content,
            f"</{kind.element}></soap:Body></soap:Envelope>\n".encode(),
        )
    )
