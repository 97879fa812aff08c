"""Withdrawal of an extract: the exporting customs asks, the importing one replies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from swb.core.lifecycle import Fact
from swb.simulator.customs import draw_receipt
from swb_schemas.documents import CancellationReply, DeclarationWithdrawal
from swb_schemas.errors import RefusedError
from tests.integration.test_extracts import consent, door, extract_of, region

if TYPE_CHECKING:
    from swb_schemas.documents import DeclarationExtract
    from tests.integration.world import World

__all__ = ["region"]


def withdrawal(world: World, extract: DeclarationExtract) -> DeclarationWithdrawal:
    at = world.clock.now().replace(microsecond=0)
    return DeclarationWithdrawal.model_validate(
        {
            "subject": draw_receipt(extract, state="VN", at=at).subject,
            "cancellation_number": 1,
            "requested_at": at,
            "office": "Laem Chabang",
            "reason": {"text": "the goods did not leave"},
        }
    )


def reply(asked: DeclarationWithdrawal) -> CancellationReply:
    return CancellationReply.model_validate(
        {
            "subject": asked.subject,
            "cancellation_number": 1,
            "outcome": "ACCEPTED",
            "replied_at": asked.requested_at,
            "office": "Cat Lai",
        }
    )


async def test_an_extract_is_withdrawn_by_the_customs_that_sealed_it(region: World) -> None:
    certificate = region.certificate(items=1)
    extract = extract_of(region, certificate)
    (item,) = extract.items
    fewer = item.quantity.model_copy(update={"value": item.quantity.value / 2})
    less = item.model_copy(update={"quantity": fewer})
    extract = extract.model_copy(update={"items": (less,)})
    accepted = await door(region, consent(extract)).submit(await region.th.payload(extract))
    await region.carry()
    asked = withdrawal(region, extract)

    with pytest.raises(RefusedError) as failure:
        await region.vn.submitting.submit(await region.vn.payload(asked))
    assert failure.value.code == "submission.unknown_certificate"

    await region.th.submitting.submit(await region.th.payload(asked))
    await region.carry()
    assert (Fact.CANCELLATION) in await region.vn.facts(accepted.document_id)
    await region.vn.submitting.submit(await region.vn.payload(reply(asked)))
    await region.carry()
    assert Fact.CANCELLED in await region.th.facts(accepted.document_id)
    assert await region.th.buried() == await region.vn.buried() == []

    # What was withdrawn is not compared with the certificate that comes after it.
    document_id = await region.th.issue(certificate)
    await region.carry()
    advice = list((region.vn.drop / "out").glob(f"{document_id}*.advice.json"))
    codes = {each["code"] for file in advice for each in json.loads(file.read_bytes())}
    assert "rule.extract_below_certified_quantity" not in codes
