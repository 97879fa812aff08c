"""Files of the largest size that is allowed, and of the smallest that is not.

They are made when they are asked for, and good in all else, so that a reader without the limit
accepts what it must refuse, and one with a lower limit refuses what it must accept.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from swb_conformance.cases import Question
from swb_conformance.drawing.arrivals import Kind, judge_message, judge_sealed
from swb_conformance.drawing.spoiling import sign_again
from swb_schemas.catalogue import get_type
from swb_schemas.documents.elements import Extension, Extensions
from swb_schemas.parsing import DEFAULT_LIMITS
from swb_schemas.wire import ClearBody, prepare_message
from swb_schemas.wire.limits import LARGEST_MESSAGE, LARGEST_SEALED, MOST_ITEMS
from swb_schemas.xml import encode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from swb_conformance.drawing.arrivals import Arrival
    from swb_conformance.drawing.parcel import Parcel

__all__ = ["SIZES"]

_ITEM: Final = re.compile(rb"<Item>.*</Item>", re.DOTALL)
_BASE64_GROUP: Final = 3
_NOTE: Final = '<note:Note xmlns:note="urn:example:note">{}</note:Note>'
_EMPTY: Final = "<note:n></note:n>"


def _extend(parcel: Parcel, text: str) -> Parcel:
    """Give a document an extension that may be ignored."""
    extension = Extension(must_understand=False, element=_NOTE.format(text))
    document = parcel.document.model_copy(
        update={"extensions": Extensions(extensions=(extension,))}
    )
    return replace(parcel, document=document, octets=encode(document))


def _seal_of(parcel: Parcel, octets: int) -> bytes:
    """Seal a document so that the file has so many octets."""
    room = octets - len(_extend(parcel, "").seal())
    return _extend(parcel, "x" * room).seal()


def _message_of(parcel: Parcel, most: int, *, above: bool) -> bytes:
    """Sign a message around octets of any kind: as many as go below a size, or just above it."""
    empty = len(_wrap_octets(parcel, b""))
    groups = (most - empty) // 4 + (1 if above else 0)
    return _wrap_octets(parcel, b"x" * (groups * _BASE64_GROUP))


def _wrap_octets(parcel: Parcel, body: bytes) -> bytes:
    unsigned = prepare_message(
        parcel.header, ClearBody(body), certificate=parcel.sender.certificate
    )
    return parcel.sender.complete(unsigned)


def _of_items(parcel: Parcel, count: int) -> bytes:
    """Seal a document with so many items, numbered anew, whatever its schema says."""
    file = parcel.seal()
    found = _ITEM.search(file)
    if found is None:
        msg = "expected a document with items"
        raise ValueError(msg)
    item = found[0].split(b"</Item>")[0] + b"</Item>"
    number = re.compile(rb"<SequenceNumber>\d+</SequenceNumber>")
    items = b"".join(
        number.sub(b"<SequenceNumber>%d</SequenceNumber>" % place, item, count=1)
        for place in range(1, count + 1)
    )
    return _seal_again(parcel, file[: found.start()] + items + file[found.end() :])


def _of_elements(parcel: Parcel, _: Random) -> Arrival:
    file = _extend(parcel, _EMPTY).seal()
    large = file.replace(_EMPTY.encode(), _EMPTY.encode() * DEFAULT_LIMITS.elements)
    return judge_sealed(parcel, _seal_again(parcel, large), "xml.too_many_elements")


def _seal_again(parcel: Parcel, file: bytes) -> bytes:
    return sign_again(
        file,
        by=parcel.sealer,
        at=parcel.seal_header.sealed_at,
        commitment=get_type(parcel.header.message_type).commitment,
    )


def _large_message(parcel: Parcel, _: Random) -> Arrival:
    return judge_message(parcel, _message_of(parcel, LARGEST_MESSAGE, above=False))


def _too_large_message(parcel: Parcel, _: Random) -> Arrival:
    message = _message_of(parcel, LARGEST_MESSAGE, above=True)
    return judge_message(parcel, message, "document.too_large")


_S, _M = Question.SEALED_DOCUMENT, Question.MESSAGE
_WITH_ITEMS: Final = frozenset({"CertificateIssue"})

SIZES: Final[Mapping[str, Kind]] = {
    "accepts-the-largest-message": Kind(
        question=_M, requirement="MSG-046", make=_large_message, protected=False
    ),
    "refuses-a-larger-message": Kind(
        question=_M, requirement="MSG-046", make=_too_large_message, protected=False
    ),
    "accepts-the-largest-sealed-document": Kind(
        question=_S,
        requirement="MSG-047",
        make=lambda p, _: judge_sealed(p, _seal_of(p, LARGEST_SEALED)),
        types=_WITH_ITEMS,
    ),
    "refuses-a-larger-sealed-document": Kind(
        question=_S,
        requirement="MSG-047",
        make=lambda p, _: judge_sealed(p, _seal_of(p, LARGEST_SEALED + 1), "document.too_large"),
        types=_WITH_ITEMS,
    ),
    "accepts-a-document-of-the-most-items": Kind(
        question=_S,
        requirement="MSG-048",
        make=lambda p, _: judge_sealed(p, _of_items(p, MOST_ITEMS)),
        types=_WITH_ITEMS,
    ),
    "refuses-a-document-of-more-items": Kind(
        question=_S,
        requirement="MSG-048",
        make=lambda p, _: judge_sealed(p, _of_items(p, MOST_ITEMS + 1), "document.too_many_items"),
        types=_WITH_ITEMS,
    ),
    "refuses-a-document-of-more-elements": Kind(
        question=_S, requirement="MSG-049", make=_of_elements, types=_WITH_ITEMS
    ),
}
"""By name: files at the border of a limit, on either side of it."""
