"""Gateways watch the log: what they cosign, what they refuse, and by what proof."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.backends.files import FileLogFolder
from swb.backends.sqlite.witness import SqliteWitnessStore
from swb.services.log_audit import audit_log
from swb.services.log_conviction import keep_if_proven
from swb.services.log_proving import prove_message
from swb.services.log_view import CHECKPOINT, PENDING, LogView
from swb.services.witnessing import WitnessService
from swb_schemas.catalogue import Purpose
from swb_schemas.documents import LogCosignature
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, UndeterminedError
from swb_schemas.parties import REGION, ROUTER, PartyId
from swb_schemas.wire import Unknown
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.ledger import verify_checkpoint, verify_log_fault, verify_log_proof
from swb_schemas.wire.ledger.entry import LogEntry
from swb_schemas.wire.ledger.faults import encode_fork
from swb_schemas.wire.verification import verify_delivery, verify_message
from tests.integration.region_log import holder_of, sequencing_of, signer_of
from tests.integration.sequencer import DELAY
from tests.ledgers import ORIGIN, HandLog, cosign, draw_entry, publish
from tests.vectors.world import ROUTER as ROUTER_PARTY
from tests.vectors.world import holder

if TYPE_CHECKING:
    from pathlib import Path

    from swb.services.log_audit import AuditedLog
    from tests.integration.world import World

ENTRIES = [draw_entry(serial) for serial in range(12)]
REWRITTEN = [*ENTRIES[:2], draw_entry(99), *ENTRIES[3:]]


@dataclass
class Line:
    """What a witness sends, caught on its way."""

    sent: list[bytes] = field(default_factory=list)

    async def publish(
        self,
        body: bytes,
        *,
        message_id: str,
        message_type: str,
        environment: str,
    ) -> None:
        assert message_id
        assert (message_type, environment) == ("LogCosignature", "test")
        self.sent.append(body)


@dataclass
class Watch:
    """One witness with what it needs."""

    service: WitnessService
    store: SqliteWitnessStore
    line: Line

    async def codes(self) -> list[str]:
        return [each.code for each in await self.store.list_incidents(ORIGIN)]

    async def proof(self) -> bytes:
        (incident,) = await self.store.list_incidents(ORIGIN)
        return incident.proof


def log_of(world: World, entries: list[LogEntry]) -> HandLog:
    return HandLog(entries=entries, key=holder_of(world, REGION))


async def watch(world: World, state: str, folder: Path, *, name: str = "") -> Watch:
    """Open a witness; the same state and name has the same memory."""
    store = SqliteWitnessStore(path=world.folder / f"{state}{name}.witness.db")
    await store.open()
    line = Line()
    service = WitnessService(
        state=state,
        environment=Environment.TEST,
        origin=ORIGIN,
        view=LogView(FileLogFolder(folder)),
        store=store,
        signer=signer_of(world, state),
        sealer=world.sealer(state),
        line=line,  # type: ignore[arg-type]  # the one thing that a witness does with it
        trust=world.trust,
        clock=world.clock,
    )
    return Watch(service, store, line)


async def refused_with(watching: Watch) -> str:
    with pytest.raises((RefusedError, UndeterminedError)) as refused:
        await watching.service.look()
    return refused.value.code


# --- an honest log -----------------------------------------------------------------------------


async def test_what_two_gateways_cosigned_is_published_and_proves_inclusion(world: World) -> None:
    folder = world.folder / "log"
    sequencing = sequencing_of(world, folder)
    document_id = await world.th.issue(world.certificate())
    await world.carry()
    await sequencing.sequence_due()
    recorded = len(await world.router_store.list_messages())
    assert recorded == 4
    watches = [await watch(world, state, folder) for state in ("TH", "VN")]
    for state, watching in zip(("TH", "VN"), watches, strict=True):
        assert not (folder / CHECKPOINT).exists()
        await watching.service.look()
        await watching.service.look()
        (message,) = watching.line.sent
        await world.hand_in(state, message)
        await world.hand_in(state, message)
        await sequencing.sequence_due()

    trust, at = await world.trust.fetch(), world.clock.now()
    view = LogView(FileLogFolder(folder))
    found = verify_checkpoint(await view.get_note(CHECKPOINT), trust=trust, at=at, origin=ORIGIN)
    assert (found.checkpoint.size, found.witnesses) == (recorded, ("TH", "VN"))
    carrier = await world.th.store.find_carrier(document_id)
    assert carrier is not None
    proof = await prove_message(view, carrier.message_id)
    assert proof is not None
    entry = LogEntry(
        message_id=carrier.message_id, sender=str(world.th.gateway), digest=carrier.digest
    )
    verify_log_proof(proof.encode(), entry=entry, trust=trust, at=at)
    assert len(await world.router_store.list_messages()) == recorded, "no cosignature is logged"
    assert await world.router_store.list_buried() == []
    for watching in watches:
        await watching.service.look()
        assert len(watching.line.sent) == 1, "the log shows it"
        await watching.service.check()


async def test_a_cosignature_that_got_lost_is_sent_again(world: World) -> None:
    folder = world.folder / "log"
    publish(folder, log_of(world, ENTRIES), log_of(world, ENTRIES).sign(5), names=[PENDING])
    watching = await watch(world, "TH", folder)
    await watching.service.look()
    world.clock.turn(timedelta(seconds=31))
    await watching.service.look()
    assert len(watching.line.sent) == 2
    opened = [await open_cosignature(world, raw) for raw in watching.line.sent]
    assert opened[0] == opened[1], "the same cosignature"


async def test_an_honest_log_may_grow_by_any_steps_and_across_restarts(world: World) -> None:
    folder = world.folder / "log"
    entries = [draw_entry(serial) for serial in range(600)]
    log = log_of(world, entries)
    for size in (1, 2, 255, 256, 300, 511, 512, 600):
        publish(folder, log, log.sign(size), names=[PENDING])
        watching = await watch(world, "TH", folder)
        await watching.service.look()
        assert (await open_cosignature(world, watching.line.sent[0])).tree_size == size
        await watching.store.close()


async def open_cosignature(world: World, raw: bytes) -> LogCosignature:
    bundle, at = await world.trust.fetch(), world.clock.now()
    message = verify_message(raw, trust=bundle, at=at, receiver=PartyId(REGION, ROUTER))
    document = verify_delivery(message, trust=bundle, at=at, decryption_keys={}).sealed.document
    assert isinstance(document, LogCosignature)
    return document


# --- a log that misbehaves, and who notices ----------------------------------------------------


async def test_a_fork_of_the_same_size_is_refused_and_proven(world: World) -> None:
    folder = world.folder / "log"
    honest, other = log_of(world, ENTRIES[:8]), log_of(world, REWRITTEN[:8])
    publish(folder, honest, honest.sign(), names=[PENDING])
    first = await watch(world, "TH", folder)
    await first.service.look()
    await first.store.close()
    publish(folder, other, other.sign(), names=[PENDING])
    again = await watch(world, "TH", folder)
    for _ in range(2):
        assert await refused_with(again) == "ledger.forked"
    assert again.line.sent == []
    assert await again.codes() == ["ledger.forked"]
    found = verify_log_fault(
        await again.proof(), trust=await world.trust.fetch(), at=world.clock.now()
    )
    assert found.kind == "fork"
    with pytest.raises(RefusedError) as alarm:
        await again.service.check()
    assert alarm.value.code == "ledger.forked"


@pytest.mark.parametrize("size", [5, 8])
async def test_a_rewritten_entry_is_refused_and_proven(world: World, size: int) -> None:
    folder = world.folder / "log"
    honest, other = log_of(world, ENTRIES), log_of(world, REWRITTEN)
    publish(folder, honest, honest.sign(size), names=[PENDING])
    watching = await watch(world, "TH", folder)
    await watching.service.look()
    publish(folder, other, other.sign(), names=[PENDING])
    assert await refused_with(watching) == "ledger.rewritten"
    assert len(watching.line.sent) == 1
    found = verify_log_fault(
        await watching.proof(), trust=await world.trust.fetch(), at=world.clock.now()
    )
    assert (found.kind, found.first.checkpoint.size) == ("rewrite", size)


async def test_a_truncated_log_is_not_cosigned_until_it_has_caught_up(world: World) -> None:
    folder = world.folder / "log"
    log = log_of(world, ENTRIES)
    publish(folder, log, log.sign(9), names=[PENDING])
    watching = await watch(world, "TH", folder)
    await watching.service.look()
    publish(folder, log, log.sign(6), names=[PENDING])
    assert await refused_with(watching) == "ledger.rolled_back"
    assert await watching.proof() == b"", "an older checkpoint alone proves nothing"
    await watching.service.check()
    publish(folder, log, log.sign(12), names=[PENDING])
    await watching.service.look()
    assert len(watching.line.sent) == 2


async def test_tiles_that_lead_nowhere_prove_nothing_and_are_not_cosigned(world: World) -> None:
    folder = world.folder / "log"
    honest, other = log_of(world, ENTRIES), log_of(world, REWRITTEN)
    publish(folder, honest, honest.sign(5), names=[PENDING])
    watching = await watch(world, "TH", folder)
    await watching.service.look()
    publish(folder, other, honest.sign(), names=[PENDING])
    assert await refused_with(watching) == "ledger.unproven"
    assert await watching.codes() == []
    publish(folder, honest, honest.sign(), names=[PENDING])
    await watching.service.look()
    assert len(watching.line.sent) == 2


async def test_a_checkpoint_that_the_log_did_not_sign_is_not_cosigned(world: World) -> None:
    folder = world.folder / "log"
    watching = await watch(world, "TH", folder)
    await watching.service.look()
    forged = HandLog(entries=ENTRIES, key=holder_of(world, "VN"))
    publish(folder, forged, forged.sign(), names=[PENDING])
    assert await refused_with(watching) == "ledger.unsigned"
    other = HandLog(entries=ENTRIES, key=holder_of(world, REGION), origin="log.example/other")
    publish(folder, other, other.sign(), names=[PENDING])
    assert await refused_with(watching) == "ledger.origin"
    assert watching.line.sent == []


async def test_a_view_of_its_own_for_each_witness_is_proven_when_they_compare(world: World) -> None:
    logs = {"TH": log_of(world, ENTRIES[:9]), "VN": log_of(world, REWRITTEN[:9])}
    notes = {}
    for state, log in logs.items():
        folder = world.folder / f"log for {state}"
        publish(folder, log, log.sign(), names=[PENDING])
        watching = await watch(world, state, folder)
        await watching.service.look()
        last = await watching.store.find_last(ORIGIN)
        assert last is not None
        notes[state] = last.note
    # Neither view has two states' word, so nobody else builds on it.
    for state, note in notes.items():
        seen = cosign(note, holder_of(world, state), at=world.clock.now())
        with pytest.raises(RefusedError) as refused:
            verify_checkpoint(seen, trust=await world.trust.fetch(), at=world.clock.now())
        assert refused.value.code == "ledger.witnesses"
    grown = log_of(world, ENTRIES)
    audited = await audit(world, grown, grown.sign(), kept=list(notes.values()))
    (finding,) = audited.findings
    assert finding.code == "ledger.rewritten"
    found = verify_log_fault(finding.proof, trust=await world.trust.fetch(), at=world.clock.now())
    assert found.kind == "rewrite"


# --- audits ------------------------------------------------------------------------------------


async def audit(
    world: World,
    log: HandLog,
    checkpoint: bytes,
    *,
    kept: list[bytes] | None = None,
    state: str = "",
) -> AuditedLog:
    """Publish a log as members have cosigned it, and audit it."""
    folder = world.folder / "audited"
    witnesses = [holder_of(world, each) for each in ("TH", "VN")]
    seen = cosign(checkpoint, *witnesses, at=world.clock.now())
    publish(folder, log, seen, names=[CHECKPOINT, PENDING])
    member = world.members.get(state)
    return await audit_log(
        LogView(FileLogFolder(folder)),
        trust=await world.trust.fetch(),
        at=world.clock.now(),
        origin=ORIGIN,
        kept=kept or [],
        store=member.store if member else None,
        gateway=str(member.gateway) if member else "",
    )


async def logged(world: World) -> list[LogEntry]:
    """What an honest log would hold."""
    return [
        LogEntry(message_id=each.message_id, sender=each.sender, digest=each.digest)
        for each in await world.router_store.list_recorded()
    ]


async def codes_of(world: World, entries: list[LogEntry], state: str = "TH") -> dict[str, bytes]:
    log = log_of(world, entries)
    audited = await audit(world, log, log.sign(), state=state)
    return {each.code: each.proof for each in audited.findings}


async def test_an_honest_log_passes_every_audit(world: World) -> None:
    await world.th.issue(world.certificate())
    await world.carry()
    world.clock.turn(2 * DELAY)
    entries = await logged(world)
    log = log_of(world, entries)
    for state in ("", "TH", "VN"):
        audited = await audit(world, log, log.sign(), kept=[log.sign(1), log.sign(4)], state=state)
        assert audited.findings == []
        assert (audited.entries, audited.kept) == (4, 2)
    assert (await audit(world, log, log.sign(), state="TH")).promises == 1


async def test_a_message_that_was_promised_and_dropped_is_proven_missing(world: World) -> None:
    await world.th.issue(world.certificate())
    await world.carry()
    entries = await logged(world)
    dropped = next(each for each in entries if each.sender == str(world.th.gateway))
    others = [each for each in entries if each is not dropped]
    assert await codes_of(world, others) == {}, "the promise is not due yet"
    world.clock.turn(DELAY + timedelta(minutes=6))
    found = await codes_of(world, others)
    assert set(found) == {"ledger.missing"}
    convicted = verify_log_fault(
        found["ledger.missing"], trust=await world.trust.fetch(), at=world.clock.now()
    )
    assert convicted.entry == dropped


async def test_a_promise_for_a_log_that_stands_still_is_overdue(world: World) -> None:
    folder = world.folder / "audited"
    log = log_of(world, ENTRIES)
    witnesses = [holder_of(world, each) for each in ("TH", "VN")]
    seen = cosign(log.sign(), *witnesses, at=world.clock.now())
    await world.th.issue(world.certificate())
    await world.carry()
    world.clock.turn(DELAY + timedelta(minutes=6))
    publish(folder, log, seen, names=[CHECKPOINT])
    audited = await audit_log(
        LogView(FileLogFolder(folder)),
        trust=await world.trust.fetch(),
        at=world.clock.now(),
        store=world.th.store,
        gateway="urn:swb:party:TH:other",
    )
    assert {each.code for each in audited.findings} == {"ledger.overdue"}


async def test_what_the_router_passed_on_past_its_log_is_found_by_its_receiver(
    world: World,
) -> None:
    await world.th.issue(world.certificate())
    await world.carry()
    await world.vn.issue(world.certificate("VN", "TH"))
    await world.carry()
    world.clock.turn(DELAY + timedelta(minutes=6))
    entries = await logged(world)
    (came,) = await world.vn.received("CertificateIssue")
    past = [each for each in entries if each.message_id != came.message_id]
    assert set(await codes_of(world, past, "VN")) == {"ledger.unlogged"}


async def test_an_entry_in_ones_name_that_one_never_sent_is_found(world: World) -> None:
    await world.th.issue(world.certificate())
    await world.carry()
    entries = [*await logged(world), draw_entry(77, sender=str(world.th.gateway))]
    assert set(await codes_of(world, entries)) == {"ledger.not_ours"}
    assert await codes_of(world, entries, "VN") == {}


async def test_a_message_twice_and_entries_that_were_not_signed_are_found(world: World) -> None:
    twice = log_of(world, [*ENTRIES, ENTRIES[3]])
    audited = await audit(world, twice, twice.sign())
    assert [each.code for each in audited.findings] == ["ledger.twice"]
    honest = log_of(world, ENTRIES)
    audited = await audit(world, log_of(world, REWRITTEN), honest.sign())
    assert [each.code for each in audited.findings] == ["ledger.entries_differ"]


@pytest.mark.parametrize(
    ("size", "code"), [(12, "ledger.forked"), (5, "ledger.rewritten"), (12, "ledger.rolled_back")]
)
async def test_a_kept_checkpoint_convicts_what_does_not_continue_it(
    world: World, size: int, code: str
) -> None:
    kept = log_of(world, ENTRIES).sign(size)
    now = log_of(world, ENTRIES[:7] if code == "ledger.rolled_back" else REWRITTEN)
    audited = await audit(world, now, now.sign(), kept=[kept])
    (finding,) = audited.findings
    assert finding.code == code
    assert bool(finding.proof) is (code != "ledger.rolled_back")
    if finding.proof:
        trust, at = await world.trust.fetch(), world.clock.now()
        assert verify_log_fault(finding.proof, trust=trust, at=at).first is not None


async def test_a_kept_checkpoint_that_the_log_did_not_sign_accuses_nobody(world: World) -> None:
    honest, other = log_of(world, ENTRIES), holder(ROUTER_PARTY, Purpose.LOG, label="another")
    forged = HandLog(entries=REWRITTEN, key=other)
    larger = HandLog(entries=[*ENTRIES, *REWRITTEN], key=other)
    for kept in (forged.sign(), forged.sign(5), larger.sign()):
        with pytest.raises(RefusedError) as refused:
            await audit(world, honest, honest.sign(), kept=[kept])
        assert refused.value.code == "ledger.unsigned"


async def test_nothing_is_called_proven_that_would_not_convince_others(world: World) -> None:
    kept, now = log_of(world, ENTRIES).sign(), log_of(world, REWRITTEN)
    await audit(world, now, now.sign())
    trust = await world.trust.fetch()
    key = parse_certificate(log_of(world, ENTRIES).key.der).thumbprint
    at = world.clock.now()
    for proof, convinces in (
        (encode_fork(kept, now.sign()), True),
        (encode_fork(kept, kept), False),
        (encode_fork(kept.replace(b"\n12\n", b"\n13\n"), now.sign()), False),
        (b"no proof", False),
        (b"", False),
    ):
        assert bool(keep_if_proven(proof, trust=trust, at=at)) is convinces
    unknown = replace(trust, statuses={key: Unknown(reason="nobody answers")})
    assert keep_if_proven(encode_fork(kept, now.sign()), trust=unknown, at=at) == b""


async def test_a_witness_whose_store_was_altered_proves_nothing(world: World) -> None:
    folder = world.folder / "log"
    honest, other = log_of(world, ENTRIES), holder(ROUTER_PARTY, Purpose.LOG, label="another")
    publish(folder, honest, honest.sign(), names=[PENDING])
    watching = await watch(world, "TH", folder)
    forged = HandLog(entries=REWRITTEN, key=other).sign()
    assert await watching.store.accept(
        ORIGIN, before=0, size=len(REWRITTEN), note=forged, at=world.clock.now()
    )
    assert await refused_with(watching) == "ledger.forked"
    assert await watching.proof() == b""
