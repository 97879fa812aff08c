"""The document control block that stands first in every Thai document."""

from __future__ import annotations

from swb_adapters.sdk import BUDDHIST_OFFSET, PayloadWriter, derive_digits

__all__ = ["write_control"]


def write_control(content: bytes, *, year: int, total_items: int | None = None) -> bytes:
    """Put the control block before a document's content.

    Its reference has 13 characters: the sender, two digits of the Buddhist year, and a serial
    that is derived from the content. It is a label, no identity: what identifies a certificate is
    its own number.

    Args:
        content: The elements that follow the block.
        year: Of the Common Era.
        total_items: How many goods items there are; None where the document has none.
    """
    serial = derive_digits("thailand.control", content, count=7)
    out = PayloadWriter()
    out.open("DocumentControl")
    out.text("ReferenceNumber", f"SWBG{(year + BUDDHIST_OFFSET) % 100:02}{serial}")
    out.text("FunctionCode", "9")
    if total_items is not None:
        out.text("TotalItems", str(total_items))
    out.close("DocumentControl")
    return out.encode() + content
