"""A region in processes of its own, as in production: each is started, killed, stopped alone."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from swb.app import open_store
from swb.clock import SystemClock
from swb.config import load_config
from swb.core.lifecycle import Fact
from swb.plugins import discover_adapters
from swb.sandbox.demo import DemoResult, count_outcome, draw_certificates
from swb.sandbox.region import lay_out_region
from swb.sandbox.rest import Rest
from swb.simulator.authority import SimulatedAuthority, read_register

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from swb.ports import MessageStore
    from swb.sandbox.region import Region
    from swb_schemas.documents import CertificateOfOrigin

__all__ = ["Fleet", "lay_out_fleet"]

SEED: Final = 11
LIMITS: Final[Mapping[str, float]] = {
    "poll_seconds": 0.05,
    "lease_seconds": 1.5,
    "first_retry_seconds": 0.1,
    "retry_ceiling_seconds": 1,
    "probe_ceiling_seconds": 1,
    "shutdown_seconds": 10,
}
NECESSARY: Final = frozenset({Fact.AS1, Fact.AS2, Fact.AS3, Fact.RES_REC})
_ADAPTERS: Final = {"TH": "thailand", "VN": "vietnam"}


@dataclass
class Fleet:
    """The processes of a region; none outlives `end`.

    Attributes:
        program: The installed command, or what is called as it is.
        region: Where everything lies.
        running: By name: ``router``, ``gateway-TH``, ``authority-VN`` and so on.
        filed: What traders filed so far.
        begun: Where in its log the latest life of each begins.
        signers: Configuration files of signer processes by name; see `keep_keys_apart`.
    """

    program: Path
    region: Region
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    filed: list[CertificateOfOrigin] = field(default_factory=list)
    begun: dict[str, int] = field(default_factory=dict)
    signers: dict[str, Path] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, Path]:
        """Configuration files by name."""
        files = [
            *self.region.routers,
            *self.region.gateways.values(),
            *self.region.authorities.values(),
        ]
        return {**self.signers, **{file.stem: file for file in files}}

    def keep_keys_apart(self, state: str) -> str:
        """Have a process of its own hold the keys of a gateway; returns the process's name."""
        name = f"signer-{state}"
        gateway = self.region.gateways[state]
        text = gateway.read_text(encoding="utf-8")
        sections = re.findall(r"^\[keys\.[a-z-]+\]\n(?:.+\n)+", text, re.MULTILINE)
        purposes = [section.split("]")[0].removeprefix("[keys.") for section in sections]
        signer = self.region.folder / f"{name}.toml"
        signer.write_text(
            f'[listen]\nsocket = "{name}.sock"\n\n[[client]]\nuser = "{os.getuid()}"\n'
            f"purposes = {json.dumps(purposes)}\n\n" + "\n".join(sections),
            encoding="utf-8",
        )
        apart = f'kind = "remote"\nsocket = "{name}.sock"\n'
        gateway.write_text(re.sub(r"^key = .+\n", apart, text, flags=re.MULTILINE))
        self.signers[name] = signer
        return name

    def log(self, name: str) -> Path:
        """What a process wrote to standard error, over all its lives."""
        return self.region.folder / f"{name}.log"

    async def start(self, *names: str, files: Sequence[Path] = ()) -> None:
        """Start processes; without names, all of them."""
        for name in names or self.files:
            arguments = [
                argument
                for file in files or [self.files[name]]
                for argument in ("--config", str(file))
            ]
            with self.log(name).open("ab") as log:
                self.begun[name] = log.tell()
                self.running[name] = await asyncio.create_subprocess_exec(
                    str(self.program),
                    "signer" if name in self.signers else "run",
                    "--log-level",
                    "debug",
                    *arguments,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=log,
                )

    async def kill(self, *names: str) -> None:
        """End processes without warning."""
        for name in names:
            with suppress(ProcessLookupError):
                self.running[name].kill()
        for name in names:
            process = self.running.pop(name)
            assert await process.wait() == -signal.SIGKILL, self.tail(name)
            # What was started may be a launcher (`tests.warm`); this ends with the daemon.
            assert process.stdout is not None
            assert await process.stdout.read() == b"", self.tail(name)
            self._drop_torn_line(name)

    async def stop(self, *names: str) -> None:
        """End processes in order; without names, all of them.

        Before a process has come so far that it handles signals, they just end it.
        """
        chosen = names or tuple(self.running)
        for name in chosen:
            await self._until_started(name)
        for name in chosen:
            self.running[name].terminate()
        for name in chosen:
            async with asyncio.timeout(30):
                status = await self.running.pop(name).wait()
            assert status == 0, self.tail(name)

    async def end(self) -> None:
        """Leave nothing running, whatever happened."""
        for process in self.running.values():
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def file(self, count: int) -> None:
        """Have traders of both states file so many more certificates."""
        day = SystemClock().now().date()
        drawn = draw_certificates(
            states=self.region.states, documents=len(self.filed) + count, seed=SEED, on=day
        )[len(self.filed) :]
        self.filed += drawn
        for state in self.region.states:
            window = SimulatedAuthority(
                state=state,
                folder=self.region.drop_folder(state),
                adapters=[discover_adapters().get(_ADAPTERS[state])],
                seed=SEED,
                now=SystemClock().now,
            )
            (self.region.drop_folder(state) / "in").mkdir(parents=True, exist_ok=True)
            window.file(each for each in drawn if each.issuing_country == state)

    async def until_registered(self, count: int, *, within: float = 30) -> None:
        """Wait until so many certificates stand in the registers of the importing states."""
        async with asyncio.timeout(within):
            while sum(map(self._registered, self.region.states)) < count:
                self.check()
                await asyncio.sleep(0.02)

    async def until_done(self, *, within: float = 60) -> None:
        """Wait until every certificate has all the facts that must come, and all is at rest."""
        async with AsyncExitStack() as stack, asyncio.timeout(within):
            files = {"REGION": self.region.router, **self.region.gateways}
            stores = {
                state: await stack.enter_async_context(open_store(load_config(file)))
                for state, file in files.items()
            }
            waiting = list(self.filed)
            while waiting:
                self.check()
                waiting = [
                    each
                    for each in waiting
                    if not await _is_done(stores[each.issuing_country], each)
                ]
                await asyncio.sleep(0.1)
            # Answers are on their way too, and a late one may be to come still.
            while (result := await self.count()).total("lost") or result.unfinished:
                self.check()
                await asyncio.sleep(0.2)
            rest = Rest(self.region)
            while not await rest.is_reached(stores):
                self.check()
                await asyncio.sleep(0.1)

    def check(self) -> None:
        """Every process that was started goes on."""
        for name, process in self.running.items():
            assert process.returncode is None, self.tail(name)

    async def count(self) -> DemoResult:
        """Count from stores and registers, when everything has stopped."""
        return await count_outcome(self.region, self.filed, seed=SEED, seconds=0, transport="")

    async def waiting(self) -> dict[str, dict[str, int]]:
        """What stores still hold back, by name; empty where there is nothing."""
        found = {}
        for file in (self.region.router, *self.region.gateways.values()):
            async with open_store(load_config(file)) as store:
                counts = await store.count()
                held = {
                    "held": counts.held,
                    "parked": counts.parked,
                    "buried": counts.buried,
                    "deliveries": counts.deliveries,
                }
                if any(held.values()):
                    found[file.stem] = held
        return found

    def logged(self, name: str) -> list[dict[str, Any]]:
        """Everything that a process logged; each line one JSON value.

        The last line may be half there, while the process writes it: it does not count yet.
        """
        *whole, _ = self.log(name).read_bytes().split(b"\n")
        return [json.loads(line) for line in whole if line]

    def _drop_torn_line(self, name: str) -> None:
        """Cut off what a killed process had begun to write: a kill may end a write at a page."""
        octets = self.log(name).read_bytes()
        os.truncate(self.log(name), octets.rfind(b"\n") + 1)

    def tail(self, name: str) -> str:
        """The end of a process's log."""
        return f"{name}: {self.log(name).read_text(encoding='utf-8', errors='replace')[-1500:]}"

    async def _until_started(self, name: str) -> None:
        async with asyncio.timeout(30):
            while b'"event": "started"' not in self.log(name).read_bytes()[self.begun[name] :]:
                self.check()
                await asyncio.sleep(0.02)

    def _registered(self, state: str) -> int:
        return len(read_register(self.region.drop_folder(state)))


async def _is_done(store: MessageStore, certificate: CertificateOfOrigin) -> bool:
    record = await store.find_certificate(str(certificate.key))
    if record is None:
        return False
    events = await store.list_events(record.document_id)
    return {Fact(event.name) for event in events} >= NECESSARY


async def lay_out_fleet(
    program: Path,
    folder: Path,
    *,
    amqp_url: str | None = None,
    states: Iterable[str] = _ADAPTERS,
    routers: int = 1,
) -> Fleet:
    """Lay a region out whose leases and waits are short; nothing runs yet."""
    region = await lay_out_region(
        folder,
        states=tuple(states),
        at=SystemClock().now(),
        amqp_url=amqp_url,
        seed=SEED,
        routers=routers,
        limits=LIMITS,
    )
    return Fleet(program=program, region=region)
