"""Checkpoints (c2sp.org/tlog-checkpoint): what a log says it holds, signed, and who watched.

The log signs with the region's router's key of purpose ``log``; a witness, the gateway of a
state, cosigns with its own. Whose keys those are the trust lists say, at the time that each
cosignature states.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from swb_schemas.catalogue import Purpose
from swb_schemas.errors import Actor, RefusedError, UndeterminedError
from swb_schemas.parties import GATEWAY, REGION, ROUTER, PartyId, parse_party_id
from swb_schemas.wire.ledger.entry import ORIGIN_PATTERN
from swb_schemas.wire.ledger.notes import (
    Note,
    cosigner_key_id,
    log_key_id,
    parse_note,
    verify_as_cosigner,
    verify_as_log,
)

if TYPE_CHECKING:
    from swb_schemas.wire.ledger.notes import NoteSignature
    from swb_schemas.wire.trust import TrustBundle

__all__ = [
    "LEAST_WITNESSES",
    "Checkpoint",
    "Cosigned",
    "VerifiedCheckpoint",
    "judge_cosignature",
    "parse_checkpoint",
    "parse_checkpoint_text",
    "verify_checkpoint",
]

LEAST_WITNESSES: Final = 2
"""States whose gateways must have cosigned a checkpoint before strangers build on it."""
_SKEW: Final = timedelta(minutes=5)
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_ORIGIN: Final = re.compile(ORIGIN_PATTERN)
_ROOT_OCTETS: Final = 32
_LINES: Final = 3
_ROUTER: Final = PartyId(REGION, ROUTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A tree by its size and root.

    Attributes:
        origin: Name of the log.
        size: Number of entries.
        root: 32 octets.
    """

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note's text: three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """One witness's word, verified.

    Attributes:
        party: URN of the gateway.
        state: Its state.
        at: When it cosigned, by its own clock.
        certificate: Thumbprint.
    """

    party: str
    state: str
    at: datetime
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCheckpoint:
    """A checkpoint that the log signed, with the witnesses whose word holds.

    Attributes:
        checkpoint: What was signed.
        note: The whole, byte for byte.
        log_certificate: Thumbprint of the log's certificate.
        cosigned: One for each witness, the earliest first.
        disregarded: By name of a known witness: why its cosignature does not count.
    """

    checkpoint: Checkpoint
    note: bytes
    log_certificate: str
    cosigned: tuple[Cosigned, ...]
    disregarded: dict[str, str]

    @property
    def witnesses(self) -> tuple[str, ...]:
        """The states that watched, each once."""
        return tuple(dict.fromkeys(each.state for each in self.cosigned))

    @property
    def seen_at(self) -> datetime | None:
        """When the last witness cosigned; None without any."""
        return self.cosigned[-1].at if self.cosigned else None


def parse_checkpoint(raw: bytes) -> tuple[Checkpoint, Note]:
    """Read a checkpoint; nothing of it is verified.

    Raises:
        RefusedError: ``ledger.note``, ``ledger.checkpoint``.
    """
    note = parse_note(raw)
    return parse_checkpoint_text(note.text), note


def parse_checkpoint_text(text: str) -> Checkpoint:
    """Read the text of a checkpoint: origin, size, root; no extension lines.

    Raises:
        RefusedError: ``ledger.checkpoint``.
    """
    lines = text.removesuffix("\n").split("\n")
    message = "expected the three lines origin, size and root"
    if not text.endswith("\n") or len(lines) != _LINES or not _ORIGIN.fullmatch(lines[0]):
        raise RefusedError("ledger.checkpoint", message)
    try:
        root = base64.b64decode(lines[2], validate=True)
    except (binascii.Error, ValueError) as cause:
        raise RefusedError("ledger.checkpoint", message) from cause
    found = Checkpoint(
        origin=lines[0], size=int(lines[1]) if _SIZE.fullmatch(lines[1]) else -1, root=root
    )
    if found.size < 0 or len(root) != _ROOT_OCTETS or found.text != text:
        raise RefusedError("ledger.checkpoint", message)
    return found


def verify_checkpoint(
    raw: bytes,
    *,
    trust: TrustBundle,
    at: datetime,
    witnesses: int = LEAST_WITNESSES,
    origin: str | None = None,
    proven_at: datetime | None = None,
) -> VerifiedCheckpoint:
    """Verify a checkpoint.

    C1. It is a note whose text is origin, size and root.
    C2. The origin is the expected one, where one is expected.
    C3. Every cosignature in the name of a gateway that its state lists for ``log`` is one by a
        key so listed; it counts where the certificate holds at the time that it states, and that
        time is not in the future. Lines of anybody else count for nothing.
    C4. Witnesses of enough states count, each state once.
    C5. The log's line is signed by a key that the region's list names for the router and ``log``.
        Its certificate holds when the first witness cosigned, or now where none has.

    Args:
        raw: The checkpoint.
        trust: Whom to trust.
        at: The judging moment.
        witnesses: How many states must have cosigned.
        origin: The log that is meant; any log of the region where None.
        proven_at: When it is proven to have existed at the latest, by other evidence than itself.

    Raises:
        RefusedError: ``ledger.note``, ``ledger.checkpoint``, ``ledger.origin``,
            ``ledger.unsigned``, ``ledger.signature``, ``ledger.witnesses``,
            ``ledger.unknown_keys``: no line is by a key of the bundle; ``certificate.*``.
        UndeterminedError: ``trust.list_expired``, ``certificate.status_unknown``.
    """
    checkpoint, note = parse_checkpoint(raw)  # C1
    if origin not in {None, checkpoint.origin}:  # C2
        message = f"expected a checkpoint of {origin}, found one of {checkpoint.origin}"
        raise RefusedError("ledger.origin", message)
    disregarded: dict[str, str] = {}
    cosigned: list[Cosigned] = []
    unsure: UndeterminedError | None = None
    for signature in note.signatures:  # C3
        try:
            found = judge_cosignature(signature, note.text, trust=trust, at=at, proven_at=proven_at)
        except UndeterminedError as error:
            unsure = error
            disregarded[signature.name] = error.code
        except RefusedError as refusal:
            if refusal.code == "ledger.signature":
                raise
            disregarded[signature.name] = refusal.code
        else:
            cosigned += [found] if found else []
    cosigned.sort(key=lambda each: (each.at, each.party))
    states = dict.fromkeys(each.state for each in cosigned)
    if len(states) < witnesses:  # C4
        if unsure is not None:
            raise unsure
        if (
            not cosigned
            and not disregarded
            and not _names_log_key(note, checkpoint.origin, trust, at)
        ):
            message = (
                f"expected signatures of {checkpoint.origin} by keys of this trust bundle, found "
                f"none below the checkpoint; is it the right bundle?"
            )
            raise RefusedError("ledger.unknown_keys", message, actor=Actor.OPERATOR)
        told = ", ".join([*states, *(f"not {name}: {code}" for name, code in disregarded.items())])
        message = (
            f"expected witnesses of {witnesses} states, found {len(states)} ({told or 'none'})"
        )
        raise RefusedError("ledger.witnesses", message)
    moment = cosigned[0].at if cosigned else at
    # Who relies on several states' word has it that the log's signature existed by then.
    quorum = {each.state: each.at for each in reversed(cosigned)}
    attested = sorted(quorum.values())[witnesses - 1] if witnesses >= LEAST_WITNESSES else None
    log_certificate = _judge_log(note, checkpoint.origin, trust, at, moment, proven_at or attested)
    return VerifiedCheckpoint(
        checkpoint=checkpoint,
        note=raw,
        log_certificate=log_certificate,
        cosigned=tuple(cosigned),
        disregarded=disregarded,
    )


def judge_cosignature(
    signature: NoteSignature,
    text: str,
    *,
    trust: TrustBundle,
    at: datetime,
    proven_at: datetime | None = None,
) -> Cosigned | None:
    """Judge one line below a checkpoint.

    Args:
        signature: The line.
        text: Of the checkpoint.
        trust: Whom to trust.
        at: The judging moment.
        proven_at: When it is proven to have existed at the latest.

    Returns:
        None where it is in nobody's name that could be a witness, or of a key that is not listed.

    Raises:
        RefusedError: ``ledger.signature``, ``signature.time``, ``certificate.*``.
        UndeterminedError: ``trust.list_expired``, ``certificate.status_unknown``.
    """
    try:
        party = parse_party_id(signature.name)
    except RefusedError:
        return None
    if party.role != GATEWAY or party.state == REGION:
        return None
    for listed in trust.list_certificates(party, Purpose.LOG, at):
        certificate = listed.certificate
        if cosigner_key_id(signature.name, certificate) != signature.key_id:
            continue
        try:
            seconds = verify_as_cosigner(signature, certificate, text)
        except RefusedError as cause:
            raise _wrong_signature(signature.name) from cause
        moment = datetime.fromtimestamp(seconds, UTC)
        if moment > at + _SKEW:
            message = f"expected a cosignature of the past, found one of {moment.isoformat()}"
            raise RefusedError("signature.time", message)
        trust.judge_certificate(
            certificate.der,
            party=party,
            purpose=Purpose.LOG,
            moments=(moment,),
            at=at,
            proven_at=proven_at,
        )
        return Cosigned(
            party=signature.name, state=party.state, at=moment, certificate=certificate.thumbprint
        )
    return None


def _judge_log(  # noqa: PLR0917 - what the one judgement rests on
    note: Note,
    origin: str,
    trust: TrustBundle,
    at: datetime,
    moment: datetime,
    proven_at: datetime | None,
) -> str:
    """Find and judge the log's own line; returns the certificate's thumbprint."""  # C5
    for signature in note.signatures:
        if signature.name != origin:
            continue
        for listed in trust.list_certificates(_ROUTER, Purpose.LOG, at):
            certificate = listed.certificate
            if log_key_id(certificate) != signature.key_id:
                continue
            try:
                verify_as_log(signature, certificate, note.text)
            except RefusedError as cause:
                raise _wrong_signature(origin) from cause
            trust.judge_certificate(
                certificate.der,
                party=_ROUTER,
                purpose=Purpose.LOG,
                moments=(moment,),
                at=at,
                proven_at=proven_at,
            )
            return certificate.thumbprint
    message = f"expected a line of {origin} signed by the region's key for its log, found none"
    raise RefusedError("ledger.unsigned", message)


def _names_log_key(note: Note, origin: str, trust: TrustBundle, at: datetime) -> bool:
    """Whether a line says to be by a key that the bundle lists for the log."""
    listed = trust.list_certificates(_ROUTER, Purpose.LOG, at)
    known = {log_key_id(each.certificate) for each in listed}
    return any(each.name == origin and each.key_id in known for each in note.signatures)


def _wrong_signature(name: str) -> RefusedError:
    message = f"expected the line of {name} to be signed by the key that it names"
    return RefusedError("ledger.signature", message)
