"""A phytosanitary certificate goes from one plant protection organisation to another, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from swb.cli.evidence_verdict import describe_verdict
from swb.core.lifecycle import Fact
from swb.ports import Direction
from swb_adapters.canonical import ADAPTER as CANONICAL
from swb_adapters.ephyto import ADAPTER as EPHYTO
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import RefusedError
from swb_schemas.evidence import verify_container
from swb_schemas.parties import PartyId
from swb_schemas.wire.sealed import read_kept
from tests.integration.evidencing import open_desk
from tests.integration.lookups import count_lookups
from tests.integration.opening import open_world
from tests.sps import make_sps

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb_adapters.sdk import Adapter
    from swb_schemas.documents.sps import SpsCertificate
    from tests.integration.world import World

CONNECTION = """
[[connection]]
from = "TH"
to = "VN"
message_type = "PhytosanitaryCertificate"
agreement = "IPPC"
state = "LIVE"
terms = { protected = true }
"""
PLANT_PROTECTION = {"phytosanitary": (Purpose.PHYTOSANITARY_SEAL,)}


@pytest.fixture
async def region(tmp_path: Path) -> AsyncIterator[World]:
    """Thailand speaks ePhyto, Viet Nam takes canonical documents."""
    adapters: dict[str, Adapter | str] = {"TH": EPHYTO, "VN": CANONICAL}
    async with open_world(tmp_path, adapters=adapters, further=PLANT_PROTECTION) as world:
        (tmp_path / "connections.toml").write_text(CONNECTION)
        yield world


def certificate(world: World, **changes: object) -> SpsCertificate:
    """One from Thailand to Viet Nam, issued yesterday."""
    issued = {"day": str(world.clock.now().date() - timedelta(days=1))}
    countries = {"export_country": {"code": "TH"}, "import_country": {"code": "VN"}}
    values: dict[str, Any] = {"issued": issued, **countries, **changes}
    return make_sps(**values)


async def test_a_certificate_arrives_whole_and_its_withdrawal_follows(region: World) -> None:
    issued = certificate(region)
    document_id = await region.th.issue(issued)
    await region.carry()
    assert set(await region.th.facts(document_id)) == {Fact.AS1, Fact.RELAYED, Fact.AS2, Fact.AS3}
    out = region.vn.drop / "out"
    (file,) = (each for each in out.iterdir() if each.name.endswith(".xml"))
    assert CANONICAL.to_canonical(file.read_bytes()).document == issued

    withdrawn = certificate(region, status="WITHDRAWN")
    second_id = await region.th.issue(withdrawn)
    assert second_id != document_id
    await region.carry()
    record = await region.vn.store.find_document(second_id)
    record_of_issued = await region.vn.store.find_document(document_id)
    assert record is not None
    assert record_of_issued is not None
    assert record.octets is not None
    header, document = read_kept(record.octets)
    assert document == withdrawn
    assert header.certificate_key == str(issued.key)
    assert (header.revision, header.agreement) == (1, "IPPC")
    assert header.conversation_id == record_of_issued.conversation_id
    assert header.answers is not None
    assert header.answers.document_id == document_id
    for member in (region.th, region.vn):
        for each in (document_id, second_id):
            assert Fact.WITHDRAWN in await member.facts(each)
    assert (header.issuing_party, header.receiving_party) == (
        "urn:swb:party:TH:phytosanitary",
        "urn:swb:party:VN:phytosanitary",
    )


async def test_status_and_evidence_of_a_certificate_say_that_it_was_taken_back(
    region: World,
) -> None:
    issued = certificate(region)
    key, document_id = str(issued.key), await region.th.issue(issued)
    await region.carry()
    second_id = await region.th.issue(certificate(region, status="WITHDRAWN"))
    await region.carry()
    for state, member in (("TH", region.th), ("VN", region.vn)):
        trail = await member.store.find_trail(key)
        assert trail is not None
        assert trail.document.document_id == document_id
        assert {Fact.AS2, Fact.AS3, Fact.WITHDRAWN} <= {Fact(each.name) for each in trail.events}
        async with open_desk(region, state) as desk:
            await desk.stamping().stamp_due()
            for reference in (key, second_id):
                at = region.clock.now() + timedelta(seconds=1)
                verdict = verify_container(
                    await desk.export(reference), trust=region.keys.bundle.read_bytes(), at=at
                )
                assert verdict.error is None
                told = describe_verdict(verdict, at, None).value["outcome"]
                assert isinstance(told, dict)
                assert (told["fact"], told["signer"]) == (
                    Fact.WITHDRAWN,
                    "urn:swb:party:TH:phytosanitary",
                )


REFUSED = {
    "a rule that it breaks": ({"carriage": [], "items__0__origins": []}, "submission.rule_broken"),
    "a foreign issuer": (
        {"export_country": {"code": "LA"}, "transit_countries": []},
        "submission.foreign_issuer",
    ),
    "no connection": ({"import_country": {"code": "MY"}}, "connection.none"),
}


@pytest.mark.parametrize(("changes", "code"), REFUSED.values(), ids=list(REFUSED))
async def test_is_refused_before_it_leaves(
    region: World, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(RefusedError) as refusal:
        await region.th.issue(certificate(region, **changes))
    assert refusal.value.code == code
    assert refusal.value.findings[0].national_path.startswith("SPSCertificate/")


# --- withdrawal --------------------------------------------------------------------------------


async def test_takes_back_only_what_was_issued_here_and_only_once(region: World) -> None:
    with pytest.raises(RefusedError) as refusal:
        await region.th.issue(certificate(region, status="WITHDRAWN"))
    assert refusal.value.code == "submission.unknown_certificate"
    await region.th.issue(certificate(region))
    await region.th.issue(certificate(region, status="WITHDRAWN"))
    again = certificate(region, status="WITHDRAWN", name="Another one")
    with pytest.raises(RefusedError) as refusal:
        await region.th.issue(again)
    assert refusal.value.code == "submission.withdrawn"


async def test_what_is_taken_back_is_looked_up_once(
    region: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = certificate(region)
    document_id = await region.th.issue(issued)
    asked = count_lookups(
        monkeypatch, region.th.store, list_certificates=str(issued.key), list_events=document_id
    )
    payload = await region.th.payload(certificate(region, status="WITHDRAWN"))
    await region.th.submitting.submit(payload)
    assert asked == {"list_certificates": 1, "list_events": 1}


async def test_a_number_is_not_issued_again_after_it_was_taken_back(region: World) -> None:
    await region.th.issue(certificate(region))
    await region.th.issue(certificate(region, status="WITHDRAWN"))
    with pytest.raises(RefusedError) as refusal:
        await region.th.issue(certificate(region, name="Another one"))
    assert refusal.value.code == "submission.certificate_exists"


async def test_a_withdrawal_that_overtakes_its_certificate_waits_for_it(region: World) -> None:
    issued_id = await region.th.issue(certificate(region))
    withdrawn_id = await region.th.issue(certificate(region, status="WITHDRAWN"))
    octets = {each.document_id: each.octets for each in await region.th.store.list_messages()}
    await region.hand_to("VN", octets[withdrawn_id])
    assert (await region.vn.store.count()).held == 1
    await region.hand_to("VN", octets[issued_id])
    region.clock.turn(timedelta(minutes=5))
    await region.vn.inbox.judge_held()
    assert (await region.vn.store.count()).held == 0
    await region.vn.delivering.deliver_due()
    out = region.vn.drop / "out"
    advised = [
        each.name.partition(".")[0]
        for each in out.glob("*.advice.json")
        if "rule.sps_taken_back" in each.read_text(encoding="utf-8")
    ]
    assert advised == [issued_id]  # it is handed over late, beside what takes it back
    assert Fact.WITHDRAWN in await region.vn.facts(withdrawn_id)


async def test_a_withdrawal_of_what_never_came_is_refused_when_it_expires(region: World) -> None:
    await region.th.issue(certificate(region))
    withdrawn_id = await region.th.issue(certificate(region, status="WITHDRAWN"))
    octets = {each.document_id: each.octets for each in await region.th.store.list_messages()}
    await region.hand_to("VN", octets[withdrawn_id])
    region.clock.turn(timedelta(days=31))
    await region.vn.inbox.judge_held()
    assert await region.vn.buried() == ["receive.unknown_certificate"]


async def test_takes_back_only_where_it_went_to(region: World) -> None:
    elsewhere = CONNECTION.replace('"VN"', '"MY"').replace("true", "false")
    (region.folder / "connections.toml").write_text(CONNECTION + elsewhere)
    await region.th.issue(certificate(region))
    to_another = certificate(region, status="WITHDRAWN", import_country={"code": "MY"})
    with pytest.raises(RefusedError) as refusal:
        await region.th.issue(to_another)
    assert refusal.value.code == "submission.unknown_certificate"
    assert await region.th.issue(certificate(region, status="WITHDRAWN"))


KEPT = {
    "what it names": ({}, None, []),
    "another digest": ({}, "sha-256:" + "0" * 64, ["receive.unknown_certificate"]),
    "what another party issued": (
        {"issuing_party": "urn:swb:party:TH:issuing"},
        None,
        ["receive.unknown_certificate"],
    ),
    "what went to another party": (
        {"receiving_party": "urn:swb:party:VN:customs"},
        None,
        ["receive.unknown_certificate"],
    ),
    "what was issued here": (
        {"direction": Direction.OUT},
        None,
        ["receive.unknown_certificate"],
    ),
}


@pytest.mark.parametrize(("kept", "digest", "codes"), KEPT.values(), ids=KEPT)
async def test_only_its_parties_take_back_the_very_document_that_came_here(
    region: World, kept: dict[str, Any], digest: str | None, codes: list[str]
) -> None:
    parties: dict[str, Any] = {
        "issuing_party": PartyId("TH", "phytosanitary"),
        "receiving_party": PartyId("VN", "phytosanitary"),
    }
    issued = await region.seal(certificate(region), **parties)
    record = replace(issued.document, **{"direction": Direction.IN, **kept})
    await region.keep("VN", replace(issued, document=record))
    withdrawn = await region.seal(
        certificate(region, status="WITHDRAWN"),
        **parties,
        protect=True,
        conversation_id=issued.document.conversation_id,
        answers=(issued.document.document_id, digest or issued.document.digest),
    )
    await region.hand_to("VN", withdrawn.outbound.message.octets)
    assert await region.vn.buried() == codes
    facts = await region.vn.facts(issued.document.document_id)
    assert (Fact.WITHDRAWN in facts) == (not codes)
