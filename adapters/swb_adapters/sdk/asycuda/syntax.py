"""The XML of ASYCUDA: no namespace, no attributes, and places without a value that say so.

An element without a value has the child ``<null/>``, or nothing in it at all, and whole groups of
such elements stand in every file. None of them says anything, so none becomes part of a tree.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.mapping import TEXT, Shape, Tree, XmlSyntax

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml import etree

    from swb_adapters.sdk.xml import PayloadWriter

__all__ = ["AsycudaSyntax", "Blank", "speller"]

_BLANK: Final = " \t\r\n"
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_NULL: Final = "null"
_UNKNOWN: Final = Shape()
_NAME: Final = re.compile(r"([^/\[\]=]+)(?:=([^/\[\]]+))?")
FIRST: Final = frozenset({"Supplementary_unit"})
"""What repeats, and of which the first one is what a tariff line is counted in."""
PARTED: Final = {"Attached_documents": "Attached_document_code"}
"""What repeats, and is of the kind that one of its elements tells: ``Attached_documents=380``."""

KEPT: Final = frozenset(
    {
        "Code",
        "Comments_free_text",
        "Consignee_code",
        "Date",
        "Date_of_exit",
        "Declarant_code",
        "Destination_country_code",
        "Export_country_code",
        "Exporter_code",
        "Gross_weight",
        "Identity",
        "Kind_of_packages_code",
        "Mode",
        "Number",
        "Precision_1",
        "Serial_number",
        "Type_of_declaration",
    }
)
"""Places that stand in every file, with a value or without."""


class Blank(StrEnum):
    """How a place without a value is written, where files always have the place."""

    NULL = "null"
    """``<Name><null/></Name>``"""
    EMPTY = "empty"
    """``<Name/>``"""
    ABSENT = "absent"
    """Not at all."""


def speller(names: Mapping[str, str], around: str = "") -> Callable[[str], str]:
    """Make what spells a table's places as a dialect has them, as XPath has predicates.

    Args:
        names: A table's name to the dialect's, where they differ.
        around: Path of what the payload wraps around the table's root element.
    """

    def spell_step(match: re.Match[str]) -> str:
        name, kind = match.groups()
        spelled = names.get(name, name)
        return f"{spelled}[{PARTED[name]}='{kind}']" if kind and name in PARTED else spelled

    def spell(path: str) -> str:
        spelled = _NAME.sub(spell_step, path)
        return f"{around}/{spelled}" if around and spelled else around or spelled

    return spell


class AsycudaSyntax(XmlSyntax):
    """Trees of ASYCUDA files.

    Args:
        roots: Kind of message to the name of its root element.
        names: A table's name to the dialect's, where they differ.
        blank: How places without a value are written.
        declares: Whether payloads begin with an XML declaration.
    """

    def __init__(
        self,
        roots: Mapping[str, str],
        *,
        names: Mapping[str, str],
        blank: Blank,
        declares: bool = True,
    ) -> None:
        super().__init__(roots, declares=declares)
        self._theirs = dict(names)
        self._ours = {theirs: ours for ours, theirs in names.items()}
        self._blank = blank

    def spell(self, tag: str) -> str:
        """Give an element the table's name."""
        return self._ours.get(tag, tag)

    def read_element(self, element: etree._Element, shape: Shape) -> Any:  # noqa: ANN401 - text, a tree or a list of either
        """Make a tree, or a text, of an element; empty where nothing in it has a value."""
        if not len(element) and not element.attrib:
            return (element.text or "").strip(_BLANK)
        node: Tree = {
            f"@{name!s}": value
            for name, value in element.attrib.items()
            if not str(name).startswith(_XSI)
        }
        text = (element.text or "").strip(_BLANK)
        counts: dict[str, int] = {}
        for child in element:
            tag = child.tag
            if not isinstance(tag, str):
                continue
            if child.tail:
                text += child.tail.strip(_BLANK)
            name = self._ours.get(tag, tag)
            if name == _NULL and not len(child) and not (child.text or "").strip(_BLANK):
                continue
            if name in PARTED:
                name = self._find_kind(name, child, shape)
            self._take(node, name, child, shape, counts)
        for name in counts:
            entries = node.get(name)
            while isinstance(entries, list) and entries and not entries[-1]:
                entries.pop()
        if text:
            node[TEXT] = text
        return node if any(node.values()) else ""

    def _find_kind(self, name: str, element: etree._Element, shape: Shape) -> str:
        """Name an element by its kind, where the table knows that."""
        found = element.find(self._theirs.get(PARTED[name], PARTED[name]))
        kind = "" if found is None else (found.text or "").strip(_BLANK)
        return f"{name}={kind}" if f"{name}={kind}" in shape.children else name

    def _take(
        self, node: Tree, name: str, element: etree._Element, shape: Shape, counts: dict[str, int]
    ) -> None:
        known = shape.children.get(name)
        if known is not None and known.repeated:
            counts[name] = 1
            node.setdefault(name, []).append(self.read_element(element, known))
            return
        if name in FIRST:
            counts[name] = counts.get(name, 0) + 1
            name = name if counts[name] == 1 else f"{name}[{counts[name]}]"
        value = self.read_element(element, known or _UNKNOWN)
        former = node.get(name)
        if not former:
            node[name] = value
        elif not value:
            return
        elif isinstance(former, list):
            former.append(value)
        else:
            node[name] = [former, value]

    def write_element(
        self,
        out: PayloadWriter,
        name: str,
        node: Any,  # noqa: ANN401 - text, a tree or a list of either
        shape: Shape,
        attributes: Mapping[str, str] | None = None,
    ) -> None:
        """Write one node; of a tree, the children in the order of the table, with the blanks."""
        spelled = name.partition("=")[0]
        spelled = self._theirs.get(spelled, spelled)
        if isinstance(node, str):
            out.text(spelled, node, **(attributes or {}))
            return
        if isinstance(node, list):
            for entry in node:
                self.write_element(out, name, entry, shape)
            return
        out.open(spelled, **(attributes or {}))
        blank = self._blank
        for child, below in shape.children.items():
            value = node.get(child)
            if value is not None:
                self.write_element(out, child, value, below)
            elif child in KEPT and blank is not Blank.ABSENT and not below.children:
                mark = _NULL if blank is Blank.NULL else ""
                out.empty(self._theirs.get(child, child), mark)
        out.close(spelled)
