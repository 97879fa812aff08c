"""Gateways that say something wrong: in acknowledgements, in what they send, in their reports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from swb.services.retransmitting import RetransmitService
from swb.services.sealing import Sealer
from swb_conformance.live.hand import new_id
from swb_schemas.documents import (
    CustomsReceipt,
    CustomsResponse,
    ExchangeSummary,
    LeadingDocument,
    RetransmissionReply,
    TransportAck,
)
from swb_schemas.documents.acknowledgements import Hop, Outcome
from swb_schemas.documents.elements import Digest, Environment
from swb_schemas.documents.retransmission import RetransmissionOutcome
from swb_schemas.parties import parse_party_id
from tests.conformance.faulty.fault import take
from tests.conformance.live.wrong.fault import Wrong, routing, sealing

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from swb.ports import DocumentRecord, OutboundMessage
    from swb.services.sealing import Route
    from swb_schemas.documents import Document
    from swb_schemas.documents.retransmission import RequestedDocument
    from tests.conformance.live.wrong.fault import SwitchOn

__all__ = ["WRONG"]

_NOWHERE: Final = "sha-256:" + "0" * 64


def _says(
    hop: Hop | None = None, outcome: Outcome = Outcome.ACCEPTED
) -> Callable[[Document], bool]:
    def holds(document: Document) -> bool:
        return isinstance(document, TransportAck) and all(
            each.hop is (hop or each.hop) and each.outcome is outcome
            for each in document.acknowledged
        )

    return holds


def _is(*kinds: type[Document]) -> Callable[[Document], bool]:
    return lambda document: isinstance(document, kinds)


def _judging(holds: Callable[[Document], bool], **changes: object) -> SwitchOn:
    """Say something else of the message that is acknowledged."""

    def change(document: Document, route: Route) -> tuple[Document, Route]:
        if holds(document) and isinstance(document, TransportAck):
            judged = tuple(each.model_copy(update=changes) for each in document.acknowledged)
            document = document.model_copy(update={"acknowledged": judged})
        return document, route

    return sealing(change)


def _state_another_root(document: Document, route: Route) -> tuple[Document, Route]:
    if isinstance(document, ExchangeSummary):
        received = document.received.model_copy(update={"root_hash": Digest.parse(_NOWHERE)})
        document = document.model_copy(update={"received": received})
    return document, route


def _claim_to_have_sent(document: Document, route: Route) -> tuple[Document, Route]:
    if isinstance(document, RetransmissionReply):
        sent = {"outcome": RetransmissionOutcome.SENT, "message_id": new_id()}
        answered = tuple(each.model_copy(update=sent) for each in document.answered)
        document = document.model_copy(update={"answered": answered})
    return document, route


def _wrapping_again(change: Callable[[Route, str | None], tuple[Route, str | None]]) -> SwitchOn:
    def switch_on(patch: pytest.MonkeyPatch) -> None:
        honest = Sealer.wrap_again

        async def wrap_again(
            self: Sealer, sealed: DocumentRecord, route: Route, *, retransmission_of: str | None
        ) -> OutboundMessage:
            route, first = change(route, retransmission_of)
            return await honest(self, sealed, route, retransmission_of=first)

        patch.setattr(Sealer, "wrap_again", wrap_again)

    return switch_on


def _send_again_to_anybody(patch: pytest.MonkeyPatch) -> None:
    honest = take(RetransmitService, "_answer_one")

    async def answer(
        self: RetransmitService, asked: RequestedDocument, _: str, *rest: Any
    ) -> object:
        record = await self._store.find_document(asked.document_id)
        assert record is not None
        return await honest(self, asked, parse_party_id(record.receiving_party).state, *rest)

    patch.setattr(RetransmitService, "_answer_one", answer)


def _keep_acknowledgements(patch: pytest.MonkeyPatch) -> None:
    async def find(*_: object) -> list[DocumentRecord]:
        return []

    patch.setattr(RetransmitService, "_find_acknowledgements", find)


_ACCEPTS: Final = "gateway/incoming/takes-one-of-another-partner"
_CORRELATES: Final = "gateway/incoming/correlates-what-it-acknowledges"
_AGAIN: Final = "gateway/again/CertificateIssue-ATIGA/sends-a-document-again"

WRONG: Final = {
    "as2-without-correlation": Wrong(
        text="names no message as what AS2 correlates with",
        requirement="GTW-002",
        case=_CORRELATES,
        told="found None",
        switch_on=routing(_says(Hop.AS2), correlation=lambda: None),
    ),
    "as3-of-another-message": Wrong(
        text="names another message as what AS3 correlates with",
        requirement="GTW-002",
        case=_CORRELATES,
        told="expected CORRELATION",
        switch_on=routing(_says(Hop.AS3), correlation=new_id),
    ),
    "refusal-without-correlation": Wrong(
        text="names no message as what a refusal correlates with",
        requirement="GTW-002",
        case="gateway/incoming/correlates-what-it-refuses",
        told="found None",
        switch_on=routing(_says(outcome=Outcome.REFUSED), correlation=lambda: None),
    ),
    "as3-in-a-conversation-of-its-own": Wrong(
        text="begins a new conversation by AS3",
        requirement="GTW-002",
        case=_CORRELATES,
        told="expected conversation",
        switch_on=routing(_says(Hop.AS3), conversation_id=lambda: None),
    ),
    "acknowledgement-in-cipher": Wrong(
        text="protects the bodies of acknowledgements",
        requirement="GTW-004",
        case="gateway/incoming/sends-acknowledgements-in-clear",
        told="in clear, found a protected one",
        switch_on=routing(_says(), protect=lambda: True),
    ),
    "acknowledges-another-document": Wrong(
        text="says another digest of the document that it acknowledges",
        requirement="GTW-001",
        case=_ACCEPTS,
        told="to name the document",
        switch_on=_judging(_says(), document_digest=Digest.parse(_NOWHERE)),
    ),
    "acknowledges-another-message": Wrong(
        text="says another digest of the message that it acknowledges",
        requirement="GTW-001",
        case=_ACCEPTS,
        told="none came",
        switch_on=_judging(_says(), message_digest=Digest.parse(_NOWHERE)),
    ),
    "acknowledges-in-another-environment": Wrong(
        text="says production of what it acknowledges in test",
        requirement="GTW-001",
        case=_ACCEPTS,
        told="none came",
        switch_on=routing(_says(), environment=lambda: Environment.PRODUCTION),
    ),
    "refuses-under-another-code": Wrong(
        text="tells another reason than the one for which it refuses",
        requirement="GTW-022",
        case="gateway/refused/CertificateIssue-ATIGA/a-state-that-is-not-connected",
        told="found message.expired",
        switch_on=_judging(_says(outcome=Outcome.REFUSED), code="message.expired"),
    ),
    "says-as2-for-as3": Wrong(
        text="says AS2 once more when the single window has it",
        requirement="GTW-003",
        case="gateway/incoming/CertificateIssue-ATIGA/says-when-the-single-window-has-it",
        told="expected AS3",
        switch_on=_judging(_says(Hop.AS3), hop=Hop.AS2),
    ),
    "protects-nothing": Wrong(
        text="sends documents in clear, whatever the terms say",
        requirement="GTW-041",
        case="gateway/sending/CertificateIssue-ATIGA/protects-it",
        told="expected a protected body",
        switch_on=routing(_is(LeadingDocument), protect=lambda: False),
    ),
    "begins-by-answering": Wrong(
        text="names a message as what a first document correlates with",
        requirement="GTW-042",
        case="gateway/sending/CertificateIssue-ATIGA/begins-a-conversation",
        told="expected neither CORRELATION",
        switch_on=routing(_is(LeadingDocument), correlation=new_id),
    ),
    "summary-answers-nothing": Wrong(
        text="names no summary as what its own one answers",
        requirement="GTW-085",
        case="gateway/again/says-what-a-day-came-to",
        told="expected a summary that answers ours",
        switch_on=routing(_is(ExchangeSummary), correlation=lambda: None),
    ),
    "summary-does-not-add-up": Wrong(
        text="states another root than the one that its buckets lead to",
        requirement="GTW-085",
        case="gateway/again/says-what-a-day-came-to",
        told="expected buckets that lead to their root",
        switch_on=sealing(_state_another_root),
    ),
    "receipt-of-another-digest": Wrong(
        text="names the digest of another document in what a receipt answers",
        requirement="GTW-065",
        case="gateway/answering/CertificateIssue-ATIGA/sends-a-receipt",
        told="expected Answers to name",
        switch_on=routing(_is(CustomsReceipt), answers=lambda: (new_id(), _NOWHERE)),
    ),
    "response-in-another-conversation": Wrong(
        text="begins a new conversation by a response",
        requirement="GTW-066",
        case="gateway/answering/CertificateIssue-ATIGA/sends-a-response",
        told="expected the conversation",
        switch_on=routing(_is(CustomsResponse), conversation_id=new_id),
    ),
    "retransmission-names-no-request": Wrong(
        text="names no request in what it sends again",
        requirement="GTW-080",
        case=_AGAIN,
        told="expected CORRELATION",
        switch_on=_wrapping_again(lambda route, first: (replace(route, correlation=None), first)),
    ),
    "retransmission-names-no-first-message": Wrong(
        text="does not say which message carried what it sends again first",
        requirement="GTW-080",
        case=_AGAIN,
        told="expected RETRANSMISSION_OF",
        switch_on=_wrapping_again(lambda route, _: (route, None)),
    ),
    "claims-to-have-sent": Wrong(
        text="says SENT of what it does not know",
        requirement="GTW-081",
        case="gateway/again/does-not-know-what-it-never-sent",
        told="found [<RetransmissionOutcome.SENT",
        switch_on=sealing(_claim_to_have_sent),
    ),
    "sends-again-to-anybody": Wrong(
        text="sends a document again to whoever asks",
        requirement="GTW-082",
        case="gateway/again/sends-nothing-again-to-a-third-state",
        told="found [<RetransmissionOutcome.SENT",
        switch_on=_send_again_to_anybody,
    ),
    "keeps-acknowledgements": Wrong(
        text="sends no acknowledgement again",
        requirement="GTW-083",
        case="gateway/again/sends-acknowledgements-again",
        told="the same acknowledgement in another message",
        switch_on=_keep_acknowledgements,
    ),
}
