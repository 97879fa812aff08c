"""``swb ledger``: the evidence log as members, regulators and auditors see it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import EXISTING_FILE, Moment, read_octets
from swb.cli.ledger_source import LogSource, find_source
from swb.cli.ledger_telling import (
    describe_audit,
    describe_checkpoint,
    describe_fault,
    describe_inclusion,
    describe_watch,
)
from swb.cli.options import config_option, trust_option
from swb.cli.output import Answer
from swb.cli.trust_bundles import load_trust
from swb.clock import SystemClock
from swb_schemas.errors import Actor, RefusedError, UnavailableError
from swb_schemas.wire.ledger import LEAST_WITNESSES

if TYPE_CHECKING:
    from datetime import datetime

    from swb.ports import CosignedCheckpoint, LogIncident
    from swb.services.log_audit import AuditedLog
    from swb_schemas.wire.ledger import LogProof

__all__ = ["command"]

_FILE_LIMIT: Final = 400_000_000

_LOG: Final = click.option(
    "--log",
    "location",
    metavar="LOCATION",
    help="Where the log is published: a folder, or an https address.",
)
_TRUST: Final = trust_option("Whom to trust: the trust bundle.", required=False)
_CONFIG: Final = config_option(
    "Configuration (TOML) of a gateway or router that says where the log is, and whom to trust",
    "config_file",
    required=False,
)
_AT: Final = click.option(
    "--at", type=Moment(), help="Judge as of this time, such as 2026-01-20T08:00:00Z; else now."
)
_WITNESSES: Final = click.option(
    "--witnesses",
    default=LEAST_WITNESSES,
    show_default=True,
    type=click.IntRange(0, 32),
    help="States whose gateways must have cosigned.",
)
_PROOFS: Final = click.option(
    "--proofs",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write what convicts the log into DIR, one file for each finding.",
)


@click.group("ledger", short_help="Look at the evidence log, prove, verify, audit.")
def command() -> None:
    """Look at the region's evidence log: what it holds, who watched it, and whether it is honest.

    Every command reads the published files alone, or a file that was kept; none trusts them.
    """


@command.command("checkpoint", short_help="Show the latest checkpoint, and who signed it.")
@_LOG
@_TRUST
@_CONFIG
@_AT
@_WITNESSES
@_PROOFS
def checkpoint(  # noqa: PLR0917 - one for each option
    location: str | None,
    bundle: Path | None,
    config_file: Path | None,
    at: datetime | None,
    witnesses: int,
    proofs: Path | None,
) -> Answer:
    """Show the latest checkpoint that members watched, who signed it, and when.

    With --config of a gateway that watches, also what it cosigned last, and what it refused to.

    Exit status: 0 it holds, 1 refused, 3 undetermined, 4 the log does not answer.
    """
    from swb.services.log_conviction import keep_if_proven  # noqa: PLC0415 - slow to import
    from swb.services.log_view import CHECKPOINT  # noqa: PLC0415 - slow to import
    from swb_schemas.wire.ledger import verify_checkpoint  # noqa: PLC0415 - slow to import

    source = find_source(location, bundle, config_file)

    async def fetch() -> tuple[bytes, CosignedCheckpoint | None, list[LogIncident]]:
        raw = await source.view.get_note(CHECKPOINT)
        return raw, *await source.read_watch()

    raw, last, incidents = asyncio.run(fetch())
    found = verify_checkpoint(
        raw,
        trust=source.trust,
        at=at or SystemClock().now(),
        witnesses=witnesses,
        origin=source.origin,
    )
    incidents = [
        replace(
            each,
            proof=keep_if_proven(each.proof, trust=source.trust, at=at or SystemClock().now()),
        )
        for each in incidents
    ]
    _write_proofs(
        proofs, [(f"{each.code}-{number}", each.proof) for number, each in enumerate(incidents)]
    )
    return describe_watch(describe_checkpoint(found), last, incidents)


@command.command("prove", short_help="Make the proof that a message is in the log.")
@click.argument("reference")
@_LOG
@_TRUST
@_CONFIG
@_AT
@_WITNESSES
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the proof there, not to standard output.",
)
def prove(  # noqa: PLR0917 - one for each option
    reference: str,
    location: str | None,
    bundle: Path | None,
    config_file: Path | None,
    at: datetime | None,
    witnesses: int,
    out: Path | None,
) -> Answer:
    """Make the proof that the message REFERENCE is in the log, for whoever has a trust bundle.

    REFERENCE is a message id; with --config of a gateway also a certificate's key
    STATE:office:number or a document id, of which the message is proven that carried it first. The
    proof is in the form c2sp.org/tlog-proof; keep it as NAME.tlog-proof.
    """
    from swb_schemas.wire.ledger import verify_log_proof  # noqa: PLC0415 - slow to import

    source = find_source(location, bundle, config_file)
    made = asyncio.run(_prove(source, reference))
    octets = made.encode()
    found = verify_log_proof(
        octets,
        entry=made.entry,
        trust=source.trust,
        at=at or SystemClock().now(),
        witnesses=witnesses,
        origin=source.origin,
    )
    answer = describe_inclusion(found)
    if out is None:
        return Answer(value={**answer.value, "proof": octets.decode()}, payload=octets)
    _write(out, octets)
    return answer


async def _prove(source: LogSource, reference: str) -> LogProof:
    from swb.services.log_proving import prove_message  # noqa: PLC0415 - slow to import

    message_id = await source.find_message_id(reference)
    found = await prove_message(source.view, message_id)
    if found is None:
        message = f"expected a message that is in the log, found {message_id[:200]!r}"
        raise RefusedError("ledger.not_logged", message, actor=Actor.OPERATOR)
    return found


@command.command("verify", short_help="Verify a checkpoint, or a proof of any kind.")
@click.argument("file", type=EXISTING_FILE)
@trust_option("Whom to trust: the trust bundle.")
@_AT
@_WITNESSES
def verify(file: Path, bundle: Path, at: datetime | None, witnesses: int) -> Answer:
    """Verify FILE: a checkpoint, a proof of inclusion, or a proof that the log misbehaved.

    Nothing but FILE and the trust bundle is read.

    Exit status: 0 it holds, 1 refused, 3 undetermined.
    """
    from swb_schemas.wire.ledger import (  # noqa: PLC0415 - slow to import
        verify_checkpoint,
        verify_log_fault,
        verify_log_proof,
    )
    from swb_schemas.wire.ledger.proof import PROOF_FORMAT  # noqa: PLC0415 - slow to import

    raw, trust, moment = read_octets(file, limit=_FILE_LIMIT), load_trust(bundle), at
    moment = moment or SystemClock().now()
    if raw.startswith(PROOF_FORMAT.encode()):
        return describe_inclusion(
            verify_log_proof(raw, entry=None, trust=trust, at=moment, witnesses=witnesses)
        )
    if raw.lstrip().startswith(b"{"):
        return describe_fault(verify_log_fault(raw, trust=trust, at=moment))
    return describe_checkpoint(verify_checkpoint(raw, trust=trust, at=moment, witnesses=witnesses))


@command.command("audit", short_help="Read the whole log again, and compare.")
@_LOG
@_TRUST
@_CONFIG
@_AT
@_WITNESSES
@click.option(
    "--checkpoint",
    "kept",
    metavar="FILE",
    multiple=True,
    type=EXISTING_FILE,
    help="A checkpoint that somebody kept; the log must continue it. May be repeated.",
)
@_PROOFS
def audit(  # noqa: PLR0917 - one for each option
    location: str | None,
    bundle: Path | None,
    config_file: Path | None,
    at: datetime | None,
    witnesses: int,
    kept: tuple[Path, ...],
    proofs: Path | None,
) -> Answer:
    """Read the whole log, compute its tree again, and compare it with all that is known.

    With --config of a gateway: also with every checkpoint that it cosigned, with what relay
    receipts promised it, with what stands in its name, and with what came to it.

    Exit status: 0 nothing was found, 1 something was, 2 a FILE is no checkpoint that this log
    signed, 3 undetermined, 4 the log does not answer.
    """
    source = find_source(location, bundle, config_file)
    files = [(file, read_octets(file, limit=_FILE_LIMIT)) for file in kept]
    audited = asyncio.run(
        _audit(source, at or SystemClock().now(), witnesses=witnesses, kept=files)
    )
    _write_proofs(
        proofs,
        [(f"{each.code}-{each.about}", each.proof) for each in audited.findings],
    )
    return describe_audit(audited)


async def _audit(
    source: LogSource, at: datetime, *, witnesses: int, kept: list[tuple[Path, bytes]]
) -> AuditedLog:
    from swb.services.log_audit import audit_log  # noqa: PLC0415 - slow to import

    await _check_kept(source, at, kept)
    async with source.open_own_store() as store:
        return await audit_log(
            source.view,
            trust=source.trust,
            at=at,
            origin=source.origin,
            witnesses=witnesses,
            kept=[*(raw for _, raw in kept), *await source.read_cosigned()],
            store=store,
            gateway=source.gateway,
        )


async def _check_kept(source: LogSource, at: datetime, kept: list[tuple[Path, bytes]]) -> None:
    """Require what a person says to have kept to be checkpoints that this log signed."""
    from swb.services.log_conviction import check_signed  # noqa: PLC0415 - slow to import
    from swb.services.log_view import CHECKPOINT  # noqa: PLC0415 - slow to import
    from swb_schemas.wire.ledger import parse_checkpoint  # noqa: PLC0415 - slow to import

    origin = source.origin
    if kept and origin is None:
        origin = parse_checkpoint(await source.view.get_note(CHECKPOINT))[0].origin
    for file, raw in kept:
        try:
            check_signed(raw, trust=source.trust, at=at, origin=origin)
        except RefusedError as cause:
            message = f"{file} is no checkpoint of this log: {cause.code}: {cause.message}"
            raise click.BadParameter(message, param_hint="--checkpoint") from cause


def _write_proofs(folder: Path | None, proofs: list[tuple[str, bytes]]) -> None:
    for name, octets in proofs if folder is not None else ():
        if octets and folder is not None:
            _write(folder / f"{name}.json", octets)


def _write(path: Path, octets: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
    except OSError as cause:
        message = f"expected to write {path}: {cause.strerror}"
        raise UnavailableError("cli.output", message) from cause
