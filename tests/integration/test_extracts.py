"""Extracts of export declarations: consent gates them, customs receives them, nobody decides."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from swb.backends.files import FileConsentSource, FileDataPolicySource
from swb.core.lifecycle import Fact
from swb.services.answers import hear_answer
from swb.services.kept import Kept
from swb.services.letting_out import LettingOut
from swb.services.sealing import Route
from swb.services.submit import SubmitService
from swb.simulator.customs import draw_receipt, draw_response
from swb.simulator.declaring import draw_extract
from swb_schemas.documents.customs import Decision
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, UnavailableError, UndeterminedError
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, PartyId
from swb_schemas.wire.verification import verify_sealed
from tests.integration.opening import open_world, write_connections

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb_schemas.documents import CertificateOfOrigin, DeclarationExtract
    from tests.integration.world import World

ADAPTERS = {"TH": "thailand", "VN": "canonical"}


@pytest.fixture
async def region(tmp_path: Path) -> AsyncIterator[World]:
    """Thailand and Viet Nam, connected for Form Ds and for extracts."""
    async with open_world(tmp_path, adapters=ADAPTERS) as world:
        connect_extracts(world)
        yield world


def connect_extracts(world: World) -> None:
    file = world.folder / "connections.toml"
    write_connections(file, [("TH", "VN"), ("VN", "TH")])
    part = file.with_suffix(".part")
    line = (
        '[[connection]]\nfrom = "TH"\nto = "VN"\nmessage_type = "DeclarationExtract"\n'
        'state = "LIVE"\nterms = { protected = false }\n'
    )
    part.write_text(file.read_text() + line)
    part.replace(file)


def extract_of(world: World, certificate: CertificateOfOrigin) -> DeclarationExtract:
    extract = draw_extract(certificate, serial=world.serials, seed=7, on=world.clock.now().date())
    items = tuple(
        each.model_copy(update={"quantity": of.quantity})
        for each, of in zip(extract.items, certificate.items, strict=True)
    )
    return extract.model_copy(update={"items": items})


def door(world: World, consents: str | None, policy: Path | None = None) -> SubmitService:
    """TH's door inward, with a table of consents and a policy on data."""
    file = world.folder / "consents.toml"
    if consents is not None:
        file.write_text(consents, encoding="utf-8")
    return SubmitService(
        state="TH",
        formats=world.th.formats,
        environment=Environment.TEST,
        connections=world.connections,
        store=world.th.store,
        sealer=world.sealer("TH"),
        clock=world.clock,
        on_commit=lambda: None,
        letting_out=LettingOut(
            consents=FileConsentSource(file),
            data_policy=FileDataPolicySource(policy) if policy else None,
        ),
    )


def consent(extract: DeclarationExtract, **changes: str) -> str:
    lines = {"from": "2026-01-01", **changes}
    told = "".join(f"{name} = {value}\n" for name, value in lines.items())
    return f'[[consent]]\nexporter = "{extract.exporter.identifier}"\n{told}'


def saying(payload: bytes, answer: str) -> bytes:
    """Have a Thai payload say whether the exporter consents."""
    mark = b"</DocumentControl>"
    told = f"<ExporterConsent>{answer}</ExporterConsent>".encode()
    assert payload.count(mark) == 1
    return payload.replace(mark, mark + told)


# --- consent -----------------------------------------------------------------------------------


async def test_nothing_leaves_without_the_exporter_s_consent(region: World) -> None:
    extract = extract_of(region, region.certificate())
    payload = await region.th.payload(extract)
    refused = {
        "no table": (region.th.submitting, payload),
        "an empty table": (door(region, ""), payload),
        "another exporter": (
            door(region, '[[consent]]\nexporter = "X"\nfrom = 2026-01-01\n'),
            payload,
        ),
    }
    for name, (service, octets) in refused.items():
        with pytest.raises(RefusedError) as failure:
            await service.submit(octets)
        assert failure.value.code == "consent.missing", name
        (finding,) = failure.value.findings
        assert finding.national_path == (
            "Envelope/Body/ExportDeclaration/Exporter/RegistrationNumber"
        )
        assert extract.exporter.identifier not in failure.value.message
    assert await region.th.store.list_documents() == []
    assert (await region.th.store.count()).outbound == 0


@pytest.mark.parametrize(
    ("changes", "leaves"),
    {
        "for every destination": ({}, True),
        "for this one": ({"to": '["VN", "SG"]'}, True),
        "for another": ({"to": '["SG"]'}, False),
        "that has ended": ({"until": "2026-02-01"}, False),
        "that begins later": ({"from": "2999-01-01"}, False),
        "to another type": ({"message_type": '"CertificateIssue"'}, False),
    }.values(),
)
async def test_a_recorded_consent_holds_for_its_days_and_destinations(
    region: World, changes: dict[str, str], leaves: bool
) -> None:
    extract = extract_of(region, region.certificate())
    service = door(region, consent(extract, **changes))
    payload = await region.th.payload(extract)
    if leaves:
        assert not (await service.submit(payload)).repeated
    else:
        with pytest.raises(RefusedError, match="consent"):
            await service.submit(payload)


async def test_what_the_payload_says_comes_before_what_was_recorded(region: World) -> None:
    extract = extract_of(region, region.certificate())
    payload = await region.th.payload(extract)
    with pytest.raises(RefusedError, match="refused"):
        await door(region, consent(extract)).submit(saying(payload, "N"))
    accepted = await door(region, "").submit(saying(payload, "Y"))

    record = await region.th.store.find_document(accepted.document_id)
    assert record is not None
    assert b"onsent" not in record.octets  # it stays at home
    sealed = verify_sealed(record.octets, trust=await region.trust.fetch(), at=region.clock.now())
    assert sealed.header.issuing_party == str(PartyId("TH", CUSTOMS))
    assert sealed.header.receiving_party == str(PartyId("VN", CUSTOMS))


async def test_a_table_that_cannot_be_read_holds_extracts_and_refuses_none(region: World) -> None:
    extract = extract_of(region, region.certificate())
    payload = await region.th.payload(extract)
    with pytest.raises(UnavailableError) as away:
        await door(region, None).submit(payload)
    with pytest.raises(UndeterminedError) as broken:
        await door(region, "[[consent]]\nexporter = 1\n").submit(payload)
    assert (away.value.code, broken.value.code) == ("consent.unreachable", "consent.unusable")


async def test_what_is_not_for_a_destination_is_not_in_what_is_sealed(region: World) -> None:
    extract = extract_of(region, region.certificate())
    payload = saying(await region.th.payload(extract), "Y")
    file = region.folder / "policy.toml"
    service = door(region, "", policy=file)
    with pytest.raises(UnavailableError) as away:
        await service.submit(payload)
    file.write_text("[[rule]]\n")
    with pytest.raises(UndeterminedError) as broken:
        await service.submit(payload)
    assert (away.value.code, broken.value.code) == ("policy.unreachable", "policy.unusable")

    file.write_text('[[rule]]\nclass = "personal"\nto = ["VN"]\ndo = "mask"\n')
    accepted = await service.submit(payload)
    masked = {each.path: each for each in accepted.findings if each.code == "policy.masked"}
    name = masked["DeclarationExtract/Exporter/Name"]
    assert (name.severity, name.national_path.split("/")[-1]) == ("loss", "English")
    record = await region.th.store.find_document(accepted.document_id)
    assert record is not None
    for personal in (extract.exporter.name, extract.exporter.identifier, extract.consignee.name):
        assert personal.encode() not in record.octets
    verify_sealed(record.octets, trust=await region.trust.fetch(), at=region.clock.now())

    file.write_text('[[rule]]\nclass = "personal"\ndo = "block"\n')
    with pytest.raises(RefusedError) as failure:
        await service.submit(payload + b"\n")
    assert failure.value.code == "policy.mandatory"


# --- the road, and its answers -----------------------------------------------------------------


async def test_customs_receives_an_extract_and_decides_nothing(region: World) -> None:
    extract = extract_of(region, region.certificate())
    accepted = await door(region, consent(extract)).submit(await region.th.payload(extract))
    await region.carry()
    at = region.clock.now().replace(microsecond=0)
    await region.vn.submitting.submit(
        await region.vn.payload(draw_receipt(extract, state="VN", at=at))
    )
    await region.carry()
    facts = await region.th.facts(accepted.document_id)
    assert facts.keys() >= {Fact.AS1, Fact.AS2, Fact.AS3, Fact.RES_REC}

    certificate = region.certificate(items=len(extract.items))
    decision = draw_response(certificate, state="VN", seed=1, at=at, decision=Decision.GIVEN)
    about = draw_receipt(extract, state="VN", at=at).subject
    told = decision.model_copy(update={"subject": about})
    with pytest.raises(RefusedError) as failure:
        await region.vn.submitting.submit(await region.vn.payload(told))
    assert failure.value.code == "submission.answer_not_foreseen"


async def test_refuses_another_extract_under_a_number_that_was_given(region: World) -> None:
    extract = extract_of(region, region.certificate())
    service = door(region, consent(extract))
    await service.submit(await region.th.payload(extract))
    changed = extract.model_copy(update={"remarks": "CORRECTED"})
    with pytest.raises(RefusedError) as failure:
        await service.submit(await region.th.payload(changed))
    assert failure.value.code == "submission.certificate_exists"


@pytest.mark.parametrize(
    ("less", "told"),
    [(False, set()), (True, {"rule.extract_below_certified_quantity"})],
)
async def test_the_importing_customs_is_told_where_extract_and_certificate_differ(
    region: World, less: bool, told: set[str]
) -> None:
    certificate = region.certificate(items=1)
    await region.th.issue(certificate)
    await region.carry()
    extract = extract_of(region, certificate)
    if less:
        (item,) = extract.items
        fewer = item.quantity.model_copy(update={"value": item.quantity.value / 2})
        items = (item.model_copy(update={"quantity": fewer}),)
        extract = extract.model_copy(update={"items": items})
    payload = await region.th.payload(extract)
    accepted = await door(region, consent(extract)).submit(payload)
    await region.carry()

    advice = list((region.vn.drop / "out").glob(f"{accepted.document_id}*.advice.json"))
    codes = {each["code"] for file in advice for each in json.loads(file.read_bytes())}
    assert codes == told
    facts = await region.th.facts(accepted.document_id)
    assert Fact.AS3 in facts  # a finding, and no refusal


async def test_the_importing_customs_is_told_of_a_certificate_that_comes_later(
    region: World,
) -> None:
    """Both certificates that the extract names have more together than it declares."""
    first, second = (region.certificate(items=1) for _ in range(2))
    (goods,) = first.items
    second = second.model_copy(update={"items": (goods.model_copy(update={"sequence_number": 1}),)})
    extract = extract_of(region, first)
    of_both = tuple(
        extract.supporting_documents[0].model_copy(
            update={"reference_number": each.reference_number}
        )
        for each in (first, second)
    )
    extract = extract.model_copy(update={"supporting_documents": of_both})
    payload = await region.th.payload(extract)
    await door(region, consent(extract)).submit(payload)
    await region.carry()
    told = []
    for certificate in (first, second):
        document_id = await region.th.issue(certificate)
        await region.carry()
        advice = list((region.vn.drop / "out").glob(f"{document_id}*.advice.json"))
        told.append([each["code"] for file in advice for each in json.loads(file.read_bytes())])
    assert told == [[], ["rule.extract_below_certified_quantity"]]


async def test_hears_no_answer_that_the_type_does_not_have(region: World) -> None:
    """The connection lets none through; an answer that came all the same is not believed."""
    certificate = region.certificate(items=1)
    extract = extract_of(region, certificate)
    sent = await region.seal(extract, issuing_party=PartyId("TH", CUSTOMS))
    await region.keep("TH", sent)
    at = region.clock.now().replace(microsecond=0)
    decision = draw_response(certificate, state="VN", seed=1, at=at, decision=Decision.GIVEN)
    about = draw_receipt(extract, state="VN", at=at).subject
    route = Route(
        issuing_party=PartyId("VN", CUSTOMS),
        receiving_party=PartyId("TH", CUSTOMS),
        sender=PartyId("VN", GATEWAY),
        receiver=PartyId("TH", GATEWAY),
        line="VN",
        environment=Environment.TEST,
        conversation_id=sent.document.conversation_id,
        answers=(sent.document.document_id, sent.document.digest),
    )
    receipt = await region.sealer("VN").seal(draw_receipt(extract, state="VN", at=at), route)
    heard = await region.open_delivery("TH", receipt.outbound.message.octets)
    answered = Kept(sent.document)
    told = await hear_answer(heard, answered, region.th.store, at=at)
    assert [each.name for each in told] == [Fact.RES_REC]

    decided = decision.model_copy(update={"subject": about})
    answer = await region.sealer("VN").seal(
        decided, replace(route, receiving_party=PartyId("TH", ISSUING))
    )
    unheard = await region.open_delivery("TH", answer.outbound.message.octets)
    with pytest.raises(RefusedError) as failure:
        await hear_answer(unheard, answered, region.th.store, at=at)
    assert failure.value.code == "receive.answer_not_foreseen"
    await region.hand_to("TH", answer.outbound.message.octets)
    assert await region.th.buried() == ["connection.none"]
