"""Subscribing: a carrier, an agency or a bank follows the references that it is entitled to.

Showing a certificate's course to anybody but the two states is a use beyond validating it. So
nothing is shown until the agreement of the two states names a legal basis for such a use (ATIGA
Annex 8, Rules 17(5) and 31(4); `swb_schemas.connections.Terms`), and then of that connection's
certificates only, only the status, and only to whom the national system has entitled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb.core.access import AccessRole, Principal, PrincipalKind
from swb.core.lifecycle import Fact, judge_status
from swb.services.kept import find_kept
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.parties import parse_certificate_key, parse_party_id
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.ports import (
        AccessStore,
        Clock,
        ConnectionSource,
        Course,
        Documents,
        Overview,
    )
    from swb_schemas.connections import ConnectionTable

__all__ = ["SubscribeService", "Watched"]

_REMEMBERED: Final = 100_000
"""Documents whose agreement is remembered."""


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
        overview: Tells what became of them.
        access: Holds who is entitled to what.
        connections: Tells the terms.
        clock: The present.
        most: How many references one subscriber may be entitled to at a time.
    """

    def __init__(
        self,
        *,
        state: str,
        store: Documents,
        overview: Overview,
        access: AccessStore,
        connections: ConnectionSource,
        clock: Clock,
        most: int,
    ) -> None:
        self._state = state
        self._store = store
        self._overview = overview
        self._access = access
        self._connections = connections
        self._clock = clock
        self._most = most
        self._agreements: dict[str, str] = {}

    async def look(self, principal: Principal, reference: str = "") -> Sequence[Watched]:
        """Look where the references of a subscriber stand.

        What is not known here, and what has no legal basis, is left out.

        Args:
            principal: The subscriber.
            reference: The only one that is looked at; empty for all.

        Raises:
            RefusedError: ``api.no_legal_basis``: it is off altogether.
            UnavailableError: ``store.unavailable``, ``access.unavailable``,
                ``connection.unreachable``.
        """
        table = await self._fetch_terms()
        keys = await self._access.list_entitlements(principal.owner, at=self._clock.now())
        asked = [each for each in keys if reference in {"", each}]
        courses = await self._overview.list_courses(asked)
        found = [await self._watch(course, table) for course in courses]
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
                ``api.entitlement_over``; ``api.too_many_entitlements``; the reference is
                no key of a certificate.
            UnavailableError: ``store.unavailable``, ``access.unavailable``,
                ``connection.unreachable``.
        """
        at = self._clock.now()
        if until <= at:
            message = (
                f"expected an entitlement that ends after {format_instant(at)}, found one until "
                f"{format_instant(until)}"
            )
            raise RefusedError("api.entitlement_over", message)
        table = await self._fetch_terms()
        key = str(parse_certificate_key(reference))
        for course in await self._overview.list_courses([key]):
            if course.is_erased or not await self._find_basis(course, table):
                raise _no_basis()
        owner = (await self.find_subscriber(name)).owner
        if not await self._access.entitle(owner, key, until=until, at=at, most=self._most):
            message = f"expected at most {self._most} references of {name[:80]!r} at a time"
            raise RefusedError("api.too_many_entitlements", message)
        return key

    async def end(self, name: str, reference: str) -> bool:
        """Let a subscriber follow a reference no longer; returns whether it could.

        Raises:
            RefusedError: The reference is no key of a certificate.
            UnavailableError: ``access.unavailable``.
        """
        owner = self._principal(name).owner
        return await self._access.end_entitlement(owner, str(parse_certificate_key(reference)))

    async def _watch(self, course: Course, table: ConnectionTable) -> Watched | None:
        if course.is_erased or not await self._find_basis(course, table):
            return None
        status = judge_status((Fact(name), revision) for name, revision, _ in course.facts)
        if status is None:
            return None
        dates = [at for name, _, at in course.facts if name == status]
        return Watched(
            reference=course.certificate_key,
            status=status,
            since=max(dates, default=course.recorded_at),
        )

    async def _find_basis(self, course: Course, table: ConnectionTable) -> str:
        """Find what allows showing a certificate; empty where nothing does."""
        found = table.find(
            sender=parse_party_id(course.issuing_party).state,
            receiver=parse_party_id(course.receiving_party).state,
            message_type=course.message_type,
            agreement=await self._find_agreement(course.document_id),
        )
        return next((each.terms.legal_basis for each in found if each.terms.legal_basis), "")

    async def _find_agreement(self, document_id: str) -> str:
        """Find under which agreement a document is; what was sealed stays, so it is read once."""
        known = self._agreements.get(document_id)
        if known is None:
            kept = await find_kept(self._store, document_id)
            known = kept.agreement if kept else ""
            if len(self._agreements) >= _REMEMBERED:
                self._agreements.clear()
            self._agreements[document_id] = known
        return known

    async def _fetch_terms(self) -> ConnectionTable:
        """Fetch who is connected on which terms, where those of anybody allow showing anything."""
        table = await self._connections.fetch()
        if not any(
            each.terms.legal_basis and self._state in {each.from_state, each.to_state}
            for each in table.connections
        ):
            raise _no_basis()
        return table

    async def find_subscriber(self, name: str) -> Principal:
        """Find a subscriber of this state that has a token or certificate that holds.

        Raises:
            RefusedError: ``access.unknown``.
            UnavailableError: ``access.unavailable``.
        """
        meant = self._principal(name)
        now = self._clock.now()
        for each in await self._access.list_credentials():
            is_subscriber = AccessRole.SUBSCRIBER in each.principal.roles
            if each.principal.owner == meant.owner and is_subscriber and each.is_good(now):
                return meant
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
