"""What one side of a pair tells of itself: what it pinned, keeps and heard, what a day came to."""

from __future__ import annotations

import asyncio
import base64
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from swb.app import open_store
from swb.app.reconciliation import open_memory, open_paper
from swb.services.exchange_days import get_day, read_day
from swb_conformance.live import CannotActError, Step, Told
from swb_schemas.documents.elements import Environment
from swb_schemas.documents.outage_notice import OutageReason
from swb_schemas.wire import parse_trust_bundle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb.config import Config
    from swb.ports import MessageStore
    from swb_schemas.documents.exchange import ExchangedSet

__all__ = ["tell"]

_LOOK_EVERY: Final = 0.05


def tell(step: Step, config: Config, *, within: float, members: Mapping[str, object]) -> Told:
    """Tell what a step of a pair asks for.

    Raises:
        CannotActError: It is no such step.
    """
    told = {name: str(value) for name, value in members.items()}
    match step:
        case Step.ROOTS:
            return _tell_roots(config)
        case Step.KEPT:
            facts = set(told.get("facts", "").split(",")) - {""}
            about = (told["certificate_key"], told["message_type"])
            return asyncio.run(_tell_kept(config, *about, facts, within))
        case Step.NOTICE:
            return asyncio.run(_tell_notice(config, told["partner"]))
        case Step.NOTICED:
            return asyncio.run(_tell_noticed(config, told["document_id"], within))
        case Step.SUMMARY:
            day = date.fromisoformat(told["day"])
            return asyncio.run(_tell_summary(config, told["partner"], day))
        case _:
            message = f"the step {step.value} cannot be done here"
            raise CannotActError(message)


def _tell_roots(config: Config) -> Told:
    """Tell the digests of the roots that count here, and the numbers of the lists, by state."""
    if config.trust is None:
        message = "the configuration has no [trust]"
        raise CannotActError(message)
    bundle = parse_trust_bundle(config.trust.bundle.read_bytes())
    return Told(
        members={
            "roots": {
                state: sorted(root.thumbprint for root in roots)
                for state, roots in bundle.roots.items()
            },
            "lists": {state: each.payload_digest for state, each in bundle.lists.items()},
        }
    )


async def _tell_kept(
    config: Config, key: str, message_type: str, facts: set[str], within: float
) -> Told:
    until = time.monotonic() + within
    async with open_store(config) as store:
        while True:
            kept = await _find(store, key, message_type)
            if any(facts <= set(each["facts"]) for each in kept) or time.monotonic() > until:
                return Told(members={"kept": kept})
            await asyncio.sleep(_LOOK_EVERY)


async def _find(store: MessageStore, key: str, message_type: str) -> list[dict[str, Any]]:
    found = []
    trail = await store.find_trail(key)
    for record in (trail.document, *trail.answers) if trail else ():
        if record.message_type != message_type or record.certificate_key != key:
            continue
        events = await store.list_events(record.document_id)
        found.append(
            {
                "document_id": record.document_id,
                "digest": record.digest,
                "sealed": base64.b64encode(record.octets).decode(),
                "facts": sorted({event.name for event in events}),
            }
        )
    return found


async def _tell_summary(config: Config, partner: str, day: date) -> Told:
    async with open_store(config) as store:
        days = await read_day(store, day)
    found = get_day(days, (partner, Environment.TEST.value))
    return Told(
        members={
            "sent": _spell(found.sent.summarise()),
            "received": _spell(found.received.summarise()),
        }
    )


def _spell(found: ExchangedSet) -> dict[str, object]:
    return {"count": found.count, "root": found.root_hash.text}


async def _enter_nothing(_: object) -> None:
    """No person declares it."""


async def _tell_notice(config: Config, partner: str) -> Told:
    """Declare an outage of a minute to a partner."""
    async with open_paper(config) as (desk, clock):
        at = clock.now()
        notice = await desk.declare(
            partner,
            config.party.environment,
            from_at=at,
            until_at=at + timedelta(minutes=1),
            reason=OutageReason.MAINTENANCE,
            enter=_enter_nothing,
        )
    return Told(members={"document_id": notice.document_id})


async def _tell_noticed(config: Config, document_id: str, within: float) -> Told:
    until = time.monotonic() + within
    async with open_memory(config) as memory:
        while True:
            notices = await memory.list_notices()
            came = any(each.document_id == document_id and not each.own for each in notices)
            if came or time.monotonic() > until:
                return Told(members={"noticed": came})
            await asyncio.sleep(_LOOK_EVERY)
