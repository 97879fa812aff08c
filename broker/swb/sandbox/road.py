"""The road under measurement: two gateways and a router, each a process of its own, as they run.

National payloads are put before the exporting gateway; a document counts when that gateway's store
has committed the importing gateway's receipt (AS2). Nothing is switched off: both layers, rules,
stores, logs, confirms.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb.app import open_store
from swb.app.overview import open_overview
from swb.clock import SystemClock
from swb.config import load_config
from swb.core.lifecycle import Fact
from swb.plugins import discover_adapters
from swb.sandbox.measuring import Measurement, Watch
from swb.sandbox.processes import Program, run_beside, start_children
from swb.simulator.authority import SimulatedAuthority
from swb.simulator.issuing import draw_certificate
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from swb.ports import MessageStore, Overview
    from swb.sandbox.processes import Child
    from swb.sandbox.region import Region

__all__ = [
    "EXPORTING",
    "IMPORTING",
    "Payloads",
    "Road",
    "Weighed",
    "open_road",
    "weigh_messages",
    "weigh_store",
]

EXPORTING: Final = "TH"
IMPORTING: Final = "VN"

_ISSUE: Final = "CertificateIssue"
_RECEIPTS: Final = frozenset({"RelayReceipt", "TransportAck"})
_RECEIPTS_A_DOCUMENT: Final = 3
"""The relay receipt, AS2 and AS3, where each has a message of its own."""
_LOOK_EVERY: Final = 0.05
"""Seconds between looks at the documents that are waited for: looking takes processor time too."""
_LOOK_EVERY_FOR_LATENCY: Final = 0.008
"""The same where documents come one by one; a latency is known no better."""
_TOGETHER: Final = 64
"""Documents that are looked at together."""
_START_WITHIN: Final = 60.0
"""Seconds until the exporting gateway runs."""
_CAUSED: Final = frozenset({Fact.AS1, Fact.RELAYED, Fact.AS2, Fact.AS3})
"""What is known at the exporting gateway when a document has caused all that it will."""


class Payloads:
    """National payloads, written before the clock runs.

    Args:
        region: Whose exporting gateway they are for.
        items: Lines of each certificate.
        seed: What goods are drawn from.

    Attributes:
        items: Lines of each certificate that is written from now on.
    """

    def __init__(self, region: Region, *, items: int, seed: int) -> None:
        config = load_config(region.gateways[EXPORTING])
        names = config.national.adapters if config.national else ()
        adapters = [discover_adapters(names=names).get(name) for name in names]
        self._clock = SystemClock()
        self.items = items
        self._seed = seed
        self._serial = 0
        self._staging = region.folder / "staging"
        self._door = region.drop_folder(EXPORTING) / "in"
        self._suffix = adapters[0].info.file_suffix
        self._authority = SimulatedAuthority(
            state=EXPORTING,
            folder=self._staging,
            adapters=adapters,
            seed=seed,
            now=self._clock.now,
            answers=False,
        )
        self._authority.open()

    def write(self, documents: int) -> list[tuple[str, Path]]:
        """Write payloads where the gateway does not see them.

        Returns:
            Certificate keys and files, in the order in which to show them.
        """
        certificates = []
        for _ in range(documents):
            self._serial += 1
            certificates.append(
                draw_certificate(
                    exporting=EXPORTING,
                    importing=IMPORTING,
                    serial=self._serial,
                    seed=self._seed,
                    on=self._clock.now().date(),
                    items=self.items,
                )
            )
        written = []
        for certificate in certificates:
            self._authority.file([certificate])
            (file,) = (self._staging / "in").iterdir()
            target = self._staging / file.name
            file.replace(target)
            written.append((str(certificate.key), target))
        return written

    def show(self, file: Path) -> None:
        """Make one payload visible to the gateway, complete and under its final name."""
        file.replace(self._door / file.name)

    async def wait_for_door(self) -> None:
        """Wait until the gateway has made its drop folder, which it does last of all."""
        while not self._door.exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(_LOOK_EVERY)


class Road:
    """The processes, running.

    Args:
        children: Gateways and routers.
        overview: Of the exporting gateway's store, read from outside.
        payloads: What is sent.
    """

    def __init__(self, children: Sequence[Child], overview: Overview, payloads: Payloads) -> None:
        self._children = children
        self._overview = overview
        self._payloads = payloads

    @property
    def children(self) -> Sequence[Child]:
        """Gateways and routers."""
        return self._children

    async def send(
        self, documents: int, *, rate: float | None = None, give_up_after: float
    ) -> Measurement:
        """Send documents, wait for all receipts, then until everything that they cause is over.

        Args:
            documents: How many.
            rate: Documents a second; None shows them all at once.
            give_up_after: Seconds.

        Raises:
            UnavailableError: ``bench.process_ended``, ``bench.too_slow``, ``bench.refused``.
        """
        written = await asyncio.to_thread(self._payloads.write, documents)
        watch = Watch(self._children)
        work = self._send(written, rate)
        latencies, seconds = await run_beside(self._children, work, give_up_after=give_up_after)
        return Measurement(
            documents=documents, seconds=seconds, latencies=latencies, cpu=watch.read()
        )

    async def _send(
        self, written: Sequence[tuple[str, Path]], rate: float | None
    ) -> tuple[list[float], float]:
        keys = [key for key, _ in written]
        shown: list[float] = []
        _, seen = await asyncio.gather(
            self._show([file for _, file in written], rate, shown),
            self._wait_for_all(
                keys,
                frozenset({Fact.AS2}),
                look_every=_LOOK_EVERY if rate is None else _LOOK_EVERY_FOR_LATENCY,
            ),
        )
        await self._wait_for_all(keys, _CAUSED, look_every=_LOOK_EVERY)
        latencies = [there - here for there, here in zip(seen, shown, strict=True)]
        return latencies, max(seen) - shown[0]

    async def _show(self, files: Sequence[Path], rate: float | None, shown: list[float]) -> None:
        begun = time.perf_counter()
        for count, file in enumerate(files):
            if rate is not None:
                await asyncio.sleep(begun + count / rate - time.perf_counter())
            shown.append(time.perf_counter())
            self._payloads.show(file)

    async def _wait_for_all(
        self, keys: Sequence[str], facts: frozenset[Fact], *, look_every: float
    ) -> list[float]:
        """Wait until the exporting gateway has committed facts about every certificate.

        Documents come nearly in order: those that were shown first and are not there yet are
        looked at together, so that none is thought late because one before it is.

        Returns:
            When each was seen to be there, in the order of the keys.
        """
        seen: dict[str, float] = {}
        waiting = list(keys)
        while waiting:
            there = await self._find_there(waiting[:_TOGETHER], facts)
            seen |= dict.fromkeys(there, time.perf_counter())
            waiting = [key for key in waiting if key not in there]
            if len(there) < _TOGETHER:
                await asyncio.sleep(look_every)
        return [seen[key] for key in keys]

    async def _find_there(self, keys: Sequence[str], facts: frozenset[Fact]) -> set[str]:
        """Find which certificates have all of these facts."""
        there = set()
        for course in await self._overview.list_courses(keys):
            known = {name for name, *_ in course.facts}
            if Fact.REFUSED in known:
                message = f"expected no document to be refused, found {course.certificate_key}"
                raise UnavailableError("bench.refused", message)
            if facts <= known:
                there.add(course.certificate_key)
        return there


@asynccontextmanager
async def open_road(region: Region, payloads: Payloads, folder: Path) -> AsyncIterator[Road]:
    """Start gateways and routers of a region, each in a process.

    Args:
        region: Laid out on RabbitMQ.
        payloads: What is sent.
        folder: For logs.

    Raises:
        UnavailableError: ``bench.process_failed``, ``store.unavailable``.
    """
    configs = {
        **{file.stem: file for file in region.routers},
        **{f"gateway {state}": file for state, file in region.gateways.items()},
    }
    programs = [
        Program(
            name=name,
            module="swb.sandbox.child",
            arguments=("swb.cli", "run", "--config", str(file)),
        )
        for name, file in configs.items()
    ]
    config = load_config(region.gateways[EXPORTING])
    async with start_children(programs, folder) as children:
        await run_beside(children, payloads.wait_for_door(), give_up_after=_START_WITHIN)
        async with open_overview(config) as overview:
            yield Road(children, overview, payloads)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The road's own messages, as the exporting gateway's store has them.

    Attributes:
        sizes: Octets by message type: the mean, but of receipts the smallest. A receipt may answer
            several messages at once; the smallest one answers one.
        means: The mean of every type.
        per_document: Messages a document, by message type.
    """

    sizes: Mapping[str, int]
    means: Mapping[str, int]
    per_document: Mapping[str, float]

    @property
    def together(self) -> int:
        """How many documents a receipt answered on average."""
        receipts = sum(self.per_document.get(kind, 0.0) for kind in _RECEIPTS)
        return max(1, round(_RECEIPTS_A_DOCUMENT / receipts)) if receipts else 1


async def weigh_messages(region: Region) -> Weighed:
    """Measure and count the road's own messages, as the exporting gateway keeps them."""
    async with open_store(load_config(region.gateways[EXPORTING])) as store:
        return await weigh_store(store)


async def weigh_store(store: MessageStore) -> Weighed:
    """Measure and count all messages of a store."""
    found: dict[str, list[int]] = defaultdict(list)
    after = ""
    while messages := await store.list_messages(after=after):
        for message in messages:
            found[message.message_type].append(len(message.octets))
        after = messages[-1].message_id
    documents = max(1, len(found[_ISSUE]))
    kept = {kind: sizes for kind, sizes in sorted(found.items()) if sizes}
    means = {kind: round(sum(sizes) / len(sizes)) for kind, sizes in kept.items()}
    return Weighed(
        sizes={
            kind: min(sizes) if kind in _RECEIPTS else means[kind] for kind, sizes in kept.items()
        },
        means=means,
        per_document={kind: len(sizes) / documents for kind, sizes in kept.items()},
    )
