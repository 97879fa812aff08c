"""What a national payload becomes, and why it becomes nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from swb.core.lifecycle import Fact
from swb.services.following import follow
from swb.services.submit import SubmitService
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.certificate_of_origin import Empty
from swb_schemas.documents.elements import Environment
from swb_schemas.documents.origin_criterion import parse_criterion
from swb_schemas.errors import RefusedError, UnavailableError, UndeterminedError
from swb_schemas.parties import CUSTOMS, ISSUING, PartyId
from swb_schemas.rulebook.periods import one_year_after
from swb_schemas.wire.verification import verify_sealed
from tests.integration.opening import open_world, write_connections

if TYPE_CHECKING:
    from pathlib import Path

    from swb.services.sealing import Sealer
    from swb_schemas.documents import CertificateOfOrigin
    from tests.integration.world import World


def submitting(world: World, *, sealer: Sealer) -> SubmitService:
    """TH's door inward with another sealer."""
    return SubmitService(
        state="TH",
        formats=world.th.formats,
        environment=Environment.TEST,
        connections=world.connections,
        store=world.th.store,
        sealer=sealer,
        clock=world.clock,
        on_commit=lambda: None,
    )


async def refusal(world: World, payload: bytes) -> RefusedError:
    """Submit to TH what must be refused; nothing may be left of it."""
    before = await world.th.store.list_documents()
    with pytest.raises(RefusedError) as failure:
        await world.th.submitting.submit(payload)
    assert await world.th.store.list_documents() == before
    return failure.value


async def test_seals_what_the_payload_says_and_where_it_came_from(world: World) -> None:
    certificate = world.certificate()
    payload = await world.th.payload(certificate)
    accepted = await world.th.submitting.submit(payload)

    record = await world.th.store.find_document(accepted.document_id)
    assert record is not None
    sealed = verify_sealed(record.octets, trust=await world.trust.fetch(), at=world.clock.now())
    assert sealed.document == certificate
    header = sealed.header
    assert header.issuing_party == str(PartyId("TH", ISSUING))
    assert header.receiving_party == str(PartyId("VN", CUSTOMS))
    assert header.environment is Environment.TEST
    assert header.conversation_id == header.document_id
    assert header.certificate_key == accepted.certificate_key == str(certificate.key)
    assert header.source is not None
    assert header.source.adapter.value == "thailand"
    submission = await world.th.store.find_submission(header.source.payload_digest.text)
    assert submission is not None
    assert submission.payload == payload
    issued = certificate.certification.date
    assert (header.valid_from, header.valid_until) == (issued, one_year_after(issued))


async def test_the_same_payload_again_gives_the_same_document(world: World) -> None:
    payload = await world.th.payload(world.certificate())
    first = await world.th.submitting.submit(payload)
    again = await world.th.submitting.submit(payload)

    assert not first.repeated
    assert again.repeated
    assert again.document_id == first.document_id
    assert again.certificate_key == first.certificate_key
    assert (await world.th.store.count()).outbound == 1


async def test_the_same_payload_again_tells_where_its_document_stands(world: World) -> None:
    payload = await world.th.payload(world.certificate())
    first = await world.th.submitting.submit(payload)
    before = await world.th.submitting.submit(payload)
    await world.carry()
    after = await world.th.submitting.submit(payload)
    assert (first.status, before.status, after.status) == ("", "AS1", "AS3")


async def test_the_same_payload_again_tells_that_its_document_was_refused(world: World) -> None:
    payload = await world.th.payload(world.certificate())
    await world.th.submitting.submit(payload)
    write_connections(world.folder / "connections.toml", [("VN", "TH")])
    await world.carry()
    assert (await world.th.submitting.submit(payload)).status == "REFUSED"


async def test_who_asks_by_the_number_alone_is_told_what_a_reference_is(world: World) -> None:
    certificate = world.certificate()
    await world.th.submitting.submit(await world.th.payload(certificate))
    with pytest.raises(RefusedError, match="STATE:office:number") as failure:
        await follow(world.th.store, certificate.reference_number, at=world.clock.now())
    assert failure.value.code == "reference.unknown"


async def test_the_same_payload_at_the_same_time_gives_one_document(world: World) -> None:
    payload = await world.th.payload(world.certificate())
    submitted = await asyncio.gather(*(world.th.submitting.submit(payload) for _ in range(8)))

    assert len({each.document_id for each in submitted}) == 1
    assert [each.repeated for each in submitted].count(False) == 1
    assert (await world.th.store.count()).outbound == 1


async def test_what_a_check_says_is_what_submitting_says_and_nothing_is_left_of_it(
    world: World,
) -> None:
    good = world.certificate()
    elsewhere = good.exporter_declaration.model_copy(update={"importing_country": "ID"})
    sealed = world.certificate()
    await world.th.submitting.submit(await world.th.payload(sealed))
    cases = {
        "connection.none": good.model_copy(update={"exporter_declaration": elsewhere}),
        "submission.foreign_issuer": world.certificate("VN", "TH"),
        "submission.certificate_exists": sealed.model_copy(update={"remarks": "CORRECTED"}),
    }
    payload = await world.th.payload(good)
    before = await world.th.store.count()
    assert [each.severity for each in await world.th.submitting.check(payload)] == []
    told = {}
    for certificate in cases.values():
        with pytest.raises(RefusedError) as checked:
            await world.th.submitting.check(await world.th.payload(certificate))
        assert await world.th.store.count() == before
        submitted = await refusal(world, await world.th.payload(certificate))
        assert (checked.value.code, checked.value.findings) == (submitted.code, submitted.findings)
        told[checked.value.code] = checked.value.findings[0].national_path
    assert set(told) == set(cases)
    assert all(told.values())
    await world.th.submitting.submit(payload)
    assert await world.th.submitting.check(payload) == ()


async def test_refuses_another_payload_for_a_certificate_that_is_sealed(world: World) -> None:
    certificate = world.certificate()
    accepted = await world.th.submitting.submit(await world.th.payload(certificate))
    changed = certificate.model_copy(update={"remarks": "CORRECTED"})

    refused = await refusal(world, await world.th.payload(changed))

    assert refused.code == "submission.certificate_exists"
    assert accepted.document_id in refused.message


async def test_refuses_a_certificate_that_another_state_issued(world: World) -> None:
    refused = await refusal(world, await world.th.payload(world.certificate("VN", "TH")))
    assert refused.code == "submission.foreign_issuer"


def without_its_criterion(certificate: CertificateOfOrigin) -> CertificateOfOrigin:
    ticked = certificate.special_cases.model_copy(update={"partial_cumulation": Empty()})
    (item,) = certificate.items
    item = item.model_copy(update={"origin_criterion": parse_criterion("WO")})
    return certificate.model_copy(update={"special_cases": ticked, "items": (item,)})


async def test_refuses_what_breaks_a_rule_and_names_the_place_in_the_payload(
    world: World,
) -> None:
    broken = without_its_criterion(world.certificate(items=1))
    refused = await refusal(world, await world.th.payload(broken))

    assert refused.code == "submission.rule_broken"
    (finding,) = (
        each for each in refused.findings if each.code == "rule.partial_cumulation_not_ticked"
    )
    assert finding.path.startswith("CertificateOfOrigin/")
    assert finding.national_path
    assert finding.clause


@pytest.mark.parametrize("payload", [b"", b"<a/>", b"\xff"])
async def test_refuses_what_is_no_payload_of_its_format(world: World, payload: bytes) -> None:
    refused = await refusal(world, payload)
    assert refused.code.startswith(("adapter.", "xml."))
    assert refused.actor == "sender"


async def test_refuses_an_answer_to_a_certificate_that_never_came(world: World) -> None:
    certificate = world.certificate("VN", "TH")
    receipt, _ = world.answers(certificate)
    refused = await refusal(world, await world.th.payload(receipt))
    assert refused.code == "submission.unknown_certificate"


async def test_refuses_an_answer_to_its_own_certificate(world: World) -> None:
    """Only the importing state's customs answers."""
    certificate = world.certificate("TH", "VN")
    await world.th.issue(certificate)
    receipt, _ = world.answers(certificate)
    refused = await refusal(world, await world.th.payload(receipt))
    assert refused.code == "submission.unknown_certificate"


async def test_an_answer_joins_the_conversation_and_names_what_it_answers(world: World) -> None:
    certificate = world.certificate()
    document_id = await world.th.issue(certificate)
    await world.carry()
    _, response = world.answers(certificate)

    await world.vn.submitting.submit(await world.vn.payload(response))
    await world.carry()

    (message,) = await world.th.received("CustomsResponse")
    opened = await world.open_delivery("TH", message.octets)
    sent = await world.th.store.find_document(document_id)
    assert sent is not None
    assert opened.sealed.header.answers is not None
    assert opened.sealed.header.answers.document_id == document_id
    assert opened.sealed.header.answers.document_digest.text == sent.digest
    assert opened.sealed.header.conversation_id == document_id
    (carrier,) = await world.th.sent("CertificateIssue")
    assert opened.message.header.correlation == carrier.message_id


async def test_an_answer_is_a_fact_at_home_at_once(world: World) -> None:
    certificate = world.certificate()
    document_id = await world.th.issue(certificate)
    await world.carry()
    receipt, _ = world.answers(certificate)
    await world.vn.submitting.submit(await world.vn.payload(receipt))
    assert Fact.RES_REC in await world.vn.facts(document_id)
    assert Fact.RES_REC not in await world.th.facts(document_id)


async def test_takes_nothing_while_its_seal_is_missing(world: World) -> None:
    service = submitting(world, sealer=world.sealer("TH", without=Purpose.ISSUING_SEAL))
    with pytest.raises(UnavailableError) as failure:
        await service.submit(await world.th.payload(world.certificate()))
    assert failure.value.code == "signer.missing"
    assert await world.th.store.list_documents() == []


async def test_takes_nothing_while_its_store_is_down(world: World) -> None:
    payload = await world.th.payload(world.certificate())
    await world.th.store.close()
    with pytest.raises(UnavailableError) as failure:
        await world.th.submitting.submit(payload)
    assert failure.value.code == "store.unavailable"
    await world.th.store.open()
    assert not (await world.th.submitting.submit(payload)).repeated


async def test_takes_nothing_to_protect_while_trust_is_damaged(tmp_path: Path) -> None:
    async with open_world(tmp_path, protect=True) as world:
        payload = await world.th.payload(world.certificate())
        whole = world.keys.bundle.read_bytes()
        world.keys.bundle.write_bytes(b"damaged")
        with pytest.raises(UndeterminedError):
            await world.th.submitting.submit(payload)
        assert await world.th.store.list_documents() == []

        world.keys.bundle.write_bytes(whole)
        assert not (await world.th.submitting.submit(payload)).repeated


async def test_refuses_to_send_openly_what_must_be_protected(tmp_path: Path) -> None:
    """The receiving state lists no key: nothing goes out, neither open nor closed."""
    async with open_world(tmp_path, pairs=[("TH", "KH")], protect=True) as world:
        certificate = world.certificate()
        declared = certificate.exporter_declaration.model_copy(update={"importing_country": "KH"})
        refused = await refusal(
            world,
            await world.th.payload(
                certificate.model_copy(update={"exporter_declaration": declared})
            ),
        )
    assert refused.code == "party.no_decryption_key"
    assert refused.actor == "recipient"
