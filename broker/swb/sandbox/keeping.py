"""Keeps what a demonstration left: every message, sealed document and national payload by name.

A name begins with the certificate's key, so that a sorted list shows each document's whole road::

    messages/TH_SIM-BKK_TH-VN%2026_07_00001.03-TransportAck.VN-TH.xml

A receipt for several messages stands on the road of each of them.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from swb.app import open_store
from swb.config import load_config
from swb_schemas.catalogue import is_receipt
from swb_schemas.evidence.receipts import list_judged
from swb_schemas.parties import parse_party_id
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from swb.ports import DocumentRecord, MessageRecord
    from swb.sandbox.region import Region

__all__ = ["keep_region"]

_WITHOUT_CERTIFICATE = "no-certificate"


async def keep_region(region: Region, directory: Path) -> None:
    """Copy a stopped region's papers into a folder.

    Args:
        region: Not running any more.
        directory: ``messages``, ``sealed``, ``national``, ``trust`` and ``region`` are made in it.
    """
    documents: dict[str, DocumentRecord] = {}
    messages: dict[str, MessageRecord] = {}
    for file in (*region.gateways.values(), region.router):
        async with open_store(load_config(file)) as store:
            after = ""
            while page := await store.list_documents(after=after):
                documents.update((each.document_id, each) for each in page)
                after = page[-1].document_id
            after = ""
            while found := await store.list_messages(after=after):
                messages.update((each.message_id, each) for each in found)
                after = found[-1].message_id
    stems = {
        each.conversation_id: _file_name(each.certificate_key)
        for each in documents.values()
        if each.certificate_key
    }
    roads: dict[str, int] = {}
    for folder in ("messages", "sealed", "national"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    names: dict[str, str] = {}
    for message in sorted(messages.values(), key=lambda each: each.message_id):
        document = documents.get(message.document_id)
        about = [] if document is None else _list_about(document, messages, documents)
        ends = f"{parse_party_id(message.sender).state}-{parse_party_id(message.receiver).state}"
        for stem in sorted({stems.get(each, _WITHOUT_CERTIFICATE) for each in about or [""]}):
            roads[stem] = roads.get(stem, 0) + 1
            name = f"{stem}.{roads[stem]:02d}-{message.message_type}"
            (directory / "messages" / f"{name}.{ends}.xml").write_bytes(message.octets)
            if document is not None:
                names[document.document_id] = name
                (directory / "sealed" / f"{name}.xml").write_bytes(document.octets)
    for state in region.states:
        _keep_national(region.drop_folder(state), state, names, directory / "national")
    _keep_trust(region, directory / "trust")
    _keep_region(region, directory / "region")


def _list_about(
    document: DocumentRecord,
    messages: Mapping[str, MessageRecord],
    documents: Mapping[str, DocumentRecord],
) -> Sequence[str]:
    """List the conversations that a document is about: its own, or those of what it receipts."""
    if not is_receipt(document.message_type):
        return [document.conversation_id]
    _, receipt = read_kept(document.octets)
    judged = [each.message_id for each in list_judged(receipt)]
    carried = [messages[each].document_id for each in judged if each in messages]
    return [documents[each].conversation_id for each in carried if each in documents]


def _file_name(certificate_key: str) -> str:
    return certificate_key.replace(":", "_").replace("%2F", "_").replace("%20", "-")


def _keep_national(drop: Path, state: str, names: dict[str, str], target: Path) -> None:
    for note in sorted((drop / "in" / "accepted").glob("*.json")):
        payload = note.with_suffix("")
        if not payload.exists():
            continue  # a payload in JSON, and no note
        name = names.get(json.loads(note.read_text(encoding="utf-8"))["document_id"])
        if name:
            shutil.copyfile(payload, target / f"{name}.from-{state}{payload.suffix}")
    for payload in sorted((drop / "taken").iterdir()):
        name = names.get(payload.name.partition(".")[0])
        if name and not payload.name.endswith(".advice.json"):
            shutil.copyfile(payload, target / f"{name}.to-{state}{payload.suffix}")


def _keep_trust(region: Region, target: Path) -> None:
    """Roots and bundle only: no private key leaves the demonstration's folder."""
    (target / "roots").mkdir(parents=True, exist_ok=True)
    for root in (region.folder / "trust" / "roots").glob("*.pem"):
        shutil.copyfile(root, target / "roots" / root.name)
    shutil.copyfile(region.bundle, target / region.bundle.name)


def _keep_region(region: Region, target: Path) -> None:
    """What ``swb status`` and ``swb ledger`` ask; again no private key."""
    (target / "store").mkdir(parents=True, exist_ok=True)
    (target / "trust").mkdir(exist_ok=True)
    for file in region.folder.glob("*.toml"):
        shutil.copyfile(file, target / file.name)
    for folder in ("store", "evidence", region.log.name):
        if (region.folder / folder).is_dir():
            shutil.copytree(region.folder / folder, target / folder, dirs_exist_ok=True)
    shutil.copyfile(region.bundle, target / "trust" / region.bundle.name)
