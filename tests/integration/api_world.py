"""A region whose gateways serve their APIs, in a thread of its own: tests ask as programs do.

TH's national system leaves payloads in a drop folder, VN's fetches by the API; nobody answers for
them but the test.
"""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx
import pytest

from swb.clock import SystemClock
from swb.config import load_config
from swb.core.access import PERSON_ROLES, AccessRole, Principal, PrincipalKind
from swb.daemon import run_nodes
from swb.simulator.issuing import draw_certificate
from swb_adapters.thailand import ADAPTER as THAILAND
from tests.integration.daemons import lay_out

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator, Mapping, Sequence
    from pathlib import Path

    from swb.app import Node
    from swb.sandbox.region import Region

__all__ = ["PASSWORD", "ApiWorld", "serve_region", "take"]

PASSWORD: Final = "rice paddy at noon"
T = TypeVar("T")
_NOBODY: Final = "http://127.0.0.1:9/"
"""Where no time-stamp authority answers."""


@dataclass
class ApiWorld:
    """What tests ask.

    Attributes:
        region: Its files.
        loop: Where the daemons run.
        nodes: The gateways, by state.
        tokens: Of principals, by state of the gateway, state of the principal and role.
    """

    region: Region
    loop: asyncio.AbstractEventLoop
    nodes: Mapping[str, Node]
    tokens: dict[tuple[str, str, AccessRole], str] = field(default_factory=dict)
    serial: int = 0

    def run(self, work: Coroutine[Any, Any, T], *, within: float = 30) -> T:
        """Run something where the daemons run."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(within)

    def url(self, state: str) -> str:
        """Where a gateway serves."""
        return f"http://127.0.0.1:{self.nodes[state].ports['api']}"

    def token(self, gateway: str, role: AccessRole, *, of: str | None = None) -> str:
        """A token of somebody with one role, of the gateway's own state or another one's."""
        state = of or gateway
        key = (gateway, state, role)
        if key not in self.tokens:
            self.tokens[key] = self.run(self._make_token(*key))
        return self.tokens[key]

    async def _make_token(self, gateway: str, state: str, role: AccessRole) -> str:
        access = self.nodes[gateway].access
        assert access is not None
        accounts = access.accounts_of("test")
        name = f"{role}-{state.lower()}"
        if role in PERSON_ROLES:
            person = Principal(
                name=name, kind=PrincipalKind.PERSON, state=state, roles=frozenset({role})
            )
            if await access.store.find_user(name) is None:
                await accounts.create_user(person, PASSWORD)
            secret, _ = await access.service.sign_in(name, PASSWORD, address=name)
            return secret
        system = Principal(
            name=name, kind=PrincipalKind.SYSTEM, state=state, roles=frozenset({role})
        )
        _, token = await accounts.create_token(system, lasts_for=timedelta(days=1))
        return token

    def client(
        self, gateway: str, role: AccessRole | None = None, *, of: str | None = None
    ) -> httpx.Client:
        """A client of a gateway, as somebody with a role, or as nobody."""
        headers = {}
        if role is not None:
            headers["Authorization"] = f"Bearer {self.token(gateway, role, of=of)}"
        return httpx.Client(base_url=self.url(gateway), headers=headers, timeout=30)

    def draw_payload(self) -> bytes:
        """A Form D from TH to VN in TH's own format that nobody has yet."""
        self.serial += 1
        certificate = draw_certificate(
            exporting="TH",
            importing="VN",
            serial=self.serial,
            seed=9,
            on=SystemClock().now().date(),
            items=2,
        )
        return THAILAND.from_canonical(certificate).payload

    def submit(self) -> str:
        """Submit a payload at TH; returns the document's id."""
        with self.client("TH", AccessRole.SINGLE_WINDOW) as client:
            answer = client.post("/v1/submissions", content=self.draw_payload())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["document_id"])

    def entries(self, state: str) -> Sequence[tuple[str, str, str]]:
        """Who did what to what at a gateway."""
        access = self.nodes[state].access
        assert access is not None

        async def read() -> list[tuple[str, str, str]]:
            found = await access.trail.list_entries(limit=100_000)
            return [(each.who, each.action, each.subject) for each in found]

        return self.run(read())


def take(client: httpx.Client, document_id: str) -> dict[str, Any]:
    """Take deliveries until a certain one is among them."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        answer = client.post("/v1/inbox/leases", json={"limit": 100})
        assert answer.status_code == 200, answer.text
        for each in answer.json()["deliveries"]:
            if each["delivery_id"] == document_id:
                found: dict[str, Any] = each
                return found
    pytest.fail("it never came")


@contextmanager
def serve_region(folder: Path, *, api: str = "") -> Iterator[ApiWorld]:
    """Run a region until the context ends.

    Args:
        folder: Where it is laid out.
        api: Further lines of ``[api]``.
    """
    region = asyncio.run(lay_out(folder, log=False, time_stamps=_NOBODY))
    for state, file in region.gateways.items():
        text = file.read_text(encoding="utf-8")
        if state == "VN":
            text = text.replace("[national]\n", '[national]\nkind = "pull"\n')
            text = text.replace('drop_folder = "national/VN"\n', "")
        section = f'\n[api]\nport = 0\naccess = "store/{state}.access.db"\nevents_seconds = 0.02\n'
        if "requests_per_second" not in api:
            section += "requests_per_second = 10000\n"
        health = "\n[health]\nport = 0\n"
        file.write_text(text + section + api + health, encoding="utf-8")
    configs = [load_config(file) for file in (region.router, *region.gateways.values())]
    ready: list[ApiWorld] = []
    running, failed = threading.Event(), list[BaseException]()

    async def run() -> None:
        stop = asyncio.Event()

        def take(nodes: Sequence[Node]) -> None:
            by_state = {each.state: each for each in nodes if each.access is not None}
            loop = asyncio.get_running_loop()
            ready.append(ApiWorld(region=region, loop=loop, nodes=by_state))
            stops.append(stop)
            running.set()

        await run_nodes(configs, stop, on_ready=take)

    stops: list[asyncio.Event] = []

    def work() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)
        finally:
            running.set()

    thread = threading.Thread(target=work)
    thread.start()
    running.wait()
    if not ready:
        raise failed[0]
    try:
        yield ready[0]
    finally:
        ready[0].loop.call_soon_threadsafe(stops[0].set)
        thread.join()
    if failed:
        raise failed[0]
