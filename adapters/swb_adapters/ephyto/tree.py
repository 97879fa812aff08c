"""A payload as a tree of its own meaning, and what in it deviates from the hub's types.

Order says nothing in an SPSCertificate: every element is named. So elements out of order, in a
namespace or with an attribute that the hub's types do not have are read, each with a finding; an
element that has no place at all is a loss, unless it is empty. Empty elements say nothing and are
left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from swb_adapters.ephyto.shape import ANY_NUMBER, CERTIFICATE, RAM, RSM, UDT
from swb_adapters.sdk import PayloadWriter, fold_foreign_text, refuse, spell_name
from swb_schemas.findings import Finding, Severity

if TYPE_CHECKING:
    from lxml import etree

    from swb_adapters.ephyto.shape import Shape

__all__ = ["Node", "read_tree", "write_tree"]

_PREFIXES: Final = {RSM: "rsm:", RAM: "ram:", UDT: "udt:", "": ""}
_NAMESPACES: Final = frozenset(_PREFIXES)


@dataclass(slots=True)
class Node:
    """One element that says something.

    Attributes:
        text: Its own text, as it stands.
        attributes: By local name.
        children: By local name, in order.
        path: Where it stands.
    """

    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: dict[str, list[Node]] = field(default_factory=dict)
    path: str = ""

    def all(self, tag: str) -> list[Node]:
        """The children of a name."""
        return self.children.get(tag, [])

    def one(self, *tags: str) -> Node | None:
        """Go down to the first child of each name in turn."""
        found: Node | None = self
        for tag in tags:
            inner = found.children.get(tag) if found else None
            found = inner[0] if inner else None
        return found

    def spell(self, *tags: str) -> str | None:
        """The text of a descendant, folded into one line; None where there is none."""
        found = self.one(*tags)
        return (fold_foreign_text(found.text) or None) if found else None

    def add(self, tag: str, child: Node | None) -> None:
        """Add a child, unless it says nothing."""
        if child is not None and (child.text or child.children or child.attributes):
            self.children.setdefault(tag, []).append(child)

    def put(self, tag: str, text: str | None, **attributes: str) -> None:
        """Add a child that is text; nothing where there is none."""
        if text is not None:
            self.add(tag, Node(text=text, attributes=attributes))


def read_tree(root: etree._Element) -> tuple[Node, list[Finding]]:
    """Read a payload by the hub's shape.

    Returns:
        The certificate, and what deviates: findings ``adapter.deviation`` and ``adapter.loss``.

    Raises:
        RefusedError: ``adapter.malformed``: it is no SPSCertificate at all.
    """
    if root.tag != f"{{{RSM}}}{CERTIFICATE.tag}":
        message = f"expected an SPSCertificate of {RSM}, found {spell_name(root)}"
        raise refuse("adapter.malformed", message, national_path="line 1")
    findings: list[Finding] = []
    return _read(root, CERTIFICATE, CERTIFICATE.tag, findings), findings


def _read(element: etree._Element, shape: Shape, path: str, findings: list[Finding]) -> Node:
    text = (element.text or "") + "".join(child.tail or "" for child in element)
    node = Node(text=text if text.strip() else "", path=path)
    for name, value in element.attrib.items():
        local = str(name).rpartition("}")[2]
        if local in shape.attributes:
            node.attributes[local] = str(value)
        elif value:
            message = "an attribute that has no place in the certificate; it is left out"
            findings.append(_loss(f"{path}/@{local[:40]}", message))
    known = {each.tag: (place, each) for place, each in enumerate(shape.children)}
    counts: dict[str, int] = {}
    furthest = -1
    for child in element:
        space, _, tag = str(child.tag).rpartition("}")
        place, inner = known.get(tag, (-1, None))
        if inner is None or space[1:] not in _NAMESPACES:
            _strange(child, f"{path}/{tag[:60]}", node, findings)
            continue
        counts[tag] = counts.get(tag, 0) + 1
        below = f"{path}/{tag}" if inner.most == 1 else f"{path}/{tag}[{counts[tag]}]"
        if inner.most != ANY_NUMBER and counts[tag] > inner.most:
            findings.append(_loss(below, f"expected {inner.most} of them, found one more"))
            continue
        if place < furthest and counts[tag] == 1:
            message = f"expected it before {shape.children[furthest].tag}, found it behind"
            findings.append(_deviation(below, message))
        furthest = max(furthest, place)
        if space[1:] != inner.namespace:
            message = f"expected it in {inner.namespace or 'no namespace'}, found {space[1:]}"
            findings.append(_deviation(below, message))
        read = _read(child, inner, below, findings)
        if read.text or read.children:
            node.children.setdefault(tag, []).append(read)
    findings.extend(
        _deviation(path, f"expected {each.tag} in it, found none")
        for each in shape.children
        if each.mandatory and each.tag not in counts
    )
    return node


def _strange(element: etree._Element, path: str, parent: Node, findings: list[Finding]) -> None:
    """Judge an element that the hub's types do not have here."""
    tag = str(element.tag).rpartition("}")[2]
    if not "".join(map(str, element.itertext())).strip():
        findings.append(_deviation(path, "expected no such element here, found an empty one"))
        return
    if tag == _NOTE and parent.path.rpartition("/")[2].startswith("AppliedSPSProcess["):
        message = "expected it beside the processes of its line; it is read as if it stood there"
        findings.append(_deviation(path, message))
        shape = Node(path=path)
        for part in element:
            local = str(part.tag).rpartition("}")[2]
            language = part.get("languageID")
            shape.put(local, part.text or "", **({"languageID": language} if language else {}))
        parent.add(tag, shape)
        return
    findings.append(_loss(path, "the hub's types have no such element here; it is left out"))


_NOTE: Final = "AdditionalInformationSPSNote"


def _deviation(path: str, message: str) -> Finding:
    return Finding(
        code="adapter.deviation",
        severity=Severity.WARN,
        path="",
        national_path=path,
        message=message,
    )


def _loss(path: str, message: str) -> Finding:
    return Finding(
        code="adapter.loss", severity=Severity.LOSS, path="", national_path=path, message=message
    )


# --- writing -----------------------------------------------------------------------------------


def write_tree(node: Node) -> bytes:
    """Write a certificate by the hub's shape: elements in its order, what it demands though empty.

    The root declares the three namespaces, and nothing below it does.
    """
    writer = PayloadWriter()
    spaces = {f"xmlns:{prefix[:-1]}": space for space, prefix in _PREFIXES.items() if prefix}
    writer.open(f"rsm:{CERTIFICATE.tag}", **spaces)
    _write_children(node, CERTIFICATE, writer)
    writer.close(f"rsm:{CERTIFICATE.tag}")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + writer.encode() + b"\n"


def _write_children(node: Node, shape: Shape, writer: PayloadWriter) -> None:
    for each in shape.children:
        tag = f"{_PREFIXES[each.namespace]}{each.tag}"
        for child in node.all(each.tag):
            if each.children:
                writer.open(tag, **child.attributes)
                _write_children(child, each, writer)
                writer.close(tag)
            else:
                writer.text(tag, child.text, **child.attributes)
        if each.mandatory and not node.all(each.tag):
            writer.text(tag, "")
