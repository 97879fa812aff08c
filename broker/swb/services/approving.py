"""Approving: an act under the rule of two people is asked for, agreed to by another, then done.

Everything else that a person does is entered in the audit trail and done at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.core.approving import VALID_FOR, Request, Step, check_request, list_requests
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from swb.core.approving import Act, Guarded
    from swb.core.audit import AuditEntry
    from swb.ports import AuditTrail, Clock

__all__ = ["Approvals", "read_entries"]


async def read_entries(trail: AuditTrail) -> Sequence[AuditEntry]:
    """Read a whole trail, from the first entry.

    Raises:
        UnavailableError: ``audit.unavailable``.
    """
    entries: list[AuditEntry] = []
    while page := await trail.list_entries(after=entries[-1].sequence if entries else 0):
        entries.extend(page)
    return entries


class Approvals:
    """Lets one person act, or two.

    Args:
        trail: Where every act, request and agreement is entered.
        guarded: Kinds of acts that need two people.
        who: The person at the keyboard: the account of the operating system.
        clock: The present.
        new_id: Makes ids of requests.
    """

    def __init__(
        self,
        *,
        trail: AuditTrail,
        guarded: Collection[Guarded],
        who: str,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._trail = trail
        self._guarded = guarded
        self._who = who
        self._clock = clock
        self._new_id = new_id

    async def enter(self, act: Act, *, approval: str | None = None) -> None:
        """Enter an act into the trail before it is done; under two people only with an approval.

        Args:
            act: What is going to be done.
            approval: Id of the request that another person agreed to.

        Raises:
            RefusedError: ``approval.needed``: it was asked for, and another person has to agree;
                ``approval.unknown``, ``approval.used``, ``approval.expired``,
                ``approval.other_act``, ``approval.not_given``.
            UnavailableError: ``audit.unavailable``.
        """
        if act.kind in self._guarded:
            if approval is None:
                raise await self._ask(act)
            await self._use(act, approval)
        await self._write(act.action, act.subject, act.text)

    async def give(self, request_id: str) -> Request:
        """Agree to what another person asked for.

        Raises:
            RefusedError: ``approval.unknown``, ``approval.used``, ``approval.expired``,
                ``approval.same_person``.
            UnavailableError: ``audit.unavailable``.
        """
        request = await self._find(request_id)
        if request.asked_by == self._who:
            message = f"expected another person than {self._who}, who asked for it"
            raise RefusedError("approval.same_person", message, actor=Actor.OPERATOR)
        if not request.given_by:
            await self._write(
                Step.GIVEN, request.request_id, f"{request.act_digest} {request.text}"
            )
        return request

    async def list_open(self) -> Sequence[Request]:
        """List what is asked for and neither done nor too old.

        Raises:
            UnavailableError: ``audit.unavailable``.
        """
        now = self._clock.now()
        steps = await self._trail.list_actions(frozenset(Step), since=now - VALID_FOR)
        requests = list_requests(steps)
        return [each for each in requests.values() if each.is_open(now)]

    async def _ask(self, act: Act) -> RefusedError:
        request_id = self._new_id()
        await self._write(Step.ASKED, request_id, f"{act.digest} {act.text}")
        message = (
            f"asked for as {request_id}, good for {VALID_FOR}: expected another person to agree "
            f"(`swb approvals give {request_id}`); then repeat this with --approval {request_id}"
        )
        return RefusedError("approval.needed", message, actor=Actor.OPERATOR)

    async def _use(self, act: Act, request_id: str) -> None:
        request = await self._find(request_id)
        if request.act_digest != act.digest:
            message = f"expected what was agreed to: {request.text}, found: {act.text}"
            raise RefusedError("approval.other_act", message, actor=Actor.OPERATOR)
        if not request.given_by:
            message = f"expected another person to agree first: swb approvals give {request_id}"
            raise RefusedError("approval.not_given", message, actor=Actor.OPERATOR)
        mine = await self._write(Step.USED, request_id, request.act_digest)
        # Two commands may come as far as this at once; the one that was entered first acts.
        for entry in await self._trail.list_actions({Step.USED}):
            if entry.subject == request_id:
                if entry.sequence < mine.sequence:
                    message = f"expected a request that was not used yet, found {request_id}"
                    raise RefusedError("approval.used", message, actor=Actor.OPERATOR)
                return

    async def _find(self, request_id: str) -> Request:
        requests = list_requests(await self._trail.list_actions(frozenset(Step)))
        return check_request(requests.get(request_id), request_id, at=self._clock.now())

    async def _write(self, action: str, subject: str, detail: str) -> AuditEntry:
        return await self._trail.append(
            at=self._clock.now(), who=self._who, action=action, subject=subject, detail=detail
        )
