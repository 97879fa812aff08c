"""The envelope in which a value-added service provider hands a file to customs.

``Header`` says who sends what to whom: envelope, and no part of the document. Only
``Message_type`` is held against what the body holds. What is written names the gateway, and has a
reference that follows from the octets of the body, so the same document is the same message;
``Sent_at`` is left out, for no document tells it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.asycuda import AsycudaSyntax, Blank
from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.derivation import derive_uuid
from swb_adapters.sdk.xml import PayloadWriter, parse_payload, spell_name
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from swb_adapters.sdk.mapping import Shape, Tree

__all__ = ["BODY", "ROOT", "TYPES", "VaspSyntax"]

ROOT: Final = "VASP_message"
HEADER: Final = "Header"
BODY: Final = "Body"
TYPES: Final = {
    "ASYCUDA_certificate": "CO-D",
    "ASYCUDA": "SAD-E",
    "ASYCUDA_receipt": "CO-RECEIPT",
    "ASYCUDA_decision": "CO-DECISION",
    "ASYCUDA_cancellation": "CO-CANCEL",
    "ASYCUDA_cancellation_answer": "CO-CANCEL-ANSWER",
    "ASYCUDA_withdrawal": "SAD-WITHDRAWAL",
    "ASYCUDA_check": "CO-CHECK",
    "ASYCUDA_check_answer": "CO-CHECK-ANSWER",
    "ASYCUDA_check_result": "CO-CHECK-RESULT",
}
"""Root element of a file to the type of its message."""
_DEMANDED: Final = ("Sender", "Recipient", "Message_reference", "Message_type")
_KNOWN: Final = frozenset({*_DEMANDED, "Sent_at"})
_GATEWAY: Final = "SWB-GATEWAY-PH"
_CUSTOMS: Final = "BOC-E2M"
_BLANK: Final = " \t\r\n"


class VaspSyntax(AsycudaSyntax):
    """Files of ASYCUDA in an envelope.

    Args:
        names: As of an `AsycudaSyntax`, like `blank`.
        blank: How places without a value are written.
    """

    def __init__(self, *, names: Mapping[str, str], blank: Blank) -> None:
        super().__init__({kind: kind for kind in TYPES}, names=names, blank=blank, declares=False)

    def recognise(self, raw: bytes) -> tuple[str, object]:
        """Open the envelope, and tell the kind of file by the element in its body.

        Raises:
            RefusedError: What `parse_payload` raises; ``adapter.unsupported``: another envelope, or
                a file that is not known; ``adapter.schema``: not one header and one file;
                ``adapter.inconsistent``: the header says that the file is another one.
        """
        root = parse_payload(raw)
        if root.tag != ROOT:
            message = f"expected the root element {ROOT}, found {spell_name(root)}"
            raise refuse("adapter.unsupported", message)
        parts = list(root.iterchildren("*"))
        if [part.tag for part in parts] != [HEADER, BODY]:
            found = ", ".join(spell_name(part) for part in parts[:5]) or "nothing"
            message = f"expected {HEADER} and {BODY}, found {found}"
            raise refuse("adapter.schema", message, national_path=ROOT)
        header, body = parts
        stated = _read_type(header)
        files = list(body.iterchildren("*"))
        if len(files) != 1:
            message = f"expected one file, found {len(files)}"
            raise refuse("adapter.schema", message, national_path=BODY)
        kind = str(files[0].tag)
        expected = TYPES.get(kind)
        if expected is None:
            message = f"expected {' or '.join(TYPES)}, found {spell_name(files[0])}"
            raise refuse("adapter.unsupported", message, national_path=BODY)
        if stated != expected:
            message = f"expected {expected} with {kind}, found {quote_value(stated)}"
            where = f"{HEADER}/Message_type"
            raise refuse("adapter.inconsistent", message, national_path=where)
        return kind, files[0]

    def write(self, kind: str, tree: Tree, shape: Shape) -> bytes:
        """Write a file, and the envelope around it."""
        file = super().write(kind, tree, shape)
        out = PayloadWriter()
        out.open(HEADER)
        out.text("Sender", _GATEWAY)
        out.text("Recipient", _CUSTOMS)
        out.text("Message_reference", derive_uuid("vasp-message", file))
        out.text("Message_type", TYPES[kind])
        out.close(HEADER)
        return b"".join(
            (
                b'<?xml version="1.0" encoding="UTF-8"?>\n',
                f"<{ROOT}>".encode(),
                out.encode(),
                f"<{BODY}>".encode(),
                file,
                f"</{BODY}></{ROOT}>".encode(),
            )
        )


def _read_type(header: etree._Element) -> str:
    """Read what a header says of its body, and require what every header has."""
    texts: dict[str, str] = {}
    for element in header.iterchildren("*"):
        name = str(element.tag)
        if name not in _KNOWN or name in texts or len(element):
            message = f"expected each of {', '.join(_DEMANDED)} once, found {spell_name(element)}"
            raise refuse("adapter.schema", message, national_path=HEADER)
        texts[name] = (element.text or "").strip(_BLANK)
    for name in _DEMANDED:
        if not texts.get(name):
            message = "expected a value, found none"
            raise refuse("adapter.schema", message, national_path=f"{HEADER}/{name}")
    return texts["Message_type"]
