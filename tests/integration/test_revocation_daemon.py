"""Daemons that ask authorities over HTTP whether certificates still hold."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from swb.app import open_node, open_submitting
from swb.app.revoking import find_answers
from swb.clock import SystemClock
from swb.config import load_config
from swb.core.lifecycle import Fact
from swb.plugins import discover_adapters
from swb.sandbox.revocation_server import name_sources, route_revocation
from swb.sandbox.serving import listen_on_loopback, serve_sites
from swb.simulator.revoking import SimulatedRevocationAuthority, load_revocation_authority
from swb_schemas.errors import RefusedError, SwbError
from swb_schemas.parties import REGION
from swb_schemas.wire.digest import digest_text_of
from tests.integration.daemons import lay_out, running
from tests.integration.test_daemon import draw, facts_of
from tests.integration.world import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from socket import socket

    from swb.app import Node
    from swb.sandbox.region import Region


@dataclass
class Authorities:
    """A region whose states answer, each at an address of its own."""

    region: Region
    sockets: dict[str, socket]
    answers: dict[str, SimulatedRevocationAuthority] = field(default_factory=dict)

    def __post_init__(self) -> None:
        trust = self.region.bundle.parent
        for state in self.sockets:
            self.answers[state] = load_revocation_authority(
                trust / "roots" / f"{state}.pem",
                trust / "keys" / state / "root.pem",
                now=SystemClock().now,
            )

    def certificate(self, state: str, purpose: str) -> x509.Certificate:
        path = self.region.bundle.parent / "keys" / state / f"{purpose}.crt.pem"
        return x509.load_pem_x509_certificate(path.read_bytes())

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Answer while the context lasts; nobody answers there afterwards."""
        sites = [
            (route_revocation(answers), self.sockets[state])
            for state, answers in self.answers.items()
        ]
        async with serve_sites(*sites):
            yield


@pytest.fixture
async def authorities(tmp_path: Path) -> AsyncIterator[Authorities]:
    taken = {state: listen_on_loopback() for state in ("TH", "VN", REGION)}
    sources = {state: name_sources(url) for state, (_, url) in taken.items()}
    region = await lay_out(tmp_path / "region", sources=sources)
    yield Authorities(region, {state: listening for state, (listening, _) in taken.items()})
    for listening, _ in taken.values():
        listening.close()


async def outcome_of(node: Node) -> str:
    """What the check says."""
    try:
        await node.checks["revocation"]()
    except SwbError as error:
        return error.code
    return "ok"


async def test_a_region_in_which_every_certificate_needs_an_answer_works(
    authorities: Authorities,
) -> None:
    (certificate,) = draw()
    region = authorities.region
    config = load_config(region.gateways["TH"])
    async with authorities.serving(), running(region.configs()) as (nodes, _):
        (node,) = (each for each in nodes if each.submitting and each.state == "TH")
        store = node.store
        assert store is not None

        async def answered() -> bool:
            return await outcome_of(node) == "ok"

        await until(answered)
        payload = discover_adapters().get("thailand").from_canonical(certificate).payload
        assert node.submitting is not None
        await node.submitting.submit(payload)

        async def arrived() -> bool:
            return Fact.AS3 in await facts_of(store, certificate)

        await until(arrived)
    kept = find_answers(config)
    assert kept is not None
    own = digest_text_of(authorities.certificate("TH", "transport").public_bytes(Encoding.DER))
    assert [each.kind for each in await kept.answers_for(own)] == ["ocsp"]


async def test_a_daemon_starts_without_a_network_and_then_holds_what_it_cannot_judge(
    authorities: Authorities,
) -> None:
    for listening in authorities.sockets.values():
        listening.close()
    async with open_node(load_config(authorities.region.gateways["TH"])) as node:
        assert await outcome_of(node) == "revocation.unanswered"
        (pace,) = (each for each in node.paces if each.name == "revocation")
        await pace.check()


async def test_a_daemon_whose_own_certificate_is_revoked_does_not_start(
    authorities: Authorities,
) -> None:
    authorities.answers["TH"].revoke(authorities.certificate("TH", "transport"))
    config = load_config(authorities.region.gateways["TH"])
    async with authorities.serving(), running([config]) as (nodes, _):

        async def answered() -> bool:
            return await outcome_of(nodes[0]) == "ok"

        await until(answered)
    with pytest.raises(RefusedError) as caught:
        async with open_submitting(config):
            pass
    assert caught.value.code == "config.keys"
    assert "revoked" in caught.value.message
