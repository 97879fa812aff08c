"""The XML of UBL, as a tree that a table can name.

* Names and descriptions stand once in the document's language, without ``languageID``, and in other
  languages with one; the latter are ``cac:PartyName(local)`` and ``cbc:Description(local)``.
* An address is its lines. Where a payload has none, but street and city, those are its lines.
* Properties, measures and references are told apart by the code in them, and the extension that is
  ours from others by its URI.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.mapping import Shape, ToldApart, Tree, XmlSyntax
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb_adapters.sdk.xml import PayloadWriter

__all__ = ["EXTENSION_URI", "KIND", "UblSyntax"]

KIND: Final = "CertificateOfOrigin"
EXTENSION_URI: Final = "urn:swb:ubl:certificate-of-origin:1"
_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd"
_NAMESPACES: Final = {
    "": f"{_UBL}:CertificateOfOrigin-2",
    "cac": f"{_UBL}:CommonAggregateComponents-2",
    "cbc": f"{_UBL}:CommonBasicComponents-2",
    "ext": f"{_UBL}:CommonExtensionComponents-2",
    "swb": EXTENSION_URI,
}
_VERSIONS: Final = ("2.1", "2.2", "2.3", "2.4")
_LANGUAGES: Final = ToldApart("@languageID")
_TOLD_APART: Final = {
    "cac:PartyName": _LANGUAGES,
    "cbc:Description": _LANGUAGES,
    "cac:AdditionalItemProperty": ToldApart("cbc:Name", "cbc:Value"),
    "cac:MeasurementDimension": ToldApart("cbc:AttributeID", "cbc:Measure"),
    "cac:ItemSpecificationDocumentReference": ToldApart("cbc:DocumentTypeCode"),
    "ext:UBLExtension": ToldApart("ext:ExtensionURI", names={EXTENSION_URI: "SWB"}),
}
_PARTIES: Final = ("cac:ExporterParty", "cac:ImporterParty")
_LINES: Final = "cac:AddressLine"
_PARTS: Final = tuple(
    f"cbc:{name}"
    for name in (
        "Postbox",
        "Floor",
        "Room",
        "BuildingName",
        "BuildingNumber",
        "StreetName",
        "AdditionalStreetName",
        "BlockName",
        "CitySubdivisionName",
        "CityName",
        "PostalZone",
        "CountrySubentity",
        "Region",
        "District",
    )
)
"""What an address without lines is made of, in the order in which it is read."""


class UblSyntax(XmlSyntax):
    """``CertificateOfOrigin`` of any UBL from 2.1 to 2.4."""

    def __init__(self) -> None:
        super().__init__({KIND: KIND}, namespaces=_NAMESPACES, told_apart=_TOLD_APART)

    def recognise(self, raw: bytes) -> tuple[str, object]:
        """Parse a certificate of a known version, which is 2.1 where it says none."""
        kind, root = super().recognise(raw)
        if isinstance(root, etree._Element):  # noqa: SLF001 - lxml's only name for it
            stated = root.findtext(f"{{{_NAMESPACES['cbc']}}}UBLVersionID") or _VERSIONS[0]
            if stated.strip() not in _VERSIONS:
                message = f"expected UBL {', '.join(_VERSIONS)}, found {quote_value(stated)}"
                raise refuse("adapter.unsupported", message, national_path="cbc:UBLVersionID")
        return kind, root

    def read(self, kind: str, parsed: object, shape: Shape) -> Tree:
        """Make a tree; see the module."""
        tree = super().read(kind, parsed, shape)
        for address in _find_addresses(tree):
            lines = address.get(_LINES)
            if isinstance(lines, list):
                address[_LINES] = [_open_line(line) for line in lines]
                continue
            texts = [address[name] for name in _PARTS if isinstance(address.get(name), str)]
            if texts:
                address[_LINES] = texts
                for name in _PARTS:
                    if isinstance(address.get(name), str):
                        del address[name]
        return tree

    def write(self, kind: str, tree: Tree, shape: Shape) -> bytes:
        """Write a tree; see the module."""
        for address in _find_addresses(tree):
            address[_LINES] = [{"cbc:Line": line} for line in address.get(_LINES, ())]
        return super().write(kind, tree, shape)

    def tell_apart(
        self,
        name: str,
        apart: ToldApart,
        element: etree._Element,
        children: Mapping[str, Shape],
    ) -> tuple[str, Shape | None, etree._Element]:
        """Find the name that the table has for an element, by its language or by a code."""
        if apart is not _LANGUAGES:
            return super().tell_apart(name, apart, element, children)
        local = f"{name}(local)"
        if local in children and _is_local(element):
            return local, children[local], element
        return name, children.get(name), element

    def write_told_apart(
        self,
        out: PayloadWriter,
        name: str,
        node: Any,  # noqa: ANN401 - text or a tree
        shape: Shape,
    ) -> None:
        """Write one node; one in another language says so itself."""
        plain = name.removesuffix("(local)")
        if plain != name:
            self.write_element(out, plain, node, shape)
        else:
            super().write_told_apart(out, name, node, shape)


def _find_language(element: etree._Element) -> str:
    found = element.get("languageID") or next((each.get("languageID") for each in element), None)
    return found or ""


def _is_local(element: etree._Element) -> bool:
    """Tell whether a text is in another language; English may say so where it is the only one."""
    language = _find_language(element)
    if language != "en":
        return bool(language)
    around = element.getparent()
    if around is None:
        return False
    return any(not _find_language(each) for each in around.findall(str(element.tag)))


def _open_line(node: Any) -> Any:  # noqa: ANN401 - a node of any form
    return node["cbc:Line"] if isinstance(node, dict) and node.keys() == {"cbc:Line"} else node


def _find_addresses(tree: Tree) -> Iterator[Tree]:
    for name in _PARTIES:
        party = tree.get(name)
        address = party.get("cac:PostalAddress") if isinstance(party, dict) else None
        if isinstance(address, dict):
            yield address
