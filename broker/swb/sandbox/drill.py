"""The drill: every attack that a malicious router can mount, mounted, and who noticed it by what.

An outcome is read off the gateways afterwards, never assumed: where nobody noticed within the
time, it says so. Before the first attack and after the last an honest document travels, so that
"refused" does not mean "nothing works".
"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from swb.atomic import replace_file
from swb.core.lifecycle import Fact
from swb.core.receipts import acknowledge, judge_message, judge_relay, receipt_relay
from swb.core.waiting import find_waiting
from swb.sandbox.drill_stage import PATIENCE, Carried, Stage, open_stage
from swb.sandbox.region import LOG_ORIGIN
from swb.services.log_view import CHECKPOINT, PENDING
from swb.services.sealing import Route
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, SwbError, UnavailableError
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, PartyId
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.encryption import EncryptedBody
from swb_schemas.wire.ledger.checkpoint import Checkpoint, parse_checkpoint
from swb_schemas.wire.ledger.faults import encode_missing, verify_log_fault
from swb_schemas.wire.ledger.merkle import hash_leaf
from swb_schemas.wire.ledger.notes import Note, sign_as_log
from swb_schemas.wire.ledger.promise import LogPromise
from swb_schemas.wire.verification import verify_delivery, verify_message
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from swb.ports import BuriedMessage
    from swb.sandbox.region import Region

__all__ = ["ATTACKS", "Outcome", "run_drill"]

_REPETITIONS: Final = 20
_DELAY: Final = 0.7
"""Seconds for which the router sits on a message."""
_OVERDUE: Final = timedelta(minutes=15)
"""How long ago a broken promise fell due: the drill's router signs one that is overdue, so that
nobody has to wait for the proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one attack.

    Attributes:
        attack: What was done.
        noticed_by: Who noticed; empty where nobody did.
        code: By which the attack was met: of a refusal, a status, or a proof.
        proof: What can be shown to others, in words.
        file: That, as octets; empty where the words say it all.
        suffix: Of a file that holds it.
    """

    attack: str
    noticed_by: str = ""
    code: str = ""
    proof: str = ""
    file: bytes = b""
    suffix: str = ".xml"

    @property
    def noticed(self) -> bool:
        """Whether anybody did."""
        return bool(self.noticed_by)


async def run_drill(region: Region, *, only: Collection[str] | None = None) -> list[Outcome]:
    """Mount every attack, one after the other, in a region that was laid out and has run nothing.

    Args:
        region: Where.
        only: Attacks to mount, of `ATTACKS`; None mounts all.

    Raises:
        UnavailableError: ``drill.no_road``: an honest document did not arrive, so that the drill
            would prove nothing.
    """
    async with open_stage(region) as stage:
        await _carry_honestly(stage)
        outcomes = [
            await mount(stage, attack)
            for attack, mount in ATTACKS.items()
            if only is None or attack in only
        ]
        await _carry_honestly(stage)
    return outcomes


async def _carry_honestly(stage: Stage) -> Carried:
    """Have one document arrive as it should."""
    carried = await stage.issue()
    await stage.rogue.put("VN", carried.octets)
    if not await stage.until_fact(carried, Fact.AS3):
        message = f"expected an honest document to arrive (AS3) within {PATIENCE:g} seconds"
        raise UnavailableError("drill.no_road", message)
    return carried


def _refused(attack: str, state: str, letter: BuriedMessage | None) -> Outcome:
    """An outcome by what a gateway refused."""
    if letter is None:
        return Outcome(attack=attack)
    return Outcome(
        attack=attack,
        noticed_by=f"gateway {state}",
        code=letter.code,
        proof="the message as it came, a dead letter",
        file=letter.octets,
    )


# --- with messages of others -------------------------------------------------------------------


async def _reads(stage: Stage, attack: str) -> Outcome:
    carried = await stage.issue()
    certificate = carried.certificate
    words = (certificate.exporter.name, certificate.consignee.name, certificate.reference_number)
    store = (stage.region.folder / "store").glob("REGION*")
    files = [file for file in store if file.is_file()]
    seen = b"".join([carried.octets, *(file.read_bytes() for file in files)])
    read = [word for word in words if word.encode() in seen or _in_base64(word) in seen]
    code = ""
    opened = verify_message(carried.octets, trust=stage.trust, at=stage.now(), receiver=None)
    if isinstance(opened.body, EncryptedBody) and not read:
        try:
            verify_delivery(opened, trust=stage.trust, at=stage.now(), decryption_keys={})
        except SwbError as error:
            code = error.code
    await stage.rogue.put("VN", carried.octets)
    if not code:
        return Outcome(attack=attack)
    return Outcome(
        attack=attack,
        noticed_by="nobody has to",
        code=code,
        proof="its store and the message hold none of the names in the certificate",
        file=carried.octets,
    )


def _in_base64(word: str) -> bytes:
    """What base64 shows of a word wherever it stands, cut to what all three places share."""
    return base64.b64encode(word.encode())[4:-4]


async def _alters(stage: Stage, attack: str) -> Outcome:
    octets = (await stage.issue()).octets
    at = octets.index(b"</EncryptedContent>") - 40
    other = b"A" if octets[at : at + 1] != b"A" else b"B"
    await stage.rogue.put("VN", octets[:at] + other + octets[at + 1 :])
    return _refused(attack, "VN", await stage.next_dead_letter("VN"))


async def _re_addresses(stage: Stage, attack: str) -> Outcome:
    octets = (await stage.issue()).octets
    own, other = str(PartyId("VN", GATEWAY)).encode(), str(PartyId("TH", GATEWAY)).encode()
    await stage.rogue.put("TH", octets.replace(own, other))
    return _refused(attack, "TH", await stage.next_dead_letter("TH"))


async def _misdelivers(stage: Stage, attack: str) -> Outcome:
    octets = (await stage.issue()).octets
    await stage.rogue.put("TH", octets)
    return _refused(attack, "TH", await stage.next_dead_letter("TH"))


async def _replays(stage: Stage, attack: str) -> Outcome:
    carried = await _carry_honestly(stage)
    for _ in range(_REPETITIONS):
        await stage.rogue.put("VN", carried.octets)
    await _carry_honestly(stage)  # so all that came before it was judged
    came = [
        each
        for each in await stage.store("VN").list_messages()
        if each.document_id == carried.message.document_id
    ]
    out = stage.region.drop_folder("VN") / "out"
    handed = len(list(out.glob(f"{carried.message.document_id}.*.xml")))
    if (len(came), handed) != (1, 1):
        return Outcome(attack=attack)
    return Outcome(
        attack=attack,
        noticed_by="gateway VN",
        code="REPEAT",
        proof=f"it came {_REPETITIONS + 1} times, and customs has it once",
    )


async def _delays(stage: Stage, attack: str) -> Outcome:
    carried = await stage.issue()
    await asyncio.sleep(_DELAY)
    facts = await stage.facts("TH", carried.message.document_id)
    waiting = find_waiting(
        facts,
        agreement=carried.certificate.agreement,
        expires_at=carried.message.expires_at,
        valid_until=None,
    )
    await stage.rogue.put("VN", carried.octets)
    if Fact.AS2 in facts or waiting is None or not await stage.until_fact(carried, Fact.AS2):
        return Outcome(attack=attack)
    arrived = (await stage.facts("TH", carried.message.document_id))[Fact.AS2]
    took = (arrived - waiting.since).total_seconds()
    return Outcome(
        attack=attack,
        noticed_by="gateway TH",
        code="RELAYED",
        proof=f"waited for {waiting.awaited}; the receiver's receipt came {took:.1f} s later",
    )


async def _drops(stage: Stage, attack: str) -> Outcome:
    """Swallow a message, promise that it is in the log, and leave it out."""
    stage.rogue.swallows = True
    carried = await stage.issue(stage.rogue.swallowed)
    stage.rogue.swallows = False
    receipt = receipt_relay(
        judge_relay(
            message_id=carried.message.message_id,
            message_digest=carried.message.digest,
            at=stage.now(),
        ),
        promise=LogPromise(log=LOG_ORIGIN, included_by=stage.now() - _OVERDUE),
    )
    told = await stage.rogue.state(receipt, carried.message, carried.conversation_id)
    await stage.rogue.put("TH", told)
    if not await stage.until_fact(carried, Fact.RELAYED):
        return Outcome(attack=attack)
    await _carry_honestly(stage)
    proof = await stage.until(lambda: _prove_missing(stage, carried, told))
    facts = await stage.facts("TH", carried.message.document_id)
    if proof is None or Fact.AS2 in facts:
        return Outcome(attack=attack)
    return Outcome(
        attack=attack,
        noticed_by="gateway TH",
        code="missing",
        proof=verify_log_fault(proof, trust=stage.trust, at=stage.now()).meaning,
        file=proof,
        suffix=".json",
    )


async def _prove_missing(stage: Stage, carried: Carried, told: bytes) -> bytes | None:
    """Prove by the published log and the router's own receipt that it broke its promise."""
    note = await stage.log.fetch_note(CHECKPOINT)
    if note is None:
        return None
    size = parse_checkpoint(note)[0].size
    try:
        leaves = [hash_leaf(entry) async for entry in stage.log.read_entries(size)]
        sealed = verify_delivery(
            verify_message(told, trust=stage.trust, at=stage.now(), receiver=None),
            trust=stage.trust,
            at=stage.now(),
            decryption_keys={},
        ).sealed
        proof = encode_missing(
            note, receipt=sealed.octets, message_id=carried.message.message_id, leaves=leaves
        )
        verify_log_fault(proof, trust=stage.trust, at=stage.now())
    except RefusedError:
        return None  # while the log grows, tiles and checkpoint may not be of one moment
    return proof


# --- in the name of others ---------------------------------------------------------------------


async def _forges_an_acknowledgement(stage: Stage, attack: str) -> Outcome:
    carried = await stage.issue()
    ack = acknowledge(
        judge_message(
            hop=Hop.AS2,
            message_id=carried.message.message_id,
            message_digest=carried.message.digest,
            document=None,
            at=stage.now(),
        )
    )
    told = await stage.rogue.state(ack, carried.message, carried.conversation_id)
    await stage.rogue.put("TH", told)
    outcome = _refused(attack, "TH", await stage.next_dead_letter("TH"))
    facts = await stage.facts("TH", carried.message.document_id)
    return Outcome(attack=attack) if Fact.AS2 in facts else outcome


async def _forges_a_receipt(stage: Stage, attack: str) -> Outcome:
    carried = await stage.issue()
    receipt = receipt_relay(
        judge_relay(
            message_id=carried.message.message_id,
            message_digest="sha-256:" + "0" * 64,
            at=stage.now(),
        )
    )
    told = await stage.rogue.state(receipt, carried.message, carried.conversation_id)
    await stage.rogue.put("TH", told)
    return _refused(attack, "TH", await stage.next_dead_letter("TH"))


async def _forges_a_certificate(stage: Stage, attack: str) -> Outcome:
    route = Route(
        issuing_party=PartyId("TH", ISSUING),
        receiving_party=PartyId("VN", CUSTOMS),
        sender=PartyId("TH", GATEWAY),
        receiver=PartyId("VN", GATEWAY),
        line="VN",
        environment=Environment.TEST,
        protect=True,
    )
    await stage.rogue.put("VN", await stage.rogue.forge(stage.draw(), route))
    return _refused(attack, "VN", await stage.next_dead_letter("VN"))


# --- with the log ------------------------------------------------------------------------------


async def _rolls_back(stage: Stage, attack: str) -> Outcome:
    is_settled = await stage.until(lambda: _settled(stage))
    older = await stage.log.fetch_note(PENDING)
    if not is_settled or older is None:
        return Outcome(attack=attack)
    await _carry_honestly(stage)
    size = parse_checkpoint(older)[0].size  # it may have grown since
    return await _show_log(
        stage, attack, "ledger.rolled_back", partial(_as_it_is, older), above=size
    )


async def _forks(stage: Stage, attack: str) -> Outcome:
    return await _show_log(stage, attack, "ledger.forked", lambda size: _fork(stage, size))


async def _as_it_is(note: bytes, _: int) -> bytes:
    return note


async def _fork(stage: Stage, size: int) -> bytes:
    """Sign another tree of a size that was cosigned already."""
    signer = stage.rogue.keys.signers[Purpose.LOG]
    checkpoint = Checkpoint(origin=LOG_ORIGIN, size=size, root=hash_leaf(b"another history"))
    signature = await signer.sign(checkpoint.text.encode())
    line = sign_as_log(LOG_ORIGIN, parse_certificate(signer.certificate), signature)
    return Note(text=checkpoint.text, signatures=(line,)).encode()


async def _show_log(
    stage: Stage,
    attack: str,
    code: str,
    make: Callable[[int], Awaitable[bytes]],
    *,
    above: int = 0,
) -> Outcome:
    """Show the witnesses another checkpoint than the log's own, until both have seen it."""
    size = await stage.until(lambda: _settled(stage, above=above))
    if not size:
        return Outcome(attack=attack)
    note, place = await make(size), stage.region.log / PENDING

    async def seen() -> list[str]:
        # The honest half of the log shows its own again, so it takes more than one attempt.
        replace_file(place, note, mode=None, durable=False)
        found = [state for state in stage.witnesses if await stage.incident(state, code)]
        return found if len(found) == len(stage.witnesses) else []

    states = await stage.until(seen)
    incident = await stage.incident("TH", code)
    if not states or incident is None:
        return Outcome(attack=attack)
    proof = "both checkpoints, which are kept"
    if incident.proof:
        proof = verify_log_fault(incident.proof, trust=stage.trust, at=stage.now()).meaning
    return Outcome(
        attack=attack,
        noticed_by=f"witnesses {' and '.join(states)}",
        code=code,
        proof=f"{proof}; seen {format_instant(incident.seen_at)}",
        file=incident.proof or incident.first + b"\n" + incident.second,
        suffix=".json" if incident.proof else ".txt",
    )


async def _settled(stage: Stage, *, above: int = 0) -> int:
    """The size of the tree that the log shows and every witness has cosigned; 0 until then.

    Args:
        stage: Where.
        above: It has to be larger.
    """
    note = await stage.log.fetch_note(PENDING)
    shown = parse_checkpoint(note)[0].size if note else 0
    cosigned = [await each.find_last(LOG_ORIGIN) for each in stage.witnesses.values()]
    same = all(each is not None and each.size == shown for each in cosigned)
    return shown if same and shown > above else 0


ATTACKS: Final[dict[str, Callable[[Stage, str], Awaitable[Outcome]]]] = {
    "reads what it carries": _reads,
    "alters one character": _alters,
    "writes another receiver": _re_addresses,
    "delivers to another member": _misdelivers,
    "replays twenty times": _replays,
    "delays": _delays,
    "drops, and says it is in the log": _drops,
    "acknowledges for the receiver": _forges_an_acknowledgement,
    "receipts another content": _forges_a_receipt,
    "issues a certificate": _forges_a_certificate,
    "shows an older log": _rolls_back,
    "forks the log": _forks,
}
"""By what is done, in the order in which it is done: what harms the log comes last."""
