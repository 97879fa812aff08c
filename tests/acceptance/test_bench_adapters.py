"""``swb bench adapters`` measures what it says. Never how fast: that is the machine's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli_reference import documented_members

if TYPE_CHECKING:
    from tests.acceptance.program import Program

FEW = ("--largest", "100", "--runs", "3")


def test_compares_an_adapter_with_the_canonical_document_of_the_same_run(swb: Program) -> None:
    value = swb("bench", "adapters", "thailand", "brunei", *FEW, "--json").value
    assert set(value) == documented_members("swb bench adapters")
    assert (value["items"], value["largest"], value["runs"]) == (3, 100, 3)
    assert [each["adapter"] for each in value["adapters"]] == ["brunei", "thailand"]
    for each in value["adapters"]:
        assert (each["octets"] > 1000, each["refused"]) == (True, "")
        for way in (each["reading"], each["writing"]):
            assert sorted(way["runs"])[1] == way["documents_per_second"] > 0
            assert way["ratio_to_floor"] > 0
            assert way["microseconds_an_item"] > 0
            assert way["growth"] > 0


def test_tells_people_the_same(swb: Program) -> None:
    ran = swb("bench", "adapters", "myanmar", "--items", "2", "--largest", "20", "--runs", "1")
    assert ran.status == 0
    assert "myanmar " in ran.stdout.decode()
    assert "Form Ds of 2 items; growth is of the seconds an item, from 2 items to 20" in (
        ran.stdout.decode()
    )


@pytest.mark.parametrize("name", ["wco", "atlantis", "command:true"])
def test_refuses_what_carries_no_form_ds(swb: Program, name: str) -> None:
    ran = swb("bench", "adapters", name, "--json")
    assert (ran.status, ran.failure["code"]) == (2, "adapter.unknown")
