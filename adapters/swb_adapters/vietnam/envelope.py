"""The envelope of the simulated Vietnamese format: XML with header and body, carried by SOAP 1.1.

The header says from whom to whom, what kind of document it is and what is wanted (a numeric
function, 99 being an error). It is no content of the document, with one exception: whether a
receipt says *received* or *not received* is told by its function alone.

In writing, the message id is derived from the content's octets, so the same document has the
same id; the send date is the document's own. Ministry, organisation and unit codes, which only
the national system knows, are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import (
    PayloadWriter,
    check_schema,
    derive_uuid,
    parse_payload,
    read_children,
    read_texts,
    refuse,
    spell_name,
)
from swb_adapters.vietnam.codes import ERROR, RECEIVED
from swb_adapters.vietnam.paths import (
    CERTIFICATE_PATHS,
    CONTENT,
    EXTRACT_PATHS,
    HEADER,
    RECEIPT_PATHS,
    RESPONSE_PATHS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    from swb_adapters.sdk import PathMap

__all__ = ["NAMESPACE", "Kind", "Opened", "open_envelope", "wrap_content"]

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE: Final = "urn:swb-simulation:vietnam:1"
"""Namespace of everything inside the SOAP body; this project's own."""

_VERSION: Final = "1.00"
_PARTNERS: Final = (
    ("From", "Single-Window Broker gateway", "SWB-GATEWAY-VN"),
    ("To", "National single window (simulation)", "NSW-VN"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of content.

    Attributes:
        element: Name of its root element.
        code: What the header's ``Type`` says.
        functions: What the header's ``Function`` may say.
        paths: Where canonical elements stand in it.
        document: What the header's ``DocumentType`` says.
        number: Name of the element whose number the header repeats.
    """

    element: str
    code: str
    functions: tuple[str, ...]
    paths: PathMap
    document: str = "CO-FORM-D"
    number: str = "CoNumber"


CERTIFICATE: Final = Kind(
    element="CertificateFormD", code="CO01", functions=("1",), paths=CERTIFICATE_PATHS
)
RECEIPT: Final = Kind(
    element="CustomsReceipt", code="CO02", functions=(RECEIVED, ERROR), paths=RECEIPT_PATHS
)
RESPONSE: Final = Kind(
    element="CustomsDecision", code="CO03", functions=("3",), paths=RESPONSE_PATHS
)
EXTRACT: Final = Kind(
    element="ExportDeclaration",
    code="XK01",
    functions=("1",),
    paths=EXTRACT_PATHS,
    document="EXPORT-DECLARATION",
    number="DeclarationNo",
)
_KINDS: Final = {
    f"{{{NAMESPACE}}}{k.element}": k for k in (CERTIFICATE, EXTRACT, RECEIPT, RESPONSE)
}
_CONTENT_XPATH: Final = "/".join(
    f"{{{SOAP if name == 'soap' else NAMESPACE}}}{tag}"
    for name, tag in (
        ("soap", "Body"),
        ("vn", "SendDocument"),
        ("vn", "Envelope"),
        ("vn", "Body"),
        ("vn", "Content"),
        ("vn", "*"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What was in an envelope, valid against the schema.

    Attributes:
        kind: Kind of content.
        function: What the header asks for; one of the kind's.
        reference: Number of the document that the header gives.
        content: The document.
    """

    kind: Kind
    function: str
    reference: str
    content: etree._Element


def open_envelope(raw: bytes, *, more: Sequence[Kind] = ()) -> Opened:
    """Take the document out of a payload.

    Args:
        raw: The payload.
        more: Kinds beside the certificate and what customs answers at once.

    Raises:
        RefusedError: ``xml.*``, ``adapter.malformed``, ``adapter.schema``,
            ``adapter.unsupported``, ``adapter.inconsistent``.
    """
    root = parse_payload(raw)
    if root.tag != f"{{{SOAP}}}Envelope":
        message = f"expected Envelope of SOAP 1.1, found {spell_name(root)}"
        raise refuse("adapter.malformed", message, national_path="line 1")
    kinds = _KINDS | {f"{{{NAMESPACE}}}{each.element}": each for each in more}
    content = root.find(_CONTENT_XPATH)
    kind = None if content is None else kinds.get(content.tag)
    if content is None or kind is None:
        known = " or ".join(k.element for k in kinds.values())
        other = root.find(f"{{{SOAP}}}Body/*") if content is None else content
        found = "no content" if other is None else spell_name(other)
        message = f"expected {known} of the namespace {NAMESPACE}, found {found}"
        raise refuse("adapter.unsupported", message, national_path=CONTENT)
    check_schema(root, package="swb_adapters.vietnam.xsd", schema="soap.xsd", paths=kind.paths)
    header = read_children(root[-1][0][0][0], NAMESPACE)
    version = read_texts(header["Reference"], NAMESPACE)["Version"]
    subject = read_texts(header["Subject"], NAMESPACE)
    if version != _VERSION:
        message = f"expected version {_VERSION}, found {version!r}"
        raise _refuse_header("adapter.unsupported", message, "Reference/Version")
    if subject["DocumentType"] != kind.document:
        found = repr(subject["DocumentType"])
        message = f"expected {kind.document} with {kind.element}, found {found}"
        raise _refuse_header("adapter.inconsistent", message, "Subject/DocumentType")
    if subject["Type"] != kind.code:
        message = f"expected {kind.code} with {kind.element}, found {subject['Type']!r}"
        raise _refuse_header("adapter.inconsistent", message, "Subject/Type")
    if subject["Function"] not in kind.functions:
        known = " or ".join(kind.functions)
        message = f"expected function {known} with {kind.element}, found {subject['Function']!r}"
        raise _refuse_header("adapter.unsupported", message, "Subject/Function")
    return Opened(
        kind=kind,
        function=subject["Function"],
        reference=subject["Reference"],
        content=content,
    )


def check_reference(opened: Opened, number: str) -> None:
    """Require the header to speak of the same document as the content.

    Raises:
        RefusedError: ``adapter.inconsistent``.
    """
    if opened.reference != number:
        expected = f"the content's {opened.kind.number} {number!r}"
        message = f"expected {expected}, found {opened.reference!r}"
        raise _refuse_header("adapter.inconsistent", message, "Subject/Reference")


def _refuse_header(code: str, message: str, below: str) -> Exception:
    return refuse(code, message, national_path=f"{HEADER}/{below}")


def wrap_content(kind: Kind, content: bytes, *, function: str, reference: str, sent: str) -> bytes:
    """Put a document's content into its envelope.

    Args:
        kind: Of the document.
        content: Everything between the tags of the document's root element.
        function: One of the kind's.
        reference: The document's number.
        sent: ``yyyy-MM-dd HH:mm:ss``, the document's own moment.
    """
    head = PayloadWriter()
    head.open("Header")
    head.open("Reference")
    head.text("Version", _VERSION)
    head.text("MessageId", derive_uuid("vietnam.message", function.encode() + content))
    head.close("Reference")
    for direction, name, identity in _PARTNERS:
        head.open(direction)
        head.text("Name", name)
        head.text("Identity", identity)
        head.text("CountryCode", "VN")
        head.close(direction)
    head.open("Subject")
    head.text("DocumentType", kind.document)
    head.text("Type", kind.code)
    head.text("Function", function)
    head.text("Reference", reference)
    head.text("DocumentYear", sent[:4])
    head.text("SendDate", sent)
    head.close("Subject")
    head.close("Header")
    return b"".join(
        (
            b'<?xml version="1.0" encoding="UTF-8"?>\n',
            f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body>'.encode(),
            f'<SendDocument xmlns="{NAMESPACE}"><Envelope>'.encode(),
            head.encode(),
            f"<Body><Content><{kind.element}>".encode(),
            content,
            f"</{kind.element}></Content></Body></Envelope></SendDocument>".encode(),
            b"</soap:Body></soap:Envelope>\n",
        )
    )
