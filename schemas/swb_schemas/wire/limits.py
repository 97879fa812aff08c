"""How large a document may be, on its whole road: one place, and one code for each limit.

A sealed document of more than `LARGEST_SEALED` octets or `MOST_ITEMS` items is refused wherever it
comes to a door: where a national payload is submitted, where a document is sealed, where a message
arrives. Octets are counted before any tree is built, items before schema and model look at them.

What the largest document costs is in the record ``docs/adr/largest-document.md``. The limits of one
XML file (`swb_schemas.xml.XmlLimits`) lie above these and protect the parser itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity

if TYPE_CHECKING:
    from lxml import etree

__all__ = [
    "LARGEST_MESSAGE",
    "LARGEST_PAYLOAD",
    "LARGEST_SEALED",
    "MOST_ITEMS",
    "check_message_size",
    "check_payload_size",
    "check_sealed_size",
    "check_tree_items",
    "refuse_items",
]

LARGEST_SEALED: Final = 7_000_000
"""Octets of a sealed document."""
LARGEST_PAYLOAD: Final = LARGEST_SEALED
"""Octets of a national payload: what is larger has no place in a sealed document."""
LARGEST_MESSAGE: Final = 9_500_000
"""Octets of a message: the largest sealed document in base64 has 9,333,336, and header, signature
and extensions have room beside it."""
MOST_ITEMS: Final = 5_000
"""Items of a document; the schemas say so too."""


def check_payload_size(octets: int) -> None:
    """Require a national payload to be small enough.

    Args:
        octets: Its size; who reads stops behind a limit, so it may be larger.

    Raises:
        RefusedError: ``document.too_large``.
    """
    _check_size(octets, LARGEST_PAYLOAD, "a payload")


def check_sealed_size(octets: int) -> None:
    """Require a sealed document to be small enough.

    Raises:
        RefusedError: ``document.too_large``.
    """
    _check_size(octets, LARGEST_SEALED, "a sealed document")


def check_message_size(octets: int) -> None:
    """Require a message to be one that can hold a document of allowed size.

    Raises:
        RefusedError: ``document.too_large``.
    """
    _check_size(octets, LARGEST_MESSAGE, "a message")


def check_tree_items(document: etree._Element) -> None:
    """Require a document's element to have no more items than allowed.

    Args:
        document: Its element; nothing of it has been validated.

    Raises:
        RefusedError: ``document.too_many_items``.
    """
    found = sum(1 for _ in document.iterchildren("{*}Item"))
    if found > MOST_ITEMS:
        raise refuse_items(found, path=f"{str(document.tag).rpartition('}')[2]}/Item")


def refuse_items(found: int, *, path: str, national_path: str = "") -> RefusedError:
    """Make the refusal of a document with too many items, to be raised by the caller.

    Args:
        found: How many it has, as far as they were counted.
        path: Canonical path of the items.
        national_path: Where they stand in a national payload.
    """
    message = f"expected at most {MOST_ITEMS:,} items, found {found:,}"
    finding = Finding(
        code="document.too_many_items",
        severity=Severity.REFUSE,
        path=path,
        national_path=national_path,
        message=message,
    )
    where = national_path or path
    return RefusedError("document.too_many_items", f"{where}: {message}", findings=(finding,))


def _check_size(found: int, limit: int, what: str) -> None:
    if found > limit:
        # Who reads stops behind its own limit, so this may be only the beginning.
        message = f"expected {what} of at most {limit:,} octets, found {found:,} or more"
        finding = Finding(
            code="document.too_large", severity=Severity.REFUSE, path="", message=message
        )
        raise RefusedError("document.too_large", message, findings=(finding,))
