"""Run another edition of the rules over what a store has, in as many processes as are wanted."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Final

from swb.app import open_store
from swb.ports import Direction
from swb.services.shadowing import Shadow, Shadowed, Stored
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.parties import REGION
from swb_schemas.wire.exchange import first_id_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from swb.config import Config
    from swb.ports import DocumentRecord

__all__ = ["run_shadow"]

_PAGE: Final = 500
_WAITING: Final = 4
"""Pages that may wait for each process."""
_CERTIFICATES: Final = frozenset(
    name for name, kind in CATALOGUE.items() if kind.model is CertificateOfOrigin
)

_shadow: list[Shadow] = []
"""Of a worker process: made once there, because rules are functions and do not travel."""


async def run_shadow(config: Config, *, pack: bytes, since: date, processes: int) -> Shadowed:
    """Judge every certificate that was made since a day.

    Args:
        config: Of the gateway whose store is read; nothing is written.
        pack: The other edition.
        since: First day of the documents' ids, in UTC.
        processes: That judge beside the one that reads.

    Raises:
        RefusedError: ``rules.pack_malformed``; ``config.invalid``: it is of a router.
        UnavailableError: ``store.unavailable``.
    """
    if config.party.state == REGION:
        message = "expected the configuration of a gateway, whose store has certificates to judge, "
        message += "found a router's"
        raise RefusedError("config.invalid", message, actor=Actor.OPERATOR)
    Shadow(pack)  # refuses before anything is started
    found = Shadowed()
    loop = asyncio.get_running_loop()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _begin, (pack,)) as pool:
        running: set[asyncio.Future[Shadowed]] = set()
        async with open_store(config) as store:
            after = first_id_of(since)
            while records := await store.list_documents(after=after, limit=_PAGE):
                after = records[-1].document_id
                if batch := _choose(records):
                    running.add(loop.run_in_executor(pool, _judge, batch))
                if len(running) >= _WAITING * processes:
                    done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                    for ended in done:
                        found.add(ended.result())
        for each in await asyncio.gather(*running):
            found.add(each)
    return found


def _choose(records: Sequence[DocumentRecord]) -> list[Stored]:
    """Certificates whose octets are still there."""
    return [
        Stored(
            octets=each.octets,
            taken_on=each.recorded_at.date(),
            sent=each.direction is Direction.OUT,
        )
        for each in records
        if each.message_type in _CERTIFICATES and each.octets
    ]


def _begin(pack: bytes) -> None:
    _shadow.append(Shadow(pack))


def _judge(batch: list[Stored]) -> Shadowed:
    return _shadow[0].judge(batch)
