"""The XML of a WCO declaration, as a tree that a table can name.

Three things of the format are not one place for one value, and are settled here once for all
declarations:

* Elements that a code tells apart: documents, statements, classifications, kinds of origin.
* An address is ``Line``, ``CityName`` and ``PostcodeID``. The tree has them as the lines of one
  address, in that order.
* The procedure stands at every item. The tree has it once where all items state the same one
  first; what differs, and what further procedures an item states, stays at the item.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from swb_adapters.sdk.building import Unreadable, refuse
from swb_adapters.sdk.mapping import Shape, ToldApart, Tree, XmlSyntax
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb_adapters.sdk.xml import PayloadWriter

__all__ = ["KIND", "PROCEDURE", "STATEMENT", "WcoSyntax"]

KIND: Final = "Declaration"
PROCEDURE: Final = "GovernmentProcedure(of all items)"
"""What the tree calls the procedure that all items state."""
STATEMENT: Final = "AdditionalInformation"

_FURTHER: Final = "GovernmentProcedure(further)"
_NAMESPACES: Final = {
    "md": "urn:wco:datamodel:WCO:DocumentMetaData-DMS:2",
    "": "urn:wco:datamodel:WCO:DEC-DMS:2",
    "p1": "urn:wco:datamodel:WCO:Declaration_DS:DMS:2",
}
_CERTIFICATES: Final = ("861", "851", "852", "853")
_TOLD_APART: Final = {
    STATEMENT: ToldApart("StatementCode", "StatementDescription"),
    "AdditionalDocument": ToldApart(
        "TypeCode",
        needs={
            "380": ("ID", "EffectiveDateTime"),
            **dict.fromkeys(_CERTIFICATES, ("ID/@schemeID", "ID/@schemeAgencyName")),
        },
        names=dict.fromkeys(_CERTIFICATES, "certificate"),
    ),
    "Classification": ToldApart("IdentificationTypeCode"),
    "Origin": ToldApart("TypeCode", names={"": "1"}),
}
DAY_FORMAT: Final = "102"
"""Code of ``yyyyMMdd`` (UN/EDIFACT 2379)."""
_FORMATS: Final = {DAY_FORMAT: (8, "yyyyMMdd"), "304": (14, "yyyyMMddHHmmss and a zone")}
_KNOWN: Final = " or ".join(_FORMATS)
_DATE: Final = "p1:DateTimeString"
_PARTIES: Final = (("Exporter",), ("GoodsShipment", "Consignee"))
_ADDRESS: Final = ("Line", "CityName", "PostcodeID")
_EXPORT: Final = re.compile(r"830|EX[A-Z]?")
_PAIR: Final = re.compile(r"\d{4}", re.ASCII)


class WcoSyntax(XmlSyntax):
    """``MetaData`` around one ``Declaration`` of an export."""

    def __init__(self) -> None:
        super().__init__({KIND: "md:MetaData"}, namespaces=_NAMESPACES, told_apart=_TOLD_APART)

    def recognise(self, raw: bytes) -> tuple[str, object]:
        """Parse a payload that declares an export for the first time.

        Raises:
            RefusedError: ``adapter.unsupported``: a response, an amendment, a cancellation, or
                another declaration than of an export.
        """
        kind, root = super().recognise(raw)
        if not isinstance(root, etree._Element):  # noqa: SLF001 - lxml's only name for it
            msg = f"expected an element, found {type(root).__name__}"
            raise TypeError(msg)
        names = {self.spell(str(child.tag)): child for child in root}
        declaration = names.get(KIND)
        if declaration is None:
            message = f"expected the element {KIND}, found {', '.join(names)[:120]}"
            raise refuse("adapter.unsupported", message, national_path=KIND)
        found = {self.spell(str(child.tag)): child.text or "" for child in declaration}
        function = found.get("FunctionCode", "").strip()
        if function != "9":
            message = f"expected 9, a declaration as first made, found {quote_value(function)}"
            raise refuse("adapter.unsupported", message, national_path=f"{KIND}/FunctionCode")
        about = found.get("TypeCode", "").strip()
        if _EXPORT.fullmatch(about) is None:
            message = (
                "expected the declaration of an export (830, or EX with one letter), "
                f"found {quote_value(about)}"
            )
            raise refuse("adapter.unsupported", message, national_path=f"{KIND}/TypeCode")
        return kind, root

    def read(self, kind: str, parsed: object, shape: Shape) -> Tree:
        """Make a tree; see the module."""
        tree = super().read(kind, parsed, shape)
        for address in _find_addresses(tree):
            lines: list[Any] = []
            for name in _ADDRESS:
                found = address.pop(name, [])
                lines += found if isinstance(found, list) else [found]
            if lines:
                address["Line"] = lines
        shipment = _find(tree, KIND, "GoodsShipment")
        if shipment is not None:
            _lift_procedure(shipment)
        return tree

    def write(self, kind: str, tree: Tree, shape: Shape) -> bytes:
        """Write a tree; see the module."""
        for address in _find_addresses(tree):
            address.update(zip(_ADDRESS, address.pop("Line", ()), strict=False))
        shipment = _find(tree, KIND, "GoodsShipment")
        procedure = shipment.pop(PROCEDURE, None) if shipment is not None else None
        if shipment is not None and procedure is not None:
            for item in shipment["GovernmentAgencyGoodsItem"]:
                item["GovernmentProcedure"] = _split_procedure(procedure)
        return super().write(kind, tree, shape)

    def read_element(self, element: etree._Element, shape: Shape) -> Any:  # noqa: ANN401 - text, a tree or a list of either
        """Make a tree, or a text, of an element; a time has to be of the format that it tells."""
        if element.tag == f"{{{_NAMESPACES['p1']}}}DateTimeString" and not len(element):
            text = (element.text or "").strip()
            return _check_format(element.get("formatCode"), text)
        return super().read_element(element, shape)

    def write_element(
        self,
        out: PayloadWriter,
        name: str,
        node: Any,  # noqa: ANN401 - text, a tree or a list of either
        shape: Shape,
        attributes: Mapping[str, str] | None = None,
    ) -> None:
        """Write one node; all times that are written are days."""
        if name == _DATE:
            attributes = {"formatCode": DAY_FORMAT}
        super().write_element(out, name, node, shape, attributes)


def _check_format(code: str | None, text: str) -> str | Unreadable:
    """Require a time to have the length of its format; one that tells none is told by it."""
    if code is None or not text:
        return text
    length, spelled = _FORMATS.get(code, (0, ""))
    if not length:
        return Unreadable(f"expected {_KNOWN} as formatCode, found {quote_value(code)}")
    if len(text) < length or (len(text) > length) is (code == DAY_FORMAT):
        return Unreadable(f"expected {spelled} with formatCode {code}, found {quote_value(text)}")
    return text


def _find(tree: Tree, *steps: str) -> Tree | None:
    found: Any = tree
    for step in steps:
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None


def _find_addresses(tree: Tree) -> Iterator[Tree]:
    for steps in _PARTIES:
        address = _find(tree, KIND, *steps, "Address")
        if address is not None:
            yield address


def _lift_procedure(shipment: Tree) -> None:
    """Take the procedure that all items state first out of them."""
    items = [
        item for item in shipment.get("GovernmentAgencyGoodsItem", ()) if isinstance(item, dict)
    ]
    stated: list[list[Any]] = []
    for item in items:
        given = item.pop("GovernmentProcedure", [])
        stated.append(given if isinstance(given, list) else [given])
    firsts = {_join_procedure(given[0]) if given else "" for given in stated}
    common = firsts.pop() if len(firsts) == 1 else ""
    if common:
        shipment[PROCEDURE] = common
    for item, given in zip(items, stated, strict=True):
        rest = given[1:] if common else given
        if rest:
            item[_FURTHER] = rest


def _join_procedure(given: Any) -> str:  # noqa: ANN401 - a node of any form
    if not isinstance(given, dict) or given.keys() - {"CurrentCode", "PreviousCode"}:
        return ""
    current, previous = given.get("CurrentCode", ""), given.get("PreviousCode", "")
    if not isinstance(current, str) or not isinstance(previous, str):
        return ""
    return current + previous


def _split_procedure(code: str) -> Tree:
    if _PAIR.fullmatch(code):
        return {"CurrentCode": code[:2], "PreviousCode": code[2:]}
    return {"CurrentCode": code}
