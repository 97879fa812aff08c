"""The adapter of the simulated Singaporean national single window."""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk import Provenance
from swb_adapters.sdk.mapping import TableAdapter, XmlSyntax
from swb_adapters.singapore.answers import ANSWERS
from swb_adapters.singapore.certificate import CERTIFICATE
from swb_adapters.singapore.declaration import DECLARATION

__all__ = ["ADAPTER"]

_TABLES: Final = {
    "PureCertificate": CERTIFICATE,
    "ExportDeclarationExtract": DECLARATION,
    **ANSWERS,
}

ADAPTER: Final = TableAdapter(
    XmlSyntax({kind: kind for kind in _TABLES}, namespaces={"": "urn:swb-simulation:singapore:1"}),
    _TABLES,
    name="singapore",
    version="1.0.0",
    provenance=Provenance.SIMULATED,
    system="National single window of Singapore (simulation): declarations and certificates in XML",
    state="SG",
    media_type="application/xml",
    file_suffix=".xml",
)
