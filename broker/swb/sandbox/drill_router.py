"""A malicious router: the real one, run by somebody who does with messages what he likes.

It keeps its keys, its store and its log; nothing of the gateways is touched. What it does is put
between the honest parts: certificates that leave it come to whoever leads the drill, and where he
says so, what arrives is swallowed before anybody has judged it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from swb.clock import new_id
from swb.services.sealing import Route, Sealer, route_to_gateway
from swb_schemas.catalogue import Purpose
from swb_schemas.parties import REGION, ROUTER, PartyId, parse_party_id

if TYPE_CHECKING:
    from datetime import datetime

    from swb.app import Node
    from swb.keyring import KeyRing
    from swb.ports import Clock, MessageRecord, Transport, TrustSource
    from swb.services.inbox import Judge
    from swb_schemas.documents import Document
    from swb_schemas.documents.elements import Environment

__all__ = ["RogueRouter"]

_CARRIED: Final = "CertificateIssue"
"""What the drill is about; everything else travels as it should."""
_MARK: Final = b"<Type>CertificateIssue</Type>"


class RogueRouter:
    """One running router in the wrong hands.

    Args:
        node: The router, running.
        keys: Its own.
        trust: Where it finds the keys of others.
        clock: The present.
        environment: What it serves.
    """

    def __init__(
        self,
        node: Node,
        *,
        keys: KeyRing,
        trust: TrustSource,
        clock: Clock,
        environment: Environment,
    ) -> None:
        self.keys = keys
        self.party = PartyId(REGION, ROUTER)
        self.withheld: asyncio.Queue[bytes] = asyncio.Queue()
        self.swallowed: asyncio.Queue[bytes] = asyncio.Queue()
        self.swallows = False
        self._trust = trust
        self._clock = clock
        self._environment = environment
        self._honest = {member: line.publish for member, line in node.lines.items()}
        for line in node.lines.values():
            _tap(line, self.withheld)
        for inbox in node.inboxes:
            honest = inbox._judge  # noqa: SLF001 - it is the rogue's own program

            async def judge(
                raw: bytes, line: str, received_at: datetime | None, honest: Judge = honest
            ) -> None:
                if self.swallows and _MARK in raw:
                    self.swallowed.put_nowait(raw)
                else:
                    await honest(raw, line, received_at)

            inbox._judge = judge  # noqa: SLF001 - see above

    async def put(self, state: str, octets: bytes) -> None:
        """Put octets into a member's inbox."""
        await self._honest[state](
            octets,
            message_id=new_id(),
            message_type=_CARRIED,
            environment=self._environment,
        )

    async def state(self, document: Document, about: MessageRecord, conversation_id: str) -> bytes:
        """Say something about a message to its sender, in the router's name; the octets to put."""
        route = route_to_gateway(
            self.party,
            parse_party_id(about.sender),
            environment=self._environment,
            conversation_id=conversation_id,
            correlation=about.message_id,
        )
        return (await self._sealer().seal(document, route)).outbound.message.octets

    async def forge(self, document: Document, route: Route) -> bytes:
        """Seal and send in anybody's name, with the only keys that there are: the router's."""
        return (await self._sealer().seal(document, route)).outbound.message.octets

    def _sealer(self) -> Sealer:
        own = self.keys.signers
        seals = dict.fromkeys(
            (Purpose.ISSUING_SEAL, Purpose.CUSTOMS_SEAL), own[Purpose.RECEIPT_SEAL]
        )
        return Sealer(signers={**own, **seals}, trust=self._trust, clock=self._clock, new_id=new_id)


def _tap(line: Transport, withheld: asyncio.Queue[bytes]) -> None:
    """Have certificates on a line go to the leader of the drill instead of the member.

    The line itself is changed, because whoever publishes by it has it already.
    """
    honest = line.publish

    async def publish(body: bytes, *, message_id: str, message_type: str, environment: str) -> None:
        if message_type == _CARRIED:
            withheld.put_nowait(body)
            return
        await honest(
            body, message_id=message_id, message_type=message_type, environment=environment
        )

    line.publish = publish  # type: ignore[method-assign]  # it is the rogue's own program
