"""Headers as requests have them: fields under the names of docs/reference/wire.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_schemas.xml import encode_element, parse_xml
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from lxml import etree

    from swb_schemas.wire import MessageHeader, SealHeader

__all__ = ["FIELDS", "tell_message_header", "tell_seal_header"]

FIELDS: Final = {
    "Sender": "sender",
    "Receiver": "receiver",
    "TypeVersion": "message_type_version",
    "InstanceIdentifier": "message_id",
    "Type": "message_type",
    "CreationDateAndTime": "created_at",
    "ENVIRONMENT": "environment",
    "CONVERSATION": "conversation_id",
    "DOCUMENT": "document_id",
    "EXPIRES": "expires_at",
    "RETRANSMISSION_OF": "retransmission_of",
    "CORRELATION": "correlation",
}
"""Names of a message's header's fields on the page, and in the model."""
_MOMENTS: Final = frozenset({"CreationDateAndTime", "EXPIRES"})


def tell_seal_header(header: SealHeader) -> dict[str, Any]:
    """Write a seal header's fields as a request has them."""
    root = parse_xml(encode_element(header, "SealHeader"))
    told = {str(each.tag): _tell_element(each) for each in root}
    return {**told, "Revision": header.revision}


def tell_message_header(header: MessageHeader) -> dict[str, Any]:
    """Write a message's fields as a request has them."""
    values = {name: getattr(header, each) for name, each in FIELDS.items()}
    return {
        name: format_instant(value) if name in _MOMENTS else str(value)
        for name, value in values.items()
        if value is not None
    }


def _tell_element(element: etree._Element) -> object:
    if len(element):
        return {str(each.tag): _tell_element(each) for each in element}
    text = element.text or ""
    attributes = {str(name): str(value) for name, value in element.attrib.items()}
    return {**attributes, "value": text} if attributes else text
