"""Which documents are put to an adapter: those of the vectors, by message type."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from swb_conformance.rule_cases import load_rule_cases
from swb_schemas.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Carried", "CarriedDocument", "list_carried", "list_documents"]


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
    """All documents of the vectors that are whole and right, by message type, each once."""
    found: defaultdict[str, list[CarriedDocument]] = defaultdict(list)
    seen: set[bytes] = set()
    for case in load_rule_cases():
        octets = case.subject if not case.findings else b""
        if octets and octets not in seen:
            seen.add(octets)
            found[case.message_type].append(
                CarriedDocument(
                    name=case.name.rpartition("/")[2],
                    message_type=case.message_type,
                    agreement=_find_agreement(octets),
                    octets=octets,
                )
            )
    return found


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
