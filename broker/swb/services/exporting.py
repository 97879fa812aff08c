"""Exporting: one container with all that proves what became of one document.

Everything in it comes out of the stores as it was kept; nothing is written anew but the list of
contents, the manifests and a page for people.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from hashlib import sha256
from ssl import DER_cert_to_PEM_cert
from typing import TYPE_CHECKING, Final

import structlog

from swb.ports import LeafKind
from swb.services.export_page import write_page
from swb.services.trails import get_trail
from swb_schemas.catalogue import is_receipt
from swb_schemas.errors import SwbError
from swb_schemas.evidence import (
    ArchiveTimeStamp,
    Contents,
    Fact,
    Item,
    Manifest,
    OtherFile,
    build_hash_tree,
    encode_contents,
    encode_evidence_record,
    parse_erasure_record,
    write_archive,
    write_manifest,
)
from swb_schemas.evidence.contents import CONTENTS_NAME
from swb_schemas.wire.digest import digest_text_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping

    from swb.ports import (
        Clock,
        DocumentRecord,
        EvidenceStore,
        MessageRecord,
        MessageStore,
        RevocationAnswers,
        StampedLeaf,
        Trail,
        TrustSource,
    )
    from swb_schemas.evidence import ErasedFile
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["ExportService", "Exported"]

_log = structlog.get_logger("swb.exporting")

_CERTIFICATE: Final = re.compile(rb"<ds:X509Certificate>([A-Za-z0-9+/=]+)</ds:X509Certificate>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A container, and what people are told of it.

    Attributes:
        octets: The container.
        contents: What it holds.
        unstamped: How many files have no time-stamp yet.
    """

    octets: bytes
    contents: Contents
    unstamped: int


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A container in the making."""

    files: dict[str, bytes] = field(default_factory=dict)
    what: dict[str, str] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    records: int = 0
    unstamped: int = 0
    made_at: set[bytes] = field(default_factory=set)

    def add(self, name: str, octets: bytes, what: str) -> None:
        """Add a file that is no item."""
        self.files[name] = octets
        self.what[name] = what


class ExportService:
    """Makes containers out of one gateway's stores.

    Args:
        state: Whose gateway.
        store: Messages, documents, events.
        evidence: Time-stamps.
        trust: For the certificates of issuers.
        read_bundle: The trust bundle as it stands now.
        clock: Dates the container.
        revocation: Answers that certificates were judged by, where there are any.
        find_log_proofs: The log's proofs of messages, by id, where there are any; a log that
            cannot be asked leaves the container without.
    """

    def __init__(
        self,
        *,
        state: str,
        store: MessageStore,
        evidence: EvidenceStore,
        trust: TrustSource,
        read_bundle: Callable[[], Awaitable[bytes]],
        clock: Clock,
        revocation: RevocationAnswers | None = None,
        find_log_proofs: Callable[[Collection[str]], Awaitable[Mapping[str, bytes]]] | None = None,
    ) -> None:
        self._state = state
        self._store = store
        self._evidence = evidence
        self._trust = trust
        self._read_bundle = read_bundle
        self._clock = clock
        self._revocation = revocation
        self._find_log_proofs = find_log_proofs

    async def export(self, reference: str) -> Exported:
        """Make the container of a document.

        Args:
            reference: A certificate's key, a document id or a message id.

        Raises:
            RefusedError: ``reference.unknown``.
            UnavailableError: A store is down.
        """
        trail = await get_trail(self._store, reference)
        draft = _Draft()
        conversation = trail.document.conversation_id
        left = await self._add_erasures(draft, conversation)
        documents = [
            each
            for each in (trail.document, *trail.answers)
            # A receipt may be about messages of several conversations; a trail holds its own.
            if each.conversation_id == conversation or is_receipt(each.message_type)
        ]
        known = {each.document_id for each in documents}
        for document in documents:
            await self._add_document(draft, document, left)
        for each in trail.messages:
            if each.document_id in known:
                await self._add_message(draft, each, left)
        await self._add_log_proofs(draft)
        await self._add_trust(draft)
        await self._add_certificates(draft, await self._trust.fetch())
        contents = self._list_contents(draft, trail, reference)
        draft.files[CONTENTS_NAME] = encode_contents(contents)
        return Exported(
            octets=write_archive(draft.files), contents=contents, unstamped=draft.unstamped
        )

    async def _add_erasures(
        self, draft: _Draft, conversation: str
    ) -> dict[tuple[str, str], ErasedFile]:
        left: dict[tuple[str, str], ErasedFile] = {}
        for erasure in await self._store.find_erasures(conversation):
            name = f"erasures/{erasure.erasure_id}.json"
            draft.add(name, erasure.octets, "who erased what, when and why")
            await self._add_record(draft, name, LeafKind.ERASURE, erasure.erasure_id)
            record = parse_erasure_record(erasure.octets)
            left.update(((each.kind, each.id), each) for each in record.files)
        return left

    async def _add_document(
        self,
        draft: _Draft,
        document: DocumentRecord,
        left: dict[tuple[str, str], ErasedFile],
    ) -> None:
        erased = left.get(("document", document.document_id)) if not document.octets else None
        name, octets, digest = _place("documents", document.document_id, document.octets, erased)
        if not octets:
            return
        draft.files[name] = octets
        record = await self._add_record(draft, name, LeafKind.DOCUMENT, document.document_id)
        draft.items.append(
            Item(
                kind="document",
                id=document.document_id,
                type=document.message_type,
                digest=document.digest,
                octets=digest,
                signer=document.issuing_party,
                receiver=document.receiving_party,
                recorded_at=document.recorded_at,
                file=name,
                record=record,
                erased=erased is not None,
            )
        )

    async def _add_message(
        self, draft: _Draft, message: MessageRecord, left: dict[tuple[str, str], ErasedFile]
    ) -> None:
        erased = left.get(("message", message.message_id)) if not message.octets else None
        name, octets, digest = _place("messages", message.message_id, message.octets, erased)
        if not octets:
            return
        draft.files[name] = octets
        record = await self._add_record(draft, name, LeafKind.MESSAGE, message.message_id)
        draft.items.append(
            Item(
                kind="message",
                id=message.message_id,
                type=message.message_type,
                document=message.document_id,
                digest=message.digest,
                octets=digest,
                signer=message.sender,
                receiver=message.receiver,
                recorded_at=message.recorded_at,
                file=name,
                record=record,
                erased=erased is not None,
            )
        )

    async def _add_log_proofs(self, draft: _Draft) -> None:
        if self._find_log_proofs is None:
            return
        messages = {item.id for item in draft.items if item.kind == "message"}
        try:
            proofs = await self._find_log_proofs(messages)
        except SwbError as error:
            _log.warning("no_log_proofs", code=error.code)
            return
        for message_id, proof in proofs.items():
            told = f"the region's log has message {message_id}"
            draft.add(f"log/{message_id}.tlog-proof", proof, told)

    async def _add_record(
        self, draft: _Draft, file: str, kind: LeafKind, subject_id: str
    ) -> str | None:
        """Add the evidence record of a file, its manifest, and its time-stamp for tools."""
        stamped = await self._evidence.find_stamped(kind, subject_id)
        if stamped is None or stamped.batch is None:
            draft.unstamped += 1
            return None
        draft.records += 1
        record = f"META-INF/evidencerecord{draft.records:05}.ers"
        draft.add(record, _encode_record(stamped), f"evidence record (RFC 4998) of {file}")
        digest = sha256(draft.files[file]).digest()
        manifest = write_manifest(Manifest(record=record, file=file, digest=digest))
        name = f"META-INF/ASiCEvidenceRecordManifest{draft.records:05}.xml"
        draft.add(name, manifest, f"says that {record} is about {file}")
        root = stamped.batch.root.hex()
        draft.add(
            f"time-stamps/{root}.tst",
            stamped.batch.token,
            f"time-stamp (RFC 3161) of the digest in its name, by {stamped.batch.authority}",
        )
        return record

    async def _add_trust(self, draft: _Draft) -> None:
        """Add the bundle of now, and each that was in force when something was stamped."""
        for kept in await self._evidence.list_trust():
            told = "trust lists that were in force here; its roots prove nothing"
            draft.add(f"trust/{kept.digest.hex()[:32]}.json", kept.octets, told)
        octets = await self._read_bundle()
        told = "trust lists that were in force at the export; its roots prove nothing"
        draft.add(f"trust/{sha256(octets).hexdigest()[:32]}.json", octets, told)

    async def _add_certificates(self, draft: _Draft, bundle: TrustBundle) -> None:
        """Add every certificate that signed something here, with what leads to its root."""
        signers = {
            sha256(der).hexdigest(): der
            for octets in list(draft.files.values())
            for der in map(base64.b64decode, _CERTIFICATE.findall(octets))
        }
        listed = {
            each.certificate.thumbprint.removeprefix("sha-256:"): each
            for one in bundle.lists.values()
            for entries in one.parties.values()
            for each in entries
        }
        stamping = {name for name, each in listed.items() if each.purpose == "time-stamp"}
        for name in sorted({*signers, *stamping}):
            entry = listed.get(name)
            der = signers.get(name) or (entry.certificate.der if entry else b"")
            whose = entry.party if entry else "nobody who is listed now"
            draft.add(
                f"certificates/{name}.pem",
                DER_cert_to_PEM_cert(der).encode(),
                f"certificate of {whose}",
            )
            for each in entry.path if entry else ():
                issuer = each.thumbprint.removeprefix("sha-256:")
                told = f"issuer: {each.subject}"
                draft.add(
                    f"certificates/{issuer}.pem", DER_cert_to_PEM_cert(each.der).encode(), told
                )
            await self._add_answers(draft, f"sha-256:{name}")

    async def _add_answers(self, draft: _Draft, thumbprint: str) -> None:
        if self._revocation is None:
            return
        stem = f"revocation/{thumbprint.removeprefix('sha-256:')}"
        for number, answer in enumerate(await self._revocation.answers_for(thumbprint), start=1):
            told = f"what the issuer answered of certificate {thumbprint}"
            draft.add(f"{stem}-{number}.{answer.kind}", answer.octets, told)

    def _list_contents(self, draft: _Draft, trail: Trail, reference: str) -> Contents:
        document = trail.document
        draft.add("README.txt", write_page(trail, draft.items, draft.unstamped), "this, for people")
        taken = {each.file for each in draft.items}
        return Contents(
            reference=reference,
            document=document.document_id,
            conversation=document.conversation_id,
            certificate_key=document.certificate_key or None,
            environment=document.environment,
            exported_by=self._state,
            exported_at=self._clock.now(),
            items=tuple(draft.items),
            facts=tuple(
                Fact(
                    at=each.at,
                    name=each.name,
                    message=each.message_id or None,
                    code=each.code or None,
                    revision=each.revision,
                )
                for each in trail.events
            ),
            others=tuple(
                OtherFile(file=name, sha256=digest_text_of(octets), what=draft.what[name])
                for name, octets in sorted(draft.files.items())
                if name not in taken
            ),
        )


def _place(
    folder: str, subject_id: str, octets: bytes, erased: ErasedFile | None
) -> tuple[str, bytes, str]:
    """Where a file goes, what is put there, and the digest of the whole."""
    if erased is None:
        return f"{folder}/{subject_id}.xml", octets, digest_text_of(octets)
    left = base64.b64decode(erased.signature)
    return f"{folder}/{subject_id}.signature.xml", left, erased.octets


def _encode_record(stamped: StampedLeaf) -> bytes:
    assert stamped.batch is not None  # noqa: S101 - the caller has looked
    tree = build_hash_tree([leaf.group for leaf in stamped.others])
    reduced = tree.reduce(stamped.leaf.group)
    return encode_evidence_record([ArchiveTimeStamp(reduced=reduced, token=stamped.batch.token)])
