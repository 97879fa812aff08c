"""What ``swb status`` tells of how much of a certificate was utilised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from swb.cli.utilised_showing import describe_utilised, find_utilised, spell_utilised
from tests.integration.opening import ADAPTERS, open_world
from tests.integration.talking import begin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb_schemas.documents.elements import Measure
    from tests.integration.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, adapters=dict.fromkeys(ADAPTERS, "canonical")) as opened:
        yield opened


async def test_status_tells_what_was_utilised_of_each_item_at_both_ends(world: World) -> None:
    talk = await begin(world)
    certified: Measure | None = talk.certificate.items[0].quantity
    assert certified is not None
    other = "KGM" if certified.unit != "KGM" else "NMB"
    items = [
        {
            "sequence_number": each.sequence_number,
            "decision": "GIVEN",
            "utilised_quantity": {"value": "999999", "unit": other},
        }
        for each in talk.certificate.items
    ]
    first = await talk.respond("GIVEN", items=items, declaration_number="A0001")
    assert "rule.utilised_beyond_item" in {each.code for each in first.findings}
    await world.carry()
    for member in (world.th, world.vn):
        trail = await member.store.find_trail(str(talk.certificate.key))
        assert trail is not None
        found = find_utilised(trail)
        described = describe_utilised(found)
        assert [each["item"] for each in described] == [
            each.sequence_number for each in talk.certificate.items
        ]
        part = {"declaration_number": "A0001", "quantity": {"value": "999999", "unit": other}}
        assert described[0]["parts"] == [part]
        assert described[0]["total"] is None
        told = spell_utilised(found)[0]
        assert told == (
            "item 1",
            f"not comparable of {certified.value:f} {certified.unit}",
            f"999999 {other} under declaration A0001",
        )


async def test_status_tells_nothing_of_utilisation_before_customs_gave_preference(
    world: World,
) -> None:
    talk = await begin(world)
    await talk.respond("NOT_GIVEN")
    trail = await world.vn.store.find_trail(str(talk.certificate.key))
    assert trail is not None
    assert find_utilised(trail) == []
