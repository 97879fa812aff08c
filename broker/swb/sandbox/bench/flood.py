"""The bench of a flood: what others feel of a member that sends ten times its quota.

Two states exchange Form Ds at a steady rate, over a region as it runs in production, while a third
member sends to one of them: once within its quota and once ten times as much, in turn. Each pair of
runs gives one ratio of rates and one of medians of latency, and the median of the pairs counts.

The third member is no gateway: what it sends was sealed and signed before by its true keys and
leaves by its own line as fast as told, as from somebody who means harm. So what the others feel is
what passes router and RabbitMQ, and not that a gateway seals on the same processors.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Final

from swb.app import open_store
from swb.app.access import open_rabbitmq_by_user
from swb.app.lines import build_lines
from swb.app.parts import build_parts
from swb.clock import SystemClock
from swb.config import load_config
from swb.keyring import open_keys
from swb.sandbox.measuring import percentile
from swb.sandbox.region import lay_out_region
from swb.sandbox.road import EXPORTING, IMPORTING, Payloads, open_road
from swb.services.sealing import Route
from swb.simulator.issuing import draw_certificate
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import UnavailableError
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, PartyId

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from swb.config import Config
    from swb.ports import MessageRecord, Transport
    from swb.sandbox.measuring import Measurement
    from swb.sandbox.region import Region

__all__ = ["FLOODING", "TIMES", "FloodBench", "FloodRun", "run_flood_bench"]

FLOODING: Final = "ID"
TIMES: Final = 10
"""How much more than its quota a flooding member sends."""
_ALLOWED: Final = 0.2
"""By how much of their rate and median latency the others may be worse off."""
_FLOODED: Final = 0.8
"""Of the rate that is meant: below it, there was no flood."""
_SEED: Final = 3
_ITEMS: Final = 3
_WARM_UP: Final = 10
_PATIENCE: Final = 120.0
_AT_ONCE: Final = 64
"""Messages of the flood that wait for their confirmation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodRun:
    """One run.

    Attributes:
        others: What the steady exchange measured.
        attempted: Messages a second that the third member tried to send.
        offered: Messages a second that RabbitMQ took from the third member.
        told_to_wait: How often it was refused one.
        relayed: Messages a second of the third member that the router took in.
    """

    others: Measurement
    attempted: float
    offered: float
    told_to_wait: int
    relayed: float

    def latency(self, percent: int) -> float:
        """Seconds, of the others."""
        return percentile(self.others.latencies, percent)


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodBench:
    """The result.

    Attributes:
        quota: Messages a second that the third member may send.
        rate: Form Ds a second that the others exchange.
        seconds: Of each run.
        within: Runs in which it kept to its quota.
        beyond: Runs in which it sent ten times as much, each the pair of one before.
    """

    quota: float
    rate: float
    seconds: float
    within: Sequence[FloodRun]
    beyond: Sequence[FloodRun]

    @property
    def rate_ratio(self) -> float:
        """Rate of the others, with the flood by without; the median of the pairs."""
        return median(
            flood.others.documents_per_second / calm.others.documents_per_second
            for calm, flood in zip(self.within, self.beyond, strict=True)
        )

    def latency_ratio(self, percent: int) -> float:
        """Latency of the others, with the flood by without; the median of the pairs."""
        return median(
            flood.latency(percent) / calm.latency(percent)
            for calm, flood in zip(self.within, self.beyond, strict=True)
        )

    @property
    def is_flooded(self) -> bool:
        """Whether the third member really tried to send that much, each time."""
        least = _FLOODED * TIMES * self.quota
        return all(run.attempted >= least for run in self.beyond)

    @property
    def is_held(self) -> bool:
        """Whether the others kept four fifths of their rate, and waited less than a fifth longer.

        That they were faster during a flood is the machine's doing, and no fault. Without a flood
        nothing was held.
        """
        if not self.is_flooded:
            return False
        return self.rate_ratio > 1 - _ALLOWED and self.latency_ratio(50) < 1 + _ALLOWED


async def run_flood_bench(
    folder: Path,
    *,
    rate: float,
    quota: float,
    seconds: float,
    pairs: int,
    amqp_url: str | None,
    tell: Callable[[str], None],
) -> FloodBench:
    """Measure pairs of runs in turn.

    Args:
        folder: Empty; stores, drop folders and logs go there.
        rate: Form Ds a second of the others.
        quota: Messages a second of the third member.
        seconds: Of each run.
        pairs: How many.
        amqp_url: RabbitMQ with the vhosts of the three states; None starts a private node.
        tell: Called with what is done now, for people.

    Raises:
        UnavailableError: ``bench.*``, ``rabbitmq.*``, ``transport.*``, ``store.*``.
    """
    states = (EXPORTING, IMPORTING, FLOODING)
    within: list[FloodRun] = []
    beyond: list[FloodRun] = []
    tell("starting RabbitMQ" if amqp_url is None else "looking at RabbitMQ")
    async with AsyncExitStack() as stack:
        access = await stack.enter_async_context(open_rabbitmq_by_user(amqp_url, states))
        from swb.sandbox.pipe import check_idle, empty_own_queues  # noqa: PLC0415 - an extra

        await check_idle(access.url, states)
        region = await lay_out_region(
            folder / "region",
            states=states,
            at=SystemClock().now(),
            amqp_url=access.url,
            amqp_users=access.users,
            answers=False,
        )
        with region.router.open("a", encoding="utf-8") as file:
            file.write(
                f"\n[quotas.members.{FLOODING}]\nmessages_per_second = {quota}\nburst_seconds = 1\n"
            )
        pair = replace(
            region, gateways={state: region.gateways[state] for state in (EXPORTING, IMPORTING)}
        )
        payloads = Payloads(pair, items=_ITEMS, seed=_SEED)
        flooding = load_config(region.gateways[FLOODING])
        serial = 0
        for number in range(1, pairs + 1):
            for times, runs in ((1, within), (TIMES, beyond)):
                what = "ten times its quota" if times == TIMES else "within its quota"
                tell(f"pair {number} of {pairs}: {what}")
                count = round(quota * times * (seconds + 2)) + 1
                messages = await _seal(flooding, serial, count)
                serial += count
                runs.append(
                    await _run(
                        pair,
                        payloads,
                        folder,
                        Flood(flooding, messages, rate=quota * times),
                        rate=rate,
                        documents=max(2, round(rate * seconds)),
                    )
                )
                await empty_own_queues(access.url, states)
    return FloodBench(quota=quota, rate=rate, seconds=seconds, within=within, beyond=beyond)


async def _run(
    region: Region,
    payloads: Payloads,
    folder: Path,
    flood: Flood,
    *,
    rate: float,
    documents: int,
) -> FloodRun:
    async with open_road(region, payloads, folder) as road:
        await road.send(_WARM_UP, give_up_after=_PATIENCE)
        begun_at, begun = SystemClock().now(), time.perf_counter()
        flooding = asyncio.create_task(flood.run())
        try:
            others = await road.send(
                documents, rate=rate, give_up_after=_PATIENCE + documents / rate
            )
        finally:
            flooding.cancel()
            await asyncio.gather(flooding, return_exceptions=True)
        passed = time.perf_counter() - begun
    flood.raise_failure()
    async with open_store(load_config(region.router)) as store:
        traffic = await store.list_traffic(begun_at, begun_at + timedelta(seconds=passed))
    sender = str(PartyId(FLOODING, GATEWAY))
    relayed = sum(each.messages for each in traffic if each.sender == sender)
    return FloodRun(
        others=others,
        attempted=(flood.published + flood.refused) / passed,
        offered=flood.published / passed,
        told_to_wait=flood.refused,
        relayed=relayed / passed,
    )


class Flood:
    """A member that sends what it has, at a rate, until it is cancelled.

    Args:
        config: Of the member's gateway, which does not run.
        messages: What it has.
        rate: Messages a second.

    Attributes:
        published: How many RabbitMQ took.
        refused: How many it refused.
    """

    def __init__(self, config: Config, messages: Sequence[MessageRecord], *, rate: float) -> None:
        self._config = config
        self._messages = messages
        self._rate = rate
        self._failure: BaseException | None = None
        self.published = 0
        self.refused = 0

    async def run(self) -> None:
        """Send until cancelled, or until nothing is left."""
        (line,) = build_lines(self._config).values()
        try:
            await line.open()
            await self._send(line)
        except UnavailableError as error:
            self._failure = error
        finally:
            await line.close()

    def raise_failure(self) -> None:
        """Tell that there was no flood at all.

        Raises:
            UnavailableError: ``transport.*``.
        """
        if self._failure is not None:
            raise self._failure

    async def _send(self, line: Transport) -> None:
        room = asyncio.Semaphore(_AT_ONCE)
        begun = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for count, message in enumerate(self._messages):
                await asyncio.sleep(max(0.0, begun + count / self._rate - time.perf_counter()))
                await room.acquire()
                task = tasks.create_task(self._publish(line, message))
                task.add_done_callback(lambda _: room.release())

    async def _publish(self, line: Transport, message: MessageRecord) -> None:
        try:
            await line.publish(
                message.octets,
                message_id=message.message_id,
                message_type=message.message_type,
                environment=Environment.TEST,
            )
        except UnavailableError:
            self.refused += 1
        else:
            self.published += 1


async def _seal(config: Config, serial: int, count: int) -> list[MessageRecord]:
    """Seal and sign what the flood consists of, with the member's own keys."""
    route = Route(
        issuing_party=PartyId(FLOODING, ISSUING),
        receiving_party=PartyId(IMPORTING, CUSTOMS),
        sender=PartyId(FLOODING, GATEWAY),
        receiver=PartyId(IMPORTING, GATEWAY),
        line=FLOODING,
        environment=Environment.TEST,
        protect=True,
    )
    messages = []
    async with (
        open_store(config, create=True) as store,
        open_keys(config.keys, config.retired_decryption) as keys,
    ):
        sealer = build_parts(config, store, keys).sealer
        for number in range(serial + 1, serial + count + 1):
            certificate = draw_certificate(
                exporting=FLOODING,
                importing=IMPORTING,
                serial=number,
                seed=_SEED,
                on=SystemClock().now().date(),
                items=_ITEMS,
            )
            sent = await sealer.seal(certificate, route)
            messages.append(sent.outbound.message)
    return messages
