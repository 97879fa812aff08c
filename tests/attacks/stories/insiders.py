"""Insiders: whoever runs a gateway or router, and writes into its files past the program."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.backends.softkey import SoftKeySigner, make_development_keys
from swb.core.lifecycle import Fact
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import RefusedError, SwbError, UndeterminedError
from tests.attacks.reading import ACCEPTED
from tests.attacks.story import Book, Side
from tests.integration.opening import write_connections
from tests.integration.reissuing import reissue_list

if TYPE_CHECKING:
    from tests.attacks.story import Field
    from tests.integration.world import World

__all__ = ["BOOK"]

BOOK: Final = Book("Insiders")

_GATEWAY: Final = "the gateway that it comes to"


def _write(world: World, store: str, statement: str, *values: object) -> None:
    """Write into a store past the program that keeps it."""
    path = world.folder / f"store-{store}.db"
    with closing(sqlite3.connect(path, timeout=10)) as connection, connection:
        assert connection.execute(statement, values).rowcount > 0


@BOOK.tell(
    "Somebody changes a message in the sender's database after it was signed, before it leaves.",
    by=Side.INSIDER,
    gain="A certificate that says something else, by the sender's own gateway.",
    meets="signature.content_digest",
    noticed_by="the region's router, before anybody else sees it",
)
async def a_message_that_is_changed_in_the_outbox(field: Field) -> str:
    async with field.region() as world:
        document_id = await world.th.issue(world.certificate())
        (message,) = await world.th.sent("CertificateIssue")
        start = message.octets.index(b"<Exchange ") + 200
        other = b"A" if message.octets[start : start + 1] != b"A" else b"B"
        changed = message.octets[:start] + other + message.octets[start + 1 :]
        _write(
            world,
            "TH",
            "UPDATE messages SET octets = ? WHERE document_id = ?",
            changed,
            document_id,
        )
        await world.carry()
        (only,) = await world.router_store.list_buried()
        assert await world.vn.received("CertificateIssue") == []
        return only.code


@BOOK.tell(
    "Somebody changes a message in the router's database before it is passed on.",
    by=Side.INSIDER,
    gain="A certificate that says something else.",
    meets="signature.content_digest",
    noticed_by=_GATEWAY,
)
async def a_message_that_is_changed_at_the_router(field: Field) -> str:
    async with field.region() as world:
        await world.th.issue(world.certificate())
        await world.th.dispatching.dispatch_due()
        await world.drained()
        (message,) = [
            each
            for each in await world.router_store.list_messages()
            if each.message_type == "CertificateIssue"
        ]
        changed = message.octets.replace(b"</Content>", b"A</Content>")
        _write(
            world,
            "router",
            "UPDATE messages SET octets = ? WHERE message_id = ?",
            changed,
            message.message_id,
        )
        await world.carry()
        (only,) = await world.vn.buried()
        return only


@BOOK.tell(
    "Somebody changes a document in the receiver's database after it was verified, before customs "
    "gets it.",
    by=Side.INSIDER,
    gain="Customs clears goods that no authority certified, and the sender has a receipt for them.",
    meets="signature.content_digest",
    noticed_by="the receiving gateway: it judges the seal again before it hands a document over",
)
async def a_document_that_is_changed_before_its_delivery(field: Field) -> str:
    async with field.region() as world:
        sent = await world.seal(world.certificate())
        await world.hand_to("VN", sent.outbound.message.octets)
        document_id = sent.document.document_id
        changed = sent.document.octets.replace(b"EXAMPLE", b"EXAMPLF")
        assert changed != sent.document.octets
        _write(
            world,
            "VN",
            "UPDATE documents SET octets = ? WHERE document_id = ?",
            changed,
            document_id,
        )
        await world.carry()
        if list((world.vn.drop / "out").iterdir()):
            return ACCEPTED
        assert Fact.AS3 not in await world.vn.facts(document_id)
        return _parked(world, document_id)


def _parked(world: World, document_id: str) -> str:
    with closing(sqlite3.connect(world.folder / "store-VN.db")) as connection:
        query = "SELECT code FROM deliveries WHERE document_id = ? AND state = 'parked'"
        (code,) = connection.execute(query, (document_id,)).fetchone()
    return str(code)


@BOOK.tell(
    "The router's operator deletes its memory of a message, so that it passes the same one on "
    "again.",
    by=Side.INSIDER,
    gain="Two certificates out of one.",
    meets="REPEAT",
    noticed_by=_GATEWAY,
)
async def a_router_that_is_made_to_forget(field: Field) -> str:
    async with field.region() as world:
        await world.th.issue(world.certificate())
        await world.carry()
        (message,) = await world.th.sent("CertificateIssue")
        for statement in (
            "DELETE FROM outbox WHERE message_id = ?",
            "DELETE FROM inbox WHERE message_id = ?",
            "DELETE FROM messages WHERE message_id = ?",
        ):
            _write(world, "router", statement, message.message_id)
        await world.hand_in("TH", message.octets)
        await world.carry()
        logged = await world.router_store.find_message(message.message_id)
        assert logged is not None
        handed = len(list((world.vn.drop / "out").glob("*.CertificateIssue*.xml")))
        taken = (len(await world.vn.received("CertificateIssue")), handed)
        return "REPEAT" if taken == (1, 1) else f"taken {taken} times"


@BOOK.tell(
    "A gateway's operator writes a connection into its own table that the region does not have.",
    by=Side.INSIDER,
    gain="Documents where nobody agreed to receive any.",
    meets="connection.none",
    noticed_by="the region's router",
)
async def a_connection_that_a_member_invents(field: Field) -> str:
    async with field.region(pairs=[("TH", "VN")]) as world:
        table = world.folder / "connections.toml"
        write_connections(table, [("TH", "VN"), ("VN", "TH")])
        await world.vn.issue(world.certificate("VN", "TH"))
        write_connections(table, [("TH", "VN")])
        await world.carry()
        (only,) = await world.router_store.list_buried()
        return only.code


@BOOK.tell(
    "An operator puts the bundle of last month back, while the gateway runs.",
    by=Side.INSIDER,
    gain="A certificate that was taken off counts again.",
    meets="trust.unusable",
    noticed_by="the gateway: it judges nothing until the bundle is mended, and refuses nothing",
)
async def an_older_bundle(field: Field) -> str:
    async with field.region() as world:
        await world.trust.fetch()
        before = world.keys.bundle.with_suffix(".before")
        shutil.copy(world.keys.bundle, before)
        later = world.clock.now() + timedelta(days=2)
        reissue_list(world.keys, "TH", number=5, expires_at=later)
        await world.trust.fetch()
        before.replace(world.keys.bundle)
        try:
            await world.trust.fetch()
        except UndeterminedError as error:
            return error.code
        return ACCEPTED


@BOOK.tell(
    "An operator adds a root of his own to a state's pinned roots, and leaves the lists alone.",
    by=Side.INSIDER,
    gain="Everything, if roots alone made trust: the list would have to name the new certificates.",
    meets="certificate.unlisted",
    noticed_by=_GATEWAY,
)
async def a_root_that_an_operator_pins(field: Field) -> str:
    async with field.region() as world:
        own = make_development_keys(
            world.folder / "own",
            ["TH"],
            (await world.trust.fetch()).environment,
            world.clock.now(),
        )
        bundle = json.loads(world.keys.bundle.read_bytes())
        bundle["roots"]["TH"].append(own.roots["TH"].read_text())
        part = world.keys.bundle.with_suffix(".part")
        part.write_text(json.dumps(bundle))
        part.replace(world.keys.bundle)
        forged = SoftKeySigner.load(
            own.key("TH", Purpose.TRANSPORT), own.certificate("TH", Purpose.TRANSPORT)
        )
        sealer = world.sealer("TH")
        sealer._signers = {**sealer._signers, Purpose.TRANSPORT: forged}  # noqa: SLF001 - a thief
        sent = await world.seal(world.certificate(), sealer=sealer)
        await world.hand_to("VN", sent.outbound.message.octets)
        (only,) = await world.vn.buried()
        return only


@BOOK.tell(
    "An operator exchanges a certificate file for another one, so that a key signs under another's "
    "certificate.",
    by=Side.INSIDER,
    gain="Messages that nobody can verify, or that are taken for somebody else's.",
    meets="signer.unavailable",
    noticed_by="the gateway, when it starts",
)
async def a_certificate_beside_the_wrong_key(field: Field) -> str:
    async with field.region() as world:
        try:
            SoftKeySigner.load(
                world.keys.key("TH", Purpose.TRANSPORT),
                world.keys.certificate("TH", Purpose.RECEIPT_SEAL),
            )
        except SwbError as error:
            return error.code
        return ACCEPTED


@BOOK.tell(
    "Somebody changes the gateway's memory of a payload, so that the same payload becomes a second "
    "certificate.",
    by=Side.INSIDER,
    gain="Two certificates of one number, both truly sealed.",
    meets="submission.certificate_exists",
    noticed_by="the gateway that issues",
)
async def a_payload_that_is_issued_again(field: Field) -> str:
    async with field.region() as world:
        certificate = world.certificate()
        await world.th.issue(certificate)
        _write(world, "TH", "UPDATE submissions SET payload_digest = ?", "sha-256:" + "0" * 64)
        try:
            await world.th.issue(certificate)
        except RefusedError as refusal:
            return refusal.code
        return ACCEPTED
