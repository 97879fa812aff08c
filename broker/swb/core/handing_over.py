"""What lies at the doors of a national system, whatever carries it: names of files, and notes.

Every back end of `swb.ports.NationalGateway` and `swb.ports.PayloadSource` keeps to these, so that
a national system finds the same behind a folder, an SFTP server and an HTTP address.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from swb.core.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from swb_schemas.errors import RefusedError
    from swb_schemas.findings import Finding

__all__ = [
    "IGNORED_SUFFIX",
    "fit_name",
    "is_payload_name",
    "name_advice",
    "name_delivery",
    "name_door",
    "note_accepted",
    "note_refused",
    "spell_advice",
    "try_names",
]

IGNORED_SUFFIX: Final = ".part"
"""Of files that are being written; nobody takes them."""
_LONGEST_NAME: Final = 220
"""Octets of the name of what is put aside; file systems take 255."""


def name_delivery(delivery_id: str, message_type: str, file_suffix: str) -> str:
    """Name the file of a delivery; the same on every attempt."""
    return f"{delivery_id}.{message_type}{file_suffix}"


def name_advice(name: str) -> str:
    """Name the file with advice beside a delivery."""
    return f"{name}.advice.json"


def name_door(*, binding: bool) -> str:
    """Name the folder that a delivery goes to."""
    return "out" if binding else "parallel"


def spell_advice(findings: Sequence[Finding]) -> bytes:
    """Write findings as the JSON that travels beside a payload."""
    return json.dumps([asdict(finding) for finding in findings], indent=2).encode()


def is_payload_name(name: str) -> bool:
    """Whether a file of this name is a payload; what is half written or hidden is not."""
    return not name.startswith(".") and not name.endswith(IGNORED_SUFFIX)


def note_accepted(document_id: str, findings: Sequence[Finding]) -> str:
    """Write what is put beside a payload that became a document."""
    return _spell(
        {"document_id": document_id, "findings": [asdict(finding) for finding in findings]}
    )


def note_refused(refusal: RefusedError) -> str:
    """Write what is put beside a payload that was refused."""
    return _spell(
        {
            "code": refusal.code,
            "actor": refusal.actor,
            "final": refusal.final,
            "message": refusal.message,
            "findings": [asdict(finding) for finding in refusal.findings],
        }
    )


def fit_name(name: str) -> str:
    """Leave room in a name for what is put behind it; a longer one ends in its digest."""
    octets = name.encode("utf-8", "surrogateescape")
    if len(octets) <= _LONGEST_NAME:
        return name
    kept = octets[: _LONGEST_NAME - 20].decode("utf-8", "ignore")
    return f"{kept}~{sha256(octets).hexdigest()[:16]}"


def try_names(name: str) -> Iterator[str]:
    """Give names under which a payload may be put aside: NAME, NAME~2, ... before the suffix."""
    fitted = fit_name(name)
    yield fitted
    stem, dot, suffix = fitted.rpartition(".")
    if not dot:
        stem, suffix = fitted, ""
    number = 1
    while True:
        number += 1
        yield f"{stem}~{number}{dot}{suffix}"


def _spell(note: dict[str, object]) -> str:
    return printable(json.dumps(note, indent=2, ensure_ascii=False))
