"""Gateways that hand over something else than came, or send something else than was entered."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from swb.backends.files.drop_folder import DropFolder
from swb.services import submit
from swb.services.grounds import find_subject
from swb.services.hand_over import HandOver
from swb.services.letting_out import LettingOut
from swb.services.receive import ReceiveService
from swb.services.submit import SubmitService
from swb_conformance.live.hand import new_id
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.errors import UnavailableError
from tests.conformance.faulty.fault import take
from tests.conformance.live.wrong.fault import Wrong, silencing

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from swb.ports import NationalDelivery, Reading
    from swb.services.submit import Accepted
    from tests.conformance.live.wrong.fault import SwitchOn

__all__ = ["WRONG"]


async def _always(*_: object) -> bool:
    return True


def _delivering(change: Callable[[bytes, str], list[tuple[bytes, str]]]) -> SwitchOn:
    """Put something else before the single window."""

    def switch_on(patch: pytest.MonkeyPatch) -> None:
        honest = DropFolder.deliver

        async def deliver(
            self: DropFolder, payload: bytes, *, delivery_id: str, **named: Any
        ) -> None:
            for octets, name in change(payload, delivery_id):
                await honest(self, octets, delivery_id=name, **named)

        patch.setattr(DropFolder, "deliver", deliver)

    return switch_on


def _keep_responses(patch: pytest.MonkeyPatch) -> None:
    honest = DropFolder.deliver

    async def deliver(self: DropFolder, payload: bytes, *, message_type: str, **named: Any) -> None:
        if message_type != "CustomsResponse":
            await honest(self, payload, message_type=message_type, **named)

    patch.setattr(DropFolder, "deliver", deliver)


def _hand_over_again(patch: pytest.MonkeyPatch) -> None:
    numbers = count(1)
    patch.setattr(ReceiveService, "_forces_delivery", _always)
    _delivering(lambda payload, name: [(payload, f"{name}-{next(numbers)}")])(patch)


def _say_as3_first(patch: pytest.MonkeyPatch) -> None:
    honest = HandOver.hand_over

    async def hand_over(self: HandOver, delivery: NationalDelivery) -> None:
        prepared = await self.prepare(delivery)
        try:
            await honest(self, delivery)
        except UnavailableError:
            await self.complete(delivery, prepared)

    patch.setattr(HandOver, "hand_over", hand_over)


def _enter_something_else(patch: pytest.MonkeyPatch) -> None:
    honest = take(SubmitService, "_let_out")

    async def let_out(self: SubmitService, reading: Reading) -> Reading:
        reading = await honest(self, reading)
        document = reading.document
        if isinstance(document, CertificateOfOrigin):
            exporter = document.exporter.model_copy(update={"name": "SOMEBODY ELSE"})
            document = document.model_copy(update={"exporter": exporter})
        return replace(reading, document=document)

    patch.setattr(SubmitService, "_let_out", let_out)


def _send_twice(patch: pytest.MonkeyPatch) -> None:
    honest = take(SubmitService, "_commit")

    async def commit(self: SubmitService, reading: Reading, *given: Any) -> Accepted | None:
        accepted: Accepted | None = await honest(self, reading, *given)
        assert accepted is not None
        record = await self._store.find_document(accepted.document_id)
        assert record is not None
        subject = await find_subject(self._store, reading.document)
        route, _ = await self._routes.find(reading.document, subject)
        again = await self._sealer.wrap_again(record, route, retransmission_of=None)
        await self._store.answer(new_id(), documents=[], outbound=[again])
        self._on_commit()
        return accepted

    patch.setattr(SubmitService, "_commit", commit)


async def _let_everything_out(*_: object) -> None:
    pass


_ISSUE: Final = "CertificateIssue-ATIGA"

WRONG: Final = {
    "says-as3-too-early": Wrong(
        text="says AS3 although the single window does not take the document",
        requirement="GTW-092",
        case="gateway/line/waits-for-its-single-window",
        told="expected no AS3 while the single window is away",
        switch_on=_say_as3_first,
    ),
    "hands-over-nothing": Wrong(
        text="says AS3 and hands nothing over",
        requirement="E2E-001",
        case=f"end-to-end/arriving/{_ISSUE}/it-arrives-once",
        told="1 time(s), found 0",
        switch_on=_delivering(lambda *_: []),
    ),
    "hands-over-twice": Wrong(
        text="hands a document over under two names",
        requirement="E2E-001",
        case=f"end-to-end/arriving/{_ISSUE}/it-arrives-once",
        told="1 time(s), found 2",
        switch_on=_delivering(lambda payload, name: [(payload, name), (payload, f"{name}-2")]),
    ),
    "hands-a-repetition-over": Wrong(
        text="hands over what is sent again and it did not ask for",
        requirement="E2E-003",
        case="end-to-end/arriving/a-retransmission-that-nobody-asked-for-arrives-once",
        told="1 time(s), found 2",
        switch_on=_hand_over_again,
    ),
    "hands-over-something-else": Wrong(
        text="hands over another quantity than was sealed",
        requirement="E2E-002",
        case=f"end-to-end/arriving/{_ISSUE}/it-arrives-whole",
        told="expected what was sealed to arrive",
        switch_on=_delivering(lambda payload, name: [(payload.replace(b"20.5", b"90.5"), name)]),
    ),
    "seals-something-else": Wrong(
        text="seals another exporter than was entered",
        requirement="E2E-020",
        case=f"end-to-end/whole/{_ISSUE}/what-is-entered-is-what-the-partner-gets",
        told="expected what was entered",
        switch_on=_enter_something_else,
    ),
    "judges-by-no-rule": Wrong(
        text="seals what breaks a rule",
        requirement="GTW-043",
        case=f"gateway/sending/{_ISSUE}/does-not-send-what-breaks-a-rule",
        told="found it taken",
        switch_on=silencing(submit, "check_document", ()),
    ),
    "asks-for-no-consent": Wrong(
        text="lets an extract out without its exporter's consent",
        requirement="GTW-045",
        case="gateway/sending/DeclarationExtract/does-not-send-what-its-exporter-did-not-consent-to",
        told="found it taken",
        switch_on=lambda patch: patch.setattr(LettingOut, "_require_consent", _let_everything_out),
    ),
    "sends-twice": Wrong(
        text="sends a document in two messages",
        requirement="GTW-046",
        case="gateway/sending/sends-it-once",
        told="expected one message, found 2",
        switch_on=_send_twice,
    ),
    "sends-twice-after-an-outage": Wrong(
        text="sends in two messages what was entered in an outage",
        requirement="GTW-091",
        case="gateway/line/sends-what-was-entered-in-an-outage",
        told="expected it in one message, found 2",
        switch_on=_send_twice,
    ),
    "does-not-wait-for-the-single-window": Wrong(
        text="takes a document for handed over when the single window was away",
        requirement="E2E-004",
        case="end-to-end/arriving/a-document-waits-for-the-single-window",
        told="1 time(s), found 0",
        switch_on=_say_as3_first,
    ),
    "issues-something-else": Wrong(
        text="issues a document of another exporter",
        requirement="GTW-040",
        case="gateway/sending/issues-what-was-entered",
        told="expected what was entered",
        switch_on=_enter_something_else,
    ),
    "hands-over-no-response": Wrong(
        text="acknowledges responses and hands none over",
        requirement="E2E-021",
        case=f"end-to-end/whole/{_ISSUE}/an-export-is-received-and-given-preference",
        told="CustomsResponse at the single window 1 time(s), found 0",
        switch_on=_keep_responses,
    ),
}
