"""What the register knows, out of a request: documents and what each is to the one judged."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, TypeVar

from swb_conformance.reference.members import MalformedRequestError, read_octets, read_text
from swb_schemas.catalogue import decode_document
from swb_schemas.documents import (
    CertificateOfOrigin,
    CustomsResponse,
    DeclarationExtract,
    LeadingDocument,
)
from swb_schemas.rulebook import (
    NOTHING_KNOWN,
    KnownCertificate,
    KnownDocument,
    KnownExtract,
    Related,
)
from swb_schemas.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_related"]

_Kind = TypeVar("_Kind")
_CERTIFICATES: Final = frozenset(
    {
        "same_number",
        "originals",
        "replaced",
        "replacements",
        "drawn_upon",
        "certificates",
        "subject",
    }
)


def read_related(value: object) -> Related:
    """Read the member ``related`` of a request; none is nothing known."""
    if value is None:
        return NOTHING_KNOWN
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise MalformedRequestError("expected related: a list of objects")
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for each in value:
        relation = read_text(each, "relation")
        found[relation].append(_read_one(relation, each))
    subject = found.pop("subject", [])
    taken_back = bool(found.pop("taken_back", []))
    return Related(
        subject=subject[0] if subject else None,
        taken_back=taken_back,
        **{relation: tuple(known) for relation, known in found.items()},
    )


def _read_one(relation: str, told: Mapping[str, Any]) -> object:
    if relation in _CERTIFICATES:
        return _read_certificate(told)
    if relation == "responses":
        return _read_document(told, CustomsResponse)
    if relation == "extracts":
        beside = told.get("beside", [])
        return KnownExtract(
            extract=_read_document(told, DeclarationExtract),
            beside=tuple(_read_certificate(each) for each in beside),
        )
    if relation == "supporting":
        return KnownDocument(
            message_type=read_text(told, "message_type"),
            document=_read_document(told, LeadingDocument),
            taken_back=bool(told.get("taken_back")),
        )
    if relation == "same_key":
        return read_text(told, "document_id")
    if relation == "taken_back":
        return True
    raise MalformedRequestError(f"expected a relation of the page, found {relation[:60]!r}")


def _read_certificate(told: Mapping[str, Any]) -> KnownCertificate:
    return KnownCertificate(
        certificate=_read_document(told, CertificateOfOrigin),
        cancelled=bool(told.get("cancelled")),
        document_id=read_text(told, "document_id", ""),
    )


def _read_document(told: Mapping[str, Any], kind: type[_Kind]) -> _Kind:
    document = decode_document(parse_xml(read_octets(told, "document")))
    if not isinstance(document, kind):
        raise MalformedRequestError(f"expected a {kind.__name__} among related documents")
    return document
