"""National files that somebody gave with the canonical documents that they stand for.

The suite knows no national format. What it makes of its own documents says that a format loses
nothing, not that it is the one that an office reads: files of the office itself say that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb_schemas.catalogue import decode_document, find_type_of
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.limits import LARGEST_PAYLOAD
from swb_schemas.xml import encode, parse_xml

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Sample", "load_samples"]

_ENDING: Final = ".canonical.xml"
_CODE: Final = "conformance.samples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A national file, and what it says.

    Attributes:
        name: Of the file, without its ending.
        message_type: In the catalogue.
        payload: The national file.
        document: Canonical octets.
    """

    name: str
    message_type: str
    payload: bytes
    document: bytes


def load_samples(folder: Path) -> tuple[Sample, ...]:
    """Read pairs of files: ``NAME.canonical.xml``, and ``NAME`` with any other ending beside it.

    Raises:
        RefusedError: ``conformance.samples``: there is none, one has no other half or two of them,
            or what should be canonical is not.
    """
    found = sorted(folder.glob(f"*{_ENDING}"))
    if not found:
        raise _refuse(f"expected NAME{_ENDING} beside each national file in {folder}, found none")
    return tuple(_load(each) for each in found)


def _load(path: Path) -> Sample:
    name = path.name.removesuffix(_ENDING)
    others = [each for each in path.parent.glob(f"{name}.*") if each != path]
    if len(others) != 1:
        raise _refuse(f"expected one national file {name}.* beside {path}, found {len(others)}")
    try:
        payload, document = others[0].read_bytes(), path.read_bytes()
    except OSError as cause:
        raise _refuse(f"expected to read {path} and {others[0]}: {cause.strerror}") from cause
    if len(payload) > LARGEST_PAYLOAD:
        raise _refuse(f"expected at most {LARGEST_PAYLOAD:,} octets in {others[0]}, found more")
    try:
        model = decode_document(parse_xml(document))
    except RefusedError as cause:
        raise _refuse(f"expected a canonical document in {path}, found {cause}") from cause
    if encode(model) != document:
        raise _refuse(f"expected {path} in its one canonical spelling, found another")
    return Sample(
        name=name,
        message_type=find_type_of(model).message_type,
        payload=payload,
        document=document,
    )


def _refuse(message: str) -> RefusedError:
    return RefusedError(_CODE, message[:500], actor=Actor.OPERATOR)
