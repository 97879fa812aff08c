"""The crash drill: daemons die at every fault point, one after the other, and documents pass.

Three daemons walk through their points side by side: each is started so that it dies at the next
one, traders file, it dies, it is started again. What is provoked by trouble only (a line that is
down, a national system that is away, a connection that is suspended) is provoked for real.
"""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from swb.app import open_store
from swb.app.fault_points import CRASH_AT, list_fault_points
from swb.app.lines import build_lines
from swb.atomic import replace_file
from swb.clock import SystemClock, new_id
from swb.config import load_config
from swb.sandbox.daemons import start_nursery
from swb.sandbox.fleet import Fleet
from swb.sandbox.region import lay_out_region
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import UnavailableError
from swb_schemas.wire.digest import digest_text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from swb.sandbox.fleet import Verdict
    from swb.sandbox.region import Region

__all__ = [
    "TRIED_ALONE",
    "Crash",
    "CrashDrill",
    "is_tried_once",
    "list_points_of",
    "list_provoked",
    "run_crash_drill",
]

_SEED: Final = 5
_LIMITS: Final = {
    "poll_seconds": 0.02,
    "lease_seconds": 0.3,
    "first_retry_seconds": 0.05,
    "retry_ceiling_seconds": 0.3,
    "probe_ceiling_seconds": 0.3,
}
_DIES_WITHIN: Final = 3.0
"""Seconds in which a daemon comes by its point, after a document was filed; else one more is."""
_DOCUMENTS_MORE: Final = 6
_QUIET_WITHIN: Final = 30.0

ROUTER: Final = "router"
EXPORTER: Final = "gateway-TH"
IMPORTER: Final = "gateway-VN"

_SHARED: Final = (
    "store:accept",
    "store:claim_outbound",
    "store:mark_published",
    "line:publish",
    "line:settle",
)
"""What every daemon does on the plain road."""
_AT_A_GATEWAY: Final = (
    *_SHARED,
    "store:commit_submission",
    "store:claim_deliveries",
    "store:complete_delivery",
    "overview:commit_facts",
    "national:deliver",
    "national:put_aside_accepted",
    "file:payload",
    "file:advice",
    "file:note",
    "file:aside",
)
_NO_MESSAGE: Final = b"no message"
_HELD: Final = "a connection that was suspended for a while"
_AWAY: Final = "a single window that is away"
_SEVERAL: Final = "several documents that came while it was down"
_TOGETHER: Final = 4
_PREPARED: Final = frozenset({_HELD, _SEVERAL})
"""Troubles that are over when the daemon starts that is to die."""
_PROVOKED: Final[dict[str, tuple[str, str]]] = {
    "national:put_aside_refused": (EXPORTER, "a payload that is none"),
    "store:bury": (ROUTER, "a message that is none"),
    "store:record_remarks": (EXPORTER, "a payload that is none"),
    "overview:commit_remarks": (EXPORTER, "a payload that is none"),
    "store:hold": (IMPORTER, "a connection that is suspended"),
    "store:claim_held": (IMPORTER, _HELD),
    "store:release_held": (IMPORTER, _HELD),
    "store:retry_delivery": (IMPORTER, _AWAY),
    "store:accept_together": (IMPORTER, _SEVERAL),
    "store:complete_together": (IMPORTER, _SEVERAL),
}
"""Acts beside the plain road: in whom they are provoked, and by what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """One death.

    Attributes:
        daemon: Who died.
        point: Where.
        died: Whether it came by there at all.
        provoked_by: What had to be wrong for it; empty on the plain road.
    """

    daemon: str
    point: str
    died: bool
    provoked_by: str = ""


@dataclass(slots=True, kw_only=True)
class CrashDrill:
    """The result.

    Attributes:
        crashes: Every death, in the order in which they were walked.
        verdict: What became of everything that was filed meanwhile.
    """

    crashes: list[Crash] = field(default_factory=list)
    verdict: Verdict | None = None

    @property
    def missed(self) -> list[str]:
        """Points that nobody died at."""
        died = {each.point for each in self.crashes if each.died}
        return sorted({each.point for each in self.crashes} - died)


TRIED_ALONE: Final = frozenset(
    {
        "answer",
        "discard_parked",
        "erase",
        "extend_leases",
        "forget_fingerprints",
        "hasten_deliveries",
        "hasten_outbound",
        "park_delivery",
        "park_outbound",
        "record_events",
        "prune",
        "release_deliveries",
        "release_outbound",
        "replay_parked",
        "retry_outbound",
    }
)
"""Acts of the store that no document has to come by on its way: those of persons, of a conflict, of
a line that is down. A test crashes at each of them with the store alone."""


def is_tried_once(daemon: str, point: str) -> bool:
    """Choose for each point one daemon."""
    act = point.rpartition(":")[0]
    if act in _PROVOKED:
        return True
    if act in _SHARED:
        return daemon == ROUTER
    exporting = ("store:commit_submission", "national:put_aside_accepted", "file:note")
    return daemon == (EXPORTER if act in {*exporting, "file:aside"} else IMPORTER)


def list_points_of(daemon: str) -> list[str]:
    """List the points of the plain road that a daemon comes by, in the order of the list."""
    acts = _SHARED if daemon == ROUTER else _AT_A_GATEWAY
    return [point for point in list_fault_points() if point.rpartition(":")[0] in acts]


def list_provoked() -> list[str]:
    """List the points that are provoked."""
    return [point for point in list_fault_points() if point.rpartition(":")[0] in _PROVOKED]


async def run_crash_drill(
    folder: Path,
    *,
    amqp_url: str | None = None,
    points: Callable[[str, str], bool] = lambda _daemon, _point: True,
    tell: Callable[[str], None] = lambda _: None,
    nursery: str = "swb.sandbox.nursery",
    patience: float = _QUIET_WITHIN,
) -> CrashDrill:
    """Walk through the points.

    Args:
        folder: Empty.
        amqp_url: RabbitMQ with the lines of TH and VN; None is the embedded transport.
        points: Chooses among (daemon, point).
        tell: Called with each death, for people.
        nursery: What starts the daemons.
        patience: Seconds in which everything has to come to rest.

    Raises:
        UnavailableError: ``bench.*``, ``store.*``, ``transport.*``.
    """
    region = await lay_out_region(
        folder / "region",
        at=SystemClock().now(),
        seed=_SEED,
        amqp_url=amqp_url,
        log=False,
        limits=_LIMITS,
    )
    _recognise_no_electronic_signature(region)
    drill = CrashDrill()
    async with start_nursery(folder, module=nursery) as daemons:
        fleet = Fleet(region=region, daemons=daemons, seed=_SEED)
        walk = _Walk(fleet, drill, tell)
        await fleet.start("authority-TH", "authority-VN")
        chosen = {
            daemon: [each for each in list_points_of(daemon) if points(daemon, each)]
            for daemon in (ROUTER, EXPORTER, IMPORTER)
        }
        await asyncio.gather(*(walk.die_at_each(*each) for each in chosen.items()))
        for point in list_provoked():
            daemon, trouble = _PROVOKED[point.rpartition(":")[0]]
            if points(daemon, point):
                await walk.provoke(daemon, point, trouble)
        is_quiet = await fleet.until_quiet(within=patience)
        drill.verdict, stayed_quiet = await fleet.end_and_judge(
            within=patience, stop=fleet.stop, start=fleet.start
        )
        if not (is_quiet and stayed_quiet):
            tell("it did not become quiet")
    return drill


class _Walk:
    """Takes daemons from death to death."""

    def __init__(self, fleet: Fleet, drill: CrashDrill, tell: Callable[[str], None]) -> None:
        self._table = _give_own_table(fleet.region, "VN")
        self._fleet = fleet
        self._daemons = fleet.daemons
        self._drill = drill
        self._tell = tell
        self._filing = asyncio.Lock()

    async def die_at_each(self, daemon: str, points: Sequence[str]) -> None:
        """Have a daemon die at each point in turn; then let it live."""
        for point in points:
            await self._fleet.start(daemon, environment={CRASH_AT: point})
            await self._file()
            await self._note(daemon, point)
        await self._fleet.start(daemon)
        await self._daemons.until_started(daemon)

    async def provoke(self, daemon: str, point: str, trouble: str) -> None:
        """Have one daemon die where only trouble leads it to."""
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(_QUIET_WITHIN):
                await self._prepare(trouble, stack, daemon)
                await self._fleet.start(daemon, environment={CRASH_AT: point})
                if trouble not in _PREPARED:
                    await self._daemons.until_started(daemon)
                await self._cause(trouble, stack)
            await self._note(daemon, point, trouble)
        await self._fleet.start(daemon)
        await self._daemons.until_started(daemon)

    async def _note(self, daemon: str, point: str, trouble: str = "") -> None:
        died = await self._dies(daemon)
        if not died:
            await self._daemons.kill(daemon)
        self._drill.crashes.append(
            Crash(daemon=daemon, point=point, died=died, provoked_by=trouble)
        )
        self._tell(f"{daemon} {'died at' if died else 'did not come by'} {point}")

    async def _dies(self, daemon: str) -> bool:
        """Wait for a death; while it does not come, there is something more to pass."""
        for _ in range(_DOCUMENTS_MORE):
            with suppress(TimeoutError):
                async with asyncio.timeout(_DIES_WITHIN):
                    status = await self._daemons.ended(daemon)
                if status == -signal.SIGKILL:
                    return True
                message = f"{daemon} ended with {status}: {self._daemons.tail(daemon)}"
                raise UnavailableError("bench.process_ended", message)
            await self._file()
        return False

    async def _file(self) -> None:
        """One certificate from TH to VN; its answers come back."""
        async with self._filing:
            drawn = [each for each in self._fleet.draw(2) if each.issuing_country == "TH"]
            await asyncio.to_thread(self._fleet.file, drawn)

    async def _prepare(self, trouble: str, stack: AsyncExitStack, daemon: str) -> None:
        """What must have happened before the daemon starts that is to die; it is stopped."""
        if trouble == _HELD:
            async with self._suspended():
                await self._file()
                await self._until_held()
                await self._daemons.stop(daemon)
            return
        await self._daemons.stop(daemon)
        if trouble == _SEVERAL:
            for _ in range(_TOGETHER):
                await self._file()
            await self._until_sent()
        if trouble == _AWAY:
            await self._daemons.stop("authority-VN")
            stack.push_async_callback(self._fleet.start, "authority-VN")

    async def _cause(self, trouble: str, stack: AsyncExitStack) -> None:
        """What happens to the daemon that is to die, until the stack is left."""
        match trouble:
            case "a payload that is none":
                door = self._fleet.region.drop_folder("TH") / "in"
                name = f"rubbish-{new_id()}"  # nobody has filed it before
                (door / f"{name}.xml").write_bytes(name.encode())
            case "a message that is none":
                self._fleet.rubbish.add(digest_text_of(_NO_MESSAGE))
                await self._publish(_NO_MESSAGE)
            case "a connection that is suspended":
                await stack.enter_async_context(self._suspended())
                await self._file()
            case "a single window that is away":
                out = self._fleet.region.drop_folder("VN") / "out"
                await stack.enter_async_context(self._away(out))
                await self._file()

    @asynccontextmanager
    async def _suspended(self) -> AsyncIterator[None]:
        """Have the importing gateway's connections be suspended for a while."""
        text = self._table.read_text(encoding="utf-8")
        self._put(text.replace('"LIVE"', '"SUSPENDED"'))
        try:
            yield
        finally:
            self._put(text)

    def _put(self, text: str) -> None:
        replace_file(self._table, text.encode(), mode=None, durable=False)

    @asynccontextmanager
    async def _away(self, path: Path) -> AsyncIterator[None]:
        """Have something not be there for a while."""
        elsewhere = path.with_name(f"{path.name}.away")
        await asyncio.to_thread(path.rename, elsewhere)
        try:
            yield
        finally:
            await asyncio.to_thread(elsewhere.rename, path)

    async def _until_held(self) -> None:
        async with open_store(load_config(self._fleet.configs[IMPORTER])) as store:
            while not (await store.count()).held:  # noqa: ASYNC110 - another process holds
                await asyncio.sleep(0.02)

    async def _until_sent(self) -> None:
        """Wait until what was filed at TH lies on the line to the importing gateway."""
        door = self._fleet.region.drop_folder("TH") / "in"
        async with (
            open_store(load_config(self._fleet.configs[EXPORTER])) as exporter,
            open_store(load_config(self._fleet.configs[ROUTER])) as router,
        ):
            while (  # noqa: ASYNC110 - other processes pass them on
                any(path.is_file() for path in door.iterdir())
                or (await exporter.count()).outbound
                or await self._fleet.count_on_lines() < _TOGETHER
                or (await router.count()).outbound
            ):
                await asyncio.sleep(0.02)

    async def _publish(self, body: bytes) -> None:
        """Put something on TH's line, as a member could."""
        line = build_lines(load_config(self._fleet.configs[EXPORTER]))["TH"]
        await line.open()
        try:
            await line.publish(
                body,
                message_id=new_id(),
                message_type="CertificateIssue",
                environment=Environment.TEST,
            )
        finally:
            await line.close()


def _recognise_no_electronic_signature(region: Region) -> None:
    """Have customs advised of something with every delivery, so that advice is written."""
    table = region.folder / "connections.toml"
    text = table.read_text(encoding="utf-8")
    terms = "terms = { electronic_signature = false, "
    table.write_text(text.replace("terms = { ", terms), encoding="utf-8")


def _give_own_table(region: Region, state: str) -> Path:
    """Have one gateway read connections from a file of its own, which can suspend them."""
    shared = region.folder / "connections.toml"
    own = region.folder / f"connections-{state}.toml"
    own.write_bytes(shared.read_bytes())
    file = region.gateways[state]
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f'"{shared.name}"', f'"{own.name}"'), encoding="utf-8")
    return own
