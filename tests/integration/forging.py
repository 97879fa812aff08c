"""Containers as somebody makes them who has true keys, and true time-stamps, and lies."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from swb.core.receipts import acknowledge, judge_message
from swb.services.sealing import route_to_gateway
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.elements import Environment
from swb_schemas.evidence import (
    ArchiveTimeStamp,
    build_hash_tree,
    encode_evidence_record,
    encode_time_stamp_query,
    read_time_stamp_answer,
)
from swb_schemas.evidence.contents import Item, OtherFile
from swb_schemas.evidence.manifest import Manifest, write_manifest
from swb_schemas.parties import GATEWAY, PartyId, parse_party_id
from tests.integration.evidencing import change_container
from tests.integration.test_evidence import codes, contents_of, find, judge

if TYPE_CHECKING:
    from typing import Any

    from swb.services.sealing import Sent
    from swb_schemas.evidence import Contents
    from tests.integration.evidencing import Desk
    from tests.integration.world import World

__all__ = ["add_acknowledgements", "add_sealed", "code_of", "relist"]


def code_of(world: World, raw: bytes, file: str) -> str:
    """What an auditor says of one file."""
    return codes(judge(world, raw)).get(file, "ACCEPTED")


def relist(raw: bytes, file: str, **changes: Any) -> bytes:  # noqa: ANN401 - any member
    """Say something else of a file in the list of contents."""

    def changed(contents: Contents) -> Contents:
        items = tuple(
            each.model_copy(update=changes) if each.file == file else each
            for each in contents.items
        )
        return contents.model_copy(update={"items": items})

    return change_container(raw, contents=changed)


async def add_sealed(raw: bytes, desk: Desk, sent: Sent, *, instead: str = "") -> tuple[bytes, str]:
    """Put a sealed document into a container, with a time-stamp and all that belongs to it.

    Args:
        raw: The container.
        desk: Where time-stamps are got.
        sent: The document.
        instead: File that it takes the place of; with it go its record and its manifest.

    Returns:
        The container, and the document's file in it.
    """
    document = sent.document
    digest = sha256(document.octets).digest()
    tree = build_hash_tree([[digest]])
    query = encode_time_stamp_query(tree.root, nonce=1)
    token = read_time_stamp_answer(await desk.offices[0].ask(query))
    link = ArchiveTimeStamp(reduced=tree.reduce([digest]), token=token)
    number = 90_000 + len(contents_of(raw).items)
    old = next((each for each in contents_of(raw).items if each.file == instead), None)
    if old is not None and old.record is not None:
        number = int(old.record[-9:-4])
    file = f"documents/{document.document_id}.xml"
    record = f"META-INF/evidencerecord{number:05}.ers"
    manifest = f"META-INF/ASiCEvidenceRecordManifest{number:05}.xml"
    files = {
        file: document.octets,
        record: encode_evidence_record([link]),
        manifest: write_manifest(Manifest(record=record, file=file, digest=digest)),
    }
    item = Item(
        kind="document",
        id=document.document_id,
        type=document.message_type,
        digest=document.digest,
        octets=f"sha-256:{digest.hex()}",
        signer=document.issuing_party,
        receiver=document.receiving_party,
        recorded_at=document.recorded_at,
        file=file,
        record=record,
    )
    others = tuple(
        OtherFile(file=name, sha256=f"sha-256:{sha256(files[name]).hexdigest()}", what="added")
        for name in (record, manifest)
    )

    def listed(contents: Contents) -> Contents:
        return contents.model_copy(
            update={
                "items": (*(each for each in contents.items if each.file != instead), item),
                "others": (*(each for each in contents.others if each.file not in files), *others),
            }
        )

    without = [instead] if instead else []
    return change_container(raw, contents=listed, files=files, without=without), file


async def add_acknowledgements(raw: bytes, desk: Desk, *, by: str) -> tuple[bytes, str]:
    """Have a state acknowledge the certificate at both hops; gives the last one's file."""
    world = desk.world
    message = find(raw, "message", "CertificateIssue")
    document = find(raw, "document", "CertificateIssue")
    file = ""
    for hop in Hop:
        receipt = acknowledge(
            judge_message(
                hop=hop,
                message_id=message.id,
                message_digest=message.digest,
                document=(document.id, document.digest),
                at=world.clock.now(),
            )
        )
        route = route_to_gateway(
            PartyId(by, GATEWAY),
            parse_party_id(message.signer),
            environment=Environment.TEST,
            conversation_id=contents_of(raw).conversation,
            correlation=message.id,
        )
        sent = await world.sealer(by).seal(receipt, route)
        raw, file = await add_sealed(raw, desk, sent)
    return raw, file
