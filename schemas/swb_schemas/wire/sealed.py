"""The inner layer: a document sealed by the authority that answers for it.

A sealed document is a file of its own::

    <SealedDocument xmlns="urn:swb:sealed-document:1" version="1.0">
      <SealHeader>...</SealHeader>
      <CertificateOfOrigin xmlns="urn:swb:certificate-of-origin:1" ...>...</CertificateOfOrigin>
      <ds:Signature ...>...</ds:Signature>
    </SealedDocument>

(without the white space). It is written by joining octets, so the document's own canonical octets
are a slice of the file. Nothing that this module reads is trusted; see `verification`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from swb_schemas.catalogue import decode_document, find_type_of
from swb_schemas.errors import RefusedError
from swb_schemas.parsing import parse_xml
from swb_schemas.wire.binding import check_binding
from swb_schemas.wire.seal_header import SealHeader
from swb_schemas.wire.signature import Unsigned, prepare_signature
from swb_schemas.xml.codec import decode, encode, encode_element
from swb_schemas.xml.validation import validate_xml

if TYPE_CHECKING:
    from lxml import etree

    from swb_schemas.documents import Document

__all__ = [
    "SEALED_CLOSING",
    "SEALED_NAMESPACE",
    "KeptSealed",
    "SealedParts",
    "check_sealed_root",
    "prepare_sealed",
    "read_kept",
    "read_kept_header",
    "read_sealed_parts",
]

SEALED_NAMESPACE: Final = "urn:swb:sealed-document:1"
SEALED_CLOSING: Final = b"</SealedDocument>"
_OPENING: Final = f'<SealedDocument xmlns="{SEALED_NAMESPACE}" version="1.0">'.encode()
_SCHEMA: Final = "sealed-document-1.xsd"


def prepare_sealed(header: SealHeader, document: Document, *, certificate: bytes) -> Unsigned:
    """Prepare a sealed document for signing; its signing time is ``SealedAt``.

    Args:
        header: What the seal binds; must say what the document says.
        document: The canonical document.
        certificate: Of the sealing key, DER.

    Raises:
        RefusedError: ``seal.disagrees``.
    """
    kind = find_type_of(document)
    check_binding(header, document)
    before = _OPENING + encode_element(header, "SealHeader") + encode(document)
    return prepare_signature(
        before,
        SEALED_CLOSING,
        certificate=certificate,
        at=header.sealed_at,
        commitment=kind.commitment,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedParts:
    """The parts of a sealed document, read and not yet verified.

    Attributes:
        claimed_header: The seal header.
        document: The canonical document's element.
        document_octets: Its standalone canonical octets.
    """

    claimed_header: SealHeader
    document: etree._Element
    document_octets: bytes


def check_sealed_root(root: etree._Element) -> None:
    """Require a file to be a sealed document of this major version.

    Raises:
        RefusedError: ``sealed.not_a_sealed_document``.
    """
    if root.tag != f"{{{SEALED_NAMESPACE}}}SealedDocument":
        message = f"expected a SealedDocument of {SEALED_NAMESPACE}, found {root.tag[:120]!r}"
        raise RefusedError("sealed.not_a_sealed_document", message)


def read_sealed_parts(raw: bytes, root: etree._Element, *, signature_start: int) -> SealedParts:
    """Read the parts of a canonical sealed document with a well-placed signature.

    Raises:
        RefusedError: ``xml.schema``, ``document.invalid``, and ``xml.not_canonical`` where
            something is spelled in another way than `prepare_sealed` would, such as a prefix.
    """
    validate_xml(root, _SCHEMA)
    header = decode(SealHeader, root[0])
    head = _OPENING + encode_element(header, "SealHeader")
    if not raw.startswith(head):
        message = "expected the seal header in its one spelling, without prefixes"
        raise RefusedError("xml.not_canonical", message)
    return SealedParts(
        claimed_header=header, document=root[1], document_octets=raw[len(head) : signature_start]
    )


class KeptSealed:
    """A sealed document that was verified before it was kept: each part is read when it is wanted.

    It proves nothing: whoever needs proof calls `verification.verify_sealed`.

    Args:
        raw: Its octets.

    Raises:
        RefusedError: ``xml.*``, ``sealed.not_a_sealed_document``.
    """

    def __init__(self, raw: bytes) -> None:
        self._root = parse_xml(raw)
        check_sealed_root(self._root)

    @cached_property
    def header(self) -> SealHeader:
        """What the seal binds.

        Raises:
            RefusedError: ``document.invalid``.
        """
        return decode(SealHeader, self._root[0])

    @cached_property
    def document(self) -> Document:
        """The canonical document.

        Raises:
            RefusedError: ``document.invalid``.
        """
        return decode_document(self._root[1])


def read_kept(raw: bytes) -> tuple[SealHeader, Document]:
    """Read both parts of a sealed document, as `KeptSealed` does."""
    kept = KeptSealed(raw)
    return kept.header, kept.document


def read_kept_header(raw: bytes) -> SealHeader:
    """Read the seal header alone, as `KeptSealed` does."""
    return KeptSealed(raw).header
