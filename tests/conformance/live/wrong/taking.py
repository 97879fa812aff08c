"""Gateways that take what they must not, answer it otherwise, or drop it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from swb.backends.sqlite.store import SqliteMessageStore
from swb.core.duplicates import Disposition
from swb.ports import Direction
from swb.services import answers, receive, said
from swb.services.accepting import Accepting
from swb.services.receive import ReceiveService
from swb_conformance.live.hand import new_id
from swb_schemas.catalogue import get_type
from swb_schemas.documents.elements import Digest
from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.parsing import parse_xml
from swb_schemas.wire.message import read_message_parts
from tests.conformance.faulty.fault import take
from tests.conformance.live.wrong.fault import Wrong, forgiving, silencing

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from swb.ports import Acceptance
    from swb_schemas.catalogue import DocumentType
    from swb_schemas.wire.evidence import LayerRecord, VerifiedMessage
    from swb_schemas.wire.message import MessageHeader
    from tests.conformance.live.wrong.fault import SwitchOn

__all__ = ["WRONG"]


# --- verifying -----------------------------------------------------------------------------------


def _verifying(change: Callable[[dict[str, Any]], dict[str, Any]]) -> SwitchOn:
    """Have the outer layer verified by something else than what the gateway is given."""

    def switch_on(patch: pytest.MonkeyPatch) -> None:
        honest = take(receive, "verify_message")
        patch.setattr(
            receive, "verify_message", lambda raw, **asked: honest(raw, **asked | change(asked))
        )

    return switch_on


def _allowing(**changes: object) -> SwitchOn:
    return _verifying(lambda asked: {"policy": replace(asked["policy"], **changes)})


class _Everything:
    """An environment that takes exchanges of every other."""

    def includes(self, *_: object) -> bool:
        return True


def _serve_everything(patch: pytest.MonkeyPatch) -> None:
    def widen(asked: dict[str, Any]) -> dict[str, Any]:
        return {"trust": replace(asked["trust"], environment=_Everything())}

    _verifying(widen)(patch)


def _answer_whoever_is_claimed(patch: pytest.MonkeyPatch) -> None:
    honest = take(receive, "verify_message")

    def verify(raw: bytes, *, record: LayerRecord[MessageHeader], **asked: Any) -> VerifiedMessage:
        try:
            verified: VerifiedMessage = honest(raw, record=record, **asked)
        except RefusedError:
            if record.header is None:
                start = raw.rfind(b"<ds:Signature ")
                parts = read_message_parts(raw, parse_xml(raw), signature_start=start)
                record.header = parts.claimed_header
                record.digest = Digest.parse("sha-256:" + "0" * 64)
            raise
        return verified

    patch.setattr(receive, "verify_message", verify)


def _refuse_for_others(patch: pytest.MonkeyPatch) -> None:
    honest = take(ReceiveService, "_refuse")

    async def refuse(self: ReceiveService, header: MessageHeader, *given: Any) -> None:
        own = str(self._gateway)
        await honest(self, header.model_copy(update={"receiver": own}), *given)

    patch.setattr(ReceiveService, "_refuse", refuse)


def _refuse_what_is_suspended(patch: pytest.MonkeyPatch) -> None:
    honest = take(ReceiveService, "_check_connection")

    def check(self: ReceiveService, *given: Any) -> None:
        try:
            honest(self, *given)
        except UnavailableError as error:
            raise RefusedError("connection.none", str(error)) from error

    patch.setattr(ReceiveService, "_check_connection", check)


# --- repeating -----------------------------------------------------------------------------------


def _repeating(*, honestly: bool) -> SwitchOn:
    """Answer a repetition by what was sealed for it just now."""

    def switch_on(patch: pytest.MonkeyPatch) -> None:
        honest = SqliteMessageStore.accept

        async def accept(self: SqliteMessageStore, acceptance: Acceptance) -> Disposition:
            known = await self.find_message(acceptance.message.message_id)
            if known is None or honestly:
                disposition = await honest(self, acceptance)
            if known is None:
                return disposition
            made = [each for each in acceptance.documents if each.direction is Direction.OUT]
            await self.answer(new_id(), documents=made, outbound=acceptance.outbound)
            return Disposition.REPEAT

        patch.setattr(SqliteMessageStore, "accept", accept)
        if not honestly:
            patch.setattr(Accepting, "_say_again", _never)

    return switch_on


def _accept_conflicts(patch: pytest.MonkeyPatch) -> None:
    honest = take(ReceiveService, "_say_refused")

    def say(
        self: ReceiveService, header: MessageHeader, digest: str, refusal: RefusedError
    ) -> object:
        is_conflict = refusal.code.endswith(".conflict")
        return honest(self, header, digest, None if is_conflict else refusal)

    patch.setattr(ReceiveService, "_say_refused", say)


def _acknowledging(*message_types: str) -> SwitchOn:
    """Acknowledge what is not acknowledged."""

    def get(message_type: str) -> DocumentType:
        kind = get_type(message_type)
        return replace(kind, acknowledged=kind.acknowledged or message_type in message_types)

    return lambda patch: patch.setattr(receive, "get_type", get)


async def _never(*_: object) -> bool:
    return False


_ISSUE: Final = "CertificateIssue-ATIGA"

WRONG: Final = {
    "takes-the-expired": Wrong(
        text="judges a message by when it was made, not by when it came",
        requirement="GTW-020",
        case="gateway/refused/an-expired-message",
        told="found it accepted",
        switch_on=_verifying(lambda asked: {"received_at": asked["at"] - timedelta(minutes=35)}),
    ),
    "takes-the-future": Wrong(
        text="allows a message an hour between clocks, and its seal five minutes",
        requirement="GTW-020",
        case="gateway/refused/a-message-of-the-future",
        told="found seal.not_yet_valid",
        switch_on=_allowing(skew=timedelta(hours=1)),
    ),
    "allows-no-clocks": Wrong(
        text="allows nothing between clocks",
        requirement="GTW-005",
        case="gateway/incoming/takes-what-a-fast-clock-made",
        told="found it refused: message.not_yet_valid",
        switch_on=_allowing(skew=timedelta(0)),
    ),
    "takes-what-lives-long": Wrong(
        text="lets a message live for a year",
        requirement="GTW-020",
        case="gateway/refused/a-message-that-lives-too-long",
        told="found it accepted",
        switch_on=_allowing(lifetime=timedelta(days=365)),
    ),
    "takes-any-environment": Wrong(
        text="judges other environments by the roots of its own, and answers there",
        requirement="GTW-033",
        case="gateway/unanswered/a-message-of-another-environment",
        told="expected no word",
        switch_on=_serve_everything,
    ),
    "answers-for-others": Wrong(
        text="refuses what is for another gateway in the place of that one",
        requirement="GTW-032",
        case="gateway/unanswered/a-message-for-another-receiver",
        told="expected no word",
        switch_on=_refuse_for_others,
    ),
    "answers-whoever-is-claimed": Wrong(
        text="tells the claimed sender of a message that it could not verify",
        requirement="GTW-030",
        case="gateway/unanswered/a-message-altered-on-its-way",
        told="expected no word",
        switch_on=_answer_whoever_is_claimed,
    ),
    "takes-strangers": Wrong(
        text="takes what comes from a state that is not connected",
        requirement="GTW-022",
        case=f"gateway/refused/{_ISSUE}/a-state-that-is-not-connected",
        told="found it accepted",
        switch_on=forgiving(ReceiveService, "_check_connection", "connection.none"),
    ),
    "hands-over-of-strangers": Wrong(
        text="hands over what comes from a state that is not connected",
        requirement="E2E-011",
        case=f"end-to-end/arriving/{_ISSUE}/one-of-a-stranger-does-not-arrive",
        told="found it accepted",
        switch_on=forgiving(ReceiveService, "_check_connection", "connection.none"),
    ),
    "takes-clear-bodies": Wrong(
        text="takes a clear body, whatever the terms say",
        requirement="GTW-023",
        case="gateway/refused/a-clear-body-where-protection-is-agreed-on",
        told="found it accepted",
        switch_on=forgiving(ReceiveService, "_check_connection", "connection.protection"),
    ),
    "refuses-what-is-suspended": Wrong(
        text="refuses what comes by a suspended connection",
        requirement="GTW-036",
        case=f"gateway/unanswered/{_ISSUE}/what-comes-by-a-suspended-connection",
        told="found connection.none",
        switch_on=_refuse_what_is_suspended,
    ),
    "new-octets-for-a-repetition": Wrong(
        text="seals another acknowledgement for a repetition",
        requirement="GTW-006",
        case="gateway/incoming/answers-a-repetition-by-the-same-octets",
        told="expected the same acknowledgement again, none came",
        switch_on=_repeating(honestly=False),
    ),
    "new-octets-beside-the-same": Wrong(
        text="seals another acknowledgement for a repetition, and sends the first one, too",
        requirement="GTW-006",
        case="gateway/incoming/answers-a-repetition-by-the-same-octets",
        told="with other octets, too",
        switch_on=_repeating(honestly=True),
    ),
    "new-octets-for-a-refused-repetition": Wrong(
        text="seals another refusal for a repetition",
        requirement="GTW-006",
        case="gateway/incoming/answers-a-refused-repetition-by-the-same-octets",
        told="expected the same refusal again, none came",
        switch_on=_repeating(honestly=False),
    ),
    "accepts-conflicts": Wrong(
        text="says that it has another document under a known id",
        requirement="GTW-007",
        case="gateway/incoming/refuses-another-document-under-a-known-id",
        told="found it accepted",
        switch_on=_accept_conflicts,
    ),
    "acknowledges-acknowledgements": Wrong(
        text="acknowledges acknowledgements",
        requirement="GTW-011",
        case="gateway/sending/says-nothing-about-what-acknowledges-it",
        told="expected no word more",
        switch_on=_acknowledging("TransportAck"),
    ),
    "drops-what-is-early": Wrong(
        text="does not hold a move that overtook its document",
        requirement="GTW-072",
        case="gateway/moves/waits-for-a-document-that-was-overtaken",
        told="expected no word about a cancellation before its document",
        switch_on=silencing(answers, "_wait"),
    ),
    "takes-any-reply": Wrong(
        text="takes a reply to a cancellation that it did not ask for",
        requirement="GTW-074",
        case="gateway/moves/refuses-a-reply-that-nobody-asked-for",
        told="found it accepted",
        switch_on=forgiving(receive, "hear_answer", "exchange.nothing_asked", instead=[]),
    ),
    "takes-answers-to-nothing": Wrong(
        text="takes a response to what it never sent",
        requirement="GTW-064",
        case="gateway/answering/does-not-take-a-response-to-what-it-never-sent",
        told="found it accepted",
        switch_on=forgiving(receive, "hear_answer", "receive.unknown_certificate", instead=[]),
    ),
    "takes-any-retransmission": Wrong(
        text="does not look at what the message brought that a retransmission names",
        requirement="GTW-084",
        case="gateway/again/refuses-a-retransmission-of-something-else",
        told="found it accepted",
        switch_on=lambda patch: patch.setattr(ReceiveService, "_forces_delivery", _never),
    ),
    "answers-what-does-not-add-up": Wrong(
        text="answers a summary whose buckets do not lead to its roots",
        requirement="GTW-086",
        case="gateway/again/says-nothing-to-a-summary-that-does-not-add-up",
        told="expected no answer to a wrong summary",
        switch_on=silencing(said, "check_set"),
    ),
    "understands-everything": Wrong(
        text="takes an extension for understood that it does not know",
        requirement="GTW-021",
        case="gateway/refused/an-extension-that-must-be-understood",
        told="found it accepted",
        switch_on=_allowing(understood_extensions=frozenset({"urn:example:novelty:1"})),
    ),
    "acknowledges-receipts": Wrong(
        text="acknowledges what customs received",
        requirement="GTW-060",
        case=f"gateway/answering/{_ISSUE}/takes-a-receipt-of-customs",
        told="expected no word",
        switch_on=_acknowledging("CustomsReceipt"),
    ),
    "acknowledges-notices": Wrong(
        text="acknowledges outage notices",
        requirement="GTW-087",
        case="gateway/again/takes-an-outage-notice",
        told="expected no word",
        switch_on=_acknowledging("OutageNotice"),
    ),
    "acknowledges-relay-receipts": Wrong(
        text="acknowledges what the router receipts",
        requirement="GTW-011",
        case="gateway/sending/says-nothing-about-what-acknowledges-it",
        told="expected no word more",
        switch_on=_acknowledging("RelayReceipt"),
    ),
    "hands-over-conflicts": Wrong(
        text="says that it has a second content under a known id",
        requirement="E2E-012",
        case="end-to-end/arriving/a-second-content-under-one-id-does-not-arrive",
        told="found it accepted",
        switch_on=_accept_conflicts,
    ),
}
