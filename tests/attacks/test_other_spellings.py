"""Two spellings of one signed content: which are accepted, and what stays the same."""

from __future__ import annotations

import base64
from typing import Final

from swb_schemas.wire import verify_message
from tests.attacks.reading import TRUST
from tests.vectors.positive import clear_message
from tests.vectors.tampering import replace_once
from tests.vectors.world import AT, VN_GATEWAY

ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def test_a_mirrored_signature_holds_and_changes_no_digest() -> None:
    """ECDSA is malleable, so duplicates are told by the signed digest, never by the octets."""
    message = clear_message()
    stated = message.split(b"<ds:SignatureValue>")[1].split(b"</ds:SignatureValue>")[0]
    value = base64.b64decode(stated)
    mirrored = value[:32] + (ORDER - int.from_bytes(value[32:])).to_bytes(32)
    other = replace_once(message, stated, base64.b64encode(mirrored))
    judged = [
        verify_message(octets, trust=TRUST, at=AT, receiver=VN_GATEWAY)
        for octets in (message, other)
    ]
    assert judged[0].octets != judged[1].octets
    assert judged[0].digest == judged[1].digest
