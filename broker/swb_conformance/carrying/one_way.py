"""What one case does with a document type that a target only reads, or only writes.

What is only read is tried by the files that somebody gave; what is only written by documents of the
suite, of which no two may be written alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_conformance.carrying.asking import UnspelledError, read, write
from swb_conformance.carrying.comparing import find_differences, find_missing
from swb_conformance.target import Verb
from swb_conformance.testing import UnmetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_conformance.carrying.documents import Carried
    from swb_conformance.carrying.samples import Sample
    from swb_conformance.target import Target

__all__ = [
    "reads_again",
    "reads_as_given",
    "writes",
    "writes_again",
    "writes_differently",
]

_SHOWN = 5


def reads_as_given(target: Target, carried: Carried, sample: Sample) -> None:
    """A national file is read as the document that was given with it."""
    found = read(target, carried, sample.payload).document
    differences = (
        *find_differences(sample.document, found, ()),
        *find_differences(found, sample.document, ()),
    )
    if differences:
        named = ", ".join(dict.fromkeys(differences[:_SHOWN]))
        raise UnmetError(
            f"expected the document that was given with the file, found other: {named}"
        )


def reads_again(target: Target, carried: Carried, sample: Sample, *, started_anew: bool) -> None:
    """The same file is read alike: at once, after other questions, or by a new process."""
    first = read(target, carried, sample.payload)
    if started_anew:
        target.close()
    else:
        target.ask(Verb.TO_CANONICAL, b"no payload")
        target.ask(Verb.TO_CANONICAL, sample.payload[: len(sample.payload) // 2])
    if read(target, carried, sample.payload) != first:
        raise UnmetError("expected the same document for the same payload, found another")


def writes(target: Target, carried: Carried, document: bytes) -> None:
    """A document is written, and what is lost of it is said."""
    written = write(target, carried, document)
    try:
        missing = find_missing(document, written.losses)
    except ValueError as error:
        raise UnmetError(str(error)) from error
    if missing:
        raise UnmetError(f"expected losses of what the document has, found {missing[0][:200]}")


def writes_again(
    target: Target, carried: Carried, document: bytes, other: bytes, *, started_anew: bool
) -> None:
    """The same document is written alike: at once, after others, or by a new process."""
    first = write(target, carried, document)
    if started_anew:
        target.close()
    else:
        target.ask(Verb.FROM_CANONICAL, other)
    again = write(target, carried, document)
    if (again.payload, again.told) != (first.payload, first.told):
        raise UnmetError("expected the same payload for the same document, found another")


def writes_differently(target: Target, carried: Carried, documents: Sequence[bytes]) -> None:
    """Documents that differ in what is not lost are not written alike."""
    seen: dict[bytes, tuple[bytes, tuple[str, ...]]] = {}
    for document in documents:
        try:
            written = write(target, carried, document)
        except UnspelledError:
            continue
        other = seen.setdefault(written.payload, (document, written.losses))
        lost = (*other[1], *written.losses)
        differences = (
            *find_differences(other[0], document, lost),
            *find_differences(document, other[0], lost),
        )
        if differences:
            found = f"the same payload for documents that differ in {differences[0][:200]}"
            raise UnmetError(f"expected another payload for another document, found {found}")
    if not seen:
        raise UnmetError("expected documents to be written, found none that was")
