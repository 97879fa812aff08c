"""Each model beside the XSD that it mirrors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from swb_schemas.catalogue import CATALOGUE
from swb_schemas.wire.seal_header import SealHeader
from tests.shapes import Complex, describe_schema_type, load_schemas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from swb_schemas.documents.elements import Aggregate

__all__ = ["PAIRS", "SCHEMAS", "UNIQUE", "describe"]


class Pair(NamedTuple):
    """A model and where its XSD is."""

    model: type[Aggregate]
    file: str
    element: str = ""
    type_name: str = ""


PAIRS: Final = {
    **{
        name: Pair(entry.model, entry.schema, element=entry.model.__name__)
        for name, entry in CATALOGUE.items()
    },
    "SealHeader": Pair(SealHeader, "sealed-document-1.xsd", type_name="SealHeader"),
}

UNIQUE: Final = {
    "CertificateIssue": (("Item", "SequenceNumber"),),
    "DeclarationExtract": (("Item", "SequenceNumber"),),
    "CertificateOfConformity": (("Item", "SequenceNumber"),),
    "CleanReportOfFindings": (("Item", "SequenceNumber"),),
    "CustomsResponse": (("Item", "SequenceNumber"),),
}
"""What the models hold by validators and the XSD by ``xs:unique``; `test_documents` tries it."""

SCHEMAS: Final = load_schemas()


def describe(schemas: Mapping[str, etree._Element], name: str) -> Complex:
    pair = PAIRS[name]
    return describe_schema_type(schemas, pair.file, element=pair.element, type_name=pair.type_name)
