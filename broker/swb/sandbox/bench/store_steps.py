"""Steps that wait for the disk of a store: what is committed, claimed and completed there.

Many are on their way at once, as on a busy road, where they share a wait; commits one by one stand
beside.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from swb.clock import new_id
from swb.core.lifecycle import Fact
from swb.ports import (
    Acceptance,
    Completion,
    Direction,
    Event,
    NationalDelivery,
    Share,
    Submission,
    SubmissionRecord,
)
from swb.sandbox.bench.carried import carry_receipt
from swb.sandbox.bench.comparing import (
    ALONE,
    AT_ONCE,
    ROUNDS,
    Compared,
    Took,
    compare,
    start_watch,
)
from swb.sandbox.bench.floors import BareTable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from swb.sandbox.bench.carried import Carried, Ends
    from swb.services.sealing import Sent

__all__ = ["measure_storing"]

_LEASE_FOR: Final = timedelta(hours=1)
"""Longer than all turns: what was claimed once is not claimed again."""
_INSERTED: Final = "inserted by sqlite3, {} in a transaction"

Measured = tuple[str, str, Compared]
"""Name of a step, its floor in words, and figures."""


async def measure_storing(
    ends: Ends, carried: Carried, file: Path, *, turns: int
) -> list[Measured]:
    """Measure what the stores of both ends do with a document.

    Args:
        ends: Whose stores.
        carried: What is kept; each time under other ids.
        file: For the bare table; it is gone afterwards.
        turns: How many.

    Returns:
        Name of the step, its floor in words, and figures.

    Raises:
        UnavailableError: ``store.*``.
    """
    table = BareTable(file)
    try:
        found = [each async for each in _measure_commits(ends, carried, table, turns=turns)]
        found += [each async for each in _measure_outbox(ends, carried, table, turns=turns)]
        if carried.items:
            found += [each async for each in _measure_deliveries(ends, carried, table, turns=turns)]
    finally:
        table.close()
        for each in file.parent.glob(f"{file.name}*"):
            each.unlink()
    return found


async def _measure_commits(
    ends: Ends, carried: Carried, table: BareTable, *, turns: int
) -> AsyncIterator[Measured]:
    async def submit(sent: Sent) -> object:
        return await ends.sender.store.commit_submission(_submission_of(sent, carried.payload))

    async def accept(sent: Sent) -> object:
        return await ends.receiver.store.accept(_acceptance_of(sent, delivers=bool(carried.items)))

    kept = [carried.sealed.octets, carried.clear.outbound.message.octets]
    steps = [("accept", accept, kept)]
    if carried.items:
        steps.insert(0, ("store", submit, [carried.payload, *kept]))
    for name, commit, rows in steps:
        for suffix, at_once, rounds in (("", AT_ONCE, ROUNDS), ("_alone", 1, ALONE)):
            compared = await compare(
                partial(_time_commits, commit, carried.clear, at_once, rounds),
                partial(_time_inserts, table, [*rows] * at_once, at_once, rounds),
                turns=turns,
                waits=True,
            )
            yield f"{name}{suffix}", f"the same octets {_INSERTED.format(at_once)}", compared


async def _time_commits(
    commit: Callable[[Sent], Awaitable[object]], sent: Sent, at_once: int, rounds: int
) -> Took:
    made = [[_rename(sent) for _ in range(at_once)] for _ in range(rounds)]
    stop = start_watch()
    for together in made:
        await asyncio.gather(*(commit(each) for each in together))
    return stop(at_once * rounds)


async def _time_inserts(table: BareTable, rows: Sequence[bytes], at_once: int, rounds: int) -> Took:
    stop = start_watch()
    for _ in range(rounds):
        table.insert(rows)
    return stop(at_once * rounds)


async def _measure_outbox(
    ends: Ends, carried: Carried, table: BareTable, *, turns: int
) -> AsyncIterator[Measured]:
    """Claiming what is to be published, and noting that it was."""
    store = ends.sender.store if carried.items else ends.receiver.store
    now, outbound = ends.sender.clock.now, carried.clear.outbound
    claimed: list[str] = []

    async def queue(sent: Sent) -> None:
        await store.answer(new_id(), documents=[sent.document], outbound=[sent.outbound])

    async def claim() -> int:
        some = await store.claim_outbound(
            now(), shares={outbound.line: Share(fresh=AT_ONCE)}, lease_for=_LEASE_FOR
        )
        claimed.extend(each.message.message_id for each in some)
        return len(some)

    async def time_claims() -> Took:
        claimed.clear()
        return await _time_claims(queue, carried.clear, claim)

    async def time_notes() -> Took:
        await time_claims()
        stop = start_watch()
        for first in range(0, len(claimed), AT_ONCE):
            await store.mark_published(claimed[first : first + AT_ONCE], now())
        return stop(len(claimed))

    async def time_bare_notes() -> Took:
        stop = start_watch()
        for _ in range(ROUNDS):
            table.note(AT_ONCE)
        return stop(AT_ONCE * ROUNDS)

    bare = partial(_time_reads, table, outbound.message.octets)
    yield "claim_outbound", _CLAIMED, await compare(time_claims, bare, turns=turns, waits=True)
    noted = await compare(time_notes, time_bare_notes, turns=turns, waits=True)
    yield "mark_published", f"a column set by sqlite3, {AT_ONCE} in a transaction", noted


async def _measure_deliveries(
    ends: Ends, carried: Carried, table: BareTable, *, turns: int
) -> AsyncIterator[Measured]:
    """Claiming what is to be handed over, and completing that, told by one receipt or by many."""
    store, now = ends.receiver.store, ends.receiver.clock.now
    receipt = (await carry_receipt(ends, carried)).clear

    async def accept(sent: Sent) -> None:
        await store.accept(_acceptance_of(sent, delivers=True))

    async def claim() -> int:
        return len(
            await store.claim_deliveries(now(), share=Share(fresh=AT_ONCE), lease_for=_LEASE_FOR)
        )

    async def complete(completions: Sequence[Completion]) -> None:
        told = _rename(receipt)
        await store.complete_together(
            completions, documents=[told.document], outbound=[told.outbound]
        )

    async def complete_alone(completions: Sequence[Completion]) -> None:
        told = _rename(receipt)
        for each in completions:
            await store.complete_delivery(
                each.document_id,
                at=each.at,
                events=each.events,
                documents=[told.document],
                outbound=[told.outbound],
            )

    bare = partial(_time_reads, table, carried.sealed.octets)
    claims = await compare(
        partial(_time_claims, accept, carried.clear, claim), bare, turns=turns, waits=True
    )
    yield "claim_deliveries", _CLAIMED, claims
    told = [receipt.document.octets, receipt.outbound.message.octets]
    event = repr(_completion_of(carried.clear).events).encode()
    for suffix, commit, at_once, rounds in (
        ("", complete, AT_ONCE, ROUNDS),
        ("_alone", complete_alone, 1, ALONE),
    ):
        compared = await compare(
            partial(_time_completions, accept, carried.clear, commit, at_once, rounds),
            partial(_time_inserts, table, [event] * at_once + told, at_once, rounds),
            turns=turns,
            waits=True,
        )
        floor = f"an event for each and one receipt {_INSERTED.format(at_once)}"
        yield f"complete{suffix}", floor, compared


_CLAIMED: Final = f"the same octets read and noted by sqlite3, {AT_ONCE} in a transaction"


async def _time_claims(
    fill: Callable[[Sent], Awaitable[object]], sent: Sent, claim: Callable[[], Awaitable[int]]
) -> Took:
    """Claim as often as there is something in a turn; what waits then is made before."""
    for _ in range(ROUNDS):
        await asyncio.gather(*(fill(_rename(sent)) for _ in range(AT_ONCE)))
    stop, claimed = start_watch(), 0
    for _ in range(ROUNDS):
        claimed += await claim()
    return stop(claimed)


async def _time_reads(table: BareTable, octets: bytes) -> Took:
    table.insert([octets] * AT_ONCE)
    stop = start_watch()
    for _ in range(ROUNDS):
        table.read(AT_ONCE)
    return stop(AT_ONCE * ROUNDS)


async def _time_completions(
    accept: Callable[[Sent], Awaitable[object]],
    sent: Sent,
    complete: Callable[[Sequence[Completion]], Awaitable[object]],
    at_once: int,
    rounds: int,
) -> Took:
    made = [[_rename(sent) for _ in range(at_once)] for _ in range(rounds)]
    for together in made:
        await asyncio.gather(*(accept(each) for each in together))
    stop = start_watch()
    for together in made:
        await complete([_completion_of(each) for each in together])
    return stop(at_once * rounds)


def _completion_of(sent: Sent) -> Completion:
    document = sent.document
    arrived = Event(document_id=document.document_id, name=Fact.AS3, at=document.recorded_at)
    return Completion(document_id=document.document_id, at=document.recorded_at, events=[arrived])


def _rename(sent: Sent) -> Sent:
    """Give document and message other ids, and the certificate another key."""
    document_id, message_id = new_id(), new_id()
    key = sent.document.certificate_key
    return replace(
        sent,
        document=replace(
            sent.document,
            document_id=document_id,
            conversation_id=document_id,
            certificate_key=f"{key}-{document_id}" if key else "",
        ),
        outbound=replace(
            sent.outbound,
            message=replace(sent.outbound.message, message_id=message_id, document_id=document_id),
        ),
    )


def _submission_of(sent: Sent, payload: bytes) -> Submission:
    document = sent.document
    return Submission(
        record=SubmissionRecord(
            payload_digest=f"sha-256:{document.document_id}",
            adapter="bench/1",
            payload=payload,
            document_id=document.document_id,
            recorded_at=document.recorded_at,
        ),
        document=document,
        outbound=sent.outbound,
        events=[Event(document_id=document.document_id, name=Fact.AS1, at=document.recorded_at)],
    )


def _acceptance_of(sent: Sent, *, delivers: bool) -> Acceptance:
    document = replace(sent.document, direction=Direction.IN)
    message = replace(sent.outbound.message, direction=Direction.IN)
    delivery = NationalDelivery(
        document_id=document.document_id,
        message_type=document.message_type,
        octets=document.octets,
        message_id=message.message_id,
        message_digest=message.digest,
        sender=message.sender,
        recorded_at=document.recorded_at,
    )
    return Acceptance(
        message=message,
        documents=[document],
        deliveries=[delivery] if delivers else [],
        events=[
            Event(
                document_id=document.document_id,
                name=Fact.AS2,
                at=document.recorded_at,
                message_id=message.message_id,
            )
        ],
    )
