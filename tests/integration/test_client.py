"""The SDK's client against running gateways."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.core.access import AccessRole
from swb_adapters.vietnam import ADAPTER as VIETNAM
from swb_client import GatewayClient
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.errors import RefusedError, UnavailableError
from tests.integration.api_world import serve_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_client import Pulled
    from tests.integration.api_world import ApiWorld

NSW = AccessRole.SINGLE_WINDOW


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with serve_region(tmp_path_factory.mktemp("api")) as made:
        yield made


def client_of(world: ApiWorld, state: str) -> GatewayClient:
    return GatewayClient(world.url(state), token=world.token(state, NSW))


def pull(client: GatewayClient, delivery_id: str) -> Pulled:
    while True:
        for each in client.pull(limit=100, lease_for=timedelta(minutes=5)):
            if each.delivery_id == delivery_id:
                return each


def test_submits_follows_pulls_and_acknowledges(world: ApiWorld) -> None:
    payload = world.draw_payload()
    with client_of(world, "TH") as th, client_of(world, "VN") as vn:
        first = th.submit(payload, idempotency_key="one")
        assert th.submit(payload, idempotency_key="one") == first
        assert th.submit(payload).repeated
        pulled = pull(vn, first.document_id)
        document = VIETNAM.to_canonical(pulled.payload).document
        assert isinstance(document, CertificateOfOrigin)
        assert str(document.key) == first.certificate_key
        vn.give_back(pulled, reason="full")
        with pytest.raises(RefusedError) as lost:
            vn.acknowledge(pulled)
        assert lost.value.code == "inbox.lease_lost"
        again = pull(vn, first.document_id)
        vn.acknowledge(again)
        vn.acknowledge(again)
        followed = vn.follow(first.certificate_key)
        assert (followed.document_id, followed.status) == (first.document_id, "AS3")
        assert "AS3" in {each.name for each in followed.facts}


def test_a_refusal_is_the_gateway_s_own(world: ApiWorld) -> None:
    payload = world.draw_payload().replace(b"<Box13>", b"<Box14></Box14><Box13>")
    with client_of(world, "TH") as th:
        with pytest.raises(RefusedError) as refused:
            th.submit(payload)
        assert refused.value.findings[0].national_path
        with pytest.raises(RefusedError) as unknown:
            th.follow("TH:BKK-01:NONE")
        assert unknown.value.code == "reference.unknown"
    with (
        GatewayClient(world.url("TH"), token="swb_" + "0" * 16 + "_" + "0" * 64) as nobody,
        pytest.raises(RefusedError) as closed,
    ):
        nobody.pull()
    assert closed.value.code == "access.unauthenticated"


def test_what_may_help_later_is_told_as_that(world: ApiWorld) -> None:
    node = world.nodes["TH"]
    with client_of(world, "TH") as th:
        node.draining = True
        try:
            with pytest.raises(UnavailableError) as draining:
                th.submit(world.draw_payload())
        finally:
            node.draining = False
        assert draining.value.code == "daemon.draining"
        assert draining.value.retry_after is not None
    with (
        GatewayClient("http://127.0.0.1:9") as lost,
        pytest.raises(UnavailableError) as unreachable,
    ):
        lost.follow("x")
    assert unreachable.value.code == "api.unreachable"
