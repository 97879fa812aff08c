"""Subscribing: a carrier, an agency or a bank follows the references that it is entitled to.

Showing a certificate's course to anybody but the two states is a use beyond validating it. So
nothing is shown until the agreement of the two states names a legal basis for such a use (ATIGA
Annex 8, Rules 17(5) and 31(4); `swb_schemas.connections.Terms`), and then of that connection's
certificates only, only the status, and only to whom the national system has entitled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb.core.access import AccessRole, Principal, PrincipalKind
from swb.core.lifecycle import Fact, judge_status
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.parties import parse_certificate_key, parse_party_id
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.ports import AccessStore, Clock, ConnectionSource, DocumentRecord, MessageStore

__all__ = ["SubscribeService", "Watched"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A reference as a subscriber sees it.

    Attributes:
        reference: The certificate's key.
        status: The fact that stands.
        since: When that happened.
    """

    reference: str
    status: Fact
    since: datetime


class SubscribeService:
    """What subscribers may see, and who decides on that.

    Args:
        state: The gateway's.
        store: Holds the documents.
        access: Holds who is entitled to what.
        connections: Tells the terms.
        clock: The present.
    """

    def __init__(
        self,
        *,
        state: str,
        store: MessageStore,
        access: AccessStore,
        connections: ConnectionSource,
        clock: Clock,
    ) -> None:
        self._state = state
        self._store = store
        self._access = access
        self._connections = connections
        self._clock = clock

    async def look(self, principal: Principal) -> Sequence[Watched]:
        """Look where the references of a subscriber stand.

        What is not known here, and what has no legal basis, is left out.

        Raises:
            RefusedError: ``api.no_legal_basis``: it is off altogether.
            UnavailableError: ``store.unavailable``, ``access.unavailable``,
                ``connection.unreachable``.
        """
        await self._require_on()
        keys = await self._access.list_entitlements(principal.owner, at=self._clock.now())
        found = [await self._watch(key) for key in keys]
        return [each for each in found if each is not None]

    async def entitle(self, name: str, reference: str, *, until: datetime) -> str:
        """Let a subscriber follow a reference.

        Args:
            name: Of a system of this state that is a subscriber.
            reference: The certificate's key; it need not be known yet.
            until: So long.

        Returns:
            The key as it is kept.

        Raises:
            RefusedError: ``access.unknown``: there is no such subscriber; ``api.no_legal_basis``;
                the reference is no key of a certificate.
            UnavailableError: ``store.unavailable``, ``access.unavailable``,
                ``connection.unreachable``.
        """
        await self._require_on()
        key = str(parse_certificate_key(reference))
        record = await self._store.find_certificate(key)
        if record is not None and not await self._find_basis(record):
            raise _no_basis()
        owner = await self._find_subscriber(name)
        await self._access.entitle(owner, key, until=until)
        return key

    async def end(self, name: str, reference: str) -> bool:
        """Let a subscriber follow a reference no longer; returns whether it could.

        Raises:
            RefusedError: The reference is no key of a certificate.
            UnavailableError: ``access.unavailable``.
        """
        owner = self._principal(name).owner
        return await self._access.end_entitlement(owner, str(parse_certificate_key(reference)))

    async def _watch(self, key: str) -> Watched | None:
        record = await self._store.find_certificate(key)
        if record is None or not await self._find_basis(record):
            return None
        events = await self._store.list_events(record.document_id)
        status = judge_status((Fact(each.name), each.revision) for each in events)
        if status is None:
            return None
        dates = [each.at for each in events if each.name == status]
        return Watched(reference=key, status=status, since=max(dates, default=record.recorded_at))

    async def _find_basis(self, record: DocumentRecord) -> str:
        """Find what allows showing a certificate; empty where nothing does."""
        if not record.octets:
            return ""
        header, _ = read_kept(record.octets)
        table = await self._connections.fetch()
        found = table.find(
            sender=parse_party_id(record.issuing_party).state,
            receiver=parse_party_id(record.receiving_party).state,
            message_type=record.message_type,
            agreement=header.agreement or "",
        )
        return next((each.terms.legal_basis for each in found if each.terms.legal_basis), "")

    async def _require_on(self) -> None:
        table = await self._connections.fetch()
        if not any(
            each.terms.legal_basis and self._state in {each.from_state, each.to_state}
            for each in table.connections
        ):
            raise _no_basis()

    async def _find_subscriber(self, name: str) -> str:
        meant = self._principal(name)
        now = self._clock.now()
        for each in await self._access.list_credentials():
            is_subscriber = AccessRole.SUBSCRIBER in each.principal.roles
            if each.principal.owner == meant.owner and is_subscriber and each.is_good(now):
                return meant.owner
        message = f"expected the name of a subscriber of {self._state}, found {name[:80]!r}"
        raise RefusedError("access.unknown", message, actor=Actor.OPERATOR)

    def _principal(self, name: str) -> Principal:
        return Principal(
            name=name,
            kind=PrincipalKind.SYSTEM,
            state=self._state,
            roles=frozenset({AccessRole.SUBSCRIBER}),
        )


def _no_basis() -> RefusedError:
    message = (
        "expected an agreement whose terms name a legal basis for showing this to others than "
        "the two states, found none"
    )
    return RefusedError("api.no_legal_basis", message, actor=Actor.OPERATOR)
