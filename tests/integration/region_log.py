"""The region's log in a world: who signs there, and the sequencer of its router."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from swb.backends.files import FileLogFolder
from swb.backends.softkey import SoftKeySigner
from swb_schemas.catalogue import Purpose
from swb_schemas.parties import GATEWAY, REGION, ROUTER, PartyId
from swb_schemas.wire.certificates import parse_certificate, parse_pem_certificate
from tests.integration.sequencer import build_sequencing
from tests.vectors.world import Holder

if TYPE_CHECKING:
    from pathlib import Path

    from swb.services.sequencing import SequencingService
    from tests.integration.world import World

__all__ = ["holder_of", "sequencing_of", "signer_of"]


def holder_of(world: World, state: str) -> Holder:
    """The key that a state's gateway, or the region, has for the log."""
    key = load_pem_private_key(world.keys.key(state, Purpose.LOG).read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    certificate = parse_pem_certificate(world.keys.certificate(state, Purpose.LOG).read_bytes())
    role = ROUTER if state == REGION else GATEWAY
    return Holder(PartyId(state, role), Purpose.LOG, key, certificate.der)


def signer_of(world: World, state: str) -> SoftKeySigner:
    """Sign with that key."""
    one = holder_of(world, state)
    return SoftKeySigner(one.key, parse_certificate(one.der))


def sequencing_of(world: World, folder: Path) -> SequencingService:
    """Build the sequencer of the world's router."""
    return build_sequencing(
        owner="router",
        store=world.router_store,
        ledger=world.ledger,
        folder=FileLogFolder(folder),
        clock=world.clock,
        signer=signer_of(world, REGION),
        batch=100,
    )
