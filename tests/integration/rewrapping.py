"""Messages as no honest gateway would make them, truly signed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.wire.message import ClearBody, MessageHeader, prepare_message
from tests.integration.world import load_signers

if TYPE_CHECKING:
    from swb.services.sealing import Sent
    from tests.integration.world import World

__all__ = ["rewrap"]


async def rewrap(world: World, sent: Sent, **changes: object) -> Sent:
    """Wrap a sealed document of TH anew, with something changed in the message's header."""
    message = sent.outbound.message
    header = MessageHeader(
        message_id=message.message_id,
        message_type=message.message_type,
        message_type_version="1.0",
        sender=message.sender,
        receiver=message.receiver,
        created_at=sent.document.recorded_at,
        expires_at=message.expires_at,
        environment=Environment(sent.document.environment),
        conversation_id=sent.document.conversation_id,
        document_id=sent.document.document_id,
    ).model_copy(update=changes)
    signer = load_signers(world.keys, "TH")[Purpose.TRANSPORT]
    body = ClearBody(sent.document.octets)
    unsigned = prepare_message(header, body, certificate=signer.certificate)
    rewrapped = replace(
        message,
        message_id=header.message_id,
        document_id=header.document_id,
        octets=unsigned.attach(await signer.sign(unsigned.to_be_signed)),
        digest=unsigned.digest.text,
    )
    return replace(sent, outbound=replace(sent.outbound, message=rewrapped))
