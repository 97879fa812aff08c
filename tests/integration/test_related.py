"""What a gateway's own store knows of other certificates bears upon the one that it judges."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from swb.services.related import find_related
from swb_schemas.documents.cancellation import Cancellation
from swb_schemas.documents.certificate_of_origin import (
    BackToBack,
    Empty,
    OriginalProof,
    SpecialCases,
)
from swb_schemas.documents.customs import CustomsResponse
from swb_schemas.documents.elements import Environment
from swb_schemas.documents.origin_criterion import parse_criterion
from swb_schemas.errors import RefusedError
from tests.integration.opening import open_world, write_connections

if TYPE_CHECKING:
    from pathlib import Path

    from swb_schemas.documents import CertificateOfOrigin
    from tests.integration.world import World

BOTH_WAYS = (("TH", "VN"), ("VN", "TH"))
STATES = {Environment.PARALLEL: "PARALLEL", Environment.PRODUCTION: "LIVE"}
"""What a connection is in so that documents are sealed for an environment."""


def changed(certificate: CertificateOfOrigin, **changes: object) -> CertificateOfOrigin:
    return certificate.model_copy(update=changes)


def advice(world: World) -> dict[str, list[dict[str, Any]]]:
    """What VN's national system was advised of, by document id."""
    out = world.vn.drop / "out"
    return {
        path.name.partition(".")[0]: json.loads(path.read_bytes())
        for path in out.glob("*.advice.json")
    }


async def test_a_number_that_is_taken_is_named_in_the_sender_s_own_terms(world: World) -> None:
    certificate = world.certificate()
    document_id = await world.th.issue(certificate)
    payload = await world.th.payload(changed(certificate, remarks="CORRECTED"))
    with pytest.raises(RefusedError) as failure:
        await world.th.submitting.submit(payload)
    assert failure.value.code == "submission.certificate_exists"
    assert document_id in failure.value.message
    (finding,) = (each for each in failure.value.findings if each.code == "rule.number_used")
    assert finding.path == "CertificateOfOrigin/ReferenceNumber"
    assert finding.national_path


async def test_other_broken_rules_are_told_beside_a_number_that_is_taken(world: World) -> None:
    certificate = world.certificate()
    await world.th.issue(certificate)
    broken = changed(certificate, special_cases=SpecialCases(partial_cumulation=Empty()))
    with pytest.raises(RefusedError) as failure:
        await world.th.submitting.submit(await world.th.payload(broken))
    assert failure.value.code == "submission.rule_broken"
    codes = {each.code for each in failure.value.findings}
    assert codes >= {"rule.number_used", "rule.partial_cumulation_not_ticked"}


async def test_true_copies_follow_their_original_under_its_number(world: World) -> None:
    certificate = world.certificate()
    ids = {await world.th.issue(certificate)}
    original = certificate.certification.date
    for days in (0, 1):
        certification = certificate.certification.model_copy(
            update={"original_issue_date": original, "date": original + timedelta(days=days)}
        )
        ids.add(await world.th.issue(changed(certificate, certification=certification)))
    assert len(ids) == 3
    kept = await world.th.store.list_certificates(str(certificate.key))
    assert {each.document_id for each in kept} == ids


async def test_the_same_payload_is_the_same_document_even_between_two_looks(world: World) -> None:
    payload = await world.th.payload(world.certificate())
    service = world.th.submitting
    submitted = await asyncio.gather(*(service.submit(payload) for _ in range(20)))
    assert len({each.document_id for each in submitted}) == 1


async def test_the_importing_customs_is_advised_of_a_number_that_came_before(world: World) -> None:
    certificate = world.certificate()
    first = await world.seal(certificate)
    again = await world.seal(changed(certificate, remarks="ANOTHER"))
    for sent in (first, again):
        await world.hand_to("VN", sent.outbound.message.octets)
        await world.vn.delivering.deliver_due()
    found = advice(world)
    assert first.document.document_id not in found
    assert [each["code"] for each in found[again.document.document_id]] == ["rule.number_used"]


async def test_an_exchange_of_another_environment_bears_upon_nothing(world: World) -> None:
    certificate = world.certificate()
    await receive(world, certificate)
    store = world.vn.store
    here = await find_related(store, certificate, environment=Environment.TEST)
    elsewhere = await find_related(store, certificate, environment=Environment.PARALLEL)
    assert [each.certificate for each in here.same_number] == [certificate]
    assert elsewhere.same_number == ()


@pytest.mark.parametrize(
    ("first", "second", "advised"),
    [
        (Environment.PARALLEL, Environment.PRODUCTION, False),
        (Environment.PRODUCTION, Environment.PARALLEL, False),
        (Environment.PARALLEL, Environment.PARALLEL, True),
        (Environment.PRODUCTION, Environment.PRODUCTION, True),
    ],
)
async def test_customs_is_advised_of_a_number_of_the_same_environment_alone(
    tmp_path: Path, first: Environment, second: Environment, *, advised: bool
) -> None:
    async with open_world(tmp_path, environment=Environment.PRODUCTION) as world:
        certificate = world.certificate()
        again = changed(certificate, remarks="ANOTHER")
        for each, environment in ((certificate, first), (again, second)):
            write_connections(tmp_path / "connections.toml", BOTH_WAYS, state=STATES[environment])
            sent = await world.seal(each, environment=environment)
            await world.hand_to("VN", sent.outbound.message.octets)
            assert await world.vn.delivering.deliver_due() == 1
        door = "parallel" if second is Environment.PARALLEL else "out"
        stem = f"{sent.document.document_id}."
        found = [each.name for each in (world.vn.drop / door).iterdir()]
        assert any(each.startswith(stem) for each in found)
        codes = {
            each["code"]
            for path in (world.vn.drop / door).glob(f"{stem}*advice.json")
            for each in json.loads(path.read_bytes())
        }
        assert codes == ({"rule.number_used"} if advised else set())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Environment.PARALLEL, Environment.PRODUCTION),
        (Environment.PRODUCTION, Environment.PARALLEL),
    ],
)
async def test_an_office_gives_a_number_once_whatever_the_environment(
    tmp_path: Path, first: Environment, second: Environment
) -> None:
    async with open_world(tmp_path, environment=Environment.PRODUCTION) as world:
        certificate = world.certificate()
        write_connections(tmp_path / "connections.toml", BOTH_WAYS, state=STATES[first])
        await world.th.issue(certificate)
        write_connections(tmp_path / "connections.toml", BOTH_WAYS, state=STATES[second])
        with pytest.raises(RefusedError) as failure:
            await world.th.issue(changed(certificate, remarks="ANOTHER"))
        assert failure.value.code == "submission.certificate_exists"
        # Said by the rule, before anything is sealed; the store would refuse it too.
        assert "rule.number_used" in {each.code for each in failure.value.findings}


async def receive(world: World, certificate: CertificateOfOrigin) -> None:
    sent = await world.seal(certificate)
    await world.hand_to("VN", sent.outbound.message.octets)


def resting_upon(
    world: World,
    original: CertificateOfOrigin,
    times: Decimal | int,
    *others: CertificateOfOrigin,
) -> Any:  # noqa: ANN401 - a certificate
    """VN's back-to-back certificate for the goods of an original, or more of them."""
    proofs = tuple(
        OriginalProof(
            issuing_country=each.issuing_country,
            reference_number=each.reference_number,
            issue_date=each.certification.date,
        )
        for each in (original, *others)
    )
    items = []
    for item in original.items:
        assert item.quantity is not None
        more = item.quantity.model_copy(update={"value": item.quantity.value * times})
        items.append(item.model_copy(update={"quantity": more}))
    return changed(
        world.certificate("VN", "TH"),
        items=tuple(items),
        special_cases=SpecialCases(back_to_back=BackToBack(originals=proofs)),
    )


async def test_the_intermediate_state_holds_quantities_against_the_originals_it_received(
    world: World,
) -> None:
    original = changed(world.certificate(), special_cases=SpecialCases())
    unknown = changed(world.certificate(), special_cases=SpecialCases())
    too_much = resting_upon(world, original, 2)
    whole = resting_upon(world, original, 1)
    accepted = await world.vn.submitting.submit(
        await world.vn.payload(resting_upon(world, unknown, 3))
    )
    assert accepted.findings == ()  # nothing is known of that original

    await receive(world, original)
    with pytest.raises(RefusedError) as failure:
        await world.vn.submitting.submit(await world.vn.payload(too_much))
    assert {each.code for each in failure.value.findings} == {"rule.original_quantity_exceeded"}
    assert (await world.vn.submitting.submit(await world.vn.payload(whole))).findings == ()


async def test_what_rests_upon_several_originals_is_held_against_them_together(
    world: World,
) -> None:
    """Taken of two, then of one of them: nobody can tell which, and both together have an end."""
    first = changed(world.certificate(), special_cases=SpecialCases())
    second = changed(
        first, reference_number=world.certificate().reference_number, remarks="THE SAME GOODS"
    )
    for each in (first, second):
        await receive(world, each)
    await world.vn.issue(resting_upon(world, first, Decimal("1.5"), second))
    with pytest.raises(RefusedError) as failure:
        await world.vn.issue(resting_upon(world, first, 1))
    assert {each.code for each in failure.value.findings} == {"rule.original_quantity_exceeded"}
    await world.vn.issue(resting_upon(world, first, Decimal("0.5")))


async def test_a_true_copy_of_a_re_export_takes_nothing_more(world: World) -> None:
    original = changed(world.certificate(), special_cases=SpecialCases())
    await receive(world, original)
    whole = resting_upon(world, original, 1)
    await world.vn.issue(whole)
    certification = whole.certification.model_copy(
        update={"original_issue_date": whole.certification.date}
    )
    copy = await world.vn.payload(changed(whole, certification=certification))
    assert (await world.vn.submitting.submit(copy)).findings == ()


async def test_what_was_re_exported_before_is_added_up(world: World) -> None:
    """Halves of an original leave until nothing is left of it; other originals are others'."""
    original = changed(world.certificate(), special_cases=SpecialCases())
    other = changed(world.certificate(), special_cases=SpecialCases())
    for each in (original, other):
        await receive(world, each)
    half = Decimal("0.5")
    for _ in range(2):
        payload = await world.vn.payload(resting_upon(world, original, half))
        assert (await world.vn.submitting.submit(payload)).findings == ()
    with pytest.raises(RefusedError) as failure:
        await world.vn.issue(resting_upon(world, original, half))
    (finding, *_) = failure.value.findings
    assert finding.code == "rule.original_quantity_exceeded"
    assert "expected at most 0" in finding.message
    await world.vn.issue(resting_upon(world, other, 1))


async def test_customs_is_warned_before_it_gives_preference_to_partial_cumulation(
    world: World,
) -> None:
    certificate = world.certificate(items=1)
    (item,) = certificate.items
    item = item.model_copy(update={"origin_criterion": parse_criterion("PC 25%")})
    certificate = changed(
        certificate, items=(item,), special_cases=SpecialCases(partial_cumulation=Empty())
    )
    await receive(world, certificate)
    _, response = world.answers(certificate)
    values = response.model_dump()
    values |= {"decision": "GIVEN", "items": [{"sequence_number": 1, "decision": "GIVEN"}]}
    given = CustomsResponse.model_validate(values)
    accepted = await world.vn.submitting.submit(await world.vn.payload(given))
    assert [each.code for each in accepted.findings] == ["rule.preference_for_partial_cumulation"]


async def test_the_issuer_is_warned_of_a_cancellation_from_before_the_issue(world: World) -> None:
    certificate = world.certificate()
    await world.th.issue(certificate)
    earlier = datetime.combine(certificate.certification.date, time(), UTC) - timedelta(days=2)
    cancellation = Cancellation.model_validate(
        {
            "subject": {
                "issuing_country": certificate.issuing_country,
                "issuing_office": certificate.issuing_office,
                "reference_number": certificate.reference_number,
            },
            "cancellation_number": 1,
            "requested_at": earlier,
            "office": "Example office",
            "reason": {"code": "NONSENSE", "text": "an example"},
        }
    )
    accepted = await world.th.submitting.submit(await world.th.payload(cancellation))
    codes = [each.code for each in accepted.findings]
    assert codes == ["rule.reason_not_listed", "rule.made_before_issue"]
