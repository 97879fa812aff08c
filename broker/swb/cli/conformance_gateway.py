"""This project's own gateway as a live target: in a folder of its own, in this process."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from swb.app.provision import make_embedded_lines, open_rabbitmq
from swb.app.storing import open_private_postgres
from swb.cli.conformance_act import DropFolderAct
from swb.cli.conformance_material import list_carried_kinds, prepare_material
from swb.cli.conformance_wire import EmbeddedWire
from swb.clock import SystemClock
from swb.config import load_config
from swb.daemon import run_nodes
from swb_conformance.live import AmqpWire, Stage, load_material

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from swb.config import Config
    from swb_conformance.live import Patience, Wire

__all__ = ["QUICK", "Gateway", "open_gateway"]

QUICK: Final = {
    "poll_seconds": 0.02,
    "first_retry_seconds": 0.05,
    "retry_ceiling_seconds": 0.2,
    "probe_ceiling_seconds": 0.2,
    "lease_seconds": 2,
    "shutdown_seconds": 5,
}
"""Limits of a gateway that waits for nobody."""


class Gateway:
    """Daemons that run in a thread until they are ended, and may be started again."""

    def __init__(self, *configs: Config) -> None:
        self._configs = configs
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._fault: BaseException | None = None

    def start(self) -> None:
        """Start it, and wait until it is ready.

        Raises:
            SwbError: It does not start.
        """
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="gateway")
        self._thread.start()
        ready.wait()
        if self._fault is not None:
            self._thread.join()
            raise self._fault

    def end(self) -> None:
        """End it in order. Safe to repeat."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        if self._loop is not None and self._stop is not None and thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        thread.join()

    def restart(self) -> None:
        """End it, and start it again."""
        self.end()
        self.start()

    def _run(self, ready: threading.Event) -> None:
        try:
            asyncio.run(self._serve(ready))
        except BaseException as error:  # noqa: BLE001 - told to whoever started it
            self._fault = error
        finally:
            ready.set()

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await run_nodes(self._configs, self._stop, on_ready=lambda _: ready.set())


@contextmanager
def open_gateway(
    *,
    state: str,
    adapters: list[str],
    kinds: Sequence[str] = (),
    engines: bool = False,
    patience: Patience | None = None,
    folder: Path | None = None,
) -> Iterator[Stage]:
    """Have this project's gateway on a stage.

    Args:
        state: Whose.
        adapters: Of its national side.
        kinds: Of documents that it exchanges; what the adapters carry unless said.
        engines: Whether it runs on a private RabbitMQ and a private PostgreSQL; otherwise on the
            embedded back ends.
        patience: How long is waited.
        folder: Where everything lies; None takes one that is removed afterwards.

    Raises:
        UnavailableError: ``rabbitmq.*``, ``postgres.*``, ``transport.*``.
    """
    with tempfile.TemporaryDirectory(prefix="swb-conformance-") as temporary:
        place = folder or Path(temporary)
        with _Back(state, place, engines=engines) as back:
            prepared = prepare_material(
                place,
                tested=state,
                at=SystemClock().now(),
                adapters=adapters,
                kinds=kinds or list_carried_kinds(adapters),
                transport=back.transport,
                store=back.store,
                limits=QUICK,
            )
            gateway = Gateway(load_config(prepared.config))
            material = load_material(place)
            wire = back.wire()
            gateway.start()
            try:
                act = DropFolderAct(load_config(prepared.config), restart=gateway.restart)
                yield Stage(material=material, wire=wire, act=act, patience=patience)
            finally:
                wire.close()
                gateway.end()


class _Back:
    """What carries messages and keeps the store, made before the gateway and ended after it."""

    def __init__(self, state: str, place: Path, *, engines: bool) -> None:
        self._state = state
        self._place = place
        self._engines = engines
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.transport = '[transport]\nkind = "embedded"\npath = "broker.db"\n'
        self.store = ""
        self.wire: Callable[[], Wire] = lambda: EmbeddedWire(place / "broker.db", state=state)

    def __enter__(self) -> Self:
        self._runner.__enter__()
        self._runner.run(self._open())
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self._runner.run(self._stack.aclose())
        finally:
            self._runner.close()

    async def _open(self) -> None:
        if not self._engines:
            await make_embedded_lines(self._place / "broker.db", [self._state])
            return
        amqp = await self._stack.enter_async_context(open_rabbitmq(None, [self._state]))
        store = await self._stack.enter_async_context(open_private_postgres())
        self.transport = (
            f'[transport]\nkind = "rabbitmq"\nurl = "file:{self._secret("amqp", amqp)}"\n'
        )
        reference = self._secret("postgres", store)
        self.store = f'kind = "postgres"\nurl = "file:{reference}"\nschema = "tested"\n'
        self.wire = lambda: AmqpWire(amqp, state=self._state)

    def _secret(self, name: str, value: str) -> Path:
        path = self._place / f"{name}.secret"
        path.touch(mode=0o600)
        path.write_text(value, encoding="utf-8")
        return path
