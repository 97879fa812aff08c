"""How the two sides of an exchange differ on one day, document by document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from swb.core.lifecycle import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

__all__ = ["Differing", "Kind", "Way", "counts_as_sent", "find_differences"]


class Way(StrEnum):
    """Which way documents went, seen from this side."""

    SENT = "sent"
    RECEIVED = "received"


class Kind(StrEnum):
    """How two sides differ in one document."""

    MISSING_THERE = "missing there"
    MISSING_HERE = "missing here"
    OTHER_DIGEST = "other digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One document in which two sides differ.

    Attributes:
        document_id: Of the document.
        way: Which way it went.
        kind: How they differ.
        digest_here: What this side has, or empty.
        digest_there: What the other side says that it has, or empty.
    """

    document_id: str
    way: Way
    kind: Kind
    digest_here: str
    digest_there: str


def counts_as_sent(facts: AbstractSet[str]) -> bool:
    """Whether a document that was sealed here counts as sent.

    What a receipt refused does not, unless the other gateway has said of another message that it
    brought the document (a refusal speaks of a message).
    """
    return Fact.REFUSED not in facts or bool({Fact.AS2, Fact.AS3} & facts)


def find_differences(
    here: Mapping[str, str], there: Mapping[str, str], way: Way
) -> Iterator[Differing]:
    """Compare what two sides have, by document id and digest, in order of the ids."""
    for document_id in sorted(here.keys() | there.keys()):
        one, other = here.get(document_id, ""), there.get(document_id, "")
        if one == other:
            continue
        kind = Kind.OTHER_DIGEST
        if not other:
            kind = Kind.MISSING_THERE
        elif not one:
            kind = Kind.MISSING_HERE
        yield Differing(
            document_id=document_id, way=way, kind=kind, digest_here=one, digest_there=other
        )
