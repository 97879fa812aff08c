"""Reading and writing XML payloads: the hardened door in, and a plain writer out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.json import decode_utf8
from swb_adapters.sdk.limits import DEFAULT_LIMITS, AdapterLimits
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.recognition import describe_position
from swb_schemas.xml import load_schema, parse_xml

if TYPE_CHECKING:
    from swb_adapters.sdk.paths import PathMap

__all__ = [
    "PayloadWriter",
    "check_schema",
    "check_utf8",
    "parse_payload",
    "read_children",
    "read_texts",
    "spell_name",
]


_ENCODINGS: Final = frozenset({"UTF-8", "US-ASCII", "ASCII"})
_DECLARED: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?<\?xml\s[^>]*?\sencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.ASCII
)


def check_utf8(raw: bytes) -> None:
    """Require what begins like XML to be UTF-8, and to say nothing else of itself.

    libxml2 would guess other encodings from the first octets, whatever the payload declares; what
    two parsers may read differently is refused. What is no XML at all is the parser's to refuse.

    Raises:
        RefusedError: ``adapter.malformed``, with line and column.
    """
    start = raw[:4]
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"} or (b"<" in start and b"\0" in start):
        raise refuse("adapter.malformed", "expected XML in UTF-8, found UTF-16 or UTF-32")
    if not raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return
    declared = _DECLARED.match(raw)
    name = declared[1].decode() if declared else "UTF-8"
    if name.upper() not in _ENCODINGS:
        message = f"expected XML in UTF-8, found a declaration of {name}"
        raise refuse("adapter.malformed", message, national_path="line 1, column 1")
    decode_utf8(raw)
    zero = raw.find(b"\0")
    if zero >= 0:
        message = "expected text, found an octet of zero"
        raise refuse("adapter.malformed", message, national_path=describe_position(raw, zero))


def parse_payload(raw: bytes, *, limits: AdapterLimits = DEFAULT_LIMITS) -> etree._Element:
    """Parse an XML payload in UTF-8; comments are dropped, so text around them is whole.

    Raises:
        RefusedError: ``adapter.malformed``: not UTF-8; ``xml.*``, see `swb_schemas.xml.parse_xml`.
    """
    if len(raw) <= limits.octets:
        check_utf8(raw)
    root = parse_xml(raw, limits=limits.xml)
    declared = (root.getroottree().docinfo.encoding or "UTF-8").upper()
    if declared not in _ENCODINGS:  # a declaration that only libxml2 makes out
        raise refuse("adapter.malformed", "expected XML in UTF-8, found another declaration")
    etree.strip_tags(root, etree.Comment)
    return root


def check_schema(
    root: etree._Element, *, package: str, schema: str, paths: PathMap, prefix: str = ""
) -> None:
    """Require a payload to be valid against the XSD file in the adapter's package.

    Args:
        root: The payload.
        package: Dotted name of the package that holds the file.
        schema: The file's name; what it imports must lie beside it.
        paths: Adds canonical paths to the faults found.
        prefix: Put before each national path, where `root` is not the payload's own root.

    Raises:
        RefusedError: ``adapter.schema``, with one finding for each fault.
    """
    compiled = load_schema(schema, package=package)
    if compiled.accepts(root):
        return
    findings = tuple(
        Finding(
            code="adapter.schema",
            severity=Severity.REFUSE,
            path=paths.find_canonical(prefix + fault.path),
            national_path=prefix + fault.path,
            message=fault.message,
        )
        for fault in compiled.explain(root)
    )
    where = f"; {findings[0].national_path}: {findings[0].message}" if findings else ""
    message = f"expected a payload valid against {schema}, found {len(findings)} fault(s){where}"
    raise RefusedError("adapter.schema", message, findings=findings)


def spell_name(element: etree._Element) -> str:
    """Name an element and its namespace; both are the sender's, so they are cut and escaped."""
    name = etree.QName(element)
    space = f"the namespace {name.namespace[:80]}" if name.namespace else "no namespace"
    return ascii(f"{name.localname[:60]} of {space}")[1:-1]


def read_texts(element: etree._Element, namespace: str = "") -> dict[str, str]:
    """Read the children that hold text only, by local name.

    Children that hold elements are left out; of repeated children the last one counts, so those
    are read one by one. Meant for elements that a schema has accepted.

    Args:
        element: The parent.
        namespace: In which the children are.
    """
    cut = len(namespace) + 2 if namespace else 0
    return {child.tag[cut:]: child.text or "" for child in element if not len(child)}


def read_children(element: etree._Element, namespace: str = "") -> dict[str, etree._Element]:
    """Get the children by local name; of repeated children the last one counts."""
    cut = len(namespace) + 2 if namespace else 0
    return {child.tag[cut:]: child for child in element}


_TEXT_MARKS: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ATTRIBUTE_MARKS: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
)


class PayloadWriter:
    """Writes elements one after another; the caller keeps them nested properly.

    No indentation: white space between elements means nothing in the formats concerned.
    """

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: list[str] = []

    def open(self, tag: str, **attributes: str) -> None:
        """Begin an element."""
        if attributes:
            written = "".join(
                f' {name}="{value.translate(_ATTRIBUTE_MARKS)}"'
                for name, value in attributes.items()
            )
            self._parts.append(f"<{tag}{written}>")
        else:
            self._parts.append(f"<{tag}>")

    def close(self, tag: str) -> None:
        """End it."""
        self._parts.append(f"</{tag}>")

    def text(self, tag: str, text: str | None, **attributes: str) -> None:
        """Write an element with text; nothing where the text is None."""
        if text is None:
            return
        if "&" in text or "<" in text or ">" in text:
            text = text.translate(_TEXT_MARKS)
        if attributes:
            self.open(tag, **attributes)
            self._parts.append(f"{text}</{tag}>")
        else:
            self._parts.append(f"<{tag}>{text}</{tag}>")

    def empty(self, tag: str, mark: str = "") -> None:
        """Write an element without a value.

        Args:
            tag: Its name.
            mark: Name of an empty element in it that says so, such as ``null``.
        """
        self._parts.append(f"<{tag}><{mark}/></{tag}>" if mark else f"<{tag}/>")

    def encode(self) -> bytes:
        """What was written so far, in UTF-8."""
        return "".join(self._parts).encode()
