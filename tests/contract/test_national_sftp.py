"""What only an SFTP server can do to a delivery, and payloads that lie on one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import asyncssh
import pytest

from swb.ports import WaitingPayload
from swb_schemas.errors import RefusedError, UnavailableError
from tests.contract.national_worlds import SftpWorld

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ID = "019ca3b5-11d8-7000-8000-000000000001"
NAME = f"{ID}.CertificateIssue.xml"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[SftpWorld]:
    made = SftpWorld(tmp_path)
    await made.start()
    yield made
    await made.close()


async def hand_over(world: SftpWorld, payload: bytes = b"<a/>") -> None:
    await world.gateway.deliver(
        payload, delivery_id=ID, message_type="CertificateIssue", file_suffix=".xml"
    )


async def test_gives_nothing_to_a_server_with_another_key(world: SftpWorld) -> None:
    world.trust(asyncssh.generate_private_key("ssh-ed25519"))
    with pytest.raises(UnavailableError) as failure:
        await hand_over(world)
    assert failure.value.code == "national.unavailable"
    assert world.received() == {}


async def test_an_account_that_is_closed_is_unavailable(world: SftpWorld, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(stranger)
    doors = world.connect(key=stranger)
    with pytest.raises(UnavailableError):
        await doors.deliver(b"<a/>", delivery_id=ID, message_type="T", file_suffix=".xml")
    await doors.close()


async def test_an_attempt_after_a_crash_leaves_one_file(world: SftpWorld) -> None:
    """The process died while it wrote, or before it renamed."""
    half = world.root / "out" / f".{NAME}.part"
    half.write_bytes(b"<a")
    await hand_over(world)
    assert [file.name for file in (world.root / "out").iterdir()] == [NAME]
    assert (world.root / "out" / NAME).read_bytes() == b"<a/>"


class WithoutRenameOver(asyncssh.SFTPServer):
    """A server that knows SFTP version 3 and no extension."""

    def posix_rename(self, *_: object) -> None:
        raise asyncssh.SFTPOpUnsupported("not supported")

    def fsync(self, *_: object) -> None:
        raise asyncssh.SFTPOpUnsupported("not supported")


async def test_a_server_without_extensions_holds_one_file_too(world: SftpWorld) -> None:
    world.factory = WithoutRenameOver
    for _ in range(2):
        await hand_over(world)
    assert [file.name for file in (world.root / "out").iterdir()] == [NAME]


class Full(asyncssh.SFTPServer):
    """A server whose disk is full."""

    def write(self, *_: object) -> int:
        raise asyncssh.SFTPFailure("no space")


async def test_a_full_disk_shows_nothing_half_written(world: SftpWorld) -> None:
    world.factory = Full
    with pytest.raises(UnavailableError):
        await hand_over(world)
    assert not (world.root / "out" / NAME).exists()
    world.factory = asyncssh.SFTPServer
    await world.gateway.close()
    await hand_over(world)
    assert list(world.received()) == [NAME]


async def test_collects_what_lies_in_its_door(world: SftpWorld) -> None:
    door = world.root / "in"
    (door / "b.xml").write_bytes(b"<b/>")
    (door / "a.xml").write_bytes(b"<a/>")
    (door / "half.xml.part").write_bytes(b"<")
    (door / ".hidden").write_bytes(b"<")
    (door / "link.xml").symlink_to(door / "a.xml")
    source = world.gateway
    assert await source.list_payloads(limit=10) == [
        WaitingPayload(name="a.xml", octets=4),
        WaitingPayload(name="b.xml", octets=4),
    ]
    assert await source.read("a.xml") == b"<a/>"
    assert await source.read("gone.xml") is None

    await source.put_aside_accepted("a.xml", document_id=ID)
    await source.put_aside_refused("b.xml", RefusedError("xml.malformed", "expected XML"))
    await source.put_aside_accepted("a.xml", document_id=ID)

    assert await source.list_payloads(limit=10) == []
    assert (door / "accepted" / "a.xml").read_bytes() == b"<a/>"
    told = json.loads((door / "accepted" / "a.xml.json").read_bytes())
    assert told["document_id"] == ID
    told = json.loads((door / "refused" / "b.xml.json").read_bytes())
    assert told["code"] == "xml.malformed"
    assert len(list((door / "accepted").iterdir())) == 2


async def test_a_name_that_was_used_before_gets_a_number(world: SftpWorld) -> None:
    door = world.root / "in"
    for content in (b"<a/>", b"<b/>"):
        (door / "a.xml").write_bytes(content)
        await world.gateway.put_aside_accepted("a.xml", document_id=ID)
    assert (door / "accepted" / "a.xml").read_bytes() == b"<a/>"
    assert (door / "accepted" / "a~2.xml").read_bytes() == b"<b/>"


async def test_reads_no_more_than_the_limit(world: SftpWorld) -> None:
    with (world.root / "in" / "huge.xml").open("wb") as file:
        file.truncate(100_000_000)
    raw = await world.gateway.read("huge.xml")
    assert raw is not None
    assert len(raw) == 7_000_001
