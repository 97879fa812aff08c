"""Duplicates on the whole road: told on both sides, stopping nothing, and off until agreed on."""

from __future__ import annotations

import json
import sqlite3
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import pytest

from swb.core.lifecycle import Fact
from swb.ports import Prunable
from swb.services.fingerprinting import Fingerprinting
from swb_schemas.documents.certificate_of_origin import Invoice
from swb_schemas.documents.elements import Measure
from swb_schemas.fingerprints import FingerprintKey, Likeness, take_fingerprints
from tests.integration.lookups import count_calls
from tests.integration.opening import open_world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from swb_schemas.documents import CertificateOfOrigin
    from tests.integration.world import World

FIRST: Final = FingerprintKey(key_id="TH-VN-1", secret=bytes(range(32)))
SECOND: Final = FingerprintKey(key_id="TH-VN-2", secret=bytes(range(100, 132)))
OTHERS: Final = FingerprintKey(key_id="TH-VN-1", secret=bytes(range(200, 232)))
BASIS: Final = "Example arrangement, article 4"
SHARED: Final = {"TH": [FIRST], "VN": [FIRST]}


def agree(world: World, *, basis: str = BASIS, on: bool = True) -> None:
    """Write what the pair agreed on into the table that everybody reads."""
    file = world.folder / "connections.toml"
    terms = f'protected = false, fingerprints = {str(on).lower()}, legal_basis = "{basis}"'
    text = file.read_text().replace("protected = false", terms)
    part = file.with_suffix(".part")
    part.write_text(text)
    part.replace(file)


def hold(world: World, keys: Mapping[str, Sequence[FingerprintKey]]) -> None:
    """Give both gateways their keys, the current one first."""
    for state, member in world.members.items():
        partner = "VN" if state == "TH" else "TH"
        made = Fingerprinting(
            state=state,
            store=member.store,
            connections=world.connections,
            keys={partner: keys[state]},
        )
        member.submitting._fingerprinting = made  # noqa: SLF001 - a key is changed at a start
        member.receiving._fingerprinting = made  # noqa: SLF001 - as above
        advising = member.delivering._handing_over._advising  # noqa: SLF001 - as above
        advising._fingerprinting = made  # noqa: SLF001 - as above


@asynccontextmanager
async def agreed_world(
    folder: Path, keys: Mapping[str, Sequence[FingerprintKey]] = SHARED
) -> AsyncIterator[World]:
    async with open_world(folder) as world:
        agree(world)
        hold(world, keys)
        yield world


def again(
    world: World, first: CertificateOfOrigin, *, number: str = "", shares: int = 0
) -> CertificateOfOrigin:
    """Another certificate for the goods of a first one, or for a part of them."""
    items = first.items
    if number:
        invoices = tuple(Invoice(number=number, date=each.date) for each in first.items[0].invoices)
        items = tuple(each.model_copy(update={"invoices": invoices}) for each in items)
    if shares:
        items = tuple(
            each.model_copy(update={"quantity": Measure(unit="KGM", value=Decimal(shares + place))})
            for place, each in enumerate(items)
        )
    drawn = world.certificate()
    return first.model_copy(update={"reference_number": drawn.reference_number, "items": items})


async def issue(world: World, certificate: CertificateOfOrigin) -> tuple[str, list[str]]:
    """Submit a certificate and carry it over; returns its id and the codes that its sender got."""
    payload = await world.th.payload(certificate)
    accepted = await world.th.submitting.submit(payload)
    await world.carry()
    codes = [each.code for each in accepted.findings if each.code.startswith("fingerprint.")]
    return accepted.document_id, codes


async def signals(world: World, document_id: str) -> dict[str, str]:
    """What both sides' status tells of likenesses: code by state."""
    told = {}
    for state, member in world.members.items():
        facts = await member.facts(document_id)
        assert Fact.AS2 in facts, "it went the whole road"
        if Fact.ALIKE in facts:
            told[state] = facts[Fact.ALIKE]
    return told


def count_kept(world: World, state: str) -> int:
    with sqlite3.connect(world.folder / f"store-{state}.db") as connection:
        (found,) = connection.execute("SELECT count(*) FROM fingerprints").fetchone()
    connection.close()
    return int(found)


def advice_of(world: World, state: str, document_id: str) -> list[dict[str, str]]:
    """The findings that lie beside a delivered document."""
    (file,) = (world.members[state].drop / "out").glob(f"{document_id}*.advice.json")
    return [
        each for each in json.loads(file.read_bytes()) if each["code"].startswith("fingerprint.")
    ]


async def test_a_duplicate_is_told_on_both_sides_and_stops_nothing(tmp_path: Path) -> None:
    async with agreed_world(tmp_path) as world:
        first = world.certificate()
        original, codes = await issue(world, first)
        assert codes == []
        assert await signals(world, original) == {}
        copy, codes = await issue(world, again(world, first))
        assert codes == [Likeness.DUPLICATE]
        assert await signals(world, copy) == dict.fromkeys(("TH", "VN"), Likeness.DUPLICATE)
        (advice,) = advice_of(world, "VN", copy)
        assert advice["severity"] == "warn"
        assert advice["clause"] == f"agreement: {BASIS}"
        assert str(first.key) in advice["message"]
        assert first.items[0].invoices[0].number not in advice["message"]


async def test_fingerprints_are_taken_once_for_each_judgement_and_key(tmp_path: Path) -> None:
    keys = {"TH": [SECOND, FIRST], "VN": [SECOND, FIRST]}
    async with agreed_world(tmp_path, keys) as world:
        payload = await world.th.payload(world.certificate())
        with count_calls(take_fingerprints) as called:
            await world.th.submitting.submit(payload)
        assert called == {"take_fingerprints": 2}, "to keep and to look by, and the earlier key's"


async def test_changed_punctuation_is_near_and_parts_are_told_as_parts(tmp_path: Path) -> None:
    async with agreed_world(tmp_path) as world:
        first = world.certificate()
        number = first.items[0].invoices[0].number
        await issue(world, first)
        near, codes = await issue(
            world, again(world, first, number=number.replace("-", " / ").lower())
        )
        assert codes == ["fingerprint.near_duplicate"]
        assert (await signals(world, near))["VN"] == "fingerprint.near_duplicate"
        part, codes = await issue(world, again(world, first, shares=7))
        assert set(codes) == {"fingerprint.shared_invoice"}
        assert (await signals(world, part))["VN"] == "fingerprint.shared_invoice"
        other, codes = await issue(world, world.certificate())
        assert codes == []
        assert await signals(world, other) == {}


@pytest.mark.parametrize("agreed", [False, True], ids=["not agreed on", "without a key"])
async def test_nothing_is_computed_or_kept_unless_it_is_agreed_on_and_there_is_a_key(
    tmp_path: Path, agreed: bool
) -> None:
    async with open_world(tmp_path) as world:
        if agreed:
            agree(world)
        hold(world, {"TH": [], "VN": []} if agreed else SHARED)
        first = world.certificate()
        await issue(world, first)
        copy, codes = await issue(world, again(world, first))
        assert codes == []
        assert await signals(world, copy) == {}
        assert count_kept(world, "TH") == count_kept(world, "VN") == 0


async def test_another_key_finds_nothing_and_a_rotated_one_goes_on_finding(tmp_path: Path) -> None:
    async with agreed_world(tmp_path) as world:
        first = world.certificate()
        await issue(world, first)
        hold(world, {"TH": [OTHERS], "VN": [OTHERS]})
        _, codes = await issue(world, again(world, first))
        assert codes == [], "one who has another key under that id sees nothing"
        hold(world, {"TH": [SECOND, FIRST], "VN": [SECOND, FIRST]})
        renewed, codes = await issue(world, again(world, first))
        assert codes == [Likeness.DUPLICATE]
        assert (await signals(world, renewed))["VN"] == Likeness.DUPLICATE
        uses = await world.vn.store.list_fingerprint_keys()
        assert [(each.key_id, each.documents) for each in uses] == [("TH-VN-1", 2), ("TH-VN-2", 1)]
        hold(world, {"TH": [SECOND], "VN": [SECOND]})
        _, codes = await issue(world, again(world, first))
        assert codes == [Likeness.DUPLICATE], "by what was kept under the current key"


async def test_one_side_alone_finds_what_it_can(tmp_path: Path) -> None:
    async with agreed_world(tmp_path, {"TH": [], "VN": [FIRST]}) as world:
        first = world.certificate()
        await issue(world, first)
        copy, codes = await issue(world, again(world, first))
        assert codes == []
        assert await signals(world, copy) == {"VN": Likeness.DUPLICATE}


async def test_a_basis_that_ends_ends_the_comparison(tmp_path: Path) -> None:
    async with agreed_world(tmp_path) as world:
        first = world.certificate()
        await issue(world, first)
        kept = count_kept(world, "VN")
        file = world.folder / "connections.toml"
        file.write_text(file.read_text().replace("fingerprints = true", "fingerprints = false"))
        copy, codes = await issue(world, again(world, first))
        assert codes == []
        assert await signals(world, copy) == {}
        assert count_kept(world, "VN") == kept


async def test_retention_lets_a_likeness_go_with_its_document(tmp_path: Path) -> None:
    async with agreed_world(tmp_path) as world:
        first = world.certificate()
        await issue(world, first)
        for member in world.members.values():
            await member.store.prune(
                Prunable.DOCUMENTS, before=world.clock.now() + timedelta(days=1)
            )
        assert count_kept(world, "TH") == count_kept(world, "VN") == 0
        _, codes = await issue(world, again(world, first))
        assert codes == []


async def test_keeps_nothing_readable_of_an_invoice_beside_the_document(tmp_path: Path) -> None:
    async with agreed_world(tmp_path) as world:
        first = world.certificate()
        await issue(world, first)
        with sqlite3.connect(world.folder / "store-VN.db") as connection:
            rows = connection.execute("SELECT * FROM fingerprints").fetchall()
        connection.close()
        shown = repr(rows).casefold()
        for plain in (first.items[0].invoices[0].number, first.exporter.name, first.consignee.name):
            assert plain.casefold() not in shown
        assert FIRST.secret.hex() not in shown
