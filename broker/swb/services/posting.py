"""What gateways say to each other beside the road: sealed, wrapped, and committed to the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.services.sealing import route_to_gateway
from swb_schemas.parties import GATEWAY, PartyId

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from swb.ports import Inbox, OutboundMessage
    from swb.services.sealing import Sealer, Sent
    from swb_schemas.documents import Document
    from swb_schemas.documents.elements import Environment

__all__ = ["Post"]


class Post:
    """What one gateway tells the gateways of other states.

    Args:
        state: The gateway's state.
        store: Commits.
        sealer: Seals and wraps.
        on_commit: Called when something was committed that dispatch may wait for.
    """

    def __init__(
        self, *, state: str, store: Inbox, sealer: Sealer, on_commit: Callable[[], None]
    ) -> None:
        self.gateway = PartyId(state, GATEWAY)
        self._store = store
        self._sealer = sealer
        self._on_commit = on_commit

    async def seal(
        self,
        document: Document,
        partner: str,
        environment: Environment,
        *,
        conversation_id: str | None = None,
        correlation: str | None = None,
    ) -> Sent:
        """Seal and wrap a document for a partner, and commit nothing yet.

        Args:
            document: What is told.
            partner: The other state.
            environment: Of both gateways.
            conversation_id: Of what is answered; None begins a conversation.
            correlation: Id of the message that is answered.

        Raises:
            UndeterminedError: As `Sealer.seal` does.
            UnavailableError: As `Sealer.seal` does.
        """
        route = route_to_gateway(
            self.gateway,
            PartyId(partner, GATEWAY),
            environment=environment,
            conversation_id=conversation_id,
            correlation=correlation,
        )
        return await self._sealer.seal(document, route)

    async def commit(
        self, sent: Sent, *, because_of: str = "", along: Sequence[OutboundMessage] = ()
    ) -> None:
        """Commit to the outbox what was sealed.

        Args:
            sent: What is told.
            because_of: A key of the cause; under the same key nothing is told twice. Empty where
                there is none.
            along: Messages that are committed together with it.

        Raises:
            UnavailableError: ``store.unavailable``.
        """
        await self._store.answer(
            because_of or sent.document.document_id,
            documents=[sent.document],
            outbound=[*along, sent.outbound],
        )
        self._on_commit()
