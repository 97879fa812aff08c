"""Erasing: the payload is gone from every file of the store, and what proves it is not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.ports import Acceptance
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.evidence import parse_contents, parse_erasure_record, read_archive
from swb_schemas.evidence.contents import CONTENTS_NAME
from swb_schemas.wire.sealed import read_kept
from tests.integration.evidencing import open_desk
from tests.integration.test_evidence import codes, judge, travel

if TYPE_CHECKING:
    from swb_schemas.evidence import Contents
    from tests.integration.evidencing import Desk
    from tests.integration.world import World

REASON = "retention of five years has ended"


def contents_of(raw: bytes) -> Contents:
    return parse_contents(read_archive(raw)[CONTENTS_NAME])


async def personal_values(desk: Desk, document_id: str) -> list[bytes]:
    """What a certificate says of people and firms, as it stands in files."""
    record = await desk.member.store.find_document(document_id)
    assert record is not None
    _, document = read_kept(record.octets)
    assert isinstance(document, CertificateOfOrigin)
    values = [document.exporter.name, document.consignee.name]
    values += [each.description for each in document.items]
    return [each.encode() for each in values]


def read_files(desk: Desk) -> bytes:
    """All octets of the store's files, the write-ahead log too."""
    files = sorted(desk.world.folder.glob(f"store-{desk.member.state}.db*"))
    assert files
    return b"".join(each.read_bytes() for each in files)


async def erase(desk: Desk, document_id: str) -> None:
    await desk.erasing().erase(document_id, reason=REASON, by="operator")


@pytest.mark.parametrize("state", ["TH", "VN"], ids=["the sender", "the receiver"])
async def test_nothing_personal_is_left_in_any_file_of_the_store(world: World, state: str) -> None:
    document_id = await travel(world)
    async with open_desk(world, state) as desk:
        await desk.stamping().stamp_due()
        values = await personal_values(desk, document_id)
        before = read_files(desk)
        assert any(each in before for each in values)
        await erase(desk, document_id)
        after = read_files(desk)
        # Bodies in clear are base64 in a message: what is left of it would begin like this.
        assert [each for each in values if each in after] == []
        assert b"<CertificateOfOrigin" not in after
        assert b"<Content>" in before
        trail = await desk.member.store.find_trail(document_id)
        assert trail is not None
        kept = [each for each in (trail.document, *trail.answers) if each.octets]
        assert {each.message_type for each in kept} <= {"TransportAck", "RelayReceipt"}
        carried = {each.document_id for each in kept}
        assert all(bool(each.octets) == (each.document_id in carried) for each in trail.messages)


async def test_another_conversation_about_the_same_certificate_stays(world: World) -> None:
    certificate = world.certificate()
    first, second = await world.seal(certificate), await world.seal(certificate)
    assert first.document.conversation_id != second.document.conversation_id
    await world.keep("TH", first)
    await world.th.store.accept(
        Acceptance(message=second.outbound.message, documents=[second.document])
    )
    async with open_desk(world, "TH") as desk:
        await desk.stamping().stamp_due()
        await erase(desk, first.document.document_id)
        store = desk.member.store
        trail = await store.find_trail(first.document.document_id)
        assert trail is not None
        assert {
            each.document_id: bool(each.octets) for each in (trail.document, *trail.answers)
        } == {
            first.document.document_id: False,
            second.document.document_id: True,
        }
        assert {each.document_id: bool(each.octets) for each in trail.messages} == {
            first.document.document_id: False,
            second.document.document_id: True,
        }


async def test_what_is_left_is_exported_and_verifies_years_later(world: World) -> None:
    document_id = await travel(world)
    async with open_desk(world, "TH") as desk:
        await desk.stamping().stamp_due()
        whole = await desk.export(document_id)
        await erase(desk, document_id)
        await desk.stamping().stamp_now()
        left = await desk.export(document_id)
    verdict = judge(world, left, years=10)
    assert codes(verdict) == {}
    assert verdict.missing == ()
    erased = [each for each in verdict.items if each.erased]
    assert {each.type for each in erased} == {
        "CertificateIssue",
        "CustomsReceipt",
        "CustomsResponse",
    }
    before = {each.id: each for each in judge(world, whole).items}
    for each in erased:
        assert (each.digest, each.signer, each.proven_at) == (
            before[each.id].digest,
            before[each.id].signer,
            before[each.id].proven_at,
        )
    (record,) = (each for each in verdict.items if each.kind == "erasure")
    said = parse_erasure_record(read_archive(left)[record.file])
    assert (said.by, said.reason, said.state) == ("operator", REASON, "TH")
    assert len(said.files) == 6
    assert said.payloads


async def test_whoever_alters_the_record_of_what_was_erased_is_found_out(world: World) -> None:
    document_id = await travel(world)
    async with open_desk(world, "TH") as desk:
        await desk.stamping().stamp_due()
        await erase(desk, document_id)
        await desk.stamping().stamp_now()
        raw = await desk.export(document_id)
    files = read_archive(raw)
    name = next(each for each in files if each.startswith("erasures/"))
    from hashlib import sha256  # noqa: PLC0415 - for this one alone

    from swb_schemas.evidence import (  # noqa: PLC0415 - for this one alone
        Manifest,
        encode_contents,
        read_manifest,
        write_archive,
        write_manifest,
    )

    altered = files[name].replace(REASON.encode(), b"no reason at all")
    files[name] = altered
    for each in list(files):
        if "Manifest" in each and read_manifest(files[each]).file == name:
            manifest = read_manifest(files[each])
            digest = sha256(altered).digest()
            files[each] = write_manifest(Manifest(record=manifest.record, file=name, digest=digest))
    contents = contents_of(raw)
    others = tuple(
        each.model_copy(update={"sha256": f"sha-256:{sha256(files[each.file]).hexdigest()}"})
        for each in contents.others
    )
    files[CONTENTS_NAME] = encode_contents(contents.model_copy(update={"others": others}))
    assert codes(judge(world, write_archive(files))) == {name: "time_stamp.imprint"}


async def test_a_record_of_erasure_that_was_written_past_the_program_is_told(world: World) -> None:
    document_id = await travel(world)
    async with open_desk(world, "TH") as desk:
        await desk.stamping().stamp_due()
        await erase(desk, document_id)
        for octets in (b"{}", b"{"):
            with closing(sqlite3.connect(world.folder / "store-TH.db")) as file, file:
                file.execute("UPDATE erasures SET octets = ?", (octets,))
            with pytest.raises(RefusedError) as refused:
                await desk.export(document_id)
            assert refused.value.code == "erasure.malformed"


async def test_a_repetition_finds_nothing_to_erase(world: World) -> None:
    document_id = await travel(world)
    async with open_desk(world, "TH") as desk:
        await desk.stamping().stamp_due()
        await erase(desk, document_id)
        with pytest.raises(RefusedError) as refused:
            await erase(desk, document_id)
        assert refused.value.code == "erasure.nothing"


async def test_nothing_is_erased_that_is_on_the_road_or_has_no_time_stamp(
    world: World,
) -> None:
    document_id = await world.th.issue(world.certificate())
    async with open_desk(world, "TH") as desk, open_desk(world, "VN") as other:
        with pytest.raises(RefusedError) as refused:
            await erase(desk, document_id)
        assert refused.value.code == "erasure.unstamped"
        await desk.stamping().stamp_due()
        with pytest.raises(RefusedError) as refused:
            await erase(desk, document_id)
        assert refused.value.code == "erasure.on_the_road"
        # It has come, and waits for the national system of the receiver.
        await world.th.dispatching.dispatch_due()
        await world.drained()
        await world.router_dispatching.dispatch_due()
        await world.drained()
        await other.stamping().stamp_due()
        with pytest.raises(RefusedError) as refused:
            await erase(other, document_id)
        assert refused.value.code == "erasure.on_the_road"
        values = await personal_values(other, document_id)
        assert any(each in read_files(other) for each in values)
        await world.carry()
        await other.stamping().stamp_now()
        await erase(other, document_id)


async def test_a_reader_that_holds_on_is_told_and_a_repetition_ends_it(world: World) -> None:
    """Whoever reads what was there before keeps it in the log: the erasure says so."""
    document_id = await travel(world)
    async with open_desk(world, "TH") as desk:
        await desk.stamping().stamp_due()
        values = await personal_values(desk, document_id)
        database = desk.member.store._database  # type: ignore[attr-defined]  # noqa: SLF001 - see below
        database._busy_for = timedelta(milliseconds=50)  # noqa: SLF001 - so that it does not wait
        reader = sqlite3.connect(world.folder / "store-TH.db", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM documents").fetchone()
        with pytest.raises(UnavailableError) as failed:
            await erase(desk, document_id)
        assert failed.value.code == "store.unavailable"
        assert any(each in read_files(desk) for each in values)
        reader.close()
        with pytest.raises(RefusedError) as refused:
            await erase(desk, document_id)
        assert refused.value.code == "erasure.nothing"
        assert [each for each in values if each in read_files(desk)] == []
