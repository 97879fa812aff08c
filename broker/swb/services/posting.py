"""What gateways say to each other beside the road: sealed, wrapped, and committed to the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.services.sealing import Route
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

    def route_to(
        self,
        partner: str,
        environment: Environment,
        *,
        conversation_id: str | None = None,
        correlation: str | None = None,
    ) -> Route:
        """Where a word to a partner goes."""
        receiver = PartyId(partner, GATEWAY)
        return Route(
            issuing_party=self.gateway,
            receiving_party=receiver,
            sender=self.gateway,
            receiver=receiver,
            line=self.gateway.state,
            environment=environment,
            conversation_id=conversation_id,
            correlation=correlation,
        )

    async def prepare(self, document: Document, route: Route) -> Sent:
        """Seal and wrap a document, and commit nothing yet.

        Raises:
            UnavailableError: ``signer.*``.
        """
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

    async def send(
        self,
        document: Document,
        route: Route,
        *,
        because_of: str = "",
        along: Sequence[OutboundMessage] = (),
    ) -> Sent:
        """Seal a document and commit it; see `prepare` and `commit`."""
        sent = await self.prepare(document, route)
        await self.commit(sent, because_of=because_of, along=along)
        return sent
