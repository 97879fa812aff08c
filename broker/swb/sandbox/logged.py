"""The evidence log of a region on one machine: when all is in it, and what it says in the end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb.app import open_store
from swb.app.ledger import open_log_view
from swb.clock import SystemClock
from swb.config import load_config
from swb.services.log_view import CHECKPOINT
from swb_schemas.wire.ledger import parse_checkpoint, verify_checkpoint
from swb_schemas.wire.trust_reading import parse_trust_bundle

if TYPE_CHECKING:
    from swb.ports import MessageStore
    from swb.sandbox.region import Region

__all__ = ["LoggedMessages", "count_logged", "wait_until_watched"]

_LOOK_EVERY: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedMessages:
    """What the log says.

    Attributes:
        recorded: Messages that the router took in or sent.
        size: Entries under the published checkpoint.
        witnesses: States that cosigned it.
    """

    recorded: int = 0
    size: int = 0
    witnesses: tuple[str, ...] = ()


async def wait_until_watched(region: Region, store: MessageStore) -> None:
    """Return when members have cosigned a tree of everything that the router recorded.

    Args:
        region: Running, with nothing on its way any more.
        store: The router's.
    """
    view = open_log_view(str(region.log))
    while True:
        raw = await view.fetch_note(CHECKPOINT)
        if raw is not None and parse_checkpoint(raw)[0].size >= await _count_recorded(store):
            return
        await asyncio.sleep(_LOOK_EVERY)


async def count_logged(region: Region) -> LoggedMessages:
    """Count what is in the log of a stopped region, and who watched it.

    Raises:
        RefusedError: ``ledger.*``: the checkpoint does not hold.
    """
    async with open_store(load_config(region.router)) as store:
        recorded = await _count_recorded(store)
    raw = await open_log_view(str(region.log)).fetch_note(CHECKPOINT)
    if raw is None:
        return LoggedMessages(recorded=recorded)
    bundle = await asyncio.to_thread(region.bundle.read_bytes)
    found = verify_checkpoint(raw, trust=parse_trust_bundle(bundle), at=SystemClock().now())
    return LoggedMessages(
        recorded=recorded,
        size=found.checkpoint.size,
        witnesses=tuple(sorted(found.witnesses)),
    )


async def _count_recorded(store: MessageStore) -> int:
    count = after = 0
    while page := await store.list_recorded(after=after):
        count, after = count + len(page), page[-1].position
    return count
