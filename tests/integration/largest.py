"""What reading costs: a process of its own that judges one message and says how much it took.

``python -m tests.integration.largest FILE`` prints one JSON object: the code, octets of memory
beyond what the process had after a small message, and seconds. The root of the repository is on
``PYTHONPATH``.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from swb_schemas.errors import RefusedError
from swb_schemas.wire.limits import LARGEST_SEALED
from swb_schemas.wire.verification import verify_delivery, verify_message
from tests.vectors.documents import certificate
from tests.vectors.positive import clear_message
from tests.vectors.world import AT, VN_GATEWAY, bundle, message_header, seal, seal_header, wrap

if TYPE_CHECKING:
    from swb_schemas.documents import CertificateOfOrigin

__all__ = ["certificate_of", "largest_message", "seal_of"]


def certificate_of(items: int, *, padding: int = 0) -> CertificateOfOrigin:
    """Make a certificate of many items.

    Args:
        items: How many; more than a document may have where asked for.
        padding: Characters of the marks of each.
    """
    first = certificate()
    marks = {"marks_and_numbers": "M" * padding} if padding else {}
    copies = tuple(
        first.items[0].model_copy(update={"sequence_number": number, **marks})
        for number in range(1, items + 1)
    )
    return first.model_copy(update={"items": copies})


def seal_of(document: CertificateOfOrigin) -> bytes:
    """Seal it as the standard issuer would."""
    return seal(seal_header(document), document)


@cache
def largest_message() -> bytes:
    """Make the message of a document with 5,000 items and nearly 7,000,000 octets."""
    nearly = len(seal_of(certificate_of(5000, padding=1)))
    inner = certificate_of(5000, padding=1 + (LARGEST_SEALED - nearly) // 5000)
    return wrap(message_header(seal_header(inner)), seal_of(inner))


def _judge(raw: bytes) -> str:
    from swb_schemas.wire import parse_trust_bundle  # noqa: PLC0415 - as in a daemon, once

    trust = parse_trust_bundle(bundle())
    try:
        message = verify_message(raw, trust=trust, at=AT, receiver=VN_GATEWAY)
        verify_delivery(message, trust=trust, at=AT, decryption_keys={})
    except RefusedError as refusal:
        return refusal.code
    return ""


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(file: str) -> None:
    """Judge a small message, then the one in the file."""
    _judge(clear_message())
    raw = Path(file).read_bytes()
    before, begun = _peak(), time.perf_counter()
    code = _judge(raw)
    taken = {"octets": _peak() - before, "seconds": round(time.perf_counter() - begun, 3)}
    json.dump({"code": code, **taken}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
