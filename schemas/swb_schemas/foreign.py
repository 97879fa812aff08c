"""Elements of foreign namespaces: what an `Extension` may hold."""

from __future__ import annotations

from lxml import etree

from swb_schemas.errors import RefusedError
from swb_schemas.parsing import canonical_octets, parse_xml

__all__ = ["check_foreign_element", "octets_inside"]


def check_foreign_element(text: str, *, around: str) -> str:
    """Require one element of a foreign namespace, in exclusive canonical form.

    Args:
        text: The element as it stands in the document.
        around: The namespace of the document, which is the default namespace there.

    Raises:
        ValueError: With a sentence that says what was expected.
    """
    context = f'<Extension xmlns="{around}">{text}</Extension>'.encode("utf-8", "surrogatepass")
    try:
        extension = parse_xml(context)
        canonical = canonical_octets(extension)
    except RefusedError as cause:
        msg = f"expected well-formed XML as extension; {cause.message}"
        raise ValueError(msg) from cause
    if canonical != context:
        msg = "expected an extension in exclusive canonical form, without comments"
        raise ValueError(msg)
    children = list(extension)
    if len(children) != 1 or extension.text or children[0].tail:
        msg = f"expected one element as extension and nothing beside it, found {len(children)}"
        raise ValueError(msg)
    if etree.QName(children[0]).namespace in {None, around}:
        msg = "expected an extension of a foreign namespace"
        raise ValueError(msg)
    return text


def octets_inside(element: etree._Element) -> str:
    """Write what an element holds, in exclusive canonical form, as it stands in the document.

    The element's own attributes hold no ``>``.
    """
    written = canonical_octets(element).decode()
    return written[written.index(">") + 1 : written.rindex("<")]
