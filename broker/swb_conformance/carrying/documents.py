"""Which documents are put to an adapter: those of the vectors, by message type."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.document_cases import load_document_cases
from swb_conformance.rule_cases import load_rule_cases
from swb_schemas.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Carried", "CarriedDocument", "list_carried", "list_documents"]

_PLAIN: Final = "carries-a-plain-form-d"
_MOST_RULED: Final = 8
"""Documents of each type that are taken from the vectors about rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedDocument:
    """A canonical document of the vectors.

    Attributes:
        name: Of its vector, without folders.
        message_type: In the catalogue.
        agreement: Under which it was issued; empty where it names none.
        octets: Canonical.
    """

    name: str
    message_type: str
    agreement: str
    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a target says that it does with a message type.

    Attributes:
        message_type: In the catalogue.
        reads: Whether it reads such payloads.
        writes: Whether it writes such documents.
        loses: Patterns of canonical paths that may be lost.
        agreements: Of whose certificates; empty is all.
        documents: Those that are put to it.
        foreign: Those of agreements that it does not carry.
    """

    message_type: str
    reads: bool
    writes: bool
    loses: tuple[str, ...]
    agreements: tuple[str, ...]
    documents: Sequence[CarriedDocument]
    foreign: Sequence[CarriedDocument]


@cache
def list_documents() -> Mapping[str, Sequence[CarriedDocument]]:
    """All documents that are put to an adapter, by message type, each once.

    Those of the vectors for this profile come first; the first of a type is a plain one. Some of
    those that the rules accept come behind.
    """
    found: defaultdict[str, list[CarriedDocument]] = defaultdict(list)
    seen: set[bytes] = set()
    for name, message_type, octets in (*_list_own(), *_list_ruled()):
        if octets not in seen:
            seen.add(octets)
            document = CarriedDocument(
                name=name.rpartition("/")[2],
                message_type=message_type,
                agreement=_find_agreement(octets),
                octets=octets,
            )
            found[message_type].append(document)
    return found


def _list_own() -> Iterator[tuple[str, str, bytes]]:
    cases = load_document_cases()
    for each in sorted(cases, key=lambda case: (not case.name.endswith("/" + _PLAIN), case.name)):
        yield each.name, each.message_type, each.subject


def _list_ruled() -> Iterator[tuple[str, str, bytes]]:
    counts: Counter[str] = Counter()
    for each in load_rule_cases():
        if not each.findings and counts[each.message_type] < _MOST_RULED:
            counts[each.message_type] += 1
            yield each.name, each.message_type, each.subject


def list_carried(description: Mapping[str, Any]) -> tuple[Carried, ...]:
    """What a target carries, by what it says of itself; everything where it says nothing."""
    every = list_documents()
    told = description.get("messages") or [{"message_type": name} for name in every]
    return tuple(
        _build(each, every.get(each["message_type"], ()))
        for each in told
        if every.get(each["message_type"])
    )


def _build(told: Mapping[str, Any], documents: Sequence[CarriedDocument]) -> Carried:
    agreements = tuple(told.get("agreements", ()))
    ours = [each for each in documents if not agreements or each.agreement in {"", *agreements}]
    return Carried(
        message_type=told["message_type"],
        reads=told.get("reads", True),
        writes=told.get("writes", True),
        loses=tuple(told.get("loses", ())),
        agreements=agreements,
        documents=ours,
        foreign=[each for each in documents if each not in ours],
    )


def _find_agreement(octets: bytes) -> str:
    root = parse_xml(octets)
    found = next((each for each in root if each.tag == f"{{{root.nsmap[None]}}}Agreement"), None)
    return "" if found is None else found.text or ""
