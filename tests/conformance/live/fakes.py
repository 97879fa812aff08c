"""Gateways that do not do what they should, on a line in memory: what the suite has to notice."""

from __future__ import annotations

import time
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from swb_conformance.live import documents
from swb_conformance.live.hand import Hand
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.parsing import parse_xml
from swb_schemas.parties import parse_party_id
from swb_schemas.wire.message import read_message_parts

if TYPE_CHECKING:
    from swb_conformance.live import Material

__all__ = ["CredulousWire", "DeafWire", "NoisyWire"]


class DeafWire:
    """A gateway that takes everything and never says a word."""

    def open(self) -> None:
        pass

    def publish(self, octets: bytes, /, *, message_id: str, message_type: str) -> None:
        pass

    def take(self, *, within: float) -> bytes | None:
        time.sleep(min(within, 0.001))
        return None

    def close(self) -> None:
        pass


class NoisyWire(DeafWire):
    """A gateway that submits what is no message."""

    def take(self, *, within: float) -> bytes | None:
        del within
        return b"<Noise/>"


class CredulousWire(DeafWire):
    """A gateway that acknowledges whatever claims to be a message, and verifies nothing."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._hand = Hand(material)
        self._said: deque[bytes] = deque()

    def publish(self, octets: bytes, /, *, message_id: str, message_type: str) -> None:
        del message_id
        if message_type in {"RelayReceipt", "TransportAck"}:
            return
        start = octets.rfind(b"<ds:Signature ")
        try:
            root = parse_xml(octets)
            header = read_message_parts(octets, root, signature_start=start).claimed_header
        except Exception:  # noqa: BLE001 - a fake that cannot read it says nothing
            return
        at = datetime.now(UTC).replace(microsecond=0)
        digest = octets.partition(b"<ds:DigestValue>")[2].partition(b"<")[0].decode()
        for hop in (Hop.AS2, Hop.AS3):
            ack = documents.acknowledge(
                message=(header.message_id, "sha-256:" + "0" * 64),
                document=(header.document_id, "sha-256:" + "0" * 64),
                hop=hop,
                at=at,
            )
            (judged,) = ack.acknowledged
            right = judged.message_digest.model_copy(update={"value": digest})
            judged = judged.model_copy(update={"message_digest": right})
            sender = parse_party_id(header.sender)
            sealed = self._hand.seal(
                ack.model_copy(update={"acknowledged": (judged,)}),
                by=self._material.tested,
                to=sender.state,
                at=at,
                conversation_id=header.conversation_id,
            )
            sent = self._hand.sign(
                sealed,
                by=self._material.tested,
                to=sender.state,
                at=at,
                correlation=header.message_id,
            )
            self._said.append(sent.octets)

    def take(self, *, within: float) -> bytes | None:
        if self._said:
            return self._said.popleft()
        return super().take(within=within)
