"""Gateways that hold a conversation wrongly: moves about a document, and what nobody answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb.services import answers, receive
from swb.services.submission_routes import SubmissionRoutes
from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    CustomsResponse,
    LeadingDocument,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.errors import RefusedError
from tests.conformance.faulty.fault import take
from tests.conformance.live.wrong.fault import Wrong, forgiving, routing, silencing

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from swb_schemas.documents import Document
    from swb_schemas.wire.evidence import VerifiedDelivery
    from tests.conformance.live.wrong.fault import SwitchOn

__all__ = ["WRONG"]


def _refusing(holds: Callable[[Document], bool]) -> SwitchOn:
    """Refuse what is right."""

    def switch_on(patch: pytest.MonkeyPatch) -> None:
        honest = take(receive, "hear_answer")

        async def hear(delivery: VerifiedDelivery, *given: Any, **named: Any) -> object:
            if holds(delivery.sealed.document):
                raise RefusedError("exchange.limit", "expected something else")
            return await honest(delivery, *given, **named)

        patch.setattr(receive, "hear_answer", hear)

    return switch_on


def _is(*kinds: type[Document]) -> Callable[[Document], bool]:
    return lambda document: isinstance(document, kinds)


def _is_later(document: Document) -> bool:
    return isinstance(document, CustomsResponse) and document.response_number > 1


def _names_more_items(document: Document) -> bool:
    return isinstance(document, CustomsResponse) and len(document.items) > 2


def _takes_back(document: Document) -> bool:
    return isinstance(document, LeadingDocument) and document.takes_back


async def _let_pass(*_: object) -> None:
    pass


def _hold_to_no_table(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SubmissionRoutes, "_check_move", _let_pass)


_FORM_D: Final = "CertificateIssue-ATIGA"
_STATED: Final = "PhytosanitaryCertificate-IPPC"
_TAKEN: Final = "found it taken"
_REFUSED: Final = "found it refused: exchange.limit"

WRONG: Final = {
    "answers-acknowledgements-of-nothing": Wrong(
        text="refuses aloud an acknowledgement of what it did not send",
        requirement="GTW-050",
        case="gateway/sending/says-nothing-about-a-message-that-it-did-not-send",
        told="expected no word",
        switch_on=silencing(receive, "may_acknowledge", returned=True),
    ),
    "answers-foreign-acknowledgements": Wrong(
        text="refuses aloud a third state's acknowledgement",
        requirement="GTW-051",
        case="gateway/sending/says-nothing-about-a-third-states-acknowledgement",
        told="expected no word",
        switch_on=silencing(receive, "may_acknowledge", returned=True),
    ),
    "refuses-responses": Wrong(
        text="refuses what customs decides",
        requirement="GTW-061",
        case=f"gateway/answering/{_FORM_D}/takes-a-response-of-customs",
        told=_REFUSED,
        switch_on=_refusing(_is(CustomsResponse)),
    ),
    "refuses-a-later-response": Wrong(
        text="refuses a response that comes before the first one",
        requirement="GTW-062",
        case="gateway/answering/takes-responses-in-any-order",
        told=_REFUSED,
        switch_on=_refusing(_is_later),
    ),
    "refuses-odd-responses": Wrong(
        text="refuses a response about items that are not there",
        requirement="GTW-063",
        case="gateway/answering/takes-a-response-about-an-item-that-is-not-there",
        told=_REFUSED,
        switch_on=_refusing(_names_more_items),
    ),
    "refuses-replies": Wrong(
        text="refuses the reply to a cancellation that it asked for",
        requirement="GTW-070",
        case=f"gateway/moves/{_FORM_D}/asks-for-cancellation",
        told=_REFUSED,
        switch_on=_refusing(_is(CancellationReply)),
    ),
    "refuses-cancellations": Wrong(
        text="refuses a cancellation by the issuing side",
        requirement="GTW-071",
        case=f"gateway/moves/{_FORM_D}/replies-to-a-cancellation",
        told=_REFUSED,
        switch_on=_refusing(_is(Cancellation)),
    ),
    "refuses-explanations": Wrong(
        text="refuses the reply to a verification that it asked for",
        requirement="GTW-075",
        case=f"gateway/moves/{_FORM_D}/asks-for-verification",
        told=_REFUSED,
        switch_on=_refusing(_is(VerificationReply)),
    ),
    "refuses-questions": Wrong(
        text="refuses to be asked for a verification",
        requirement="GTW-076",
        case=f"gateway/moves/{_FORM_D}/replies-to-a-verification",
        told=_REFUSED,
        switch_on=_refusing(_is(VerificationRequest)),
    ),
    "cancels-twice": Wrong(
        text="asks for a cancellation while another one is open",
        requirement="GTW-073",
        case="gateway/moves/does-not-ask-for-cancellation-twice",
        told=_TAKEN,
        switch_on=_hold_to_no_table,
    ),
    "explains-unasked": Wrong(
        text="seals a reply to a verification that nobody asked for",
        requirement="GTW-077",
        case="gateway/moves/does-not-reply-to-what-nobody-asked",
        told=_TAKEN,
        switch_on=_hold_to_no_table,
    ),
    "gives-on-what-is-cancelled": Wrong(
        text="seals preference for what customs has cancelled",
        requirement="E2E-025",
        case="end-to-end/whole/nothing-is-given-on-what-is-cancelled",
        told=_TAKEN,
        switch_on=_hold_to_no_table,
    ),
    "drops-an-early-cancellation": Wrong(
        text="hands no cancellation over that overtook its document",
        requirement="E2E-005",
        case="end-to-end/arriving/a-cancellation-that-overtook-its-document-arrives",
        told="found it refused: receive.unknown_certificate",
        switch_on=silencing(answers, "_wait"),
    ),
    "drops-an-early-withdrawal": Wrong(
        text="does not hold what takes back before what it takes back",
        requirement="GTW-102",
        case="gateway/withdrawals/waits-for-what-is-taken-back",
        told="expected no word about what takes back",
        switch_on=silencing(answers, "_wait"),
    ),
    "refuses-withdrawals": Wrong(
        text="refuses what takes a certificate back",
        requirement="GTW-101",
        case=f"gateway/withdrawals/{_STATED}/takes-what-takes-it-back",
        told=_REFUSED,
        switch_on=_refusing(_takes_back),
    ),
    "takes-anybodys-withdrawal": Wrong(
        text="takes what a third state takes back",
        requirement="GTW-103",
        case=f"gateway/withdrawals/{_STATED}/refuses-what-another-state-takes-back",
        told="found it accepted",
        switch_on=forgiving(receive, "hear_answer", "receive.unknown_certificate", instead=[]),
    ),
    "takes-back-in-another-conversation": Wrong(
        text="takes back in a new conversation",
        requirement="GTW-100",
        case=f"gateway/withdrawals/{_STATED}/takes-it-back",
        told="expected the conversation",
        switch_on=routing(_takes_back, conversation_id=lambda: None),
    ),
    "hands-over-anybodys-response": Wrong(
        text="hands over what customs says of what was never sent there",
        requirement="E2E-013",
        case="end-to-end/arriving/a-response-to-what-was-never-sent-does-not-arrive",
        told="found it accepted",
        switch_on=forgiving(receive, "hear_answer", "receive.unknown_certificate", instead=[]),
    ),
}
