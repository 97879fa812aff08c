"""Hand over: one verified document goes to the national system in its own format.

Advice travels with it (`swb.services.advising`). An element that the national format cannot carry
is a declared loss, kept as an event. Then the sender is told (AS3) in the same transaction that
records the delivery; what is handed over at about the same time is told by one message to each
sender. When that transaction fails the document is handed over again, under the same id.

A store can be written past this program, and customs acts on what it is handed. So a document that
comes out of the store is judged by its seal once more, and never handed over on the store's word.

When and how often that is tried is said in `swb.services.deliver`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.lifecycle import Fact
from swb.core.receipts import acknowledge, judge_message
from swb.ports import Completion, Event
from swb.services.fingerprinting import tell_alike
from swb.services.noting import note
from swb.services.receipting import Ready, Receipting, Receipts, Said
from swb.services.recent import RecentDeliveries
from swb.services.remarking import remark_advice
from swb_schemas.catalogue import get_type
from swb_schemas.documents.acknowledgements import AcknowledgedMessage, Hop
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import (
    Actor,
    RefusedError,
    SwbError,
    UnavailableError,
    UndeterminedError,
)
from swb_schemas.parties import GATEWAY, PartyId, parse_party_id
from swb_schemas.wire.verification import verify_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from swb.ports import (
        Clock,
        MessageStore,
        NationalDelivery,
        NationalFormats,
        NationalGateway,
        Rendering,
        TrustSource,
    )
    from swb.services.advising import Advising
    from swb.services.sealing import Sealer, Sent
    from swb_schemas.findings import Finding
    from swb_schemas.wire.evidence import VerifiedSealedDocument
    from swb_schemas.wire.verification import VerificationPolicy

__all__ = ["HandOver", "Prepared"]

_log = structlog.get_logger("swb.deliver")

_DETAIL_CHARACTERS: Final = 2000
"""Of an event; a certificate may have thousands of items that lose the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document as the national system reads it, and what is known of it.

    Attributes:
        findings: Advice, with paths in the payload.
        rendering: What was written, and what the format cannot carry.
        sealed: The document, judged now.
        alike: What it is like.
    """

    findings: tuple[Finding, ...]
    rendering: Rendering
    sealed: VerifiedSealedDocument
    alike: tuple[Finding, ...]

    @property
    def binding(self) -> bool:
        """False in a parallel exchange."""
        return self.sealed.header.environment is not Environment.PARALLEL


class HandOver:
    """Hands documents over, each once it is claimed.

    Args:
        state: The gateway's state.
        formats: Writes what the national system speaks.
        national: The national system; None where it fetches what there is itself.
        advising: Finds what is told with a document.
        store: Holds what waits.
        sealer: Seals AS3.
        trust: Whom to believe of what comes out of the store.
        policy: How strictly to verify it.
        clock: Says when it was handed over.
        on_commit: Called when something was committed that others may wait for.
        recent: What was verified a moment ago; the rest is read from the store.
    """

    def __init__(
        self,
        *,
        state: str,
        formats: NationalFormats,
        national: NationalGateway | None,
        advising: Advising,
        store: MessageStore,
        sealer: Sealer,
        trust: TrustSource,
        policy: VerificationPolicy,
        clock: Clock,
        on_commit: Callable[[], None],
        recent: RecentDeliveries | None = None,
    ) -> None:
        self._gateway = PartyId(state, GATEWAY)
        receipts = Receipts(self._gateway, sealer=sealer, write=acknowledge)
        self._completing = _Completing(receipts, store, on_commit)
        self._formats = formats
        self._national = national
        self._trust = trust
        self._policy = policy
        self._clock = clock
        self._recent = recent or RecentDeliveries(limit=0)
        self._advising = advising

    async def hand_over(self, delivery: NationalDelivery) -> None:
        """Hand over one document, and commit that and what is told because of it.

        Raises:
            RefusedError: It can never be handed over: its seal, or the national format.
            UndeterminedError: Its seal cannot be judged now.
            UnavailableError: The national system, the store, trust or the signer is.
        """
        if self._national is None:
            message = "the national system fetches what there is: nothing is handed to it"
            raise UnavailableError("national.unavailable", message)
        prepared = await self.prepare(delivery)
        await self._national.deliver(
            prepared.rendering.payload,
            delivery_id=delivery.document_id,
            message_type=delivery.message_type,
            file_suffix=prepared.rendering.file_suffix,
            binding=prepared.binding,
            findings=prepared.findings,
        )
        await self.complete(delivery, prepared)

    async def prepare(self, delivery: NationalDelivery) -> Prepared:
        """Judge a document once more, and write it as the national system reads it.

        Raises:
            RefusedError: It can never be handed over: its seal, or the national format.
            UndeterminedError: Its seal cannot be judged now.
            UnavailableError: The store or trust is.
        """
        known = self._recent.take(delivery)
        if known is None or await self.is_doubted(known.sealed):
            sealed = await self._verify_kept(delivery)
        else:
            sealed = known.sealed
        header, document = sealed.header, sealed.document
        note(message_type=header.message_type, conversation_id=header.conversation_id)
        rendering = await self._formats.from_canonical(document)
        advice = await self._advising.advise(header, document)
        return Prepared(
            findings=tuple(
                replace(each, national_path=rendering.locate(each.path)) for each in advice.findings
            ),
            rendering=rendering,
            sealed=sealed,
            alike=advice.alike,
        )

    async def complete(self, delivery: NationalDelivery, prepared: Prepared) -> None:
        """Commit that the national system has a document, and what is told because of it.

        Raises:
            UndeterminedError: The trust list that is needed for a protected body is of no use.
            UnavailableError: The store, trust or the signer is.
        """
        # Nobody waits here for a national system that does not answer another document.
        with self._completing.coming():
            await self._complete(delivery, prepared)

    async def _complete(self, delivery: NationalDelivery, prepared: Prepared) -> None:
        at = self._clock.now()
        losses = "; ".join(finding.path for finding in prepared.rendering.losses)
        arrived = Event(
            document_id=delivery.document_id,
            name=Fact.AS3,
            at=at,
            detail=f"not carried by {prepared.rendering.adapter}: {losses}"[:_DETAIL_CHARACTERS]
            if losses
            else "",
        )
        compared = []
        if not prepared.binding:
            compared = [await self._compare(delivery.document_id, prepared, at)]
        completion = Completion(
            document_id=delivery.document_id,
            at=at,
            events=[arrived, *compared, *tell_alike(prepared.alike, delivery.document_id, at)],
            remarks=remark_advice(prepared.sealed.header, prepared.findings, at=at),
        )
        said = self._say(delivery, prepared, at)
        await self._completing.do(Ready(brings=completion, said=said))
        _log.info("delivered", document_id=delivery.document_id, message_type=delivery.message_type)

    async def is_doubted(self, sealed: VerifiedSealedDocument) -> bool:
        """Whether a seal's certificate would not be trusted as it was a moment ago.

        Judged as if it came now; whoever is doubted is judged by the moment when it came.

        Raises:
            UnavailableError: ``trust.unreachable``.
        """
        trust = await self._trust.fetch()
        try:
            trust.judge_certificate(
                sealed.signer.certificate.der,
                party=parse_party_id(sealed.header.issuing_party),
                purpose=sealed.kind.seal_purpose,
                moments=(sealed.sealed_at,),
                at=self._clock.now(),
            )
        except (RefusedError, UndeterminedError):
            return True
        return not trust.environment.includes(sealed.header.environment)

    async def _verify_kept(self, delivery: NationalDelivery) -> VerifiedSealedDocument:
        """Judge a document that was verified when it came, as it stands in the store now.

        What this gateway received before a certificate was distrusted stays valid; that moment is
        its own word, as the store holds it.

        Raises:
            RefusedError: ``delivery.other_document``, and what `verify_sealed` raises.
            UndeterminedError: What `verify_sealed` raises, ``trust.unusable``.
            UnavailableError: ``trust.unreachable``.
        """
        sealed = verify_sealed(
            delivery.octets,
            trust=await self._trust.fetch(),
            at=self._clock.now(),
            proven_at=delivery.recorded_at,
            policy=self._policy,
        )
        header = sealed.header
        if (
            header.document_id != delivery.document_id
            or header.message_type != delivery.message_type
            or parse_party_id(header.receiving_party).state != self._gateway.state
        ):
            message = (
                f"expected {delivery.message_type} {delivery.document_id} for "
                f"{self._gateway.state}, found {header.message_type} {header.document_id} for "
                f"{header.receiving_party}"
            )
            raise RefusedError("delivery.other_document", message, actor=Actor.OPERATOR)
        return sealed

    async def _compare(self, document_id: str, prepared: Prepared, at: datetime) -> Event:
        """Report whether the national system would read again what was sent.

        A format that cannot read what it wrote is what a parallel exchange is there to find: it
        is reported, and holds nothing up.
        """
        code = ""
        try:
            found = await self._formats.compare(prepared.sealed.document, prepared.rendering)
            differences = "; ".join(found)
            code = "parallel.differs" if differences else ""
        except SwbError as error:
            code, differences = "parallel.unreadable", f"{error.code}: {error.message}"
        except Exception as error:  # noqa: BLE001 - of an adapter, most likely
            code, differences = "parallel.unreadable", type(error).__name__
        _log.info("compared", document_id=document_id, code=code or "same")
        return Event(
            document_id=document_id,
            name=Fact.COMPARED,
            at=at,
            code=code,
            detail=differences[:_DETAIL_CHARACTERS],
        )

    def _say(
        self, delivery: NationalDelivery, prepared: Prepared, at: datetime
    ) -> Said[AcknowledgedMessage] | None:
        """What the sender is told; None where nobody is."""
        if not get_type(delivery.message_type).acknowledged:
            return None
        if not delivery.sender:
            # Nobody can be told any more; the national system has it nevertheless.
            _log.error("not_acknowledged", document_id=delivery.document_id)
            return None
        header = prepared.sealed.header
        entry = judge_message(
            hop=Hop.AS3,
            message_id=delivery.message_id,
            message_digest=delivery.message_digest,
            document=(delivery.document_id, prepared.sealed.digest.text),
            at=at,
        )
        return Said(
            to=delivery.sender,
            environment=header.environment,
            conversation_id=header.conversation_id,
            entry=entry,
        )


class _Completing(Receipting[Completion, AcknowledgedMessage, None]):
    """Commits that the national system has documents, and what senders are told.

    Args:
        receipts: Seals what is told.
        store: Commits.
        on_commit: Called when something was committed that others may wait for.
    """

    def __init__(
        self,
        receipts: Receipts[AcknowledgedMessage],
        store: MessageStore,
        on_commit: Callable[[], None],
    ) -> None:
        super().__init__(receipts)
        self._store = store
        self._on_commit = on_commit

    def _note(self, brings: Completion, receipt: Sent) -> Completion:
        message_id = receipt.outbound.message.message_id
        return replace(
            brings,
            events=[
                replace(each, message_id=message_id) if each.name == Fact.AS3 else each
                for each in brings.events
            ],
        )

    async def _commit_all(
        self, brought: Sequence[Completion], receipts: Sequence[Sent]
    ) -> Sequence[None]:
        """Commit several; what was completed before stays as it is, and spoils none."""
        await self._store.complete_together(
            brought,
            documents=[each.document for each in receipts],
            outbound=[each.outbound for each in receipts],
        )
        self._on_commit()
        return [None] * len(brought)

    async def _commit_alone(
        self, ready: Ready[Completion, AcknowledgedMessage], receipt: Sent | None
    ) -> None:
        await self._store.complete_delivery(
            ready.brings.document_id,
            at=ready.brings.at,
            events=ready.brings.events,
            documents=[receipt.document] if receipt else [],
            outbound=[receipt.outbound] if receipt else [],
            remarks=ready.brings.remarks,
        )
        self._on_commit()
