"""Receipting: what is ready at about the same time is committed in one go, under shared receipts.

Everybody is told by one message for each environment, however many messages that is about. Where
the store commits nothing because one of several is known already, each is committed alone, with a
receipt of its own; so is what is ready alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from swb.services.sealing import route_to_gateway
from swb.services.together import Together
from swb_schemas.documents.acknowledgements import AcknowledgedMessage, RelayedMessage
from swb_schemas.parties import parse_party_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from swb.services.sealing import Sealer, Sent
    from swb_schemas.documents import RelayReceipt, TransportAck
    from swb_schemas.documents.elements import Environment
    from swb_schemas.parties import PartyId

__all__ = ["Ready", "Receipting", "Receipts", "Said"]

E = TypeVar("E", bound=AcknowledgedMessage | RelayedMessage)
"""What a receipt says of one message."""
B = TypeVar("B")
"""What is committed of one: `swb.ports.Acceptance` or `swb.ports.Completion`."""
R = TypeVar("R")
"""What comes of committing one."""

RECEIPTED_TOGETHER: Final = 64
"""How many are committed together at most, and receipted by one message to each sender."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Generic[E]):
    """What somebody is told of one message.

    Attributes:
        to: URN of the gateway that sent the message.
        environment: Of the message.
        conversation_id: Of the message.
        entry: What is told.
    """

    to: str
    environment: Environment
    conversation_id: str
    entry: E


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready(Generic[B, E]):
    """What was judged, and is not committed yet.

    Attributes:
        brings: What is to be committed, without its receipt.
        said: What is told of it; None where nobody is.
    """

    brings: B
    said: Said[E] | None


class Receipts(Generic[E]):
    """Seals what one party says of messages.

    Args:
        own: The party; it seals and sends.
        sealer: Seals.
        write: Makes one document of what is said.
    """

    def __init__(
        self,
        own: PartyId,
        *,
        sealer: Sealer,
        write: Callable[[*tuple[E, ...]], TransportAck | RelayReceipt],
    ) -> None:
        self._own = own
        self._sealer = sealer
        self._write = write

    async def seal(self, *said: Said[E]) -> Sent:
        """Seal what one gateway is told, in one environment.

        Raises:
            UndeterminedError: As `Sealer.seal` does.
            UnavailableError: As `Sealer.seal` does.
        """
        first = said[0]
        is_one = len({each.entry.message_id for each in said}) == 1
        route = route_to_gateway(
            self._own,
            parse_party_id(first.to),
            environment=first.environment,
            conversation_id=first.conversation_id if is_one else None,
            correlation=first.entry.message_id if is_one else None,
        )
        return await self._sealer.seal(self._write(*(each.entry for each in said)), route)


class Receipting(Together[Ready[B, E], R], ABC, Generic[B, E, R]):
    """Commits what is ready, together with others and what is told of all of them.

    Args:
        receipts: Seals what is told.
    """

    def __init__(self, receipts: Receipts[E]) -> None:
        super().__init__(self._commit_ready, most=RECEIPTED_TOGETHER)
        self._receipts = receipts

    @abstractmethod
    def _note(self, brings: B, receipt: Sent) -> B:
        """Note in what is committed by which message it was told."""

    @abstractmethod
    async def _commit_all(
        self, brought: Sequence[B], receipts: Sequence[Sent]
    ) -> Sequence[R] | None:
        """Commit several with the receipts that they share; None, and nothing, where one cannot."""

    @abstractmethod
    async def _commit_alone(self, ready: Ready[B, E], receipt: Sent | None) -> R:
        """Commit one with a receipt of its own; `_note` was asked already."""

    async def _commit_ready(self, ready: Sequence[Ready[B, E]]) -> Sequence[R]:
        if len(ready) == 1:
            return [await self._commit_one(ready[0])]
        receipts = await self._seal_shared(ready)
        outcomes = await self._commit_all(
            [self._noted(each, receipts.get(_addressee(each))) for each in ready],
            list(receipts.values()),
        )
        if outcomes is not None:
            return outcomes
        return [await self._commit_one(each) for each in ready]

    async def _seal_shared(
        self, ready: Sequence[Ready[B, E]]
    ) -> dict[tuple[str, Environment] | None, Sent]:
        """Seal one receipt for each who is told, and environment."""
        said: defaultdict[tuple[str, Environment] | None, list[Said[E]]] = defaultdict(list)
        for each in ready:
            if each.said is not None:
                said[_addressee(each)].append(each.said)
        return {to: await self._receipts.seal(*some) for to, some in said.items()}

    async def _commit_one(self, ready: Ready[B, E]) -> R:
        receipt = None if ready.said is None else await self._receipts.seal(ready.said)
        noted = Ready(brings=self._noted(ready, receipt), said=ready.said)
        return await self._commit_alone(noted, receipt)

    def _noted(self, ready: Ready[B, E], receipt: Sent | None) -> B:
        return ready.brings if receipt is None else self._note(ready.brings, receipt)


def _addressee(ready: Ready[B, E]) -> tuple[str, Environment] | None:
    return None if ready.said is None else (ready.said.to, ready.said.environment)
