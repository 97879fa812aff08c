"""Acts of the store that no document has to come by on its way, each done and died at.

Run as ``python -m tests.contract.dying_alone STORE``: for each act and phase a fork of this process
prepares records with a number of their own, is armed, does the act and dies at that point. It
prints ``ACT PHASE STATUS`` for each.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.app.fault_points import Armed, Phase, Watched
from swb.ports import Erasure, Event, Fingerprinted, ParkedKind, Prunable, Share
from swb_schemas.fingerprints import FeatureKind, Fingerprint
from tests.contract.records import (
    ACK,
    ACK_DOCUMENT,
    DOCUMENT,
    LEASE,
    NOW,
    SECOND,
    acceptance,
    by_line,
    digest_of,
    document,
    outbound,
    submission,
    uuid_of,
)
from tests.contract.store_worlds import build_store_from_description

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from swb.ports import MessageStore

    Act = Callable[[MessageStore, int], Awaitable[object]]

__all__ = ["ACTS", "key_of", "number_of"]

_FAR: Final = NOW + timedelta(days=30)
_SOON: Final = NOW + 50 * SECOND


def key_of(number: int) -> str:
    """The id of the fingerprint key of the records of a number."""
    return f"k{number}"


def _age(number: int) -> datetime:
    return NOW - timedelta(days=4000 - number)


async def _submitted(store: MessageStore, number: int) -> None:
    await store.commit_submission(submission(number))


async def _received(store: MessageStore, number: int) -> None:
    await store.accept(acceptance(number))


async def _claimed(store: MessageStore, number: int) -> None:
    await _submitted(store, number)
    await store.claim_outbound(NOW, shares=by_line(500), lease_for=LEASE)


async def _delivery_claimed(store: MessageStore, number: int) -> None:
    await _received(store, number)
    await store.claim_deliveries(NOW, share=Share(fresh=500), lease_for=LEASE)


async def _resting(store: MessageStore, number: int) -> None:
    await _claimed(store, number)
    await store.retry_outbound(uuid_of(number), code=f"test.at_{number}", due_at=_FAR)


async def _delivery_resting(store: MessageStore, number: int) -> None:
    await _delivery_claimed(store, number)
    await store.retry_delivery(uuid_of(number, DOCUMENT), code=f"test.at_{number}", due_at=_FAR)


async def _parked(store: MessageStore, number: int) -> None:
    await _submitted(store, number)
    await store.park_outbound(uuid_of(number), code="test.parked", at=NOW)


async def _published(store: MessageStore, number: int) -> None:
    await store.commit_submission(submission(number, at=_age(number)))
    await store.mark_published([uuid_of(number)], _age(number))


async def _fingerprinted(store: MessageStore, number: int) -> None:
    mark = Fingerprint(kind=FeatureKind.INVOICE, key_id=key_of(number), value=digest_of("alike"))
    kept = Fingerprinted(document_id=uuid_of(number, DOCUMENT), fingerprints=[mark])
    await store.commit_submission(replace(submission(number), fingerprinted=kept))


async def _answer(store: MessageStore, number: int) -> None:
    told = document(number, kind=ACK_DOCUMENT, message_type="TransportAck", certificate_key="")
    sent = outbound(number, kind=ACK, document_kind=ACK_DOCUMENT)
    await store.answer(digest_of(f"dead {number}"), documents=[told], outbound=[sent])


async def _erase(store: MessageStore, number: int) -> None:
    await store.erase(
        Erasure(
            erasure_id=uuid_of(number, 77),
            conversation_id=uuid_of(number, 9),
            document_ids=[uuid_of(number, DOCUMENT)],
            message_ids=[uuid_of(number)],
            octets=b"record",
            erased_at=NOW,
        )
    )


def _event(number: int) -> Event:
    return Event(document_id=uuid_of(number, DOCUMENT), name="REFUSED", at=NOW)


ACTS: Final[dict[str, tuple[Act, Act]]] = {
    "answer": (_received, _answer),
    "erase": (_published, _erase),
    "record_events": (_received, lambda store, n: store.record_events([_event(n)])),
    "retry_outbound": (
        _claimed,
        lambda store, n: store.retry_outbound(uuid_of(n), code="test.down", due_at=_SOON),
    ),
    "release_outbound": (
        _claimed,
        lambda store, n: store.release_outbound([uuid_of(n)], code="test.down"),
    ),
    "hasten_outbound": (
        _resting,
        lambda store, n: store.hasten_outbound("TH", NOW, codes=[f"test.at_{n}"], limit=9),
    ),
    "park_outbound": (
        _claimed,
        lambda store, n: store.park_outbound(uuid_of(n), code="test.parked", at=NOW),
    ),
    "extend_leases": (
        _claimed,
        lambda store, n: store.extend_leases(
            ParkedKind.OUTBOUND, [uuid_of(n)], NOW, lease_for=3 * LEASE
        ),
    ),
    "release_deliveries": (
        _delivery_claimed,
        lambda store, n: store.release_deliveries([uuid_of(n, DOCUMENT)], code="test.down"),
    ),
    "hasten_deliveries": (
        _delivery_resting,
        lambda store, n: store.hasten_deliveries(NOW, codes=[f"test.at_{n}"], limit=9),
    ),
    "park_delivery": (
        _delivery_claimed,
        lambda store, n: store.park_delivery(uuid_of(n, DOCUMENT), code="test.parked", at=NOW),
    ),
    "replay_parked": (
        _parked,
        lambda store, n: store.replay_parked(ParkedKind.OUTBOUND, uuid_of(n), at=NOW),
    ),
    "discard_parked": (
        _parked,
        lambda store, n: store.discard_parked(
            ParkedKind.OUTBOUND, uuid_of(n), at=NOW, events=[_event(n)]
        ),
    ),
    "prune": (
        _published,
        lambda store, n: store.prune(Prunable.MESSAGES, before=_age(n) + SECOND),
    ),
    "forget_fingerprints": (
        _fingerprinted,
        lambda store, n: store.forget_fingerprints(key_of(n)),
    ),
}
"""By name: what must be there before, and the act. Each may be repeated, as after a restart."""


def number_of(act: str, phase: Phase | None) -> int:
    """The number of the records of one death; None is for an act that nobody disturbs."""
    place = len(Phase) if phase is None else list(Phase).index(phase)
    return 10 + 10 * list(ACTS).index(act) + place


async def _live(description: str, act: str, phase: Phase) -> None:
    prepare, do = ACTS[act]
    store = build_store_from_description(description)
    await store.open()
    await prepare(store, number_of(act, phase))
    armed = Armed(
        f"{Watched.STORE}:{act}:{phase}",
        passing=1,
        die=lambda: os.kill(os.getpid(), signal.SIGKILL),
    )
    await do(armed.watch(store, Watched.STORE), number_of(act, phase))


def main() -> None:
    """Fork once for each death."""
    for act in ACTS:
        for phase in Phase:
            pid = os.fork()
            if not pid:
                try:
                    asyncio.run(_live(sys.argv[1], act, phase))
                finally:
                    os._exit(1)
            _, status = os.waitpid(pid, 0)
            sys.stdout.write(f"{act} {phase} {os.waitstatus_to_exitcode(status)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
