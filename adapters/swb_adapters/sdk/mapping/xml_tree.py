"""XML as a tree of names: the syntax of most tables.

Attributes are named ``@unit``; the text of an element that has attributes or further elements is
its node's own text. Names in a namespace have the prefix that the table uses for it, whatever the
payload writes. Elements of one name that a code inside tells apart have that code in their name,
``AdditionalDocument(380)``, where the table has such a name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.mapping.shape import TEXT, Shape, Tree
from swb_adapters.sdk.xml import PayloadWriter, parse_payload, spell_name

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ToldApart", "XmlSyntax"]

_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_BLANK: Final = " \t\r\n"


@dataclass(frozen=True, slots=True)
class ToldApart:
    """What tells elements of one name apart.

    Attributes:
        code: Name of the element inside that holds the code.
        text: Name of the only other element inside, where the two are a name and a value; the
            whole is then one text in the tree. Empty where there is more inside, which the table
            names together with the code.
        needs: By code, elements (``EffectiveDateTime``) and their attributes (``ID/@schemeID``)
            without which the code does not tell enough.
        names: By code, what stands for it in the name, where several codes are one list.
    """

    code: str
    text: str = ""
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


class XmlSyntax:
    """XML with one root element for each kind of message.

    Args:
        namespaces: Prefix to namespace; the prefix ``""`` is that of names without one, and may
            be missing where a format has no namespace.
        roots: Kind of message to the name of its root element.
        empty: Local name of an empty element that stands for no value, such as ``null``.
        declares: Whether payloads begin with an XML declaration.
        told_apart: By the name of the element.
    """

    def __init__(
        self,
        roots: Mapping[str, str],
        *,
        namespaces: Mapping[str, str] | None = None,
        empty: str = "",
        declares: bool = True,
        told_apart: Mapping[str, ToldApart] | None = None,
    ) -> None:
        self._namespaces = dict(namespaces or {})
        self._prefixes = {uri: prefix for prefix, uri in self._namespaces.items()}
        self._roots = dict(roots)
        self._kinds = {name: kind for kind, name in roots.items()}
        self._empty = empty
        self._declares = declares
        self._told_apart = dict(told_apart or {})
        self._names: dict[str, str] = {}

    def recognise(self, raw: bytes) -> tuple[str, object]:
        """Parse a payload and tell its kind by its root element."""
        root = parse_payload(raw)
        name = self.spell(str(root.tag))
        kind = self._kinds.get(name or "")
        if kind is None:
            known = " or ".join(self._roots.values())
            message = f"expected the root element {known}, found {spell_name(root)}"
            raise refuse("adapter.unsupported", message)
        return kind, root

    def read(self, kind: str, parsed: object, shape: Shape) -> Tree:
        """Make a tree of a root element."""
        del kind
        if not isinstance(parsed, etree._Element):  # noqa: SLF001 - lxml's only name for it
            msg = f"expected an element, found {type(parsed).__name__}"
            raise TypeError(msg)
        node = self.read_element(parsed, shape)
        return node if isinstance(node, dict) else {TEXT: node}

    def spell(self, tag: str) -> str:
        """Spell a qualified name with the table's prefix."""
        known = self._names.get(tag)
        if known is not None:
            return known
        name = tag
        if tag.startswith("{"):
            uri, _, local = tag[1:].partition("}")
            prefix = self._prefixes.get(uri)
            name = tag if prefix is None else f"{prefix}:{local}" if prefix else local
        elif "" in self._namespaces:
            name = f"{{}}{tag}"
        if len(self._names) < 4096:  # noqa: PLR2004 - a sender cannot fill the memory with names
            self._names[tag] = name
        return name

    def read_element(  # noqa: C901, PLR0912 - one pass, for speed
        self, element: etree._Element, shape: Shape
    ) -> Any:  # noqa: ANN401 - text, a tree or a list of either
        """Make a tree, or a text, of an element."""
        attributes = element.attrib
        if not len(element) and not attributes:
            return (element.text or "").strip(_BLANK)
        node: Tree = {}
        for name, value in attributes.items():
            if not str(name).startswith(_XSI):
                node[f"@{self.spell_attribute(str(name))}"] = value
        text = (element.text or "").strip(_BLANK)
        children = shape.children
        for child in element:
            tag = child.tag
            if not isinstance(tag, str):
                continue
            if child.tail:
                text += child.tail.strip(_BLANK)
            name = self.spell(tag)
            if name == self._empty and not len(child) and not child.text:
                continue
            apart = self._told_apart.get(name)
            if apart is None:
                known = children.get(name)
                value = self.read_element(child, known or _UNKNOWN)
            else:
                name, known, whole = self.tell_apart(name, apart, child, children)
                value = self.read_element(whole, known or _UNKNOWN)
            if known is not None and known.repeated:
                node.setdefault(name, []).append(value)
            elif name in node:
                former = node[name]
                if isinstance(former, list):
                    former.append(value)
                else:
                    node[name] = [former, value]
            else:
                node[name] = value
        if text:
            node[TEXT] = text
        return node or ""

    def tell_apart(
        self,
        name: str,
        apart: ToldApart,
        element: etree._Element,
        children: Mapping[str, Shape],
    ) -> tuple[str, Shape | None, etree._Element]:
        """Find the name that the table has for an element, and what of the element is read."""
        inside = {self.spell(str(each.tag)): each for each in element}
        code = inside.get(apart.code)
        text = "" if code is None else (code.text or "").strip(_BLANK)
        whole = f"{name}({apart.names.get(text, text)})"
        known = children.get(whole)
        if known is None or not all(_has(inside, need) for need in apart.needs.get(text, ())):
            return name, children.get(name), element
        if not apart.text:
            return whole, known, element
        value = inside.get(apart.text)
        plain = len(element) == 2 and not element.attrib  # noqa: PLR2004 - code and text
        if value is None or code is None or code.attrib or not plain:
            return name, children.get(name), element
        return whole, known, value

    def spell_attribute(self, name: str) -> str:
        """Spell an attribute's name; without a prefix it is in no namespace."""
        if not name.startswith("{"):
            return name
        uri, _, local = name[1:].partition("}")
        prefix = self._prefixes.get(uri)
        return f"{prefix}:{local}" if prefix else name

    def write(self, kind: str, tree: Tree, shape: Shape) -> bytes:
        """Write a tree under the kind's root element."""
        out = PayloadWriter()
        declared = {
            f"xmlns:{prefix}" if prefix else "xmlns": uri
            for prefix, uri in self._namespaces.items()
        }
        self.write_element(out, self._roots[kind], tree, shape, declared)
        head = b'<?xml version="1.0" encoding="UTF-8"?>\n' if self._declares else b""
        return head + out.encode()

    def write_element(
        self,
        out: PayloadWriter,
        name: str,
        node: Any,  # noqa: ANN401 - text, a tree or a list of either
        shape: Shape,
        attributes: Mapping[str, str] | None = None,
    ) -> None:
        """Write one node; of a tree, the children in the order of the table."""
        if isinstance(node, list):
            for entry in node:
                self.write_element(out, name, entry, shape)
            return
        if self._told_apart and name[-1] == ")":
            self.write_told_apart(out, name, node, shape)
            return
        if isinstance(node, str):
            out.text(name, node, **(attributes or {}))
            return
        given = dict(attributes or {})
        for child in shape.children:
            if child.startswith("@") and child in node:
                given[child[1:]] = node[child]
        text = node.get(TEXT)
        below = [child for child in shape.children if not child.startswith("@") and child in node]
        if not below:
            out.text(name, text or "", **given)
            return
        out.open(name, **given)
        for child in below:
            self.write_element(out, child, node[child], shape.children[child])
        out.close(name)

    def write_told_apart(
        self,
        out: PayloadWriter,
        name: str,
        node: Any,  # noqa: ANN401 - text or a tree
        shape: Shape,
    ) -> None:
        """Write one node whose name has a code in parentheses."""
        name, _, code = name[:-1].partition("(")
        apart = self._told_apart[name]
        if apart.text:
            out.open(name)
            out.text(apart.code, code)
            self.write_element(out, apart.text, node, shape)
            out.close(name)
        else:
            self.write_element(out, name, {apart.code: code, **node}, shape)


def _has(elements: Mapping[str, etree._Element], need: str) -> bool:
    name, _, attribute = need.partition("/@")
    element = elements.get(name)
    return element is not None and (not attribute or attribute in element.attrib)


_UNKNOWN: Final = Shape()
