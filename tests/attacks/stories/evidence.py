"""Containers of evidence: who makes one chooses what is in it, and says what it is."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import RefusedError
from swb_schemas.evidence import read_archive, verify_container
from swb_schemas.evidence.trust_history import read_trust_history
from tests.attacks.story import Book, Side
from tests.integration.evidencing import change_container, open_desk
from tests.integration.forging import add_acknowledgements, add_sealed, code_of, relist
from tests.integration.test_evidence import codes, contents_of, find, judge, travel
from tests.unit.evidence.test_trust_history import NEXT, THIEFS, followed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from swb_schemas.evidence import Contents
    from tests.attacks.story import Field
    from tests.integration.evidencing import Desk

__all__ = ["BOOK"]

BOOK: Final = Book("Containers of evidence")

_AUDITOR: Final = "whoever verifies the container"
_ACKNOWLEDGED: Final = "Proof that the other side has what never arrived."
_ANOTHER: Final = "A proof that is shown for something else."


@asynccontextmanager
async def _exporting(
    field: Field, *, extra_states: tuple[str, ...] = (), protect: bool = True
) -> AsyncIterator[tuple[Desk, bytes]]:
    """A certificate that its sender kept to itself, time-stamped and exported."""
    async with (
        field.region(protect=protect, extra_states=extra_states) as world,
        open_desk(world, "TH") as desk,
    ):
        document_id = await world.th.issue(world.certificate())
        await desk.stamping().stamp_due()
        yield desk, await desk.export(document_id)


@asynccontextmanager
async def _erased(field: Field) -> AsyncIterator[tuple[Desk, bytes]]:
    """A certificate that travelled, was answered, and was erased by its sender."""
    async with field.region(protect=True) as world, open_desk(world, "TH") as desk:
        document_id = await travel(world)
        await desk.stamping().stamp_due()
        await desk.erasing().erase(document_id, reason="retention has ended", by="operator")
        await desk.stamping().stamp_now()
        raw = await desk.export(document_id)
        assert codes(judge(world, raw)) == {}
        yield desk, raw


@BOOK.tell(
    "A sender acknowledges its own message at both hops, with its own key and true time-stamps, "
    "and lists itself as the message's receiver.",
    by=Side.MEMBER,
    gain=_ACKNOWLEDGED,
    meets="container.other_item, evidence.receipt",
    noticed_by=_AUDITOR,
)
async def a_sender_that_acknowledges_itself(field: Field) -> str:
    async with _exporting(field) as (desk, exported):
        raw = exported
        message = find(raw, "message", "CertificateIssue")
        raw, receipt = await add_acknowledgements(raw, desk, by="TH")
        listed = relist(raw, message.file, receiver="urn:swb:party:TH:gateway")
        missing = judge(desk.world, raw).missing
        assert [each for each in missing if "AS2" in each and message.id in each]
        told = code_of(desk.world, listed, message.file)
        return f"{told}, {code_of(desk.world, raw, receipt)}"


@BOOK.tell(
    "A sender erases the message first, so that no signed header says whom it was for, and "
    "acknowledges it then.",
    by=Side.MEMBER,
    gain=_ACKNOWLEDGED,
    meets="evidence.receipt",
    noticed_by=_AUDITOR,
)
async def a_sender_that_erases_and_acknowledges(field: Field) -> str:
    async with _erased(field) as (desk, exported):
        raw = exported
        message = find(raw, "message", "CertificateIssue")
        raw = relist(raw, message.file, receiver="urn:swb:party:TH:gateway")
        raw, receipt = await add_acknowledgements(raw, desk, by="TH")
        verdict = judge(desk.world, raw)
        assert "evidence.claimed" in {each.code for each in verdict.findings}
        return code_of(desk.world, raw, receipt)


@BOOK.tell(
    "A third state acknowledges a message that was for another one.",
    by=Side.MEMBER,
    gain=_ACKNOWLEDGED,
    meets="evidence.receipt",
    noticed_by=_AUDITOR,
)
async def a_receipt_by_a_third_state(field: Field) -> str:
    async with _exporting(field, extra_states=("MY",)) as (desk, exported):
        raw = exported
        raw, receipt = await add_acknowledgements(raw, desk, by="MY")
        return code_of(desk.world, raw, receipt)


@BOOK.tell(
    "The list of contents names another certificate, another environment, another sender than the "
    "signed headers do.",
    gain=_ANOTHER,
    meets="container.other_item, container.other_item, container.other_item",
    noticed_by=_AUDITOR,
)
async def a_list_that_says_something_else(field: Field) -> str:
    async with _exporting(field) as (desk, raw):
        document = find(raw, "document", "CertificateIssue")
        told = []
        for change in ({"certificate_key": "TH:dft:ANOTHER"}, {"environment": "production"}):

            def changed(contents: Contents, change: dict[str, str] = change) -> Contents:
                return contents.model_copy(update=change)

            told.append(code_of(desk.world, change_container(raw, contents=changed), document.file))
        other = relist(raw, document.file, signer="urn:swb:party:VN:issuing")
        return ", ".join([*told, code_of(desk.world, other, document.file)])


@BOOK.tell(
    "The list of contents holds a line feed in the certificate's key, and behind it a verdict of "
    "its own.",
    gain="A page or terminal that shows the attacker's line as the verdict's.",
    meets="container.contents",
    noticed_by=_AUDITOR,
)
async def a_verdict_within_a_name(field: Field) -> str:
    async with _exporting(field) as (desk, raw):
        forged = change_container(
            raw,
            contents=lambda each: each.model_copy(
                update={"certificate_key": "x\naccepted: container of evidence"}
            ),
        )
        try:
            judge(desk.world, forged)
        except RefusedError as refusal:
            return refusal.code
        return "ACCEPTED"


@BOOK.tell(
    "A thief of a root that was replaced signs another statement of what came after it, and lists "
    "under it with high numbers.",
    by=Side.INSIDER,
    gain="Every certificate of a state, for auditors who had followed its true roots.",
    meets="trust.rolled_back",
    noticed_by=_AUDITOR,
)
def a_retired_root_that_tells_another_story() -> str:
    history = read_trust_history(followed(NEXT, 7), {"trust/a": followed(THIEFS, 1000)})
    assert not history.others
    return history.unusable["trust/a"]


@BOOK.tell(
    "A certificate of another conversation is put into a container, sealed and time-stamped.",
    by=Side.MEMBER,
    gain=_ANOTHER,
    meets="container.other_item",
    noticed_by=_AUDITOR,
)
async def a_document_of_another_conversation(field: Field) -> str:
    async with _exporting(field) as (desk, exported):
        raw = exported
        sent = await desk.world.seal(desk.world.certificate())
        raw, file = await add_sealed(raw, desk, sent)
        return code_of(desk.world, raw, file)


@BOOK.tell(
    "Beside a message in clear stands another document of the same id, sealed by the same sender.",
    by=Side.MEMBER,
    gain="Two texts of one certificate, and a receipt for whichever is needed.",
    meets="container.other_item",
    noticed_by=_AUDITOR,
)
async def another_document_than_the_message_carries(field: Field) -> str:
    async with _exporting(field, protect=False) as (desk, exported):
        raw = exported
        world = desk.world
        message = find(raw, "message", "CertificateIssue")
        document = find(raw, "document", "CertificateIssue")
        sealer = world.sealer("TH", new_ids=[document.id])
        sent = await world.seal(
            world.certificate(), sealer=sealer, conversation_id=contents_of(raw).conversation
        )
        assert sent.document.document_id == document.id
        raw, file = await add_sealed(raw, desk, sent, instead=document.file)
        key = sent.document.certificate_key
        raw = change_container(
            raw, contents=lambda each: each.model_copy(update={"certificate_key": key})
        )
        assert code_of(world, raw, file) == "ACCEPTED"
        return code_of(world, raw, message.file)


@BOOK.tell(
    "Files are erased, and the record of who did it and why is taken out everywhere.",
    by=Side.INSIDER,
    gain="An erasure that nobody answers for.",
    meets="container.other_item",
    noticed_by=_AUDITOR,
)
async def an_erasure_without_its_record(field: Field) -> str:
    async with _erased(field) as (desk, exported):
        raw = exported
        files = read_archive(raw)
        gone = {name for name in files if name.startswith("erasures/")}
        gone |= {
            name
            for name, octets in files.items()
            if name.startswith("META-INF/") and any(each.encode() in octets for each in gone)
        }
        gone |= {name for name in files if name.startswith("time-stamps/")}  # copies for tools

        def without(contents: Contents) -> Contents:
            others = tuple(each for each in contents.others if each.file not in gone)
            return contents.model_copy(update={"others": others})

        raw = change_container(raw, contents=without, without=sorted(gone))
        return code_of(desk.world, raw, find(raw, "document", "CertificateIssue").file)


@BOOK.tell(
    "What is left of customs' receipt is listed as what is left of its decision: the same key "
    "signed both.",
    by=Side.MEMBER,
    gain="A decision of customs that was never given.",
    meets="signature.commitment",
    noticed_by=_AUDITOR,
)
async def a_remainder_of_something_else(field: Field) -> str:
    async with _erased(field) as (desk, exported):
        raw = exported
        receipt = find(raw, "document", "CustomsReceipt")
        raw = relist(raw, receipt.file, type="CustomsResponse")
        return code_of(desk.world, raw, receipt.file)


@BOOK.tell(
    "A container is judged as of two hours before its time-stamps were made.",
    gain="A proof as of a day on which there was none.",
    meets="evidence.later",
    noticed_by=_AUDITOR,
)
async def a_time_stamp_from_the_future(field: Field) -> str:
    async with _exporting(field) as (desk, raw):
        world = desk.world
        at = world.clock.now() - timedelta(hours=2)
        verdict = verify_container(raw, trust=world.keys.bundle.read_bytes(), at=at)
        return ", ".join(sorted(set(codes(verdict).values())))
