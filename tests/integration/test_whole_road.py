"""One Form D crosses a border and its answers come back, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.core.lifecycle import Fact, judge_status
from swb_schemas.documents import CustomsResponse

if TYPE_CHECKING:
    from tests.integration.world import World


async def test_a_certificate_and_its_answers_go_the_whole_road(world: World) -> None:
    certificate = world.certificate()
    document_id = await world.th.issue(certificate)
    assert set(await world.th.facts(document_id)) == {Fact.AS1}

    await world.carry()

    assert set(await world.th.facts(document_id)) == {Fact.AS1, Fact.RELAYED, Fact.AS2, Fact.AS3}
    assert [path.name for path in (world.vn.drop / "out").iterdir()] == [
        f"{document_id}.CertificateIssue.xml"
    ]

    receipt, response = world.answers(certificate)
    for answer in (receipt, response):
        await world.vn.submitting.submit(await world.vn.payload(answer))
    await world.carry()

    events = await world.th.store.list_events(document_id)
    assert isinstance(response, CustomsResponse)
    status = judge_status((Fact(event.name), event.revision) for event in events)
    assert status == response.decision.value.replace("_", " ")
    assert Fact.RES_REC in await world.th.facts(document_id)
    assert len(list((world.th.drop / "out").iterdir())) == 2
    for store in (world.th.store, world.vn.store, world.router_store):
        counts = await store.count()
        assert (counts.held, counts.parked, counts.buried, counts.outbound) == (0, 0, 0, 0)
