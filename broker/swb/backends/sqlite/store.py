"""The embedded message store: one SQLite file.

This module is the port's face; what each operation does is in `store_writes` and `store_reads`,
how it reaches the file in `database`. The file may be open in several processes at once (the
daemon, ``swb submit``, ``swb status``).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite import store_alike as alike
from swb.backends.sqlite import store_claims as claims
from swb.backends.sqlite import store_erasing as erasing
from swb.backends.sqlite import store_parked as parked
from swb.backends.sqlite import store_pruning as pruning
from swb.backends.sqlite import store_reads as reads
from swb.backends.sqlite import store_remarks
from swb.backends.sqlite import store_writes as writes
from swb.backends.sqlite.database import Database
from swb.backends.sqlite.migrations import load_schema
from swb.ports.store import CLAIM_OCTETS
from swb_schemas.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

    from swb.core.duplicates import Disposition
    from swb.core.migrating import Found, Schema
    from swb.ports import (
        Acceptance,
        Alike,
        Backlog,
        BuriedMessage,
        Completion,
        Counts,
        DocumentRecord,
        Erasure,
        Event,
        Exchanged,
        FingerprintKeyUse,
        HeldMessage,
        MessageRecord,
        NationalDelivery,
        OutboundMessage,
        Parked,
        ParkedFilter,
        ParkedKind,
        Prunable,
        Pruned,
        Recorded,
        RecordedOctets,
        Remark,
        SentMessage,
        Share,
        Standing,
        Submission,
        SubmissionRecord,
        Surveyed,
        Traffic,
        Trail,
        WaitingDelivery,
    )

__all__ = ["SqliteMessageStore"]

_CERTIFICATE_TYPES: Final = tuple(name for name, entry in CATALOGUE.items() if entry.leads)


class SqliteMessageStore:
    """`swb.ports.MessageStore` in one SQLite file."""

    def __init__(
        self,
        *,
        path: Path,
        certificate_types: Sequence[str] = _CERTIFICATE_TYPES,
        migrates: bool = True,
        claim_octets: int = CLAIM_OCTETS,
    ) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: The file, made when missing. Its folder must exist, on a local disk.
            certificate_types: The message types that are certificates, as opposed to those that
                only speak about one; from the catalogue.
            migrates: Whether opening makes and migrates what is missing; else that is an error.
            claim_octets: What is claimed at a time of one line, or for the national system, has no
                more octets, if it is more than one.
        """
        self.schema: Schema = load_schema("store", error_code="store.schema")
        self.claim_octets = claim_octets
        self._certificate_types = tuple(certificate_types)
        self._database = Database(
            path=path,
            schema=self.schema,
            error_code="store.unavailable",
            overwrites=True,
            migrates=migrates,
        )

    async def open(self) -> None:
        """See `MessageStore.open`."""
        await self._database.open(create=True)

    async def close(self) -> None:
        """See `MessageStore.close`."""
        await self._database.close()

    async def find_schema(self) -> Found | None:
        """See `Migratable.find_schema`."""
        return await self._database.find_schema()

    async def migrate(self) -> None:
        """See `Migratable.migrate`."""
        await self._database.open(create=True)
        await self._database.close()

    async def ping(self) -> None:
        """See `MessageStore.ping`."""
        await self._database.write(writes.beat)
        await self._database.read(reads.read_pulse)

    # submitting

    async def find_submission(self, payload_digest: str) -> SubmissionRecord | None:
        """See `MessageStore.find_submission`."""
        return await self._database.look_up(
            partial(reads.find_submission, payload_digest=payload_digest)
        )

    async def commit_submission(self, submission: Submission) -> SubmissionRecord | None:
        """See `MessageStore.commit_submission`."""
        return await self._database.write(
            partial(
                writes.commit_submission,
                submission=submission,
                certificate_types=self._certificate_types,
            )
        )

    # dispatching

    async def claim_outbound(
        self, now: datetime, *, shares: Mapping[str, Share], lease_for: timedelta
    ) -> Sequence[OutboundMessage]:
        """See `MessageStore.claim_outbound`."""
        if not await self._database.look_up(
            partial(claims.is_outbound_due, now=now, shares=shares)
        ):
            return []
        return await self._database.write(
            partial(
                claims.claim_outbound,
                now=now,
                shares=shares,
                lease_for=lease_for,
                octets=self.claim_octets,
            )
        )

    async def mark_published(self, message_ids: Sequence[str], at: datetime) -> None:
        """See `MessageStore.mark_published`."""
        await self._database.write(partial(writes.mark_published, message_ids=message_ids, at=at))

    async def retry_outbound(
        self, message_id: str, *, code: str, due_at: datetime, counts: bool = True
    ) -> None:
        """See `MessageStore.retry_outbound`."""
        await self._database.write(
            partial(
                writes.retry_outbound,
                message_id=message_id,
                code=code,
                due_at=due_at,
                counts=counts,
            )
        )

    async def release_outbound(self, message_ids: Sequence[str], *, code: str) -> None:
        """See `MessageStore.release_outbound`."""
        await self._database.write(
            partial(writes.release_outbound, message_ids=message_ids, code=code)
        )

    async def hasten_outbound(
        self, line: str, now: datetime, *, codes: Sequence[str], limit: int
    ) -> int:
        """See `MessageStore.hasten_outbound`."""
        return await self._database.write(
            partial(writes.hasten_outbound, line=line, now=now, codes=codes, limit=limit)
        )

    async def park_outbound(self, message_id: str, *, code: str, at: datetime) -> None:
        """See `MessageStore.park_outbound`."""
        await self._database.write(
            partial(writes.park_outbound, message_id=message_id, code=code, at=at)
        )

    # what was claimed

    async def extend_leases(
        self, kind: ParkedKind, item_ids: Sequence[str], now: datetime, *, lease_for: timedelta
    ) -> None:
        """See `MessageStore.extend_leases`."""
        await self._database.write(
            partial(
                claims.extend_leases, kind=kind, item_ids=item_ids, now=now, lease_for=lease_for
            )
        )

    # receiving

    async def accept(self, acceptance: Acceptance) -> Disposition:
        """See `MessageStore.accept`."""
        return await self._database.write(partial(writes.accept, acceptance=acceptance))

    async def accept_together(
        self,
        acceptances: Sequence[Acceptance],
        *,
        documents: Sequence[DocumentRecord],
        outbound: Sequence[OutboundMessage],
    ) -> bool:
        """See `MessageStore.accept_together`."""
        try:
            await self._database.write(
                partial(
                    writes.accept_together,
                    acceptances=acceptances,
                    documents=documents,
                    outbound=outbound,
                )
            )
        except writes.NotNewError:
            return False
        return True

    async def answer(
        self,
        because_of: str,
        *,
        documents: Sequence[DocumentRecord],
        outbound: Sequence[OutboundMessage],
    ) -> None:
        """See `MessageStore.answer`."""
        await self._database.write(
            partial(writes.answer, because_of=because_of, documents=documents, outbound=outbound)
        )

    async def hold(self, held: HeldMessage, *, due_at: datetime) -> int:
        """See `MessageStore.hold`."""
        return await self._database.write(partial(writes.hold, held=held, due_at=due_at))

    async def claim_held(
        self, now: datetime, *, limit: int, lease_for: timedelta
    ) -> Sequence[HeldMessage]:
        """See `MessageStore.claim_held`."""
        if not await self._database.look_up(partial(claims.is_held_due, now=now)):
            return []
        return await self._database.write(
            partial(claims.claim_held, now=now, limit=limit, lease_for=lease_for)
        )

    async def release_held(self, octets_digest: str) -> None:
        """See `MessageStore.release_held`."""
        await self._database.write(partial(writes.release_held, octets_digest=octets_digest))

    async def bury(self, buried: BuriedMessage) -> None:
        """See `MessageStore.bury`."""
        await self._database.write(partial(writes.bury, buried=buried))

    # handing over to the national system

    async def claim_deliveries(
        self, now: datetime, *, share: Share, lease_for: timedelta
    ) -> Sequence[NationalDelivery]:
        """See `MessageStore.claim_deliveries`."""
        if not await self._database.look_up(partial(claims.is_delivery_due, now=now, share=share)):
            return []
        return await self._database.write(
            partial(
                claims.claim_deliveries,
                now=now,
                share=share,
                lease_for=lease_for,
                octets=self.claim_octets,
            )
        )

    async def complete_delivery(
        self,
        document_id: str,
        *,
        at: datetime,
        events: Sequence[Event],
        documents: Sequence[DocumentRecord],
        outbound: Sequence[OutboundMessage],
        remarks: Sequence[Remark] = (),
    ) -> None:
        """See `MessageStore.complete_delivery`."""
        await self._database.write(
            partial(
                writes.complete_delivery,
                document_id=document_id,
                at=at,
                events=events,
                documents=documents,
                outbound=outbound,
                remarks=remarks,
            )
        )

    async def complete_together(
        self,
        completions: Sequence[Completion],
        *,
        documents: Sequence[DocumentRecord],
        outbound: Sequence[OutboundMessage],
    ) -> None:
        """See `MessageStore.complete_together`."""
        await self._database.write(
            partial(
                writes.complete_together,
                completions=completions,
                documents=documents,
                outbound=outbound,
            )
        )

    async def record_remarks(self, remarks: Sequence[Remark]) -> None:
        """See `MessageStore.record_remarks`."""
        await self._database.write(partial(store_remarks.record, remarks=remarks))

    async def record_events(self, events: Sequence[Event]) -> None:
        """See `MessageStore.record_events`."""
        await self._database.write(partial(writes.record_events, events=events))

    async def retry_delivery(
        self, document_id: str, *, code: str, due_at: datetime, counts: bool = True
    ) -> None:
        """See `MessageStore.retry_delivery`."""
        await self._database.write(
            partial(
                writes.retry_delivery,
                document_id=document_id,
                code=code,
                due_at=due_at,
                counts=counts,
            )
        )

    async def release_deliveries(self, document_ids: Sequence[str], *, code: str) -> None:
        """See `MessageStore.release_deliveries`."""
        await self._database.write(
            partial(writes.release_deliveries, document_ids=document_ids, code=code)
        )

    async def hasten_deliveries(self, now: datetime, *, codes: Sequence[str], limit: int) -> int:
        """See `MessageStore.hasten_deliveries`."""
        return await self._database.write(
            partial(writes.hasten_deliveries, now=now, codes=codes, limit=limit)
        )

    async def park_delivery(self, document_id: str, *, code: str, at: datetime) -> None:
        """See `MessageStore.park_delivery`."""
        await self._database.write(
            partial(writes.park_delivery, document_id=document_id, code=code, at=at)
        )

    # what waits for a person

    async def list_parked(self, wanted: ParkedFilter, *, limit: int = 500) -> Sequence[Parked]:
        """See `MessageStore.list_parked`."""
        return await self._database.read(partial(parked.list_parked, wanted=wanted, limit=limit))

    async def replay_parked(self, kind: ParkedKind, item_id: str, *, at: datetime) -> bool:
        """See `MessageStore.replay_parked`."""
        return await self._database.write(partial(parked.replay, kind=kind, item_id=item_id, at=at))

    async def discard_parked(
        self, kind: ParkedKind, item_id: str, *, at: datetime, events: Sequence[Event] = ()
    ) -> bool:
        """See `MessageStore.discard_parked`."""
        return await self._database.write(
            partial(parked.discard, kind=kind, item_id=item_id, at=at, events=events)
        )

    async def list_standings(self, document_id: str) -> Sequence[Standing]:
        """See `MessageStore.list_standings`."""
        return await self._database.read(partial(parked.list_standings, document_id=document_id))

    # erasing

    async def erase(self, erasure: Erasure) -> None:
        """See `MessageStore.erase`."""
        await self._database.write(partial(erasing.erase, erasure=erasure))
        await self._database.scrub()

    async def find_erasures(self, conversation_id: str) -> Sequence[Erasure]:
        """See `MessageStore.find_erasures`."""
        return await self._database.read(
            partial(reads.find_erasures, conversation_id=conversation_id)
        )

    async def list_erasures(self, *, after: int = 0, limit: int = 100) -> Sequence[Erasure]:
        """See `MessageStore.list_erasures`."""
        return await self._database.read(partial(reads.list_erasures, after=after, limit=limit))

    # pruning

    async def prune(
        self,
        what: Prunable,
        *,
        before: datetime,
        after: str = "",
        limit: int = 200,
        types: Sequence[str] = (),
        up_to: int | None = None,
    ) -> Pruned:
        """See `MessageStore.prune`."""
        return await self._database.write(
            partial(
                pruning.prune,
                what=what,
                before=before,
                after=after,
                limit=limit,
                types=types,
                up_to=up_to,
            )
        )

    # what is alike

    async def find_alike(
        self, values: Sequence[str], *, environment: str, other_than: str = "", limit: int = 16
    ) -> Sequence[Alike]:
        """See `MessageStore.find_alike`."""
        return await self._database.look_up(
            partial(
                alike.find_alike,
                values=values,
                environment=environment,
                other_than=other_than,
                limit=limit,
            )
        )

    async def list_fingerprint_keys(self) -> Sequence[FingerprintKeyUse]:
        """See `MessageStore.list_fingerprint_keys`."""
        return await self._database.read(alike.list_keys)

    async def forget_fingerprints(self, key_id: str) -> int:
        """See `MessageStore.forget_fingerprints`."""
        return await self._database.write(partial(alike.forget, key_id=key_id))

    # asking

    async def find_document(self, document_id: str) -> DocumentRecord | None:
        """See `MessageStore.find_document`."""
        return await self._database.look_up(partial(reads.find_document, document_id=document_id))

    async def find_message(self, message_id: str) -> MessageRecord | None:
        """See `MessageStore.find_message`."""
        return await self._database.look_up(partial(reads.find_message, message_id=message_id))

    async def list_sent(self, message_ids: Sequence[str]) -> Sequence[SentMessage]:
        """See `MessageStore.list_sent`."""
        return await self._database.look_up(partial(reads.list_sent, message_ids=message_ids))

    async def find_carrier(self, document_id: str) -> MessageRecord | None:
        """See `MessageStore.find_carrier`."""
        return await self._database.look_up(partial(reads.find_carrier, document_id=document_id))

    async def find_certificate(self, certificate_key: str) -> DocumentRecord | None:
        """See `MessageStore.find_certificate`."""
        return await self._database.look_up(
            partial(
                reads.find_certificate,
                certificate_key=certificate_key,
                certificate_types=self._certificate_types,
            )
        )

    async def list_certificates(
        self, certificate_key: str, *, limit: int = 16
    ) -> Sequence[DocumentRecord]:
        """See `MessageStore.list_certificates`."""
        return await self._database.look_up(
            partial(
                reads.list_certificates,
                certificate_key=certificate_key,
                certificate_types=self._certificate_types,
                limit=limit,
            )
        )

    async def search_certificates(
        self, state: str, numbers: Sequence[str], *, limit: int = 100
    ) -> Sequence[DocumentRecord]:
        """See `MessageStore.search_certificates`."""
        return await self._database.read(
            partial(
                reads.search_certificates,
                state=state,
                numbers=numbers,
                certificate_types=self._certificate_types,
                limit=limit,
            )
        )

    async def list_mentioning(
        self, mentioned: Sequence[str], *, limit: int = 1000
    ) -> Sequence[DocumentRecord]:
        """See `MessageStore.list_mentioning`."""
        return await self._database.read(
            partial(reads.list_mentioning, mentioned=mentioned, limit=limit)
        )

    async def list_certificate_keys(
        self, state: str, *, after: str = "", limit: int = 5000
    ) -> Sequence[str]:
        """See `MessageStore.list_certificate_keys`."""
        return await self._database.read(
            partial(
                reads.list_certificate_keys,
                state=state,
                after=after,
                certificate_types=self._certificate_types,
                limit=limit,
            )
        )

    async def list_unconcluded(
        self, *, asked_before: datetime, after: str = "", limit: int = 200
    ) -> Sequence[str]:
        """See `MessageStore.list_unconcluded`."""
        return await self._database.read(
            partial(reads.list_unconcluded, asked_before=asked_before, after=after, limit=limit)
        )

    async def find_trail(self, reference: str) -> Trail | None:
        """See `MessageStore.find_trail`."""
        return await self._database.read(
            partial(
                reads.find_trail,
                reference=reference,
                certificate_types=self._certificate_types,
            )
        )

    async def list_messages(self, *, after: str = "", limit: int = 500) -> Sequence[MessageRecord]:
        """See `MessageStore.list_messages`."""
        return await self._database.read(partial(reads.list_messages, after=after, limit=limit))

    async def list_recorded(self, *, after: int = 0, limit: int = 500) -> Sequence[Recorded]:
        """See `MessageStore.list_recorded`."""
        return await self._database.read(partial(reads.list_recorded, after=after, limit=limit))

    async def list_recorded_octets(
        self, *, after: int = 0, limit: int = 100
    ) -> Sequence[RecordedOctets]:
        """See `MessageStore.list_recorded_octets`."""
        return await self._database.read(
            partial(reads.list_recorded_octets, after=after, limit=limit)
        )

    async def list_documents(
        self, *, after: str = "", limit: int = 500
    ) -> Sequence[DocumentRecord]:
        """See `MessageStore.list_documents`."""
        return await self._database.read(partial(reads.list_documents, after=after, limit=limit))

    async def list_exchanged(
        self, message_types: Sequence[str], *, after: str, until: str, limit: int = 5000
    ) -> Sequence[Exchanged]:
        """See `MessageStore.list_exchanged`."""
        return await self._database.read(
            partial(
                reads.list_exchanged,
                message_types=message_types,
                after=after,
                until=until,
                limit=limit,
            )
        )

    async def list_events(self, document_id: str) -> Sequence[Event]:
        """See `MessageStore.list_events`."""
        return await self._database.look_up(partial(reads.list_events, document_id=document_id))

    async def find_buried(self, octets_digest: str) -> BuriedMessage | None:
        """See `MessageStore.find_buried`."""
        return await self._database.read(partial(reads.find_buried, octets_digest=octets_digest))

    async def list_buried(self, *, limit: int = 500) -> Sequence[BuriedMessage]:
        """See `MessageStore.list_buried`."""
        return await self._database.read(partial(reads.list_buried, limit=limit))

    async def list_traffic(self, since: datetime, until: datetime) -> Sequence[Traffic]:
        """See `MessageStore.list_traffic`."""
        return await self._database.read(partial(reads.list_traffic, since=since, until=until))

    async def list_backlogs(self) -> Sequence[Backlog]:
        """See `MessageStore.list_backlogs`."""
        return await self._database.read(reads.list_backlogs)

    async def list_deliveries(self, *, limit: int = 100) -> Sequence[WaitingDelivery]:
        """See `MessageStore.list_deliveries`."""
        return await self._database.read(partial(reads.list_deliveries, limit=limit))

    async def count(self) -> Counts:
        """See `MessageStore.count`."""
        return await self._database.read(reads.count)

    async def survey(self) -> Sequence[Surveyed]:
        """See `MessageStore.survey`."""
        return await self._database.read(reads.survey)
