"""``swb parked``: what waits for a person is shown, replayed, discarded, and all of it audited."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from swb.app import open_store
from swb.config import load_config
from swb.ports import BuriedMessage
from swb.sandbox.region import Region, lay_out_region
from tests.cli_reference import documented_members

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program

LETTER: Final = "sha-256:" + "ab" * 32


async def _lay_out(folder: Path) -> Region:
    return await lay_out_region(folder, states=("TH", "VN"), at=datetime.now(UTC), seed=3)


@pytest.fixture
def region(tmp_path: Path) -> Region:
    return asyncio.run(_lay_out(tmp_path))


@pytest.fixture
def parked(swb: Program, region: Region, thai_form_d: Path) -> str:
    """Park one message and bury one; returns the message's id."""
    config = region.gateways["TH"]
    document_id = swb("submit", "--config", config, thai_form_d, "--json").value["document_id"]

    async def park() -> str:
        async with open_store(load_config(config)) as store:
            carrier = await store.find_carrier(document_id)
            assert carrier is not None
            at = datetime.now(UTC)
            await store.park_outbound(carrier.message_id, code="transport.unroutable", at=at)
            letter = BuriedMessage(
                octets_digest=LETTER,
                octets=b"PAYLOAD",
                line="TH",
                code="xml.malformed",
                detail="expected XML, found something else",
                buried_at=at + timedelta(milliseconds=1),
            )
            await store.bury(letter)
            return carrier.message_id

    return asyncio.run(park())


def test_what_waits_is_listed_shown_replayed_and_discarded(
    swb: Program, region: Region, parked: str
) -> None:
    config = ("--config", region.gateways["TH"])
    listed = swb("parked", "list", *config, "--json").value
    assert set(listed) == documented_members("swb parked list")
    assert [(each["kind"], each["code"]) for each in listed["parked"]] == [
        ("outbound", "transport.unroutable"),
        ("dead-letter", "xml.malformed"),
    ]
    for options, count in {
        ("--kind", "outbound"): 1,
        ("--code", "xml.malformed"): 1,
        ("--partner", "VN"): 1,
        ("--partner", "SG"): 0,
        ("--older-than", "1h"): 0,
    }.items():
        assert len(swb("parked", "list", *config, *options, "--json").value["parked"]) == count

    none = swb("parked", "list", *config, "--partner", "SG").stdout
    assert b"without them all is shown" in none, "no all-clear"

    shown = swb("parked", "show", parked, *config, "--json").value
    assert set(shown) == documented_members("swb parked show")
    assert shown["actor"] == "operator"
    assert shown["can_be_replayed"] is True
    text = swb("parked", "show", LETTER, *config)
    assert b"who must act  " in text.stdout
    assert b"expected XML, found something else" in text.stdout
    assert b"PAYLOAD" not in text.stdout
    standing = swb("status", shown["document_id"], *config)
    assert f"swb parked show {parked}" in standing.stdout.decode()

    replayed = swb("parked", "replay", parked, *config, "--json").value
    assert set(replayed) == documented_members("swb parked replay")
    assert [each["id"] for each in replayed["replayed"]] == [parked]
    again = swb("parked", "replay", parked, *config, "--json")
    assert (again.status, again.failure["code"]) == (1, "parked.unknown")

    given_up = swb("parked", "discard", LETTER, "--reason", "not ours", *config, "--json")
    assert set(given_up.value) == documented_members("swb parked discard")
    assert swb("parked", "list", *config).stdout == b"nothing waits for a person\n"
    assert b"dead-letter (discarded)" in swb("parked", "list", *config, "--discarded").stdout

    entries = swb("audit", "show", *config, "--json").value["entries"]
    acts = {each["action"]: each for each in entries}
    assert acts["parked replay"]["subject"] == parked
    assert "not ours" in acts["parked discard"]["detail"]


def test_two_people_replay_exactly_what_was_agreed_to(
    swb: Program, region: Region, parked: str
) -> None:
    file = region.gateways["TH"]
    file.write_text(file.read_text() + '\n[approvals]\ntwo_people = ["replay", "discard"]\n')
    config = ("--config", file)
    for command in (
        ("replay", "--all", "--code", "transport.unroutable"),
        ("discard", parked, "--reason", "x"),
    ):
        asked = swb("parked", *command, *config, "--json")
        assert (asked.status, asked.failure["code"]) == (1, "approval.needed")
    (first, second) = swb("approvals", "list", *config, "--json").value["requests"]
    assert parked in first["act"]
    other = swb("parked", "replay", LETTER, *config, "--approval", first["id"], "--json")
    assert other.failure["code"] == "approval.other_act"
    alone = swb("parked", "discard", parked, *config, "--reason", "x", "--approval", second["id"])
    assert alone.status == 1
    assert len(swb("parked", "list", *config, "--json").value["parked"]) == 2, "nothing happened"


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("replay",), 2, "expected ids, or --all"),
        (("replay", "x", "--all"), 2, "found both"),
        (("replay", "x", "--code", "xml.malformed"), 2, "found both"),
        (("list", "--code", "a.b"), 2, "expected a code of docs/reference/errors.md"),
        (("list", "--partner", "ZZ"), 2, "expected a country's code"),
        (("replay", "x"), 1, "parked.unknown"),
        (("show", "x"), 1, "parked.unknown"),
        (("show", ""), 1, "parked.unknown"),
        (("discard", "x"), 2, "--reason"),
        (("discard", "--reason", "x"), 2, "ID"),
        (("discard", "x", "--reason", "y"), 1, "parked.unknown"),
        (("list", "--kind", "letter"), 2, "dead-letter"),
        (("list", "--older-than", "2 hours"), 2, "expected an age such as"),
        (("list", "--limit", "0"), 2, "--limit"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_explains_wrong_input(
    swb: Program,
    shared_region: Region,
    arguments: tuple[str, ...],
    status: int,
    told: str,
) -> None:
    ran = swb("parked", *arguments, "--config", shared_region.gateways["TH"])
    assert ran.status == status
    assert told in ran.stderr


@pytest.fixture(scope="module")
def shared_region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """A region whose store exists and is empty."""
    region = asyncio.run(_lay_out(tmp_path_factory.mktemp("region")))

    async def make() -> None:
        async with open_store(load_config(region.gateways["TH"]), create=True):
            pass

    asyncio.run(make())
    return region
