"""What steps are measured on: documents as the road itself seals, signs and encrypts them."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from swb.app import open_store
from swb.app.parts import build_parts
from swb.config import load_config
from swb.core.receipts import acknowledge, judge_message
from swb.keyring import open_keys
from swb.plugins import discover_adapters
from swb.sandbox.road import EXPORTING, IMPORTING
from swb.services.sealing import Origin, Route, route_to_gateway
from swb.simulator.issuing import draw_certificate
from swb_schemas.catalogue import Purpose, find_type_of
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.elements import Environment
from swb_schemas.parties import GATEWAY, PartyId, parse_party_id
from swb_schemas.wire.digest import digest_text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb.app.parts import Parts
    from swb.ports import DocumentRecord
    from swb.sandbox.region import Region
    from swb.services.sealing import Sent
    from swb_adapters.sdk import Adapter
    from swb_schemas.documents import Document

__all__ = ["Carried", "Ends", "carry_certificate", "carry_receipt", "open_ends"]

_SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Both gateways of a region, without their daemons, and their keys as bare keys.

    Attributes:
        sender: What the exporting gateway is made of.
        receiver: What the importing gateway is made of.
        reads: The exporting state's adapter.
        writes: The importing state's adapter.
        issuing_key: Of the exporting state's issuing seal.
        transport_key: Of its gateway.
        decryption_key: Of the importing gateway.
    """

    sender: Parts
    receiver: Parts
    reads: Adapter
    writes: Adapter
    issuing_key: ec.EllipticCurvePrivateKey
    transport_key: ec.EllipticCurvePrivateKey
    decryption_key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One document on the road.

    Attributes:
        document: Canonical.
        items: Of it; 0 of a receipt.
        payload: The national one; empty of a receipt.
        clear: Sealed and wrapped, in clear.
        protected: The same, encrypted; None of a receipt.
    """

    document: Document
    items: int
    payload: bytes
    clear: Sent
    protected: Sent | None

    @property
    def message_type(self) -> str:
        """Its name in the catalogue."""
        return find_type_of(self.document).message_type

    @property
    def sealed(self) -> DocumentRecord:
        """The sealed document."""
        return self.clear.document

    @property
    def octets(self) -> dict[str, int]:
        """Octets of each form."""
        forms = {
            "payload": len(self.payload),
            "sealed": len(self.sealed.octets),
            "message": len(self.clear.outbound.message.octets),
            "encrypted": len(self.protected.outbound.message.octets) if self.protected else 0,
        }
        return {name: size for name, size in forms.items() if size}


@asynccontextmanager
async def open_ends(region: Region) -> AsyncIterator[Ends]:
    """Open stores and keys of both gateways.

    Args:
        region: Whose daemons do not run.
    """
    async with AsyncExitStack() as stack:
        parts = {}
        for state in (EXPORTING, IMPORTING):
            config = load_config(region.gateways[state])
            store = await stack.enter_async_context(open_store(config, create=True))
            keys = await stack.enter_async_context(open_keys(config.keys))
            parts[state] = build_parts(config, store, keys)
            stack.callback(parts[state].formats.close)
        yield Ends(
            sender=parts[EXPORTING],
            receiver=parts[IMPORTING],
            reads=_get_adapter(parts[EXPORTING]),
            writes=_get_adapter(parts[IMPORTING]),
            issuing_key=_load(region.key(EXPORTING, Purpose.ISSUING_SEAL)[0]),
            transport_key=_load(region.key(EXPORTING, Purpose.TRANSPORT)[0]),
            decryption_key=_load(region.key(IMPORTING, Purpose.DECRYPTION)[0]),
        )


def _get_adapter(parts: Parts) -> Adapter:
    """Get the adapter of a state's certificates, the first of its configuration."""
    national = parts.config.national
    (name, *_) = national.adapters if national else ("canonical",)
    return discover_adapters(names=[name]).get(name)


def _load(file: Path) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(file.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - it was made so a moment ago
    return key


async def carry_certificate(ends: Ends, *, items: int, serial: int = 1) -> Carried:
    """Bring one Form D onto the road, clear and encrypted."""
    drawn = draw_certificate(
        exporting=EXPORTING,
        importing=IMPORTING,
        serial=serial,
        seed=_SEED,
        on=ends.sender.clock.now().date(),
        items=items,
    )
    payload = ends.reads.from_canonical(drawn).payload
    document = ends.reads.to_canonical(payload).document
    origin = Origin(
        payload_digest=digest_text_of(payload),
        adapter=ends.reads.info.name,
        adapter_version=ends.reads.info.version,
    )
    kind = find_type_of(document)
    clear, protected = [
        await ends.sender.sealer.seal(
            document,
            Route(
                issuing_party=PartyId(EXPORTING, kind.issuing_role),
                receiving_party=PartyId(IMPORTING, kind.receiving_role),
                sender=PartyId(EXPORTING, GATEWAY),
                receiver=PartyId(IMPORTING, GATEWAY),
                line=EXPORTING,
                environment=Environment.TEST,
                protect=protect,
            ),
            origin,
        )
        for protect in (False, True)
    ]
    return Carried(
        document=document, items=items, payload=payload, clear=clear, protected=protected
    )


async def carry_receipt(ends: Ends, of: Carried) -> Carried:
    """Bring the importing gateway's receipt (AS2) of a document onto the road."""
    message = of.clear.outbound.message
    document = acknowledge(
        judge_message(
            hop=Hop.AS2,
            message_id=message.message_id,
            message_digest=message.digest,
            document=(of.sealed.document_id, of.sealed.digest),
            at=ends.receiver.clock.now(),
        )
    )
    route = route_to_gateway(
        PartyId(IMPORTING, GATEWAY),
        parse_party_id(message.sender),
        environment=Environment.TEST,
        conversation_id=of.sealed.conversation_id,
        correlation=message.message_id,
    )
    sent = await ends.receiver.sealer.seal(document, route)
    return Carried(document=document, items=0, payload=b"", clear=sent, protected=None)
